#include "src/zone/performance_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "src/util/escaped.h"

namespace seathold {
namespace {

using std::chrono::floor, std::chrono::seconds, std::chrono::sys_seconds;

constexpr std::int64_t kOffsetMaxS = 16 * 3'600;  // no clock was ever further from UTC

// Exactly `digits` digits at `at`; -1 = something else is there.
int DigitsAt(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return -1;
  int value = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<std::chrono::sys_days> ReadDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int y = DigitsAt(text, 0, 4), m = DigitsAt(text, 5, 2), d = DigitsAt(text, 8, 2);
  if (y < 1'970 || m < 0 || d < 0) return std::nullopt;
  const auto date = std::chrono::year{y} / m / d;
  return date.ok() ? std::optional<std::chrono::sys_days>(date) : std::nullopt;
}

std::optional<std::int64_t> ReadTimeOfDay(std::string_view text) {
  const bool whole = text.size() == 8 && text[5] == ':';
  if ((text.size() != 5 && !whole) || text[2] != ':') return std::nullopt;
  const int h = DigitsAt(text, 0, 2), m = DigitsAt(text, 3, 2),
            s = whole ? DigitsAt(text, 6, 2) : 0;
  if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59) return std::nullopt;
  return h * 3'600 + m * 60 + s;
}

std::int64_t MinutesOf(std::int64_t at_s) {
  return floor<std::chrono::minutes>(seconds(at_s)).count();
}
std::int64_t SecondsOf(TimeUs time) {
  return floor<seconds>(std::chrono::microseconds(time.value)).count();
}

// "2026-12-31T19:30:00" of seconds since 1970 on some clock.
std::string ClockText(std::int64_t at_s) {
  const sys_seconds at{seconds(at_s)};
  const auto midnight = floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{midnight};
  const std::chrono::hh_mm_ss time{at - midnight};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}
std::string UtcText(TimeUs time) { return ClockText(SecondsOf(time)) + "Z"; }

std::string OffsetText(std::int64_t offset_s) {
  const std::int64_t minutes = std::abs(offset_s) / 60;
  return fmt::format("{}{:02}:{:02}", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

Status Wrong(std::string detail) { return Status(Code::kInvalidArgument, std::move(detail)); }

// The offsets that a local time may have. `doubt`: why it is not one for sure, so that the host has
// to say which; empty = it is.
struct Offsets {
  std::vector<std::int64_t> of_s;  // empty: any
  std::string doubt;
};

Result<Offsets> OffsetsOf(const Zones& zones, std::string_view zone, const PerformanceSpec& spec,
                          std::int64_t local_s) {
  if (Status known = zones.Check(zone); !known.ok()) {
    if (known == Code::kOutOfMemory) return known;
    return Offsets{{}, "the venue's " + std::string(known.detail())};
  }
  const auto reading = zones.Read(zone, local_s);
  if (!reading.ok()) return reading.status();
  if (!*reading) {
    auto last = zones.LastOffsets(zone);
    if (!last.ok()) return last.status();
    return Offsets{*std::move(last),
                   fmt::format("the rules of {} are not known beyond {}", zone, kRulesYearMax)};
  }
  const LocalReading& found = **reading;
  if (found.kind == LocalReading::Kind::kOnce) return Offsets{{found.first_s}, ""};
  return Offsets{
      {found.first_s, found.second_s},
      fmt::format("local_time \"{}\" {} on {} in {}", spec.local_time,
                  found.kind == LocalReading::Kind::kGap ? "does not exist" : "is there twice",
                  spec.local_date, zone)};
}

Status ComputeStart(const Offsets& offsets, std::int64_t local_s, PerformanceSpec* spec) {
  if (!offsets.doubt.empty()) {
    std::string may;
    for (const std::int64_t offset_s : offsets.of_s) {
      may += (may.empty() ? ", such as " : " or ") + ClockText(local_s - offset_s) + "Z";
    }
    return Wrong(offsets.doubt + ": starts_at is needed" + may);
  }
  const std::int64_t start_s = local_s - offsets.of_s[0];
  if (start_s <= 0 || start_s > SecondsOf(kTimeMax)) {
    return Wrong(fmt::format("local_date \"{}\": it would start before 1970 or beyond 9999 UTC",
                             spec->local_date));
  }
  spec->starts_at = TimeUs{start_s * kUsPerSecond};
  return Status();
}

// Both of a time that is there twice, and both readings of one that does not exist, are right.
Status CheckStart(const Offsets& offsets, std::string_view zone, std::int64_t local_s,
                  const PerformanceSpec& spec) {
  const std::int64_t start_s = SecondsOf(spec.starts_at);
  const bool agrees = offsets.of_s.empty()
                          ? std::abs(local_s - start_s) <= kOffsetMaxS
                          : std::ranges::any_of(offsets.of_s, [&](std::int64_t offset_s) {
                              return MinutesOf(start_s + offset_s) == MinutesOf(local_s);
                            });
  if (agrees) return Status();
  const std::string given = "starts_at " + UtcText(spec.starts_at);
  const std::string wanted = spec.local_date + " " + spec.local_time;
  if (offsets.of_s.empty()) {
    return Wrong(
        fmt::format("{} is more than 16 hours from local_date and local_time, {}", given, wanted));
  }
  const std::int64_t offset_s = offsets.of_s[0];
  return Wrong(
      fmt::format("{} is {} at the venue ({}, {}), not {} as local_date and local_time say", given,
                  ClockText(start_s + offset_s), zone, OffsetText(offset_s), wanted));
}

Status CheckSale(const PerformanceSpec& spec) {
  const bool ends_apart = spec.sale_ends_at.value != 0;
  if (ends_apart && spec.sale_ends_at > spec.starts_at) {
    return Wrong(fmt::format("sale_ends_at {} is later than the start, {}",
                             UtcText(spec.sale_ends_at), UtcText(spec.starts_at)));
  }
  const TimeUs end = ends_apart ? spec.sale_ends_at : spec.starts_at;
  if (spec.sale_opens_at >= end) {
    return Wrong(fmt::format("sale_opens_at {} is not before {}, {}", UtcText(spec.sale_opens_at),
                             ends_apart ? "sale_ends_at" : "the start", UtcText(end)));
  }
  return Status();
}

}  // namespace

Result<std::int64_t> ReadLocalTime(std::string_view date, std::string_view time) {
  const auto day = ReadDate(date);
  if (!day) {
    return Wrong(fmt::format(
        "local_date {} is not a day from 1970 to 9999; YYYY-MM-DD is wanted, such as 2036-12-31",
        Quoted(date)));
  }
  const auto of_day_s = ReadTimeOfDay(time);
  if (!of_day_s) {
    return Wrong(fmt::format(
        "local_time {} is not a time below 24:00; HH:MM or HH:MM:SS is wanted, such as 19:30",
        Quoted(time)));
  }
  return seconds(day->time_since_epoch()).count() + *of_day_s;
}

Status SettleTimes(const Zones& zones, std::string_view zone, PerformanceSpec* spec) {
  const auto local_s = ReadLocalTime(spec->local_date, spec->local_time);
  if (!local_s.ok()) return local_s.status();
  if (zone.empty()) zone = kUtcZone;
  const auto offsets = OffsetsOf(zones, zone, *spec, *local_s);
  if (!offsets.ok()) return offsets.status();
  const Status start = spec->starts_at.value == 0 ? ComputeStart(*offsets, *local_s, spec)
                                                  : CheckStart(*offsets, zone, *local_s, *spec);
  return start.ok() ? CheckSale(*spec) : start;
}

std::string PastWarning(const PerformanceSpec& settled, TimeUs now) {
  const bool ends_apart = settled.sale_ends_at.value != 0;
  const TimeUs end = ends_apart ? settled.sale_ends_at : settled.starts_at;
  if (now < end) return "";
  return fmt::format("nothing of it can be sold: its {} is in the past ({}; it is {} now)",
                     ends_apart ? "end of sale" : "start", UtcText(end), UtcText(now));
}

std::optional<std::int32_t> UtcOffset(const PerformanceRecord& record) {
  if (record.starts_at.value == 0) return std::nullopt;
  const auto local_s = ReadLocalTime(record.local_date, record.local_time);
  if (!local_s.ok()) return std::nullopt;
  const std::int64_t offset_s = (MinutesOf(*local_s) - MinutesOf(SecondsOf(record.starts_at))) * 60;
  if (std::abs(offset_s) > kOffsetMaxS) return std::nullopt;
  return static_cast<std::int32_t>(offset_s);
}

}  // namespace seathold
