#include "src/zone/zones.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "src/util/escaped.h"

namespace seathold {
namespace {

using std::chrono::sys_days, std::chrono::year, std::chrono::seconds;

constexpr std::size_t kZonesMin = 400;  // every whole database has about 600

constexpr std::int64_t SecondsAt(int y, unsigned month, unsigned day) {
  const std::chrono::sys_seconds at = sys_days(year{y} / month / day);
  return at.time_since_epoch().count();
}

// Names that some databases or libraries have, and that are no place: the machine's own setting,
// test entries, and copies whose clocks count leap seconds.
bool IsNoPlace(std::string_view zone) {
  static constexpr std::array<std::string_view, 3> kNames = {"localtime", "posixrules", "Factory"};
  return std::ranges::find(kNames, zone) != kNames.end() || zone.starts_with("posix/") ||
         zone.starts_with("right/");
}

std::string Named(std::string_view zone) { return "zone " + Quoted(zone); }

}  // namespace

Status Zones::CheckDatabase() const {
  const Result<std::size_t> count = source_.Count();
  if (!count.ok()) return count.status();
  if (*count < kZonesMin) {
    return Status(Code::kInvalidArgument, "this machine has " + std::to_string(*count) +
                                              " time zones; install tzdata, or use UTC");
  }
  constexpr std::string_view kKnown = "Europe/Berlin";
  const auto has = source_.Has(kKnown);
  if (!has.ok()) return has.status();
  if (*has) {
    const auto winter = source_.OffsetAt(kKnown, SecondsAt(2026, 1, 15));
    if (!winter.ok()) return winter.status();
    const auto summer = source_.OffsetAt(kKnown, SecondsAt(2026, 7, 15));
    if (!summer.ok()) return summer.status();
    if (*winter == 3'600 && *summer == 7'200) return Status();
  }
  return Status(Code::kInvalidArgument,
                "this machine's time zones are misread (Europe/Berlin is not +1 h in January and "
                "+2 h in July 2026; is the database in slim form?); use UTC");
}

Status Zones::Check(std::string_view zone) const {
  if (zone == kUtcZone) return Status();
  if (Status database = CheckDatabase(); !database.ok()) {
    if (database == Code::kOutOfMemory) return database;
    return Status(Code::kInvalidArgument, Named(zone) + ": " + std::string(database.detail()));
  }
  if (IsNoPlace(zone)) {
    return Status(Code::kInvalidArgument,
                  Named(zone) + " is no place; an IANA name is wanted, such as Europe/Vienna");
  }
  const auto has = source_.Has(zone);
  if (!has.ok()) return has.status();
  if (*has) return Status();
  const auto spelled = source_.SpelledAs(zone);
  if (!spelled.ok()) return spelled.status();
  return Status(Code::kInvalidArgument,
                Named(zone) + " is not known; " +
                    (spelled->empty() ? "an IANA name is wanted, such as Europe/Vienna, or UTC"
                                      : "did you mean " + *spelled + "?"));
}

Result<std::optional<LocalReading>> Zones::Read(std::string_view zone, std::int64_t local_s) const {
  if (zone == kUtcZone) return std::optional(LocalReading{});
  if (local_s >= SecondsAt(kRulesYearMax + 1, 1, 1)) {
    const auto changed = source_.EverChanged(zone);
    if (!changed.ok()) return changed.status();
    if (*changed) return std::optional<LocalReading>();
  }
  const auto reading = source_.Read(zone, local_s);
  if (!reading.ok()) return reading.status();
  return std::optional(*reading);
}

Result<std::vector<std::int64_t>> Zones::LastOffsets(std::string_view zone) const {
  std::vector<std::int64_t> offsets;
  // The middle of each month: also those who change their clock for the month of Ramadan.
  for (unsigned month = 1; month <= 12; ++month) {
    const auto offset = source_.OffsetAt(zone, SecondsAt(kRulesYearMax, month, 15));
    if (!offset.ok()) return offset.status();
    if (std::ranges::find(offsets, *offset) == offsets.end()) offsets.push_back(*offset);
  }
  return offsets;
}

}  // namespace seathold
