#include "hw_models/base/worker_pool.hpp"

#include <catch2/catch.hpp>
#include <omp.h>

#include <stdexcept>

using namespace isinglass;

TEST_CASE("A pool calls its task once for every index, on threads of its own count", "[pool]") {
    const unsigned threads = GENERATE(1U, 2U, 4U);
    WorkerPool pool(threads);
    REQUIRE(pool.threads() == threads);
    for (const std::size_t count : {0U, 1U, 2U, 3U, 1000U}) {
        std::vector<std::atomic<int>> calls(count);
        std::atomic<bool> stranger = false;
        pool.run(count, [&](std::size_t i, unsigned thread) {
            ++calls.at(i);
            if (thread >= threads) stranger = true;
        });
        CHECK(std::ranges::all_of(calls, [](const auto& c) { return c == 1; }));
        CHECK_FALSE(stranger);
    }
}

TEST_CASE("Many short rounds each finish before run returns", "[pool]") {
    const unsigned threads = GENERATE(1U, 2U, 4U);
    WorkerPool pool(threads);
    std::vector<int> counters(threads * 3, 0); // plain: one index is one task, and rounds do not overlap
    const int rounds = threads > 2 ? 50 : 500; // more threads than cores wait for each other
    bool behind = false;
    for (int round = 1; round <= rounds; ++round) {
        pool.run(counters.size(), [&](std::size_t i, unsigned) { ++counters[i]; });
        for (const int c : counters) behind = behind || c != round;
    }
    CHECK_FALSE(behind);
}

TEST_CASE("Tasks of one thread never run at the same time", "[pool]") {
    WorkerPool pool(2);
    std::vector<std::atomic<int>> inside(pool.threads());
    std::atomic<bool> overlapped = false;
    for (int round = 0; round < 100; ++round)
        pool.run(50, [&](std::size_t, unsigned thread) {
            if (++inside[thread] != 1) overlapped = true;
            --inside[thread];
        });
    CHECK_FALSE(overlapped);
}

TEST_CASE("An exception of a task reaches the caller, and the pool works on", "[pool]") {
    const unsigned threads = GENERATE(1U, 2U, 4U);
    WorkerPool pool(threads);
    for (int round = 0; round < 20; ++round) {
        REQUIRE_THROWS_AS(pool.run(20,
                                   [](std::size_t i, unsigned) {
                                       if (i == 13) throw std::runtime_error("thirteen");
                                   }),
                          std::runtime_error);
        std::atomic<int> calls = 0;
        REQUIRE_NOTHROW(pool.run(20, [&](std::size_t, unsigned) { ++calls; }));
        REQUIRE(calls == 20);
    }
}

TEST_CASE("Every thread of a pool computes matrix products alone", "[pool]") {
    WorkerPool pool(4);
    std::atomic<bool> alone = true;
    for (int round = 0; round < 20; ++round)
        pool.run(16, [&](std::size_t, unsigned) {
            if (omp_get_max_threads() != 1) alone = false;
        });
    CHECK(alone);
}

TEST_CASE("A pool that never ran a task ends", "[pool]") {
    for (int i = 0; i < 20; ++i) WorkerPool{3};
    SUCCEED();
}
