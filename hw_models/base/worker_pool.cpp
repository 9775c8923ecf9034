#include "hw_models/base/worker_pool.hpp"

#include <omp.h>

namespace isinglass {

namespace {
// A training batch starts several short rounds a millisecond; sleeping between them would cost more than they
// do.
constexpr int spins_before_sleep = 20000;
} // namespace

WorkerPool::WorkerPool(unsigned threads) {
    omp_set_num_threads(1); // oneDNN asks OpenMP; the setting is per thread, so every worker repeats it
    for (unsigned i = 1; i < threads; ++i) workers_.emplace_back([this, i] { serve(i); });
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        ++round_;
    }
    wake_.notify_all();
    for (auto& worker : workers_) worker.join();
}

void WorkerPool::take_tasks(unsigned thread) {
    for (std::size_t i = next_++; i < count_; i = next_++) {
        try {
            (*task_)(i, thread);
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!error_) error_ = std::current_exception();
        }
    }
}

void WorkerPool::serve(unsigned thread) {
    omp_set_num_threads(1);
    std::uint64_t seen = 0;
    for (;;) {
        for (int i = 0; i < spins_before_sleep && round_.load(std::memory_order_acquire) == seen; ++i)
            __builtin_ia32_pause();
        if (round_.load(std::memory_order_acquire) == seen) {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return round_.load() != seen; });
        }
        seen = round_.load();
        if (stop_) return;
        take_tasks(thread);
        busy_.fetch_sub(1, std::memory_order_release);
    }
}

void WorkerPool::run(std::size_t count, const std::function<void(std::size_t, unsigned)>& task) {
    if (workers_.empty() || count <= 1) {
        for (std::size_t i = 0; i < count; ++i) task(i, 0);
        return;
    }
    task_ = &task;
    count_ = count;
    next_ = 0;
    error_ = nullptr;
    busy_ = static_cast<unsigned>(workers_.size());
    {
        const std::lock_guard lock(mutex_);
        ++round_;
    }
    wake_.notify_all();
    take_tasks(0);
    for (int spins = 0; busy_.load(std::memory_order_acquire) != 0; ++spins)
        if (spins < spins_before_sleep)
            __builtin_ia32_pause();
        else
            std::this_thread::yield();
    if (error_) std::rethrow_exception(error_);
}

} // namespace isinglass
