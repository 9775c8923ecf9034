#include "hw_models/base/worker_pool.hpp"

#include <omp.h>

namespace isinglass {

namespace {
// A training batch starts several short rounds a millisecond; sleeping between them would cost more than they
// do.
constexpr int spins_before_sleep = 4000;
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

// A thread that wakes late finds nothing left, or tasks of a later round: both are fine. `task_` is read only
// while a task is in hand, which keeps its round from ending.
void WorkerPool::take_tasks(unsigned thread) {
    for (std::ptrdiff_t i = left_.fetch_sub(1) - 1; i >= 0; i = left_.fetch_sub(1) - 1) {
        try {
            (*task_)(static_cast<std::size_t>(i), thread);
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!error_) error_ = std::current_exception();
        }
        unfinished_.fetch_sub(1, std::memory_order_release);
    }
}

bool WorkerPool::take_spare_task() {
    if (spare_left_.load(std::memory_order_acquire) <= 0) return false;
    const std::ptrdiff_t i = spare_left_.fetch_sub(1) - 1;
    if (i < 0) return false;
    spare_task_(static_cast<std::size_t>(i));
    spare_unfinished_.fetch_sub(1, std::memory_order_release);
    return true;
}

void WorkerPool::serve(unsigned thread) {
    omp_set_num_threads(1);
    std::uint64_t seen = 0;
    for (;;) {
        for (int i = 0; i < spins_before_sleep && round_.load(std::memory_order_acquire) == seen; ++i)
            if (take_spare_task())
                i = 0;
            else
                __builtin_ia32_pause();
        if (round_.load(std::memory_order_acquire) == seen) {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return round_.load() != seen || spare_left_.load() > 0; });
            if (round_.load() == seen) continue;
        }
        seen = round_.load();
        if (stop_) return;
        take_tasks(thread);
    }
}

void WorkerPool::begin_spare(std::size_t count, std::function<void(std::size_t)> task) {
    spare_task_ = std::move(task);
    spare_unfinished_ = count;
    {
        const std::lock_guard lock(mutex_);
        spare_left_ = static_cast<std::ptrdiff_t>(count);
    }
    wake_.notify_all();
}

void WorkerPool::finish_spare() {
    while (take_spare_task()) {
    }
    while (spare_unfinished_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

void WorkerPool::run(std::size_t count, const std::function<void(std::size_t, unsigned)>& task) {
    if (workers_.empty() || count <= 1) {
        for (std::size_t i = 0; i < count; ++i) task(i, 0);
        return;
    }
    task_ = &task;
    error_ = nullptr;
    unfinished_ = count;
    left_ = static_cast<std::ptrdiff_t>(count);
    {
        const std::lock_guard lock(mutex_);
        ++round_;
    }
    wake_.notify_all();
    take_tasks(0);
    for (int spins = 0; unfinished_.load(std::memory_order_acquire) != 0; ++spins)
        if (spins < spins_before_sleep)
            __builtin_ia32_pause();
        else
            std::this_thread::yield();
    if (error_) std::rethrow_exception(error_);
}

} // namespace isinglass
