// The machine's own database through the date library: each thing it does that nobody would guess.
#include <gtest/gtest.h>

#include <chrono>

#include "src/zone/zones.h"

namespace seathold {
namespace {

using Kind = LocalReading::Kind;

constexpr std::int64_t At(int y, unsigned month, unsigned day, int hour = 12, int minute = 0) {
  const std::chrono::sys_days date = std::chrono::year{y} / month / day;
  return std::int64_t{date.time_since_epoch().count()} * 86'400 + hour * 3'600 + minute * 60;
}

Zones Real() { return Zones(SystemZones()); }
std::string Refusal(std::string_view zone) { return std::string(Real().Check(zone).detail()); }
LocalReading Read(std::string_view zone, std::int64_t local_s) {
  const auto reading = Real().Read(zone, local_s);
  EXPECT_TRUE(reading.ok() && reading->has_value()) << zone;
  return reading.ok() ? reading->value_or(LocalReading{}) : LocalReading{};
}

class SystemZonesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (Status s = Real().Check("Europe/Berlin"); !s.ok()) GTEST_SKIP() << s.text();
  }
};

TEST_F(SystemZonesTest, PlacesLinksAndFixedOffsetsAreKnown) {
  for (const char* zone : {"Europe/Berlin", "Europe/Kiev", "Europe/Kyiv", "EST", "Etc/GMT+3", "UTC",
                           "Etc/UTC", "America/Argentina/Buenos_Aires", "Australia/Lord_Howe"}) {
    EXPECT_EQ(Refusal(zone), "") << zone;
  }
}

TEST_F(SystemZonesTest, WhatIsNoNameOfAZoneIsNot) {
  for (const char* zone :
       {"CEST", "Mars/Base", "Europe", "Europe/", "../Europe/Berlin", "Europe/../Europe/Berlin",
        "/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin ", "posix/Europe/Berlin", "localtime",
        "Factory", "posixrules", "tzdata.zi", "zone.tab", "+02:00", "CET-1CEST"}) {
    EXPECT_NE(Refusal(zone), "") << zone;
  }
}

TEST_F(SystemZonesTest, NamesAreCaseSensitiveAndTheRightOneIsTold) {
  EXPECT_EQ(Refusal("europe/berlin"),
            "zone \"europe/berlin\" is not known; did you mean Europe/Berlin?");
  EXPECT_EQ(Refusal("utc"), "zone \"utc\" is not known; did you mean UTC?");
}

TEST_F(SystemZonesTest, WhatIsRepeatedInATextIsEscaped) {
  EXPECT_EQ(Refusal("\xE2\x80\xAE"
                    "Berlin"),
            "zone \"\\xe2\\x80\\xaeBerlin\" is not known; an IANA name is wanted, such as "
            "Europe/Vienna, or UTC");
}

TEST_F(SystemZonesTest, SignsOfFixedZonesAreThoseOfTheirNames) {
  EXPECT_EQ(Read("EST", At(2026, 7, 1)).first_s, -5 * 3'600) << "no daylight saving";
  EXPECT_EQ(Read("Etc/GMT+3", At(2026, 7, 1)).first_s, -3 * 3'600) << "west, for all its plus";
}

TEST_F(SystemZonesTest, DaylightSavingIsTheOffsetNotAFlag) {
  EXPECT_EQ(Read("Europe/Dublin", At(2026, 1, 15)).first_s, 0);
  EXPECT_EQ(Read("Europe/Dublin", At(2026, 7, 15)).first_s, 3'600);
  EXPECT_EQ(Read("Australia/Lord_Howe", At(2026, 1, 15)).first_s, 11 * 3'600);
  EXPECT_EQ(Read("Australia/Lord_Howe", At(2026, 7, 15)).first_s, 10 * 3'600 + 1'800);
}

TEST_F(SystemZonesTest, ATimeThatTheClockSkipsIsAGapToTheMinute) {
  EXPECT_EQ(Read("Europe/Berlin", At(2026, 3, 29, 1, 59)).kind, Kind::kOnce);
  const LocalReading gap = Read("Europe/Berlin", At(2026, 3, 29, 2, 0));
  EXPECT_EQ(gap.kind, Kind::kGap);
  EXPECT_EQ(gap.first_s, 3'600);
  EXPECT_EQ(gap.second_s, 7'200);
  EXPECT_EQ(Read("Europe/Berlin", At(2026, 3, 29, 2, 59)).kind, Kind::kGap);
  const LocalReading after = Read("Europe/Berlin", At(2026, 3, 29, 3, 0));
  EXPECT_EQ(after.kind, Kind::kOnce);
  EXPECT_EQ(after.first_s, 7'200);
}

TEST_F(SystemZonesTest, ATimeThatTheClockRepeatsIsThereTwice) {
  EXPECT_EQ(Read("Europe/Berlin", At(2026, 10, 25, 1, 59)).kind, Kind::kOnce);
  const LocalReading twice = Read("Europe/Berlin", At(2026, 10, 25, 2, 0));
  EXPECT_EQ(twice.kind, Kind::kTwice);
  EXPECT_EQ(twice.first_s, 7'200);
  EXPECT_EQ(twice.second_s, 3'600);
  EXPECT_EQ(Read("Europe/Berlin", At(2026, 10, 25, 3, 0)).kind, Kind::kOnce);
}

TEST_F(SystemZonesTest, NoRuleReachesBeyond2037) {
  EXPECT_EQ(Read("America/New_York", At(2037, 7, 1)).first_s, -4 * 3'600);
  for (const char* zone : {"Europe/Berlin", "America/New_York", "Asia/Tokyo"}) {
    EXPECT_TRUE(Real().Read(zone, At(2037, 12, 31, 23, 59))->has_value()) << zone;
    EXPECT_FALSE(Real().Read(zone, At(2038, 1, 1, 0, 0))->has_value()) << zone;
    EXPECT_FALSE(Real().Read(zone, At(9999, 12, 31))->has_value()) << zone;
  }
  for (const char* zone : {"UTC", "Etc/UTC", "EST", "Etc/GMT+3"}) {
    EXPECT_TRUE(Real().Read(zone, At(9999, 12, 31))->has_value()) << zone << " never changed";
  }
}

TEST_F(SystemZonesTest, TheLastOffsetsAreThoseOf2037) {
  EXPECT_EQ(Real().LastOffsets("Europe/Berlin").value(), (std::vector<std::int64_t>{3'600, 7'200}));
  EXPECT_EQ(Real().LastOffsets("Asia/Tokyo").value(), (std::vector<std::int64_t>{9 * 3'600}));
}

}  // namespace
}  // namespace seathold
