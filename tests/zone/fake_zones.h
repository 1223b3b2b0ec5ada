// A time zone database whose every answer a test can choose.
#pragma once

#include "src/zone/zones.h"

namespace seathold::testing {

// Healthy until changed: 598 names, Berlin as it is, all other names unknown.
struct FakeZones final : ZoneSource {
  Result<std::size_t> count = std::size_t{598};
  bool has_berlin = true;
  std::int64_t january_s = 3'600, july_s = 7'200;
  Status look_fails;  // of every look at a zone

  Result<std::size_t> Count() override { return count; }
  Result<bool> Has(std::string_view zone) override {
    if (!look_fails.ok()) return look_fails;
    return (zone == "Europe/Berlin" && has_berlin) || zone == "Here/There";
  }
  Result<std::string> SpelledAs(std::string_view) override { return std::string(); }
  Result<LocalReading> Read(std::string_view, std::int64_t) override {
    return LocalReading{LocalReading::Kind::kOnce, 3'600, 0};
  }
  Result<std::int64_t> OffsetAt(std::string_view, std::int64_t utc_s) override {
    constexpr std::int64_t kApril2026 = 1'775'001'600;
    return utc_s < kApril2026 ? january_s : july_s;
  }
  Result<bool> EverChanged(std::string_view) override { return true; }
};

}  // namespace seathold::testing
