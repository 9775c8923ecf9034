#include "hw_models/base/error.hpp"
#include "sim/run/checkpoint.hpp"
#include "sim/run/files.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace isinglass;

namespace {

Checkpoint example() {
    Checkpoint c;
    c.training = {.theta = {1.5F, -0.0F, std::numeric_limits<float>::denorm_min(), 3e38F},
                  .held = {0, 255, 7},
                  .codes = {1, 2, 3},
                  .program_pending = true,
                  .epoch = 3,
                  .batch = 41,
                  .updates = 2000,
                  .cost_sum = 0.1,
                  .correct = 5555,
                  .presented = 6000,
                  .counters = {.not_settled = 3, .adc_clipped = 4, .couplings_written = 1ULL << 60}};
    c.optimiser = {{"velocity", {0.25F, -1.0F}}, {"spread", {}}};
    c.optimiser_updates = 1999;
    c.ledger.entries = {{"adc.convert", Phase::read, 12.0}, {"write.pulse", Phase::program, 0.1}};
    c.ledger.time_fs = {1, 2, 3, 4, 5, 6, 7, 1ULL << 63};
    c.config = "name = \"µ\"\n[run]\nseed = 1\n";
    c.version = "0.1.0";
    c.metrics = {"1,0.95", "2,0.96"};
    c.responses = {0.5F, 0.0F, 2e-5F};
    c.response_rows = {"1,hidden,1,3,0.3"};
    c.training.response_squares = {0.1, 1e300};
    c.best_validation = 0.96;
    c.best_epoch = 2;
    c.wall_s = 12.5;
    return c;
}

void check_equal(const Checkpoint& a, const Checkpoint& b) {
    CHECK(a.training.theta == b.training.theta);
    CHECK(std::signbit(a.training.theta[1]) == std::signbit(b.training.theta[1]));
    CHECK(a.training.held == b.training.held);
    CHECK(a.training.codes == b.training.codes);
    CHECK(a.training.program_pending == b.training.program_pending);
    CHECK(a.training.epoch == b.training.epoch);
    CHECK(a.training.batch == b.training.batch);
    CHECK(a.training.updates == b.training.updates);
    CHECK(a.training.cost_sum == b.training.cost_sum);
    CHECK(a.training.correct == b.training.correct);
    CHECK(a.training.presented == b.training.presented);
    CHECK(a.training.counters.not_settled == b.training.counters.not_settled);
    CHECK(a.training.counters.adc_clipped == b.training.counters.adc_clipped);
    CHECK(a.training.counters.couplings_written == b.training.counters.couplings_written);
    CHECK(a.optimiser == b.optimiser);
    CHECK(a.optimiser_updates == b.optimiser_updates);
    CHECK(a.ledger == b.ledger);
    CHECK(a.config == b.config);
    CHECK(a.version == b.version);
    CHECK(a.metrics == b.metrics);
    CHECK(a.responses == b.responses);
    CHECK(a.response_rows == b.response_rows);
    CHECK(a.training.response_squares == b.training.response_squares);
    CHECK(a.best_validation == b.best_validation);
    CHECK(a.best_epoch == b.best_epoch);
    CHECK(a.wall_s == b.wall_s);
}

} // namespace

TEST_CASE("a checkpoint reads back to the same bits") {
    const test::TemporaryFolder folder;
    write_checkpoint(folder / "a.h5", example());
    check_equal(read_checkpoint(folder / "a.h5"), example());
    write_checkpoint(folder / "empty.h5", Checkpoint());
    const auto empty = read_checkpoint(folder / "empty.h5");
    CHECK(empty.training.theta.empty());
    CHECK(empty.metrics.empty());
    CHECK(empty.config.empty());
}

TEST_CASE("equal checkpoints are equal files, and another coupling is another file") {
    const test::TemporaryFolder folder;
    auto other = example();
    other.training.theta[0] = std::nextafter(1.5F, 2.0F);
    write_checkpoint(folder / "a.h5", example());
    write_checkpoint(folder / "b.h5", example());
    write_checkpoint(folder / "c.h5", other);
    CHECK(read_file(folder / "a.h5") == read_file(folder / "b.h5"));
    CHECK(read_file(folder / "a.h5") != read_file(folder / "c.h5"));
}

