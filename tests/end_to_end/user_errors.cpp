// What a user gets wrong is said in one line, with exit code 2, and nothing is overwritten.
#include "sim/run/files.hpp"
#include "sim/run/memory_need.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

void check_refused(const TemporaryFolder& folder, const std::string& arguments,
                   const std::vector<std::string>& words) {
    const auto outcome = run_program(arguments, folder.path());
    INFO(arguments << "\n" << outcome.err);
    CHECK(outcome.exit_code == 2);
    CHECK(lines_of(outcome.err) == 1);
    for (const auto& word : words) CHECK(outcome.err.find(word) != std::string::npos);
}

} // namespace

TEST_CASE("a wrong experiment is refused in one line with file, line, key and what is valid") {
    const TemporaryFolder folder;
    write_atomically(folder.path() / "e.toml", "preset = \"glyphs\"\n[training]\nbetta = 0.5\n");
    check_refused(folder, "train e.toml", {"e.toml:3", "training.betta", "training.beta"});
    write_atomically(folder.path() / "e.toml", "preset = \"glyphs\"\n[machine.link]\nlatency = \"200 V\"\n");
    check_refused(folder, "train e.toml", {"e.toml:3", "machine.link.latency", "200 V", "ns"});
    write_atomically(folder.path() / "e.toml", "preset = \"glyphs\"\n[machine.adc]\nbits = 40\n");
    check_refused(folder, "train e.toml", {"e.toml:3", "machine.adc.bits", "40", "16"});
    write_atomically(folder.path() / "e.toml", "preset = \"glyphs\"\n[machine.adc\nbits = 4\n");
    check_refused(folder, "train e.toml", {"e.toml:2"});
    CHECK_FALSE(std::filesystem::exists(folder.path() / "runs"));
}

TEST_CASE("a missing experiment, data set or preset is refused with what there is") {
    const TemporaryFolder folder;
    check_refused(folder, "train nowhere.toml", {"nowhere.toml", "glyphs", "mnist"});
    check_refused(folder, "train mnist --data nowhere",
                  {"nowhere", "ISINGLASS_DATA", "train-images-idx3-ubyte"});
    check_refused(folder, "presets show epc2", {"epc2", "epc1-28nm"});
    check_refused(folder, "trian glyphs", {"trian", "train"});
    check_refused(folder, "train glyphs --ouf x", {"--ouf", "--out"});
}

TEST_CASE("damaged data files are refused with the file and what is wrong") {
    const TemporaryFolder folder;
    const auto data = folder.path() / "data";
    std::filesystem::create_directories(data);
    for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                             "t10k-labels-idx1-ubyte"})
        write_atomically(data / name, std::string("\0\0\x08\x07junkjunkjunk", 16));
    check_refused(folder, "train mnist --data data", {"train-images-idx3-ubyte", "magic"});
    write_atomically(data / "train-images-idx3-ubyte",
                     std::string("\0\0\x08\x03\0\0\0\x05\0\0\0\x1c\0\0\0\x1c"
                                 "few",
                                 19));
    check_refused(folder, "train mnist --data data", {"train-images-idx3-ubyte", "3936"});
}

TEST_CASE("images that do not match the network are refused with both sizes") {
    const TemporaryFolder folder;
    check_refused(folder, "train glyphs --set network.layer.input.size=784", {"256", "784", "input"});
    check_refused(folder, "train glyphs --set network.layer.output.size=9", {"10 classes", "9"});
    check_refused(folder, "train glyphs --set training.cost.replicas=4",
                  {"4 outputs of each", "size = 40 fits"});
}

TEST_CASE("a network that does not fit the tiles is refused with the sizes") {
    const TemporaryFolder folder;
    check_refused(folder, "train glyphs --set network.layer.hidden.size=5000",
                  {"5000", "257x5000", "1024x1024"});
}

