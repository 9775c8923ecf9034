// A table of named makers: how a file's `kind = "sgd"` becomes an object.
//
// Each family (DAC kinds, dynamics, optimisers, data sets …) has one function that returns its registry, in
// the one source file where its members are listed. A new member is a new file and one line there.
#pragma once

#include "hw_models/base/error.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace isinglass {

template <class Product, class... Arguments>
class Registry {
  public:
    using Maker = std::function<Product(Arguments...)>;

    Registry(std::string family, std::vector<std::pair<std::string, Maker>> makers)
        : family_(std::move(family)) {
        for (auto& [name, maker] : makers) {
            names_.push_back(name);
            makers_.push_back(std::move(maker));
        }
    }

    // In the order of registration; the first is the default.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

    [[nodiscard]] Product make(const std::string& name, Arguments... arguments) const {
        for (std::size_t i = 0; i < names_.size(); ++i)
            if (names_[i] == name) return makers_[i](std::forward<Arguments>(arguments)...);
        throw UserError(
            fmt::format("no {} is called '{}'; there are: {}", family_, name, fmt::join(names_, ", ")));
    }

  private:
    std::string family_;
    std::vector<std::string> names_;
    std::vector<Maker> makers_;
};

} // namespace isinglass