TEST_CASE("a checkpoint is an HDF5 file behind a user block of 512 bytes") {
    const test::TemporaryFolder folder;
    write_checkpoint(folder / "a.h5", example());
    CHECK(read_file(folder / "a.h5").substr(512, 8) == "\x89HDF\r\n\x1a\n");
}

TEST_CASE("a file that is missing, foreign or of another format is refused, and named") {
    const test::TemporaryFolder folder;
    CHECK_THROWS_AS(read_checkpoint(folder / "none.h5"), InputOutputError);
    CHECK_THROWS_WITH(read_checkpoint(folder / "none.h5"),
                      Catch::Contains("none.h5") && Catch::Contains("No such file"));
    write_atomically(folder / "text.h5", "hello");
    CHECK_THROWS_AS(read_checkpoint(folder / "text.h5"), UserError);
    CHECK_THROWS_WITH(read_checkpoint(folder / "text.h5"), Catch::EndsWith("it is no Isinglass checkpoint"));
    write_atomically(folder / "new.h5", "isinglass checkpoint 9 100 abc\n");
    CHECK_THROWS_WITH(read_checkpoint(folder / "new.h5"),
                      Catch::EndsWith("its format is 9, and this program reads format 3"));
}

TEST_CASE("a checkpoint cut anywhere is refused") {
    const test::TemporaryFolder folder;
    write_checkpoint(folder / "a.h5", example());
    const std::string whole = read_file(folder / "a.h5");
    for (const std::size_t bytes :
         {std::size_t{0}, std::size_t{15}, std::size_t{21}, std::size_t{23}, std::size_t{60},
          std::size_t{511}, std::size_t{512}, whole.size() / 2, whole.size() - 1}) {
        INFO(bytes << " of " << whole.size() << " bytes");
        write_atomically(folder / "cut.h5", whole.substr(0, bytes));
        CHECK_THROWS_AS(read_checkpoint(folder / "cut.h5"), UserError);
    }
    CHECK_THROWS_WITH(read_checkpoint(folder / "cut.h5"),
                      Catch::EndsWith("it ends early, after " + std::to_string(whole.size() - 1) + " bytes"));
}

TEST_CASE("a checkpoint with one bit flipped anywhere, or a byte more, is refused") {
    const test::TemporaryFolder folder;
    write_checkpoint(folder / "a.h5", example());
    const std::string whole = read_file(folder / "a.h5");
    for (std::size_t i = 0; i < whole.size(); i += 499) {
        auto damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        write_atomically(folder / "bad.h5", damaged);
        INFO("byte " << i);
        CHECK_THROWS_AS(read_checkpoint(folder / "bad.h5"), UserError);
    }
    write_atomically(folder / "bad.h5", whole + "x");
    CHECK_THROWS_WITH(read_checkpoint(folder / "bad.h5"), Catch::Contains("checksum"));
}

TEST_CASE("an optimiser goes on from a checkpoint as if it had never stopped") {
    const std::vector<float> gradient{0.5F, -0.25F, 1.0F};
    const auto step = [&](Optimiser& optimiser, std::vector<float>& theta) {
        optimiser.advance();
        optimiser.step(0, gradient, theta, 0.1F);
    };
    for (const auto& kind : optimiser_kinds()) {
        INFO(kind);
        const auto first = make_optimiser(kind);
        first->begin(3);
        std::vector<float> theta{1.0F, 2.0F, 3.0F};
        step(*first, theta);
        Checkpoint saved;
        save_optimiser(*first, saved);
        const auto second = make_optimiser(kind);
        second->begin(3);
        restore_optimiser(saved, *second);
        auto resumed = theta;
        step(*first, theta);
        step(*second, resumed);
        CHECK(resumed == theta);
        CHECK(second->updates() == 2);
        saved.optimiser.push_back({"another", {}});
        CHECK_THROWS_AS(restore_optimiser(saved, *second), UserError);
    }
}

TEST_CASE("the state of an optimiser of another size is refused, and nothing is changed") {
    const auto adam = make_optimiser("adam");
    adam->begin(3);
    Checkpoint saved;
    save_optimiser(*adam, saved);
    saved.optimiser_updates = 7;
    adam->begin(4);
    CHECK_THROWS_AS(restore_optimiser(saved, *adam), UserError);
    CHECK(adam->updates() == 0);
}
