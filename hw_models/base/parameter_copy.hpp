// Copies a component's parameters by their declaration, so that no kind has to know how to copy itself.
#pragma once

#include "hw_models/base/fields.hpp"

#include <algorithm>
#include <variant>

namespace isinglass {

// Visits a component to take its values down, then another of its kind, which gets them in the same order, or
// one of another kind, which gets those of the names that it knows.
class ParameterCopy final : public Fields {
  public:
    // From here on visited components get the values that the one before had.
    void write() {
        writing_ = true;
        next_ = 0;
    }
    // The same for a component of another kind, without sub-tables.
    void write_by_name() {
        write();
        by_name_ = true;
    }

    void quantity(Key key, double& value, Unit, Limits) override { pass(key, value); }
    void number(Key key, double& value, Limits) override { pass(key, value); }
    void integer(Key key, std::int64_t& value, Limits) override { pass(key, value); }
    void flag(Key key, bool& value) override { pass(key, value); }
    void text(Key key, std::string& value) override { pass(key, value); }
    void relax_time(Key key, RelaxTime& value, Limits) override { pass(key, value); }
    void numbers(Key key, std::vector<double>& values, Limits) override { pass(key, values); }
    void integers(Key key, std::vector<std::int64_t>& values, Limits) override { pass(key, values); }
    void choice(Key key, std::string& value, std::span<const std::string>) override { pass(key, value); }
    void table(Key, const std::function<void(Fields&)>& declare) override { declare(*this); }
    void tables(Key key, std::size_t count, const std::function<void(std::size_t)>& resize,
                const std::function<void(std::size_t, Fields&)>& declare) override {
        pass(key, count);
        if (writing_) resize(count);
        for (std::size_t i = 0; i < count; ++i) declare(i, *this);
    }
    void variant(Key key, std::string& value, std::span<const std::string>,
                 const std::function<void(const std::string&, Fields&)>& select) override {
        pass(key, value);
        select(value, *this);
    }
    void check(bool, std::string_view, std::string_view) override {}

  private:
    using Value = std::variant<double, std::int64_t, std::size_t, bool, std::string, RelaxTime,
                               std::vector<double>, std::vector<std::int64_t>>;

    struct Named {
        std::string name;
        Value value;
    };

    template <class T>
    void pass(Key key, T& value) {
        if (!writing_) {
            values_.push_back({std::string(key.name), value});
        } else if (!by_name_) {
            value = std::get<T>(values_.at(next_++).value);
        } else if (const auto found = std::ranges::find(values_, key.name, &Named::name);
                   found != values_.end()) {
            value = std::get<T>(found->value);
        }
    }

    std::vector<Named> values_;
    std::size_t next_ = 0;
    bool writing_ = false, by_name_ = false;
};

// Gives `to` every parameter that `from`, of the same kind, declares.
template <class Part>
void copy_parameters(Part& from, Part& to) {
    ParameterCopy copy;
    from.fields(copy);
    copy.write();
    to.fields(copy);
}

// Gives `to` every parameter that `from`, of another kind, declares by the same name, of the same type.
template <class From, class To>
void copy_common_parameters(From& from, To& to) {
    ParameterCopy copy;
    from.fields(copy);
    copy.write_by_name();
    to.fields(copy);
}

} // namespace isinglass
