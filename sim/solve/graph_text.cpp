// Graphs as text: G-set files and those that the generator rudy writes.
#include "hw_models/base/error.hpp"
#include "sim/solve/problem.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>
#include <string_view>
#include <unordered_map>

namespace isinglass {

namespace {

class GraphReader {
  public:
    GraphReader(const std::string& text, const std::string& file) : text_(text), file_(file) {}

    IsingProblem read() {
        if (!next_line()) refuse("the file is empty; valid is a first line 'vertices edges'");
        read_sizes();
        while (problem_.couplings.size() < edges_) {
            if (!next_line())
                refuse(fmt::format("the file ends after {} of {} edges", problem_.couplings.size(), edges_));
            read_edge();
        }
        if (next_line()) refuse(fmt::format("more than the {} edges that the first line names", edges_));
        return std::move(problem_);
    }

  private:
    static constexpr std::string_view blanks = " \t\r";
    static constexpr std::size_t most = std::size_t{1} << 24;

    // The words of the next line that has any.
    bool next_line() {
        while (std::getline(text_, line_)) {
            ++number_;
            rest_ = std::string_view(line_);
            rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
            if (!rest_.empty() && rest_.front() != '#') return true;
        }
        return false;
    }

    std::string_view word() {
        const auto found = rest_.substr(0, rest_.find_first_of(blanks));
        rest_.remove_prefix(found.size());
        rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
        return found;
    }

    template <class Number>
    static std::optional<Number> number(std::string_view word) {
        Number value{};
        const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (error != std::errc{} || stop != word.data() + word.size()) return std::nullopt;
        return value;
    }

    void read_sizes() {
        const auto vertices = number<std::size_t>(word());
        const auto edges = number<std::size_t>(word());
        if (!vertices || !edges || !rest_.empty() || *vertices < 2 || *vertices > most || *edges < 1)
            refuse(fmt::format(
                "'{}' is no first line; valid is 'vertices edges', whole numbers from 2 and 1 up", line_));
        problem_.spins = *vertices;
        edges_ = *edges;
    }

    void read_edge() {
        const auto first = word();
        const auto second = word();
        const auto weight_word = word();
        const auto weight = weight_word.empty() ? std::optional(1.0) : number<double>(weight_word);
        if (second.empty() || !rest_.empty() || !weight || !std::isfinite(*weight))
            refuse(fmt::format("'{}' is no edge; valid is 'i j weight'", line_));
        const std::uint32_t a = vertex(first);
        const std::uint32_t b = vertex(second);
        if (a == b) refuse(fmt::format("vertex {} cannot be joined to itself", a + 1));
        const auto i = std::min(a, b);
        const auto j = std::max(a, b);
        const auto [other, is_new] = lines_.try_emplace((std::uint64_t{i} << 32) | j, number_);
        if (!is_new)
            refuse(
                fmt::format("vertices {} and {} are joined in line {} already", i + 1, j + 1, other->second));
        problem_.couplings.push_back({i, j, -*weight});
    }

    std::uint32_t vertex(std::string_view word) const {
        const auto v = number<std::size_t>(word);
        if (!v || *v < 1 || *v > problem_.spins)
            refuse(fmt::format("'{}' is no vertex; valid is 1 to {}", word, problem_.spins));
        return static_cast<std::uint32_t>(*v - 1);
    }

    [[noreturn]] void refuse(const std::string& why) const {
        throw UserError(fmt::format("{}:{}: {}", file_, std::max<std::size_t>(number_, 1), why));
    }

    std::istringstream text_;
    std::string file_, line_;
    std::string_view rest_;
    std::size_t number_ = 0;
    std::size_t edges_ = 0;
    std::unordered_map<std::uint64_t, std::size_t> lines_; // of the pairs so far
    IsingProblem problem_;
};

} // namespace

IsingProblem parse_graph(const std::string& text, const std::string& file) {
    return GraphReader(text, file).read();
}

} // namespace isinglass
