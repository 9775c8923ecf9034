// Couplings from a file that lists them.
#include "hw_models/base/error.hpp"
#include "hw_models/couplings/run_coupling.hpp"

#include <fmt/core.h>

#include <charconv>
#include <fstream>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace isinglass {

namespace {

constexpr std::string_view blanks = " \t\r";

// Takes the next word off the text; empty at its end.
std::string_view take_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    const auto word = text.substr(0, text.find_first_of(blanks));
    text.remove_prefix(word.size());
    return word;
}

// Reads one file for two groups of nodes.
class EdgeReader {
  public:
    EdgeReader(const std::string& file, const CouplingEnds& ends)
        : file_(file), pre_(ends.pre.nodes()), post_(ends.post.nodes()), lateral_(ends.lateral) {}

    RunList read() {
        std::ifstream in(file_);
        if (!in)
            throw UserError(fmt::format("kind 'sparse': cannot open '{}'; valid is a text file with a line "
                                        "'i j' for each coupling, its path relative to the current directory",
                                        file_));
        for (std::string text; std::getline(in, text); ++line_)
            take_line(std::string_view(text).substr(0, text.find('#')));
        if (in.bad()) throw InputOutputError(fmt::format("reading '{}' failed", file_));
        if (list_.couplings() == 0)
            throw UserError(fmt::format("kind 'sparse': '{}' lists no coupling", file_));
        return std::move(list_);
    }

  private:
    void take_line(std::string_view text) {
        const auto first = take_word(text);
        if (first.empty()) return;
        const auto second = take_word(text);
        const auto rest = take_word(text);
        if (second.empty() || !rest.empty())
            refuse("a line has two numbers 'i j', and whatever follows a '#' is not read");
        const std::size_t i = index(first, pre_, "from");
        const std::size_t j = index(second, post_, "to");
        if (lateral_ && i == j) refuse(fmt::format("node {} cannot be joined to itself", i));
        // Within a layer, j i is the coupling i j.
        const std::size_t low = lateral_ ? std::min(i, j) : i;
        const std::size_t high = lateral_ ? std::max(i, j) : j;
        const auto [other, is_new] = lines_.try_emplace(low * post_ + high, line_);
        if (!is_new)
            refuse(fmt::format("nodes {} and {} are joined in line {} already", i, j, other->second));
        list_.add(i, j, 1);
    }

    std::size_t index(std::string_view word, std::size_t nodes, std::string_view end) const {
        std::size_t i = 0;
        const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), i);
        if (error != std::errc{} || stop != word.data() + word.size() || i >= nodes)
            refuse(fmt::format("'{}' is no node of the layer '{}' names; valid is 0 to {}", word, end,
                               nodes - 1));
        return i;
    }

    [[noreturn]] void refuse(const std::string& why) const {
        throw UserError(fmt::format("{}:{}: {}", file_, line_, why));
    }

    std::string file_;
    std::size_t pre_, post_;
    bool lateral_;
    std::size_t line_ = 1;
    std::unordered_map<std::size_t, std::size_t> lines_; // of the pairs so far
    RunList list_;
};

// Numbered as the file lists them.
class SparseKind final : public CouplingKind {
  public:
    void fields(Fields& f) override {
        f.text({"file",
                "text file with a line 'i j' for each coupling: nodes of `from` and `to`, counted from 0; # "
                "starts a comment; relative to the current directory",
                true},
               file_);
    }
    std::unique_ptr<Coupling> build(const CouplingEnds& ends) const override {
        return make_run_coupling(ends, EdgeReader(file_, ends).read());
    }

  private:
    std::string file_;
};

} // namespace

std::unique_ptr<CouplingKind> make_sparse_kind() {
    return std::make_unique<SparseKind>();
}

} // namespace isinglass
