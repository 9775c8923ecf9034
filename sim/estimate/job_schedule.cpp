#include "sim/estimate/job_schedule.hpp"

#include <algorithm>
#include <cmath>

namespace isinglass {

std::uint64_t ScheduleRates::transfer_fs(std::size_t bytes) const {
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(bytes) * fs_per_byte));
}

namespace {

using Time = std::uint64_t; // femtoseconds from the job's start

constexpr std::size_t command_bytes = 32;
constexpr std::size_t register_writes_before = 4, register_reads_after = 4;

// Element i − back of a list of times, or the beginning.
Time before(const std::vector<Time>& times, std::size_t i, std::size_t back) {
    return i < back ? 0 : times[i - back];
}

class Schedule {
  public:
    Schedule(const ScheduleRates& rates, const std::vector<JobStep>& list) : r_(rates), list_(list) {}

    JobTimes run() {
        const Time rung = register_writes_before * r_.register_write_fs();
        const Time listed = down(r_.edge(rung) + r_.latency_fs, list_.size() * command_bytes);
        issued_ = r_.edge(listed + r_.latency_fs);
        Time free = 0; // of the array
        for (std::size_t i = 0; i < list_.size(); ++i) {
            while (queued_.size() <= i) issue();
            const Time start = std::max(queued_[i], free);
            if (i > 0) times_.array_waits_fs += start - free;
            taken_.push_back(start);
            free = execute(list_[i], start);
            account(i, start);
        }
        times_.phase_fs[static_cast<std::size_t>(list_.back().phase)] += ended_ - taken_.back();
        times_.array_waits_fs += ended_ - taken_.back();
        const Time told = ended_ + r_.latency_fs;
        times_.total_fs =
            r_.edge(told + r_.register_write_fs() + 2 * register_reads_after * r_.register_write_fs());
        times_.phase_fs[static_cast<std::size_t>(Phase::idle)] += taken_.front() + times_.total_fs - ended_;
        return times_;
    }

  private:
    Time down(Time earliest, std::size_t bytes) {
        down_free_ = std::max(earliest, down_free_) + r_.transfer_fs(bytes);
        times_.down_fs += r_.transfer_fs(bytes);
        return down_free_;
    }

    // The time of command i counts for its phase until the next one starts.
    void account(std::size_t i, Time start) {
        if (i == 0) return;
        const auto& last = list_[i - 1];
        times_.phase_fs[static_cast<std::size_t>(last.phase)] += start - taken_[i - 1];
        if (last.kind != JobStep::Kind::program)
            times_.biased_fs[static_cast<std::size_t>(last.phase)] += start - taken_[i - 1];
    }

    // --- sequencer: a command a cycle, or once its queue has room
    void issue() {
        const std::size_t i = queued_.size();
        if (list_[i].kind == JobStep::Kind::clamp && requests_.size() == clamps_issued_) request(i);
        Time at = issued_ + r_.clock_fs;
        if (list_[i].kind == JobStep::Kind::clamp) at = requests_[clamps_issued_++];
        issued_ = std::max(at, before(taken_, i, r_.queue));
        queued_.push_back(issued_);
    }

    // --- DMA: codes of CLAMPs, ahead of the array
    struct Fetch {
        Time requested, popped, started;
    };
    Fetch next_fetch() const {
        const std::size_t c = requests_.size();
        Fetch f{};
        f.requested = std::max(issued_ + r_.clock_fs, before(request_taken_, c, r_.queue));
        f.popped = std::max(f.requested, before(fetched_, c, 1));
        f.started = std::max(f.popped, before(converted_, c, r_.staging));
        if (const Time arrived = before(arrives_, c, r_.reads_under_way); arrived > f.started)
            f.started = r_.edge(arrived);
        return f;
    }
    void request(std::size_t i) {
        const Fetch f = next_fetch();
        const std::size_t c = requests_.size();
        requests_.push_back(f.requested);
        request_taken_.push_back(f.popped);
        fetched_.push_back(f.started);
        arrives_.push_back(down(f.started + r_.latency_fs, list_[i].bytes) + r_.latency_fs);
        conversion_fs_.push_back(list_[i].cycles * r_.clock_fs);
        if (c == 0) times_.first_start_fs = f.started;
        convert();
    }
    // Requests that are made before `time`, when a PROGRAM asks for the link: they come first.
    void request_before(Time time) {
        while (queued_.size() < list_.size()) {
            const std::size_t i = queued_.size();
            const bool clamp = list_[i].kind == JobStep::Kind::clamp;
            if (clamp && requests_.size() == clamps_issued_) {
                const bool slot_known = requests_.size() < converted_.size() + r_.staging;
                if (!slot_known || next_fetch().started >= time) return;
                request(i);
            }
            if (i >= taken_.size() + r_.queue) return;
            const Time at = clamp ? requests_[clamps_issued_] : issued_ + r_.clock_fs;
            if (std::max(at, before(taken_, i, r_.queue)) >= time) return;
            issue();
        }
    }

