// The simulator's own threads. Work is cut into tasks whose results do not depend on which thread runs them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace isinglass {

class WorkerPool {
  public:
    // `threads` counts the calling thread too; 1 means that everything runs in the caller.
    explicit WorkerPool(unsigned threads);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    [[nodiscard]] unsigned threads() const { return static_cast<unsigned>(workers_.size()) + 1; }

    // Calls task(index, thread) once for every index in [0, count), thread in [0, threads()); returns when
    // all are done. The first exception that a task throws is rethrown here.
    void run(std::size_t count, const std::function<void(std::size_t, unsigned)>& task);

    // Work for threads that wait, which run() goes before: task(index) once for every index in [0, count).
    // Short tasks that throw nothing. One set at a time: finish_spare() before the next.
    void begin_spare(std::size_t count, std::function<void(std::size_t)> task);
    // Returns when all is done, the caller's hand included.
    void finish_spare();

  private:
    void serve(unsigned thread);
    void take_tasks(unsigned thread);
    bool take_spare_task();

    const std::function<void(std::size_t, unsigned)>* task_ = nullptr;
    std::atomic<std::ptrdiff_t> left_{0};    // tasks that nobody has taken; below 0 when more were asked for
    std::atomic<std::size_t> unfinished_{0}; // tasks of this round
    std::atomic<std::uint64_t> round_{0};
    std::function<void(std::size_t)> spare_task_;
    std::atomic<std::ptrdiff_t> spare_left_{0};
    std::atomic<std::size_t> spare_unfinished_{0};
    std::atomic<bool> stop_{false};
    std::mutex mutex_;
    std::condition_variable wake_;
    std::exception_ptr error_;
    std::vector<std::thread> workers_;
};

} // namespace isinglass
