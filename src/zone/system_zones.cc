// The one file that knows the date library.
#include <date/tz.h>

#include <algorithm>
#include <new>

#include "src/util/escaped.h"
#include "src/zone/zone_source.h"

namespace seathold {
namespace {

// Without it the library links all the same and reads its structures in another layout.
static_assert(USE_OS_TZDB, "date::date-tz is built over the machine's own database");

using UtcSeconds = date::sys_seconds;
using LocalSeconds = date::local_seconds;

// Runs `fn`; what the library throws (runtime_error, ios_base::failure ...) ends here. Its texts
// repeat what it was given and what stands in files.
template <class Fn>
auto Caught(Fn&& fn) -> Result<decltype(fn())> {
  try {
    return fn();
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  } catch (const std::exception& error) {
    return Status(Code::kInvalidArgument,
                  "this machine's time zones cannot be read: " + Escaped(error.what()));
  }
}

bool SameLetters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

const date::time_zone* Find(std::string_view zone) {
  const auto& zones = date::get_tzdb().zones;
  const auto at =
      std::ranges::find(zones, zone, [](const auto& z) -> const std::string& { return z.name(); });
  return at == zones.end() ? nullptr : &*at;
}

class DateZones final : public ZoneSource {
 public:
  Result<std::size_t> Count() override {
    return Caught([] { return date::get_tzdb().zones.size(); });
  }
  Result<bool> Has(std::string_view zone) override {
    return Caught([&] { return Find(zone) != nullptr; });
  }
  Result<std::string> SpelledAs(std::string_view zone) override {
    return Caught([&] {
      const auto& zones = date::get_tzdb().zones;
      const auto at =
          std::ranges::find_if(zones, [&](const auto& z) { return SameLetters(z.name(), zone); });
      return at == zones.end() ? std::string() : at->name();
    });
  }
  Result<LocalReading> Read(std::string_view zone, std::int64_t local_s) override {
    return Caught([&] {
      const date::local_info info =
          date::locate_zone(zone)->get_info(LocalSeconds(std::chrono::seconds(local_s)));
      using Kind = LocalReading::Kind;
      const Kind kind = info.result == date::local_info::nonexistent ? Kind::kGap
                        : info.result == date::local_info::ambiguous ? Kind::kTwice
                                                                     : Kind::kOnce;
      return LocalReading{kind, info.first.offset.count(), info.second.offset.count()};
    });
  }
  Result<std::int64_t> OffsetAt(std::string_view zone, std::int64_t utc_s) override {
    return Caught([&] { return At(zone, utc_s).offset.count(); });
  }
  Result<bool> EverChanged(std::string_view zone) override {
    return Caught([&] {
      const date::sys_info info = At(zone, 0);
      constexpr UtcSeconds kYear0 = date::sys_days(date::year{0} / 1 / 1);
      constexpr UtcSeconds kYear10000 = date::sys_days(date::year{10'000} / 1 / 1);
      return info.begin > kYear0 || info.end < kYear10000;
    });
  }

 private:
  static date::sys_info At(std::string_view zone, std::int64_t utc_s) {
    return date::locate_zone(zone)->get_info(UtcSeconds(std::chrono::seconds(utc_s)));
  }
};

}  // namespace

ZoneSource& SystemZones() {
  static DateZones zones;
  return zones;
}

}  // namespace seathold
