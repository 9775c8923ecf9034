// A part of a machine whose kind a file chooses: `kind = "uniform"` and that kind's own parameters.
#pragma once

#include "hw_models/base/parameter_copy.hpp"

#include <memory>
#include <span>
#include <string>

namespace isinglass {

// Holds the name and the object of the kind chosen; another name makes another object with its defaults.
// A copy has an object of its own with the same parameters; what else an object holds (an optimiser's state)
// is not copied.
template <class Kind>
class Chosen {
  public:
    using Maker = std::unique_ptr<Kind> (*)(const std::string&);
    using Names = std::span<const std::string> (*)();

    Chosen(std::string name, Maker make, Names names) : names_(names), make_(make) { choose(name); }
    Chosen(const Chosen& other) : Chosen(other.made_, other.make_, other.names_) {
        name_ = other.name_;
        copy_parameters(*other.part_, *part_);
    }
    Chosen& operator=(const Chosen& other) {
        if (this != &other) *this = Chosen(other);
        return *this;
    }
    Chosen(Chosen&&) noexcept = default;
    Chosen& operator=(Chosen&&) noexcept = default;
    ~Chosen() = default;

    void choose(const std::string& name) {
        if (name == made_) return;
        part_ = make_(name);
        name_ = made_ = name;
    }

    void fields(Fields& f, Key key) {
        fields(f, key, [](const std::string&, Fields&) {});
    }
    // With parameters that some kinds have beside the object's own: more(name, fields).
    template <class More>
    void fields(Fields& f, Key key, More more) {
        f.variant(key, name_, names_(), [this, &more](const std::string& word, Fields& g) {
            choose(word);
            part_->fields(g);
            more(word, g);
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
