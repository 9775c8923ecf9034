// A part of a machine whose kind a file chooses: `kind = "uniform"` and that kind's own parameters.
#pragma once

#include "hw_models/base/fields.hpp"

#include <memory>
#include <span>
#include <string>

namespace isinglass {

// Holds the name and the object of the kind chosen; another name makes another object with its defaults.
template <class Kind>
class Chosen {
  public:
    using Maker = std::unique_ptr<Kind> (*)(const std::string&);
    using Names = std::span<const std::string> (*)();

    Chosen(std::string name, Maker make, Names names) : names_(names), make_(make) { choose(name); }

    void choose(const std::string& name) {
        if (name == made_) return;
        part_ = make_(name);
        name_ = made_ = name;
    }

    void fields(Fields& f, Key key) {
        f.variant(key, name_, names_(), [this](const std::string& word, Fields& g) {
            choose(word);
            part_->fields(g);
        });
    }

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::shared_ptr<Kind>& part() const { return part_; }
    Kind* operator->() const { return part_.get(); }

  private:
    Names names_;
    Maker make_;
    std::string name_;
    std::string made_;
    std::shared_ptr<Kind> part_;
};

} // namespace isinglass
