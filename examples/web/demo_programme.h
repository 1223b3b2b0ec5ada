// What the demonstration has on sale: made anew, or found again in a database of an earlier one.
#pragma once

#include <optional>

#include "examples/cli/demo/hall.h"
#include "examples/cli/demo/seathold_office.h"
#include "seathold/engine.h"

namespace seathold::web {

struct DemoProgramme {
  demo::Programme programme;  // the crowd wants the first date, a visitor has the other as well
  bool resumed = false;
};

// In a database without shows: a show with a queue and two dates. In one with that show in that
// hall: its first two dates that are on sale and not sold out; dates on the days behind its last
// are added where fewer are left. In one with shows of somebody else's: nothing, and nothing is
// added. Errors: the engine's.
Result<std::optional<DemoProgramme>> OpenProgramme(Engine& engine, const demo::Hall& hall);

// "2036-12-31" is followed by "2037-01-01". REQUIRES: a date of the calendar.
std::string DayAfter(const std::string& date);

}  // namespace seathold::web
