#include "hw_models/base/worker_pool.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <vector>

using namespace isinglass;

TEST_CASE("Spare work is done once each by the time it is finished, between rounds of other work", "[pool]") {
    for (const unsigned threads : {1U, 2U, 5U}) {
        INFO(threads << " threads");
        WorkerPool pool(threads);
        WorkerPool::Spare spare(pool);
        for (int set = 0; set < 50; ++set) {
            std::vector<std::atomic<int>> done(37);
            std::atomic<int> rounds{0};
            spare.begin(done.size(), [&](std::size_t i) { ++done[i]; });
            for (int round = 0; round < 5; ++round) pool.run(8, [&](std::size_t, unsigned) { ++rounds; });
            spare.finish();
            bool once = true;
            for (const auto& times : done) once = once && times == 1;
            CHECK(once);
            CHECK(rounds == 40);
        }
    }
}

TEST_CASE("Threads do spare work by themselves, without a round that wakes them", "[pool]") {
    WorkerPool pool(2);
    WorkerPool::Spare spare(pool);
    std::atomic<int> left{20};
    spare.begin(20, [&](std::size_t) { --left; });
    while (left > 0) std::this_thread::yield();
    spare.finish();
    CHECK(left == 0);
}

TEST_CASE("Sets of spare work are finished apart, in any order, and at the latest when their owner goes",
          "[pool]") {
    for (const unsigned threads : {1U, 3U}) {
        INFO(threads << " threads");
        WorkerPool pool(threads);
        for (int time = 0; time < 50; ++time) {
            std::atomic<int> first_done{0}, second_done{0}, third_done{0};
            WorkerPool::Spare first(pool), second(pool);
            {
                WorkerPool::Spare third(pool);
                first.begin(30, [&](std::size_t) { ++first_done; });
                second.begin(20, [&](std::size_t) { ++second_done; });
                third.begin(10, [&](std::size_t) { ++third_done; });
                second.finish();
                CHECK(second_done == 20);
            }
            CHECK(third_done == 10);
            second.begin(0, {}); // nothing to do
            second.finish();
            first.finish();
            CHECK(first_done == 30);
        }
    }
}
