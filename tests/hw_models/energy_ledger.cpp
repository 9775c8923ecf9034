#include "hw_models/base/error.hpp"
#include "hw_models/energy/ledger.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace isinglass;

TEST_CASE("A ledger adds amounts by action and phase", "[energy]") {
    Ledger ledger;
    const auto convert = ledger.declare("adc.convert");
    const auto write = ledger.declare("coupling.write");
    ledger.post(convert, Phase::read, 522);
    ledger.post(convert, Phase::read, 522);
    ledger.post(convert, Phase::idle, 1);
    ledger.post(write, Phase::program, 7);

    REQUIRE(ledger.amount(convert, Phase::read) == 1044);
    REQUIRE(ledger.amount(convert, Phase::free) == 0);
    REQUIRE(ledger.amount("adc.convert") == 1045);
    REQUIRE(ledger.amount(write, Phase::program) == 7);
    REQUIRE(ledger.amount("dac.convert") == 0);
}

TEST_CASE("An action declared twice is one action", "[energy]") {
    Ledger ledger;
    const auto first = ledger.declare("link.bit");
    ledger.declare("dma.byte");
    REQUIRE(ledger.declare("link.bit") == first);
    REQUIRE(ledger.actions().size() == 2);
}

TEST_CASE("An action that is not component.action is refused", "[energy]") {
    Ledger ledger;
    for (const auto* name :
         {"", "adc", "adc.", ".convert", "adc.convert.x", "ADC.convert", "adc convert", "8b.x"})
        REQUIRE_THROWS_AS(ledger.declare(name), UserError);
    REQUIRE(ledger.actions().empty());
}

TEST_CASE("Counts stay exact far beyond what single precision holds", "[energy]") {
    Ledger ledger;
    const auto bit = ledger.declare("link.bit");
    ledger.post(bit, Phase::update, 9007199254740990.0); // 2^53 - 2
    ledger.post(bit, Phase::update, 1.0);
    REQUIRE(ledger.amount(bit, Phase::update) == 9007199254740991.0);
}

TEST_CASE("Time by phase is exact, and an overflow is an error rather than a wrap", "[energy]") {
    Ledger ledger;
    for (int i = 0; i < 1000; ++i) ledger.post_time(Phase::free, 150'000'001);
    ledger.post_time(Phase::read, 45'000'000);
    REQUIRE(ledger.time_fs(Phase::free) == 150'000'001'000);
    REQUIRE(ledger.time_fs(Phase::read) == 45'000'000);
    REQUIRE(ledger.time_s() == Approx(150.045001e-6));
    REQUIRE_THROWS_AS(ledger.post_time(Phase::read, UINT64_MAX), std::overflow_error);
    REQUIRE(ledger.time_fs(Phase::read) == 45'000'000);
}

TEST_CASE("What an epoch posted is the difference of two snapshots", "[energy]") {
    Ledger ledger;
    const auto convert = ledger.declare("adc.convert");
    ledger.post(convert, Phase::read, 10);
    ledger.post_time(Phase::read, 5);
    const Ledger before = ledger;
    ledger.post(convert, Phase::read, 4);
    ledger.post(ledger.declare("host.flop"), Phase::update, 3);
    ledger.post_time(Phase::read, 2);

    const Ledger epoch = ledger.since(before);
    REQUIRE(epoch.amount("adc.convert") == 4);
    REQUIRE(epoch.amount("host.flop") == 3);
    REQUIRE(epoch.time_fs(Phase::read) == 2);
}

TEST_CASE("Merging ledgers adds by name, whatever the order of declaration", "[energy]") {
    Ledger a;
    a.post(a.declare("adc.convert"), Phase::read, 1);
    Ledger b;
    b.post(b.declare("dac.convert"), Phase::clamp, 20);
    b.post(b.declare("adc.convert"), Phase::read, 300);
    b.post_time(Phase::clamp, 9);
    a.merge(b);
    REQUIRE(a.amount("adc.convert") == 301);
    REQUIRE(a.amount("dac.convert") == 20);
    REQUIRE(a.time_fs(Phase::clamp) == 9);
}

TEST_CASE("What was posted since a snapshot can be made one phase's, and what was before stays", "[energy]") {
    Ledger ledger;
    const auto convert = ledger.declare("adc.convert");
    ledger.post(convert, Phase::read, 3);
    ledger.post_time(Phase::read, 77);
    const Ledger before = ledger;
    ledger.post(convert, Phase::read, 2);
    ledger.post(ledger.declare("dac.convert"), Phase::clamp, 5);
    ledger.post_time(Phase::read, 10);
    ledger.post_time(Phase::idle, 4);
    ledger.assign_since(before, Phase::calibrate);
    CHECK(ledger.amount(convert, Phase::read) == 3);
    CHECK(ledger.amount(convert, Phase::calibrate) == 2);
    CHECK(ledger.amount(ledger.declare("dac.convert"), Phase::calibrate) == 5);
    CHECK(ledger.amount(ledger.declare("dac.convert"), Phase::clamp) == 0);
    CHECK(ledger.time_fs(Phase::read) == 77);
    CHECK(ledger.time_fs(Phase::idle) == 0);
    CHECK(ledger.time_fs(Phase::calibrate) == 14);
}

TEST_CASE("A saved ledger comes back bit by bit, and ids given out before stay valid", "[energy]") {
    Ledger ledger;
    ledger.post(ledger.declare("node.bias"), Phase::nudge_minus, 0.1);
    ledger.post(ledger.declare("node.bias"), Phase::nudge_minus, 0.2);
    ledger.post(ledger.declare("adc.convert"), Phase::read, 3);
    ledger.post_time(Phase::read, 77);
    const auto record = ledger.save();
    REQUIRE(record.entries.size() == 2);

    Ledger resumed;
    const auto convert = resumed.declare("adc.convert");
    const auto dac = resumed.declare("dac.convert");
    resumed.post(dac, Phase::clamp, 1); // forgotten by restore
    resumed.restore(record);
    REQUIRE(resumed.amount(convert, Phase::read) == 3);
    REQUIRE(resumed.amount(dac, Phase::clamp) == 0);
    REQUIRE(resumed.amount("node.bias") == 0.1 + 0.2);
    REQUIRE(resumed.time_fs(Phase::read) == 77);
    Ledger again;
    again.restore(record);
    REQUIRE(again.save() == record);
}

TEST_CASE("Every phase has a name that leads back to it", "[energy]") {
    for (std::size_t p = 0; p < phase_count; ++p)
        REQUIRE(phase_from_name(phase_name(static_cast<Phase>(p))) == static_cast<Phase>(p));
    REQUIRE(phase_name(Phase::nudge_plus) == "nudge+");
    REQUIRE(phase_name(Phase::nudge_minus) == "nudge-");
    REQUIRE_THROWS_AS(phase_from_name("nudge"), UserError);
}
