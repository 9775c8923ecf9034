// Couplings that come as files of arrays score as they do in the run that they were trained in.
#include "sim/run/checkpoint.hpp"
#include "sim/run/experiment.hpp"
#include "tests/end_to_end/program.hpp"
#include "tests/sim/array_files.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace isinglass;
using namespace isinglass::test;

namespace {

// The result as JSON, without the last entry, which only imported couplings have.
std::string scored(const std::string& arguments, const TemporaryFolder& folder) {
    const auto outcome = run_program("eval " + arguments + " --json", folder.path());
    INFO(arguments << "\n" << outcome.err);
    CHECK(outcome.exit_code == 0);
    return outcome.out.substr(0,
                              std::min(outcome.out.find(", \"couplings_saturated\""), outcome.out.find('}')));
}

} // namespace

TEST_CASE("trained couplings score the same from NPY files, from HDF5 files and from their run") {
    const TemporaryFolder folder;
    REQUIRE(run_program("train " + small_run() + "--out run", folder.path()).exit_code == 0);
    const auto experiment = load_experiment((folder / "run/config.toml").string(), {});
    const auto theta = read_checkpoint(folder / "run/checkpoints/last.h5").training.theta;
    const auto arrays = arrays_of(*experiment.network.build(), theta);
    write_npy_folder(folder / "npy", arrays);
    write_fortran_folder(folder / "fortran", arrays);
    write_hdf5(folder / "c.h5", arrays);

    const auto as_trained = scored("run", folder);
    CHECK(as_trained != scored(small_run(), folder)); // initial couplings
    for (const char* source : {"npy", "fortran", "c.h5", "run/checkpoints/last.h5"}) {
        CHECK(scored(std::string("run --couplings ") + source, folder) == as_trained);
        CHECK(scored(small_run() + "--couplings " + source, folder) == as_trained);
    }
    CHECK(scored("run --set machine.couplings.bits=3 --couplings npy", folder) ==
          scored("run --set machine.couplings.bits=3", folder));
    const auto shown = run_program("eval run --couplings c.h5", folder.path());
    CHECK(shown.out.find("couplings of 'c.h5'") != std::string::npos);
}

TEST_CASE("couplings beyond the machine's range are counted and clipped, not so on the ideal machine") {
    const TemporaryFolder folder;
    const auto network = load_experiment("glyphs", {}).network.build();
    const auto score = [&](float largest) {
        std::vector<float> theta(network->parameters);
        for (const std::size_t pixel : {72U, 120U, 136U}) theta[256 * pixel] = largest; // to hidden node 0
        for (std::size_t i = 0; i < 5; ++i) theta[network->blocks[2].first + i] = 0.25F;
        write_npy_folder(folder / "c", arrays_of(*network, theta));
        return run_program("eval glyphs --set data.train=1001 --set data.test=64 --couplings c --json",
                           folder.path())
            .out;
    };
    const auto entry = [](const std::string& json, const std::string& name) {
        const auto at = json.find("\"" + name + "\": ");
        REQUIRE(at != std::string::npos);
        return json.substr(at, json.find_first_of(",}", at) - at);
    };
    const auto within = score(1.0F);
    const auto beyond = score(1.5F);
    const auto far_beyond = score(2.5F);
    CHECK(entry(within, "couplings_saturated") == "\"couplings_saturated\": 0");
    CHECK(entry(beyond, "couplings_saturated") == "\"couplings_saturated\": 3");
    CHECK(entry(within, "cost") == entry(beyond, "cost"));
    CHECK(entry(beyond, "cost") == entry(far_beyond, "cost"));
    CHECK(entry(beyond, "ideal_cost") != entry(far_beyond, "ideal_cost"));
}

TEST_CASE("wrong imported couplings are refused in one line that names the file and what is valid") {
    const TemporaryFolder folder;
    const auto network = load_experiment("glyphs", {}).network.build();
    const auto arrays = arrays_of(*network, std::vector<float>(network->parameters));
    const auto check_refused = [&](const std::string& arguments, const std::vector<std::string>& words) {
        const auto outcome = run_program("eval glyphs " + arguments, folder.path());
        INFO(arguments << "\n" << outcome.err);
        CHECK(outcome.exit_code == 2);
        CHECK(lines_of(outcome.err) == 1);
        for (const auto& word : words) CHECK(outcome.err.find(word) != std::string::npos);
    };
    write_npy_folder(folder / "c", arrays);
    check_refused("--couplings nowhere", {"nowhere", "input-hidden [256 x 256]"});
    check_refused("--couplings c --epoch 1", {"--epoch 1", "--couplings c"});
    check_refused("--couplings c --set network.layer.hidden.size=32",
                  {"c/input-hidden.npy", "[256 x 256]", "[256 x 32]"});
    auto bytes = read_file(folder / "c/output-bias.npy");
    write_atomically(folder / "c/output-bias.npy", bytes.substr(0, bytes.size() - 1));
    check_refused("--couplings c", {"c/output-bias.npy", "ends early"});
    std::filesystem::remove(folder / "c/output-bias.npy");
    check_refused("--couplings c", {"c/output-bias.npy", "missing", "output-bias [10]"});
}

TEST_CASE("a checkpoint of another network is refused with both") {
    const TemporaryFolder folder;
    REQUIRE(run_program("train " + small_run() + "--stop-after 1 --out run", folder.path()).exit_code == 130);
    const auto outcome = run_program("eval glyphs --couplings run/checkpoints/last.h5", folder.path());
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err.find("input-hidden [256 x 32]") != std::string::npos);
    CHECK(outcome.err.find("input-hidden [256 x 256]") != std::string::npos);
}
