#include "tests/traces/vcd_reader.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace isinglass::test {
namespace {

class Reader {
  public:
    explicit Reader(std::istream& in) : in_(in) {}

    VcdFile read() {
        for (std::string word; in_ >> word;) {
            if (word[0] == '$')
                read_keyword(word);
            else if (word[0] == '#')
                read_time(word);
            else
                read_change(word);
        }
        return std::move(file_);
    }

  private:
    std::string next() {
        std::string word;
        if (!(in_ >> word)) throw std::runtime_error("VCD ends in the middle");
        return word;
    }

    // The words up to $end, joined by one space.
    std::string rest() {
        std::string text;
        for (std::string word = next(); word != "$end"; word = next())
            text += (text.empty() ? "" : " ") + word;
        return text;
    }

    void read_keyword(const std::string& word) {
        if (word == "$version")
            file_.version = rest();
        else if (word == "$comment")
            file_.comment += (file_.comment.empty() ? "" : " ") + rest();
        else if (word == "$timescale")
            read_timescale();
        else if (word == "$scope") {
            next();
            scopes_.push_back(next() + "/");
            rest();
        } else if (word == "$upscope") {
            scopes_.pop_back();
            rest();
        } else if (word == "$var")
            read_variable();
        else if (word == "$attrbegin")
            read_attribute();
        else if (word == "$date" || word == "$enddefinitions")
            rest();
        else if (word != "$dumpvars" && word != "$dumpon" && word != "$dumpoff" && word != "$end")
            throw std::runtime_error("unknown VCD keyword " + word);
    }

    void read_timescale() {
        std::string text = rest();
        std::erase(text, ' ');
        std::size_t digits = 0;
        file_.timescale_fs = std::stoull(text, &digits);
        const std::string unit = text.substr(digits);
        for (const char* known : {"fs", "ps", "ns", "us", "ms", "s"}) {
            if (unit == known) return;
            file_.timescale_fs *= 1000;
        }
        throw std::runtime_error("unknown VCD timescale " + text);
    }

    // "misc 07 NAME COUNT NAMES… VALUES… NUMBER" is a table, "misc 07 "" NUMBER" says that of the next
    // variable.
    void read_attribute() {
        std::istringstream words(rest());
        std::vector<std::string> all(std::istream_iterator<std::string>(words), {});
        if (all.size() < 4 || all[0] != "misc" || all[1] != "07") return;
        if (all.size() == 4)
            next_names_ = tables_.at(all.back());
        else
            tables_[all.back()].assign(all.begin() + 4, all.begin() + 4 + std::stoi(all[3]));
    }

    void read_variable() {
        const std::string type = next();
        const unsigned width = static_cast<unsigned>(std::stoul(next()));
        const std::string code = next();
        std::string path;
        for (const std::string& scope : scopes_) path += scope;
        path += next();
        rest();
        if (!paths_.emplace(code, path).second) throw std::runtime_error("VCD code " + code + " twice");
        file_.variables[path] = {type, width};
        if (!next_names_.empty()) file_.enumerations[path] = std::exchange(next_names_, {});
    }

    void read_time(const std::string& word) {
        const std::uint64_t time_fs = std::stoull(word.substr(1)) * file_.timescale_fs;
        if (time_fs < file_.end_fs) throw std::runtime_error("VCD time runs back at " + word);
        file_.end_fs = time_fs;
    }

    void read_change(const std::string& word) {
        const bool scalar = word[0] == '0' || word[0] == '1';
        if (!scalar && word[0] != 'b' && word[0] != 'r' && word[0] != 's')
            throw std::runtime_error("unknown VCD change " + word);
        std::string value = scalar ? word.substr(0, 1) : word.substr(1);
        if (word[0] == 'b') value.erase(0, std::min(value.find('1'), value.size() - 1));
        const auto path = paths_.find(scalar ? word.substr(1) : next());
        if (path == paths_.end()) throw std::runtime_error("VCD change of an unknown signal: " + word);
        file_.changes.push_back({file_.end_fs, path->second, value});
    }

    std::istream& in_;
    VcdFile file_;
    std::vector<std::string> scopes_;
    std::map<std::string, std::string> paths_;               // by code
    std::map<std::string, std::vector<std::string>> tables_; // of names, by number
    std::vector<std::string> next_names_;
};

} // namespace

std::vector<VcdChange> VcdFile::changes_of(const std::string& path) const {
    std::vector<VcdChange> chosen;
    std::ranges::copy_if(changes, std::back_inserter(chosen), [&](const auto& c) { return c.path == path; });
    return chosen;
}

std::vector<VcdChange> VcdFile::sorted_changes() const {
    auto sorted = changes;
    std::ranges::stable_sort(sorted, {}, [](const auto& c) { return std::tie(c.time_fs, c.path); });
    return sorted;
}

VcdFile read_vcd(std::istream& in) {
    return Reader(in).read();
}

VcdFile read_vcd(const std::filesystem::path& path) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot open " + path.string());
    return read_vcd(in);
}

} // namespace isinglass::test