    // --- DACs: one CLAMP after another, each once the back latches are empty
    void convert() {
        while (converted_.size() < arrives_.size() && converted_.size() <= swapped_.size()) {
            const std::size_t c = converted_.size();
            const Time start =
                std::max({before(converted_, c, 1), r_.edge(arrives_[c]), before(swapped_, c, 1)});
            times_.dac_fs += conversion_fs_[c];
            converted_.push_back(start + conversion_fs_[c]);
        }
    }

    // --- array: when it is ready for the next command
    Time execute(const JobStep& step, Time start) {
        switch (step.kind) {
        case JobStep::Kind::program: return program(step, start);
        case JobStep::Kind::clamp: {
            const Time ready = std::max(start, converted_[swapped_.size()]);
            const Time swapped = ready + r_.clock_fs;
            times_.array_waits_fs += ready - start;
            swapped_.push_back(swapped);
            convert();
            return swapped + step.take_over_cycles * r_.clock_fs;
        }
        case JobStep::Kind::array: return start + step.cycles * r_.clock_fs;
        case JobStep::Kind::after_adcs: return std::max(start, adcs_free_) + step.cycles * r_.clock_fs;
        case JobStep::Kind::read: return read(step, start);
        case JobStep::Kind::interrupt: finish(start); return start;
        }
        return start;
    }
    Time program(const JobStep& step, Time start) {
        request_before(start);
        const Time streamed = down(start + r_.latency_fs, step.bytes) + r_.latency_fs;
        const Time first_code = streamed - r_.transfer_fs(step.bytes);
        return r_.edge(std::max(streamed, first_code + step.cycles * r_.clock_fs));
    }
    Time read(const JobStep& step, Time start) {
        const Time held =
            std::max(start, adcs_free_) + (r_.sample_and_hold ? r_.sample_cycles * r_.clock_fs : 0);
        const Time codes = held + step.cycles * r_.clock_fs;
        times_.adc_fs += step.cycles * r_.clock_fs;
        times_.array_waits_fs += std::max(start, adcs_free_) - start;
        adcs_free_ = std::max(codes, before(result_taken_, result_taken_.size(), r_.results));
        deliver(adcs_free_, step.bytes);
        return r_.sample_and_hold ? held : adcs_free_;
    }

    // --- DMA: read-outs, in the order of their conversion
    void deliver(Time ready, std::size_t bytes) {
        const Time start = std::max(ready, delivered_);
        result_taken_.push_back(start);
        up_free_ = std::max(start, up_free_) + r_.transfer_fs(bytes);
        times_.up_fs += r_.transfer_fs(bytes);
        delivered_ = r_.edge(up_free_);
        times_.first_end_fs = up_free_ + r_.latency_fs;
    }
    void finish(Time start) {
        const Time passed =
            std::max({start, adcs_free_, before(result_taken_, result_taken_.size(), r_.results)});
        ended_ = std::max(passed, delivered_);
        if (up_free_ > 0) ended_ = std::max(ended_, r_.edge(up_free_ + r_.latency_fs));
    }

    const ScheduleRates& r_;
    const std::vector<JobStep>& list_;
    JobTimes times_;
    Time issued_ = 0, down_free_ = 0, up_free_ = 0, adcs_free_ = 0, delivered_ = 0, ended_ = 0;
    std::size_t clamps_issued_ = 0;
    std::vector<Time> queued_, taken_; // of commands: into the array's queue and out of it
    // of CLAMPs
    std::vector<Time> requests_, request_taken_, fetched_, arrives_, conversion_fs_, converted_, swapped_;
    std::vector<Time> result_taken_; // of read-outs, by the DMA engine
};

} // namespace

JobTimes schedule(const ScheduleRates& rates, const std::vector<JobStep>& list) {
    return Schedule(rates, list).run();
}

} // namespace isinglass
