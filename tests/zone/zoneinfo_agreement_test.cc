// Every zone against Python's zoneinfo, which reads the same files with other code.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "src/zone/zones.h"

namespace seathold {
namespace {

using Kind = LocalReading::Kind;

bool IsOursToRefuse(const std::string& zone) {
  return zone == "Factory" || zone == "localtime" || zone == "posixrules" ||
         zone.starts_with("posix/") || zone.starts_with("right/");
}

Kind KindOf(std::int64_t first_s, std::int64_t second_s) {
  if (first_s == second_s) return Kind::kOnce;
  return first_s < second_s ? Kind::kGap : Kind::kTwice;
}

TEST(ZoneinfoAgreement, EveryZoneAtEveryChangeOfItsClockTo2037) {
  const Zones zones(SystemZones());
  if (Status s = zones.Check("Europe/Berlin"); !s.ok()) GTEST_SKIP() << s.text();
  const char* source = std::getenv("SEATHOLD_SOURCE_DIR");
  if (source == nullptr) GTEST_SKIP() << "SEATHOLD_SOURCE_DIR is not set";
  const std::string command = "python3 '" + std::string(source) + "/tests/zone/zone_edges.py' 2>&1";
  std::FILE* python = ::popen(command.c_str(), "r");
  ASSERT_NE(python, nullptr);
  std::string text;
  char block[65'536];
  for (std::size_t got; (got = std::fread(block, 1, sizeof block, python)) > 0;) {
    text.append(block, got);
  }
  if (::pclose(python) != 0) GTEST_SKIP() << "no zoneinfo to compare with: " << text.substr(0, 200);

  std::istringstream lines(text);
  std::string zone, last;
  std::int64_t local_s = 0, first_s = 0, second_s = 0;
  std::map<std::string, int> differences;
  int zones_seen = 0, times = 0, gaps = 0, repeats = 0;
  for (bool known = false; lines >> zone >> local_s >> first_s >> second_s;) {
    if (zone != last) {
      known = zones.Check(zone).ok();
      EXPECT_NE(known, IsOursToRefuse(zone)) << zone;
      zones_seen += known ? 1 : 0;
      last = zone;
    }
    if (!known) continue;
    const auto reading = zones.Read(zone, local_s);
    ASSERT_TRUE(reading.ok() && reading->has_value()) << zone << " " << local_s;
    const LocalReading& ours = **reading;
    const Kind kind = KindOf(first_s, second_s);
    ++times;
    gaps += kind == Kind::kGap ? 1 : 0;
    repeats += kind == Kind::kTwice ? 1 : 0;
    const bool same = ours.kind == kind && ours.first_s == first_s &&
                      (kind == Kind::kOnce || ours.second_s == second_s);
    if (!same && ++differences[zone] == 1) {
      ADD_FAILURE() << zone << " at " << local_s << ": kind " << static_cast<int>(ours.kind) << " "
                    << ours.first_s << " " << ours.second_s << ", zoneinfo has " << first_s << " "
                    << second_s;
    }
  }
  EXPECT_GE(zones_seen, 400);
  EXPECT_GE(times, 60'000);
  EXPECT_GE(gaps, 10'000);
  EXPECT_GE(repeats, 10'000);
}

}  // namespace
}  // namespace seathold
