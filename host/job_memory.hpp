// What a job moves in host memory.
#pragma once

#include "host/driver.hpp"
#include "hw_models/energy/ledger.hpp"

namespace isinglass {

// Posts what a job that has run moved, as bytes of "host.dram_byte": each buffer once by the host and once by
// DMA in the phase of its command, and the list likewise as idle.
void post_memory(Ledger& ledger, const JobBuilder& job);

} // namespace isinglass
