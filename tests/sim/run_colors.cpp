// Tables are painted on terminals only.
#include "sim/run/colors.hpp"
#include "sim/run/table.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace isinglass;

namespace {

std::string painted(const std::string& text) {
    std::ostringstream out;
    {
        const TablePainter painter(out);
        out << text;
    }
    return out.str();
}

} // namespace

TEST_CASE("On a terminal a table's header is bold and its rules are faint", "[colors]") {
    Table table({"result", "value"});
    table.row({"accuracy", "97 %"});
    table.rule();
    table.row({"total", "1 J"});
    CHECK(painted("one line\n\n" + table.text()) == "one line\n\n\x1b[1mresult    value\x1b[0m\n"
                                                    "\x1b[2m---------------\x1b[0m\naccuracy   97 %\n"
                                                    "\x1b[2m---------------\x1b[0m\ntotal       1 J\n");
    CHECK(painted(table.text()).starts_with("\x1b[1mresult"));
}

TEST_CASE("Paint adds nothing else, and holds nothing back", "[colors]") {
    for (const std::string text : {"", "half a line", "a\n--\nb\n", "- a\n- b\n\nc\n\n"})
        CHECK(painted(text) == text);
    std::ostringstream out;
    const TablePainter painter(out);
    out << "epoch 1/10\nepoch" << std::flush;
    CHECK(std::string(out.str()) == "epoch 1/10\nepoch");
}

TEST_CASE("What is no terminal shows no colours", "[colors]") {
    CHECK_FALSE(shows_colors(-1));
}
