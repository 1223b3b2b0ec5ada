// A database of time zones, as some library reads it. What may be believed of it is decided in
// Zones; this is the seam between the two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "seathold/status.h"

namespace seathold {

// What a reading of a zone's clock means. Offsets are seconds east of UTC: local = UTC + offset.
struct LocalReading {
  enum class Kind : std::uint8_t {
    kOnce,   // first_s
    kGap,    // skipped: first_s was in force before, second_s after
    kTwice,  // first_s the first time, second_s the second
  };
  Kind kind = Kind::kOnce;
  std::int64_t first_s = 0;
  std::int64_t second_s = 0;
};

// Thread-safe. Calls fail with kOutOfMemory, or with kInvalidArgument and a text for people when
// the database cannot be read; nothing is thrown.
class ZoneSource {
 public:
  virtual ~ZoneSource() = default;

  // must provide: how many names there are.
  virtual Result<std::size_t> Count() = 0;
  // must provide: whether this very name is one.
  virtual Result<bool> Has(std::string_view zone) = 0;
  // must provide: a name that differs in case alone, or none.
  virtual Result<std::string> SpelledAs(std::string_view zone) = 0;
  // must provide, of a name that it has; `local_s` and `utc_s` in seconds since 1970.
  virtual Result<LocalReading> Read(std::string_view zone, std::int64_t local_s) = 0;
  virtual Result<std::int64_t> OffsetAt(std::string_view zone, std::int64_t utc_s) = 0;
  // must provide: whether its offset was ever another.
  virtual Result<bool> EverChanged(std::string_view zone) = 0;
};

// The machine's own (/usr/share/zoneinfo), read once when it is first asked for.
ZoneSource& SystemZones();

}  // namespace seathold
