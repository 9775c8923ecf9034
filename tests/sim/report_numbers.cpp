#include "hw_models/base/error.hpp"
#include "sim/report/page.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace isinglass;
using namespace isinglass::test;

TEST_CASE("base64 is that of RFC 4648") {
    const auto of = [](std::string_view text) {
        return base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}); // NOLINT
    };
    CHECK(of("").empty());
    CHECK(of("f") == "Zg==");
    CHECK(of("fo") == "Zm8=");
    CHECK(of("foob") == "Zm9vYg==");
    CHECK(of("foobar") == "Zm9vYmFy");
}

TEST_CASE("empty cells of a CSV file are null, and words stay words") {
    CHECK(csv_columns("epoch,layer,x\n1,hidden,\n2,output,0.5\n") ==
          Json{{"epoch", {1.0, 2.0}}, {"layer", {"hidden", "output"}}, {"x", {nullptr, 0.5}}});
}

TEST_CASE("verdicts make a confusion matrix and a list of mistakes, the costliest first") {
    Samples samples{.shape = {1, 1, 2},
                    .classes = 3,
                    .labels = {0, 1, 2, 1},
                    .values = std::vector<float>{0, 1, 0.5F, 0, 1, 1, 0, 0}};
    const std::vector<Verdict> verdicts{{0, 0, 0, 0.1}, {1, 1, 2, 0.5}, {2, 2, 0, 0.9}, {3, 1, 1, 0.2}};
    Observations o;
    note_verdicts(o, samples, verdicts);
    CHECK(o.confusion == std::vector<std::uint64_t>{1, 0, 0, 0, 1, 1, 1, 0, 0});
    REQUIRE(o.mistakes.size() == 2);
    CHECK(o.mistakes[0].verdict.sample == 2);
    CHECK(o.mistakes[0].pixels == std::vector<std::uint8_t>{255, 255});
    CHECK(o.mistakes[1].pixels == std::vector<std::uint8_t>{128, 0});
    const auto again = Observations::from_json(o.to_json(), "o.json");
    CHECK(again.confusion == o.confusion);
    CHECK(again.mistakes[1].pixels == o.mistakes[1].pixels);
    CHECK_THROWS_AS(Observations::from_json("{}", "o.json"), UserError);
}

TEST_CASE("no text of a user's ends the page's data or opens an element") {
    const auto page = report_page("a<b>", {{"runs", Json::array()}, {"note", "</script><b>&"}});
    CHECK(page.find("<title>a&lt;b></title>") != std::string::npos);
    CHECK(page.find("</script><b>") == std::string::npos);
    CHECK(page.find("\\u003c/script>\\u003cb>&") != std::string::npos);
    for (const char* placeholder : {"{{data}}", "{{style}}", "{{scripts}}", "{{library}}"})
        CHECK(page.find(placeholder) == std::string::npos);
}

TEST_CASE("a page replaces a page, and no other file") {
    const TemporaryFolder folder;
    const auto page = report_page("one", {{"runs", Json::array()}});
    write_page(folder / "r.html", page);
    CHECK_NOTHROW(write_page(folder / "r.html", page));
    std::ofstream(folder / "notes.html") << "<html>mine</html>";
    CHECK_THROWS_AS(write_page(folder / "notes.html", page), UserError);
}
