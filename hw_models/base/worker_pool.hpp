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

    // Work for threads that wait, which run() goes before; they take what was begun first. The pool outlives
    // it, and one thread calls its functions.
    class Spare {
      public:
        explicit Spare(WorkerPool& pool) : pool_(pool) {}
        ~Spare();
        Spare(const Spare&) = delete;
        Spare& operator=(const Spare&) = delete;

        // task(index) once for every index in [0, count): short tasks, of which none may throw. finish()
        // comes between one set of them and the next.
        void begin(std::size_t count, std::function<void(std::size_t)> task);
        // Returns when all is done, the caller's hand included.
        void finish();

      private:
        friend class WorkerPool;
        WorkerPool& pool_;
        std::function<void(std::size_t)> task_;
        std::size_t left_ = 0; // tasks that nobody has taken; under the pool's mutex
        std::atomic<std::size_t> unfinished_{0};
    };

  private:
    void serve(unsigned thread);
    void take_tasks(unsigned thread);
    // Takes a task of `only`, or of whichever was begun first.
    bool take_spare_task(Spare* only = nullptr) noexcept;

    const std::function<void(std::size_t, unsigned)>* task_ = nullptr;
    std::atomic<std::ptrdiff_t> left_{0};    // tasks that nobody has taken; below 0 when more were asked for
    std::atomic<std::size_t> unfinished_{0}; // tasks of this round
    std::atomic<std::uint64_t> round_{0};
    std::vector<Spare*> spares_;           // that have tasks left, in order; under the mutex
    std::atomic<bool> spare_waits_{false}; // whether there are any, to be seen without the mutex
    std::atomic<bool> stop_{false};
    std::mutex mutex_;
    std::condition_variable wake_;
    std::exception_ptr error_;
    std::vector<std::thread> workers_;
};

} // namespace isinglass
