#include "hw_models/base/worker_pool.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <vector>

using namespace isinglass;

TEST_CASE("Spare work is done once each by the time it is finished, between rounds of other work", "[pool]") {
    for (const unsigned threads : {1U, 2U, 5U}) {
        INFO(threads << " threads");
        WorkerPool pool(threads);
        for (int set = 0; set < 50; ++set) {
            std::vector<std::atomic<int>> done(37);
            std::atomic<int> rounds{0};
            pool.begin_spare(done.size(), [&](std::size_t i) { ++done[i]; });
            for (int round = 0; round < 5; ++round) pool.run(8, [&](std::size_t, unsigned) { ++rounds; });
            pool.finish_spare();
            bool once = true;
            for (const auto& times : done) once = once && times == 1;
            CHECK(once);
            CHECK(rounds == 40);
        }
    }
}

TEST_CASE("Threads do spare work by themselves, without a round that wakes them", "[pool]") {
    WorkerPool pool(2);
    std::atomic<int> left{20};
    pool.begin_spare(20, [&](std::size_t) { --left; });
    while (left > 0) std::this_thread::yield();
    pool.finish_spare();
    CHECK(left == 0);
}
