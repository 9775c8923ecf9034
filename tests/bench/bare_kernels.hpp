// A training epoch's products with nothing around them: no SystemC, no converters, no codes, no driver.
#pragma once

#include "hw_models/base/worker_pool.hpp"

#include <cstddef>

namespace isinglass::bench {

// Seconds for `batches` batches of `batch` samples on 784-512-10: input product, 30 free and 2 × 10 nudged
// Euler steps, co-activities and plain SGD, by the kernels that the simulator itself calls, on `pool`.
double bare_kernels_s(WorkerPool& pool, std::size_t batches, std::size_t batch);

} // namespace isinglass::bench
