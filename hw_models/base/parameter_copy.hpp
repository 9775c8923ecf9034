// Copies a component's parameters by their declaration, so that no kind has to know how to copy itself.
#pragma once

#include "hw_models/base/fields.hpp"

#include <variant>

namespace isinglass {

// Visits a component to take its values down, then another of its kind, which gets them in the same order.
class ParameterCopy final : public Fields {
  public:
    // From here on visited components get the values that the one before had.
    void write() {
        writing_ = true;
        next_ = 0;
    }

    void quantity(Key, double& value, Unit, Limits) override { pass(value); }
    void number(Key, double& value, Limits) override { pass(value); }
    void integer(Key, std::int64_t& value, Limits) override { pass(value); }
    void flag(Key, bool& value) override { pass(value); }
    void text(Key, std::string& value) override { pass(value); }
    void relax_time(Key, RelaxTime& value, Limits) override { pass(value); }
    void numbers(Key, std::vector<double>& values, Limits) override { pass(values); }
    void integers(Key, std::vector<std::int64_t>& values, Limits) override { pass(values); }
    void choice(Key, std::string& value, std::span<const std::string>) override { pass(value); }
    void table(Key, const std::function<void(Fields&)>& declare) override { declare(*this); }
    void tables(Key, std::size_t count, const std::function<void(std::size_t)>& resize,
                const std::function<void(std::size_t, Fields&)>& declare) override {
        pass(count);
        if (writing_) resize(count);
        for (std::size_t i = 0; i < count; ++i) declare(i, *this);
    }
    void variant(Key, std::string& value, std::span<const std::string>,
                 const std::function<void(const std::string&, Fields&)>& select) override {
        pass(value);
        select(value, *this);
    }
    void check(bool, std::string_view, std::string_view) override {}

  private:
    using Value = std::variant<double, std::int64_t, std::size_t, bool, std::string, RelaxTime,
                               std::vector<double>, std::vector<std::int64_t>>;

    template <class T>
    void pass(T& value) {
        if (writing_)
            value = std::get<T>(values_.at(next_++));
        else
            values_.emplace_back(value);
    }

    std::vector<Value> values_;
    std::size_t next_ = 0;
    bool writing_ = false;
};

// Gives `to` every parameter that `from`, of the same kind, declares.
template <class Part>
void copy_parameters(Part& from, Part& to) {
    ParameterCopy copy;
    from.fields(copy);
    copy.write();
    to.fields(copy);
}

} // namespace isinglass
