#include "traces/signal.hpp"

#include <fnmatch.h>

#include <cstddef>
#include <unordered_map>

namespace isinglass {
namespace {

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

struct Leaf {
    SignalId id;
    std::string_view name;
};

struct Scope {
    std::string_view name;
    std::vector<Leaf> signals;
    std::vector<std::size_t> inner;
};

// Scopes are looked up by their whole path, so that arrays of thousands of scopes cost no search.
class ScopeTree {
  public:
    explicit ScopeTree(std::span<const Signal> signals) {
        for (SignalId id = 0; id < signals.size(); ++id) {
            const auto [scope, name] = split(signals[id].path);
            scopes_[index_of(scope)].signals.push_back({id, name});
        }
    }

    void visit(std::size_t index, const ScopeVisitor& visitor) const {
        for (const Leaf& leaf : scopes_[index].signals) visitor.signal(leaf.id, leaf.name);
        for (const std::size_t inner : scopes_[index].inner) {
            visitor.enter(scopes_[inner].name);
            visit(inner, visitor);
            visitor.leave();
        }
    }

  private:
    struct Parts {
        std::string_view scope, name;
    };

    static Parts split(std::string_view path) {
        const std::size_t slash = path.rfind('/');
        if (slash == std::string_view::npos) return {{}, path};
        return {path.substr(0, slash), path.substr(slash + 1)};
    }

    std::size_t index_of(std::string_view path) {
        if (path.empty()) return 0;
        if (const auto found = index_.find(path); found != index_.end()) return found->second;
        const auto [outer, name] = split(path);
        const std::size_t outer_index = index_of(outer);
        const std::size_t index = scopes_.size();
        scopes_.push_back({name, {}, {}});
        scopes_[outer_index].inner.push_back(index);
        index_.emplace(path, index);
        return index;
    }

    std::vector<Scope> scopes_{1}; // the first is the file itself
    std::unordered_map<std::string_view, std::size_t> index_;
};

} // namespace

std::string_view unit_of(std::string_view path) {
    const std::size_t line = path.rfind('_');
    return line == std::string_view::npos || path.find('/', line) != std::string_view::npos
               ? std::string_view()
               : path.substr(line + 1);
}

bool matches(std::string_view path, const std::string& glob) {
    const std::string whole(path);
    if (fnmatch(glob.c_str(), whole.c_str(), 0) == 0) return true;
    const std::size_t root = whole.find('/');
    return root != std::string::npos && fnmatch(glob.c_str(), whole.c_str() + root + 1, 0) == 0;
}

bool is_signal_path(std::string_view path) {
    bool inside_part = false;
    for (const char c : path) {
        if (c == '/' ? !inside_part : !is_name_character(c)) return false;
        inside_part = c != '/';
    }
    return inside_part;
}

void visit_scopes(std::span<const Signal> signals, const ScopeVisitor& visitor) {
    ScopeTree(signals).visit(0, visitor);
}

} // namespace isinglass
