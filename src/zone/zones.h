// Which time zones a venue may be in, and what a time on its clock means.
//
// The library that reads the machine's database says nothing when it misreads it: a database in
// slim form puts Berlin at +2 h all year, an empty folder is no error, and no rule reaches beyond
// 2037. So each look at a zone but UTC first asks for what is known for sure. Cheap: below a
// microsecond.
#pragma once

#include <optional>
#include <vector>

#include "src/zone/zone_source.h"

namespace seathold {

// "UTC", which needs no database; what a venue without a zone is in.
inline constexpr std::string_view kUtcZone = "UTC";
// The last year whose rules are in the database.
inline constexpr int kRulesYearMax = 2037;

class Zones {
 public:
  explicit Zones(ZoneSource& source) : source_(source) {}

  // Whether a venue may be in it. kInvalidArgument: the machine's database cannot be believed (says
  // why), or has no such zone, or it is a name for whatever the machine is set to; kOutOfMemory.
  Status Check(std::string_view zone) const;
  // REQUIRES: Check(zone) was ok. Nothing: the year lies beyond the rules of this zone.
  Result<std::optional<LocalReading>> Read(std::string_view zone, std::int64_t local_s) const;
  // REQUIRES: Check(zone) was ok. The offsets of the last year that has rules: what the zone will
  // use later, as far as anybody knows.
  Result<std::vector<std::int64_t>> LastOffsets(std::string_view zone) const;

 private:
  Status CheckDatabase() const;

  ZoneSource& source_;
};

}  // namespace seathold
