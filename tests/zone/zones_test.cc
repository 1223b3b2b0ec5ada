// What is believed of a time zone database, and what is not.
#include "src/zone/zones.h"

#include <gtest/gtest.h>

#include "tests/zone/fake_zones.h"

namespace seathold::testing {
namespace {

std::string Refusal(ZoneSource& source, std::string_view zone) {
  const Status status = Zones(source).Check(zone);
  EXPECT_TRUE(status.ok() || status == Code::kInvalidArgument) << status.text();
  return std::string(status.detail());
}

TEST(Zones, AWholeDatabaseIsBelieved) {
  FakeZones zones;
  EXPECT_EQ(Refusal(zones, "Europe/Berlin"), "");
  EXPECT_EQ(Refusal(zones, "Here/There"), "");
  zones.count = std::size_t{400};
  EXPECT_EQ(Refusal(zones, "Here/There"), "");
}

TEST(Zones, OneWithFewerThan400NamesIsNot) {
  FakeZones zones;
  zones.count = std::size_t{399};
  EXPECT_EQ(Refusal(zones, "Here/There"),
            "zone \"Here/There\": this machine has 399 time zones; install tzdata, or use UTC");
  zones.count = std::size_t{0};
  EXPECT_EQ(Refusal(zones, "Here/There"),
            "zone \"Here/There\": this machine has 0 time zones; install tzdata, or use UTC");
}

TEST(Zones, OneThatPutsBerlinElsewhereIsNot) {
  for (const auto& [january_s, july_s] :
       {std::pair(7'200, 7'200),  // slim files, read without rules
        std::pair(3'600, 3'600), std::pair(0, 3'600)}) {
    FakeZones zones;
    zones.january_s = january_s;
    zones.july_s = july_s;
    EXPECT_NE(Refusal(zones, "Here/There").find("misread"), std::string::npos) << july_s;
    EXPECT_EQ(Refusal(zones, "UTC"), "");
  }
  FakeZones zones;
  zones.has_berlin = false;
  EXPECT_NE(Refusal(zones, "Here/There").find("misread"), std::string::npos);
}

TEST(Zones, OneThatCannotBeReadSaysSoAndLeavesUtc) {
  FakeZones zones;
  zones.count = Status(Code::kInvalidArgument, "this machine's time zones cannot be read: gone");
  EXPECT_EQ(Refusal(zones, "Here/There"),
            "zone \"Here/There\": this machine's time zones cannot be read: gone");
  EXPECT_EQ(Refusal(zones, "UTC"), "");
  zones.count = std::size_t{598};
  zones.look_fails = Status(Code::kOutOfMemory);
  EXPECT_EQ(Zones(zones).Check("Here/There").code(), Code::kOutOfMemory);
}

TEST(Zones, NamesOfNoPlaceAreRefusedEvenWhereTheDatabaseHasThem) {
  struct Everything final : ZoneSource {
    FakeZones inner;
    Result<std::size_t> Count() override { return inner.Count(); }
    Result<bool> Has(std::string_view) override { return true; }
    Result<std::string> SpelledAs(std::string_view) override { return std::string(); }
    Result<LocalReading> Read(std::string_view z, std::int64_t s) override {
      return inner.Read(z, s);
    }
    Result<std::int64_t> OffsetAt(std::string_view z, std::int64_t s) override {
      return inner.OffsetAt(z, s);
    }
    Result<bool> EverChanged(std::string_view) override { return true; }
  } zones;
  EXPECT_EQ(Refusal(zones, "Any/Place"), "");
  for (const char* name :
       {"localtime", "Factory", "posixrules", "posix/Europe/Berlin", "right/Europe/Berlin"}) {
    EXPECT_NE(Refusal(zones, name).find("is no place"), std::string::npos) << name;
  }
}

TEST(Zones, UtcIsReadWithoutADatabase) {
  FakeZones zones;
  zones.count = std::size_t{0};
  const auto reading = Zones(zones).Read("UTC", 253'402'300'799);
  ASSERT_TRUE(reading.ok() && reading->has_value());
  EXPECT_EQ((*reading)->kind, LocalReading::Kind::kOnce);
  EXPECT_EQ((*reading)->first_s, 0);
}

TEST(Zones, RulesOfAZoneThatEverChangedEndWith2037) {
  FakeZones zones;
  constexpr std::int64_t kYear2038 = 2'145'916'800;
  EXPECT_TRUE(Zones(zones).Read("Here/There", kYear2038 - 1)->has_value());
  EXPECT_FALSE(Zones(zones).Read("Here/There", kYear2038)->has_value());
}

}  // namespace
}  // namespace seathold::testing