TEST_CASE("samples that memory does not hold are refused before they are read") {
    REQUIRE(available_memory_bytes() < 3e12);
    const TemporaryFolder folder;
    for (const char* part : {"train", "test"}) {
        const auto path = [&](const char* what) { return folder.path() / (std::string(part) + what); };
        write_atomically(path("-labels.bin"), std::string(16, '\0'));
        write_atomically(path("-features.bin"), "");
        std::filesystem::resize_file(path("-features.bin"), std::uintmax_t{1} << 40); // a file of holes
    }
    check_refused(folder,
                  "train glyphs --data . --set data.kind=tensors --set 'data.shape=[1, 16, 16]' "
                  "--set data.classes=10",
                  {"tensors", "3.30 TB", "available"});
}

TEST_CASE("settings that exclude each other are refused with both keys") {
    const TemporaryFolder folder;
    check_refused(folder, "train glyphs --set training.cost.kind=cross_entropy",
                  {"training.nudge", "frozen"});
    check_refused(folder, "train glyphs --set training.until_settled=true", {"machine.settle.kind"});
    check_refused(folder,
                  "train glyphs --set training.until_settled=true --set machine.settle.kind=comparators "
                  "--set 'training.nudged=\"0.5 RC\"'",
                  {"training.nudged", "0.5 RC", "machine.settle.period"});
    check_refused(folder,
                  "train glyphs --set machine.array.dynamics=dissipative-sweeps "
                  "--set machine.array.node_noise=dynamic",
                  {"machine.array.node_noise", "dissipative-sweeps", "sampled"});
    check_refused(folder, "train glyphs --set machine.array.second_hold=false",
                  {"machine.array.second_hold"});
    check_refused(folder, "train glyphs --set training.beta=1.5", {"beta", "1 + beta"});
    check_refused(folder, "train glyphs --set machine.settle.kind=readout --set machine.settle.period=0.5",
                  {"machine.settle", "266 spins", "0.5 RC"});
    CHECK_FALSE(std::filesystem::exists(folder.path() / "runs"));
    for (const char* command : {"train", "estimate"})
        check_refused(
            folder,
            std::string(command) +
                " glyphs --set network.model=predictive --set machine=feedback-28nm "
                "--set training.beta=0.1 --set training.free='1 steps' --set training.nudged='9 steps'",
            {"training.free = \"1 steps\"", "feedback", "2 layers deep"});
}

TEST_CASE("a model that the array does not run is refused before a folder is made, and by an estimate") {
    const TemporaryFolder folder;
    const std::vector<std::string> valid{"machine.array.dynamics", "predictive", "idealised-passes"};
    check_refused(folder, "train glyphs --set network.model=predictive", valid);
    check_refused(folder, "estimate glyphs --set network.model=predictive", valid);
    const std::string oscillators = "iris-xy-lattice-5x5 --set machine=feedback-28nm "
                                    "--set 'training.free=\"20 steps\"' --set 'training.nudged=\"8 steps\"'";
    check_refused(folder, "estimate " + oscillators, {"feedback", "xy", "hopfield"});
    CHECK_FALSE(std::filesystem::exists(folder.path() / "runs"));
}

TEST_CASE("an existing run is never overwritten, and a new one takes the next number") {
    const TemporaryFolder folder;
    const std::string run = "train " + small_run() + "--set training.epochs=1 ";
    REQUIRE(run_program(run, folder.path()).exit_code == 0);
    REQUIRE(run_program(run, folder.path()).exit_code == 0);
    CHECK(std::filesystem::exists(folder.path() / "runs" / "glyphs-1-2"));
    const auto before = read_file(folder.path() / "runs" / "glyphs-1-1" / "summary.json");
    check_refused(folder, run + "--out runs/glyphs-1-1", {"runs/glyphs-1-1"});
    CHECK(read_file(folder.path() / "runs" / "glyphs-1-1" / "summary.json") == before);
    check_refused(folder, "train runs/glyphs-1-1 --resume --set training.beta=0.1",
                  {"keeps its configuration"});
}

TEST_CASE("a damaged checkpoint is refused and left as it is") {
    const TemporaryFolder folder;
    REQUIRE(run_program("train " + small_run() + "--out run --stop-after 3", folder.path()).exit_code == 130);
    const auto last = folder.path() / "run" / "checkpoints" / "last.h5";
    auto bytes = read_file(last);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_atomically(last, bytes);
    check_refused(folder, "train run --resume", {"last.h5"});
    CHECK(read_file(last) == bytes);
}
