#include "hw_models/base/error.hpp"
#include "sim/run/imported_couplings.hpp"
#include "tests/sim/array_files.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <numeric>

using namespace isinglass;
using namespace isinglass::test;

namespace {

Network network() {
    return make_network(3, {{.name = "hidden", .size = 2}, {.name = "output", .size = 2}},
                        {{.from = input_layer, .to = 0}, {.from = 0, .to = 1}});
}

std::vector<float> counted() {
    std::vector<float> theta(network().parameters);
    std::iota(theta.begin(), theta.end(), 1.0F);
    return theta;
}

std::vector<StoredArray> arrays() {
    return arrays_of(network(), counted());
}

StoredArray& named(std::vector<StoredArray>& arrays, const std::string& name) {
    return *std::ranges::find(arrays, name, &StoredArray::name);
}

const std::string wanted = "input-hidden [3 x 2], hidden-bias [2], hidden-output [2 x 2], output-bias [2]";

std::string refusal(const std::filesystem::path& source) {
    try {
        static_cast<void>(import_couplings(source, network()));
    } catch (const UserError& error) {
        CHECK_THAT(error.what(), !Catch::Contains("\n"));
        return error.what();
    }
    return "not refused";
}

// What is said of these arrays as a folder of NPY files; as an HDF5 file it must be refused as well, and be
// named.
std::string refusal(const std::vector<StoredArray>& stored, const std::string& name) {
    const TemporaryFolder folder;
    write_npy_folder(folder / "c", stored);
    write_hdf5(folder / "c.h5", stored);
    CHECK_THAT(refusal(folder / "c.h5"), Catch::Contains("c.h5', data set '" + name + "'"));
    const auto text = refusal(folder / "c");
    CHECK_THAT(text, Catch::Contains("c/" + name + ".npy'"));
    return text;
}

} // namespace

TEST_CASE("couplings come back from NPY and HDF5 files of either float type, whatever their order") {
    const TemporaryFolder folder;
    write_npy_folder(folder / "c", arrays());
    write_fortran_folder(folder / "fortran", arrays());
    write_hdf5(folder / "single.h5", arrays());
    write_hdf5(folder / "double.h5", arrays(), H5T_IEEE_F64LE);
    write_hdf5(folder / "big.h5", arrays(), H5T_IEEE_F64BE);
    for (const char* source : {"c", "fortran", "single.h5", "double.h5", "big.h5"}) {
        INFO(source);
        CHECK(import_couplings(folder / source, network()) == counted());
    }
}

TEST_CASE("biases may be rows, and other files may lie beside the couplings") {
    auto stored = arrays();
    named(stored, "hidden-bias").shape = {1, 2};
    const TemporaryFolder folder;
    write_npy_folder(folder / "c", stored);
    write_atomically(folder / "c" / "notes.txt", "trained elsewhere");
    write_hdf5(folder / "c.h5", stored);
    CHECK(import_couplings(folder / "c", network()) == counted());
    CHECK(import_couplings(folder / "c.h5", network()) == counted());
}

TEST_CASE("couplings of another shape are refused with both shapes, transposed ones with a hint") {
    auto stored = arrays();
    named(stored, "input-hidden").shape = {2, 3};
    CHECK_THAT(refusal(stored, "input-hidden"),
               Catch::Contains("its shape is [2 x 3]; valid is [3 x 2]") && Catch::Contains("transposed"));
    named(stored, "input-hidden").shape = {6};
    CHECK_THAT(refusal(stored, "input-hidden"),
               Catch::EndsWith("its shape is [6]; valid is [3 x 2] (from x to)"));
    stored = arrays();
    named(stored, "output-bias") = {"output-bias", {3}, {1.0F, 2.0F, 3.0F}};
    CHECK_THAT(refusal(stored, "output-bias"), Catch::EndsWith("its shape is [3]; valid is [2]"));
}

TEST_CASE("couplings that are missing or of an unknown name are refused with the names that there are") {
    auto stored = arrays();
    stored.pop_back();
    CHECK_THAT(refusal(stored, "output-bias"), Catch::EndsWith("is missing; the network has " + wanted));
    stored = arrays();
    stored.push_back({"output-hidden", {2, 2}, std::vector<float>(4)});
    CHECK_THAT(refusal(stored, "output-hidden"),
               Catch::EndsWith("the network has no couplings of that name; it has " + wanted));
    const TemporaryFolder folder;
    for (auto& array : stored = arrays()) array.name = "model/" + array.name;
    write_hdf5(folder / "c.h5", stored);
    CHECK_THAT(refusal(folder / "c.h5"), Catch::Contains("data set 'model/hidden-bias'"));
}

TEST_CASE("couplings that are no finite numbers are refused with their place") {
    auto stored = arrays();
    named(stored, "input-hidden").values[5] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THAT(refusal(stored, "input-hidden"), Catch::Contains("the value at [2, 1] is nan"));
    stored = arrays();
    named(stored, "hidden-bias").values[1] = -std::numeric_limits<float>::infinity();
    CHECK_THAT(refusal(stored, "hidden-bias"), Catch::Contains("the value at [1] is -inf"));
}

TEST_CASE("HDF5 couplings of another type are refused") {
    const TemporaryFolder folder;
    write_hdf5(folder / "c.h5", arrays(), H5T_STD_I32LE);
    CHECK_THAT(refusal(folder / "c.h5"), Catch::Contains("data set 'input-hidden' cannot be used") &&
                                             Catch::Contains("neither float32 nor float64"));
}

TEST_CASE("a cut HDF5 file and what is no file of couplings are refused") {
    const TemporaryFolder folder;
    write_hdf5(folder / "c.h5", arrays());
    const auto whole = read_file(folder / "c.h5");
    for (std::size_t bytes = 0; bytes < whole.size(); bytes += whole.size() / 40) {
        INFO(bytes << " of " << whole.size() << " bytes");
        write_atomically(folder / "cut.h5", whole.substr(0, bytes));
        CHECK_THAT(refusal(folder / "cut.h5"), Catch::Contains("cut.h5' cannot be used"));
    }
    CHECK_THAT(refusal(folder / "nowhere"), Catch::Contains("nowhere' is neither a file nor a folder"));
    write_npy_folder(folder / "c", arrays());
    CHECK_THAT(refusal(folder / "c" / "hidden-bias.npy"), Catch::Contains("is one NPY file"));
    write_atomically(folder / "text", "1 2 3");
    CHECK_THAT(refusal(folder / "text"), Catch::Contains("it is no HDF5 file") && Catch::Contains(wanted));
}

TEST_CASE("couplings whose names are not unique cannot be imported") {
    const auto twice = make_network(3, {{.name = "hidden", .size = 2}},
                                    {{.from = input_layer, .to = 0}, {.from = input_layer, .to = 0}});
    const TemporaryFolder folder;
    write_npy_folder(folder / "c", arrays_of(twice, std::vector<float>(twice.parameters)));
    CHECK_THROWS_WITH(import_couplings(folder / "c", twice),
                      Catch::Contains("two of the network's are called 'input-hidden'"));
}
