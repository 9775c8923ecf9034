#include "hw_models/base/error.hpp"
#include "tests/traces/temporary_folder.hpp"
#include "traces/gtkw.hpp"
#include "traces/surfer.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

namespace isinglass {
namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST_CASE("A save file lists groups, names, drawing flags and markers as GTKWave reads them") {
    const test::TemporaryFolder folder;
    WaveView view{.dump = folder / "sample.vcd",
                  .begin_fs = 1'000'000,
                  .end_fs = 4'360'000,
                  .groups = {},
                  .markers = {}};
    view.groups = {
        {"Control", {{"chip/phase", RowKind::names}, {"chip/dac/code", RowKind::hexadecimal, 8}}},
        {"h", {{"chip/h/3/v_V", RowKind::analog_interpolated}, {"chip/p_mW", RowKind::analog_step}}},
        {"Lines", {{"chip/irq", RowKind::hexadecimal}}}};
    view.markers = {{1'000'000, "free"}, {2'500'000, "nudged"}};
    write_gtkw(folder / "sample.gtkw", view);

    // 3360 ps over 840 pixels are 800 ps in 200 pixels: a zoom of -log2(800).
    CHECK(text_of(folder / "sample.gtkw") == R"([dumpfile] "sample.vcd"
[savefile] "sample.gtkw"
[timestart] 1000
[size] 1400 900
[pos] -1 -1
*-9.643856 -1 1000 2500 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1
[markername] Afree
[markername] Bnudged
[signals_width] 260
[sst_expanded] 1
@800200
-Control
@820
+{phase} chip.phase
@22
+{dac/code} chip.dac.code[7:0]
@1000200
-Control
@800200
-h
@50020
+{h/3/v_V} chip.h.3.v_V
@20000
-
-
-
@48020
+{p_mW} chip.p_mW
@20000
-
-
-
@1000200
-h
@800200
-Lines
@28
+{irq} chip.irq
@1000200
-Lines
)");
}

TEST_CASE("A save file colours groups and shows an FST's names by its enumeration") {
    const test::TemporaryFolder folder;
    WaveView view{.dump = folder / "w.fst", .enumerations = true, .groups = {}, .markers = {}};
    view.groups = {{"control", {{"chip/phase", RowKind::names, 3}, {"chip/n", RowKind::decimal, 8}}, 2}};
    write_gtkw(folder / "w.gtkw", view);
    CHECK(text_of(folder / "w.gtkw")
              .find("@100000028\n[color] 2\n+{phase} chip.phase[2:0]\n"
                    "@24\n[color] 2\n+{n} chip.n[7:0]\n") != std::string::npos);
}

TEST_CASE("A command file tells Surfer the same view") {
    const test::TemporaryFolder folder;
    WaveView view{.dump = folder / "w.fst",
                  .begin_fs = 1'000'000,
                  .end_fs = 4'360'000,
                  .groups = {},
                  .markers = {{2'000'000, "free"}}};
    view.groups = {
        {"link and DMA", {{"chip/phase", RowKind::names, 3}, {"chip/code", RowKind::hexadecimal, 8}}, 5},
        {"h", {{"chip/h/3/v_V", RowKind::analog_step}}}};
    write_surfer(folder / "w.sucl", view);
    CHECK(text_of(folder / "w.sucl") == R"(# surfer -c w.sucl w.fst
divider_add link_and_DMA
item_focus a_link_and_DMA
variable_add chip.phase
item_set_color Blue
variable_add chip.code
item_set_color Blue
item_set_format Hexadecimal
divider_add h
variable_add chip.h.3.v_V
item_set_analog step
# 2000000 fs: free
item_unfocus
zoom_to 1000 4360
)");
    CHECK_THROWS_WITH(write_surfer(folder / "missing/w.sucl", view), Catch::Contains("missing/w.sucl"));
}

TEST_CASE("A save file names its dump relative to itself") {
    const test::TemporaryFolder folder;
    std::filesystem::create_directory(folder / "views");
    WaveView view;
    view.dump = folder / "waves.fst";
    write_gtkw(folder / "views/all.gtkw", view);
    CHECK(text_of(folder / "views/all.gtkw")
              .starts_with("[dumpfile] \"../waves.fst\"\n[savefile] \"all.gtkw\"\n"));
}

TEST_CASE("More markers than GTKWave has letters leave a valid save file") {
    const test::TemporaryFolder folder;
    WaveView view;
    view.dump = folder / "w.vcd";
    for (std::uint64_t i = 0; i < 30; ++i) view.markers.push_back({i * 1'000, "m"});
    write_gtkw(folder / "w.gtkw", view);
    const std::string text = text_of(folder / "w.gtkw");
    CHECK(text.find(" 25\n[markername] Am\n") != std::string::npos);
    CHECK(text.find("[markername] Zm\n[signals_width]") != std::string::npos);
}

TEST_CASE("A save file that cannot be written is an error that names it") {
    const test::TemporaryFolder folder;
    WaveView view;
    view.dump = folder / "w.vcd";
    CHECK_THROWS_AS(write_gtkw(folder / "missing/w.gtkw", view), InputOutputError);
    CHECK_THROWS_WITH(write_gtkw(folder / "missing/w.gtkw", view), Catch::Contains("missing/w.gtkw"));
}

} // namespace isinglass
