#include "sim/run/run_directory.hpp"

#include "hw_models/base/error.hpp"
#include "sim/run/files.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include <csignal>

using namespace isinglass;
namespace fs = std::filesystem;

namespace {

// Writing beyond this many bytes of a file fails for as long as it lives, as on a full disk.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int);
};

} // namespace

TEST_CASE("a file is replaced as a whole, and nothing stays beside it") {
    const test::TemporaryFolder folder;
    write_atomically(folder / "f", "first");
    write_atomically(folder / "f", std::string("sec\0ond", 7));
    CHECK(read_file(folder / "f") == std::string("sec\0ond", 7));
    CHECK(std::distance(fs::directory_iterator(folder / ""), fs::directory_iterator()) == 1);
}

TEST_CASE("when the disk is full the earlier file stays, and the error says why") {
    const test::TemporaryFolder folder;
    write_atomically(folder / "f", "earlier");
    std::string message;
    {
        const FullDisk full(1000);
        try {
            write_atomically(folder / "f", std::string(100000, 'x'));
        } catch (const InputOutputError& error) {
            message = error.what();
        }
    }
    CHECK(message == "cannot write '" + (folder / "f").string() + "': File too large");
    CHECK(read_file(folder / "f") == "earlier");
    CHECK(std::distance(fs::directory_iterator(folder / ""), fs::directory_iterator()) == 1);
}

TEST_CASE("files that cannot be read or written are errors with path and reason") {
    const test::TemporaryFolder folder;
    CHECK_THROWS_AS(read_file(folder / "none"), InputOutputError);
    CHECK_THROWS_WITH(read_file(folder / ""), Catch::EndsWith("Is a directory"));
    CHECK_THROWS_WITH(write_atomically(folder / "no/f", "x"),
                      Catch::Contains("no/f") && Catch::EndsWith("No such file or directory"));
}

TEST_CASE("a new run takes a folder that is new or empty, and no other") {
    const test::TemporaryFolder folder;
    const auto run = RunDirectory::create(folder / "a/b");
    CHECK(fs::is_directory(run.checkpoints()));
    fs::create_directory(folder / "empty");
    CHECK_NOTHROW(RunDirectory::create(folder / "empty"));
    CHECK_THROWS_AS(RunDirectory::create(folder / "a/b"), UserError);
    CHECK_THROWS_WITH(RunDirectory::create(folder / "a"),
                      Catch::EndsWith("a new run needs a folder that is new or empty"));
    write_atomically(folder / "file", "x");
    CHECK_THROWS_AS(RunDirectory::create(folder / "file"), UserError);
    CHECK(read_file(folder / "file") == "x");
    CHECK_THROWS_AS(RunDirectory::create(folder / "file/run"), InputOutputError);
}

TEST_CASE("runs without a name of their own are numbered") {
    const test::TemporaryFolder folder;
    CHECK(RunDirectory::create_numbered("glyphs", 7, folder / "runs").path() == folder / "runs/glyphs-7-1");
    CHECK(RunDirectory::create_numbered("glyphs", 7, folder / "runs").path() == folder / "runs/glyphs-7-2");
    CHECK(RunDirectory::create_numbered("glyphs", 8, folder / "runs").path() == folder / "runs/glyphs-8-1");
    write_atomically(folder / "runs/glyphs-7-3", "a file");
    CHECK(RunDirectory::create_numbered("glyphs", 7, folder / "runs").path() == folder / "runs/glyphs-7-4");
}

TEST_CASE("a run is a folder with a config.toml") {
    const test::TemporaryFolder folder;
    const auto run = RunDirectory::create(folder / "run");
    CHECK_FALSE(RunDirectory::is_run(run.path()));
    CHECK_THROWS_WITH(RunDirectory::open(run.path()), Catch::EndsWith("is no run: it has no config.toml"));
    write_atomically(run.config(), "");
    CHECK(RunDirectory::is_run(run.path()));
    CHECK(RunDirectory::open(run.path()).path() == run.path());
    CHECK_FALSE(RunDirectory::is_run("glyphs"));
    CHECK_FALSE(RunDirectory::is_run(run.config()));
    CHECK_THROWS_AS(RunDirectory::open(folder / "none"), UserError);
    CHECK_THROWS_WITH(RunDirectory::open(folder / "none"), Catch::EndsWith("there is no such folder"));
}

TEST_CASE("checkpoints are found by their epoch, and a missing one names those that there are") {
    const test::TemporaryFolder folder;
    const auto run = RunDirectory::create(folder / "run");
    CHECK(run.checkpoint(7).filename() == "epoch-0007.h5");
    CHECK(run.saved_epochs().empty());
    CHECK_THROWS_WITH(run.existing_checkpoint(1), Catch::EndsWith("there are: none"));
    for (const auto& file :
         {run.checkpoint(12), run.checkpoint(3), run.checkpoint(12345), run.last(), run.best(),
          run.checkpoints() / "epoch-0004.h5.tmp", run.checkpoints() / "epoch-x.h5"})
        write_atomically(file, "");
    CHECK(run.saved_epochs() == std::vector<std::int64_t>{3, 12, 12345});
    CHECK(run.existing_checkpoint(12) == run.checkpoint(12));
    CHECK_THROWS_AS(run.existing_checkpoint(4), UserError);
    CHECK_THROWS_WITH(run.existing_checkpoint(4),
                      Catch::EndsWith("has no checkpoint of epoch 4; there are: 3, 12, 12345"));
}

TEST_CASE("the folder for waveforms is there when asked for") {
    const test::TemporaryFolder folder;
    const auto run = RunDirectory::create(folder / "run");
    CHECK(fs::is_directory(run.waves()));
    CHECK(run.waves() == run.path() / "waves");
}
