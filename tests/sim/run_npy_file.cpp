#include "hw_models/base/error.hpp"
#include "sim/run/npy_file.hpp"
#include "tests/sim/array_files.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace isinglass;
using namespace isinglass::test;

namespace {

const std::vector<float> six{1.0F, 2.0F, 3.0F, 4.0F, 5.0F, -0.125F};

NpyArray parsed(const std::string& bytes) {
    const TemporaryFolder folder;
    write_atomically(folder / "a.npy", bytes);
    return read_npy(folder / "a.npy");
}

std::string dictionary(const std::string& type, const std::string& order, const std::string& shape) {
    return fmt::format("{{'descr': {}, 'fortran_order': {}, 'shape': {}, }}", type, order, shape);
}

std::string refusal(const std::string& bytes) {
    try {
        static_cast<void>(parsed(bytes));
    } catch (const UserError& error) {
        CHECK_THAT(error.what(), Catch::Contains("a.npy' cannot be used: "));
        CHECK_THAT(error.what(), !Catch::Contains("\n"));
        return error.what();
    }
    return "not refused";
}

} // namespace

TEST_CASE("NPY files of every version, order and float type are read row-major") {
    for (const int version : {1, 2, 3}) {
        for (const bool fortran : {false, true}) {
            INFO("version " << version << ", Fortran order " << fortran);
            const auto stored = fortran ? transposed(2, 3, six) : six;
            const auto* order = fortran ? "True" : "False";
            const auto f4 =
                parsed(npy(version, dictionary("'<f4'", order, "(2, 3)"), bytes_of<float>(stored)));
            const auto f8 =
                parsed(npy(version, dictionary("'<f8'", order, "(2, 3)"), bytes_of<double>(stored)));
            CHECK(f4.shape == std::vector<std::size_t>{2, 3});
            CHECK(f4.values == six);
            CHECK(f8.shape == f4.shape);
            CHECK(f8.values == six);
        }
    }
}

TEST_CASE("an NPY file of three dimensions in Fortran order is read row-major") {
    // a[i, j, k] = 6 i + 3 j + k for shape (2, 2, 3), first index fastest
    const std::vector<float> stored{0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11};
    const auto array = parsed(npy(1, dictionary("'<f4'", "True", "(2, 2, 3)"), bytes_of<float>(stored)));
    CHECK(array.values == std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
}

TEST_CASE("NPY headers are read as the format defines them, however they are spelt") {
    const auto data = bytes_of<float>(six);
    CHECK(parsed(npy(1, "{\"shape\":(6,),\"fortran_order\":False,\"descr\":\"<f4\"}", data)).values == six);
    CHECK(parsed(npy(1, dictionary("'<f4'", "False", "()"), data.substr(0, 4))).shape.empty());
    CHECK(parsed(npy(1, dictionary("'<f4'", "False", "(0, 7)"), "")).values.empty());
    const auto infinite =
        parsed(npy(1, dictionary("'<f8'", "False", "(1,)"), bytes_of<double>(std::vector{NAN})));
    CHECK(std::isnan(infinite.values.at(0)));
}

TEST_CASE("an NPY file cut anywhere, or a byte longer, is refused") {
    const auto whole = npy({2, 3}, six);
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
        INFO(bytes << " of " << whole.size() << " bytes");
        CHECK_THAT(refusal(whole.substr(0, bytes)),
                   bytes < 6 ? Catch::Contains("it is no NPY file") : Catch::Contains("it ends early"));
    }
    CHECK_THAT(refusal(whole + "x"),
               Catch::EndsWith("it goes on after its shape (2, 3): it holds 25 bytes of values"));
    const auto huge = dictionary("'<f8'", "False", "(4294967296, 4294967296, 16)");
    CHECK_THAT(refusal(npy(1, huge, "12345678")), Catch::Contains("it ends early for its shape"));
}

TEST_CASE("an NPY file of another type is refused with that type and what is valid") {
    for (const std::string type : {">f4", "<f2", "<i4", "|O", "<c8", "", "[('a', '<f4')]"}) {
        const auto literal = type.starts_with('[') ? type : "'" + type + "'";
        CHECK_THAT(refusal(npy(1, dictionary(literal, "False", "(6,)"), bytes_of<float>(six))),
                   Catch::EndsWith("its values are of type '" + type +
                                   "'; valid is little-endian float32 ('<f4') or float64 ('<f8')"));
    }
}

TEST_CASE("a damaged NPY header is refused with its place") {
    const auto data = bytes_of<float>(six);
    const auto header = [&](const std::string& text) { return refusal(npy(1, text, data)); };
    CHECK_THAT(refusal(npy(4, dictionary("'<f4'", "False", "(6,)"), data)),
               Catch::EndsWith("its format version is 4; valid is 1 to 3"));
    const auto damaged_at = [](std::size_t byte) { // of the dictionary, which starts at byte 10
        return Catch::EndsWith("its header is damaged at byte " + std::to_string(10 + byte));
    };
    CHECK_THAT(header("'descr': '<f4'}"), damaged_at(0));
    CHECK_THAT(header("{descr: '<f4', }"), damaged_at(1));
    CHECK_THAT(header("{'descr' '<f4', }"), damaged_at(9));
    CHECK_THAT(header("{'descr': <f4, }"), damaged_at(10));
    CHECK_THAT(header("{'descr': '<\t4', }"), damaged_at(11));
    CHECK_THAT(header("{'descr': '<f4' 'shape': (6,), }"), damaged_at(16));
    CHECK_THAT(header("{'fortran_order': Maybe, }"), damaged_at(23));
    CHECK_THAT(header("{'more': 1, }"), damaged_at(7));
    CHECK_THAT(header("{'shape': (6,), 'shape': (6,), }"), damaged_at(23));
    for (const char* shape : {"(-6,)", "6", "(2 3)", "(,)", "(2,,3)", "[6]", "(6", "(99999999999999999999,)"})
        CHECK_THAT(header(dictionary("'<f4'", "False", shape)), Catch::Contains("damaged at byte"));
    CHECK_THAT(header(dictionary("'<f4'", "False", "(6,)") + "x"), damaged_at(57));
    CHECK_THAT(header("{'descr': '<f4', 'fortran_order': False, }"),
               Catch::EndsWith("its header is damaged: 'shape' is missing"));
    CHECK_THAT(refusal(npy(2, dictionary("'<f4'", "False", "(6,)") + std::string(5000, ' '), data)),
               Catch::Contains("header is damaged") && Catch::EndsWith("valid is up to 4096"));
    CHECK_THROWS_AS(read_npy("nowhere.npy"), InputOutputError);
}
