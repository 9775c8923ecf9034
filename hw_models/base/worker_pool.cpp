#include "hw_models/base/worker_pool.hpp"

#include <omp.h>

#include <algorithm>
#include <utility>

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

// A task that throws ends the program, as it does in a thread of its own: nobody is there to catch it.
bool WorkerPool::take_spare_task(Spare* only) noexcept {
    if (!spare_waits_.load(std::memory_order_acquire)) return false;
    Spare* spare = nullptr;
    std::size_t task = 0;
    {
        const std::lock_guard lock(mutex_);
        const auto at = only == nullptr ? spares_.begin() : std::ranges::find(spares_, only);
        if (at == spares_.end()) return false;
        spare = *at;
        task = --spare->left_;
        if (spare->left_ == 0) spares_.erase(at);
        spare_waits_ = !spares_.empty();
    }
    spare->task_(task);
    spare->unfinished_.fetch_sub(1, std::memory_order_release);
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
            wake_.wait(lock, [&] { return round_.load() != seen || !spares_.empty(); });
            if (round_.load() == seen) continue;
        }
        seen = round_.load();
        if (stop_) return;
        take_tasks(thread);
    }
}

WorkerPool::Spare::~Spare() {
    finish();
}

void WorkerPool::Spare::begin(std::size_t count, std::function<void(std::size_t)> task) {
    if (count == 0) return;
    task_ = std::move(task);
    {
        const std::lock_guard lock(pool_.mutex_);
        pool_.spares_.push_back(this);
        left_ = count;
        unfinished_ = count;
        pool_.spare_waits_ = true;
    }
    pool_.wake_.notify_all();
}

void WorkerPool::Spare::finish() {
    while (pool_.take_spare_task(this)) {
    }
    while (unfinished_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
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
