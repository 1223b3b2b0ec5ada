// What is printed of the audit, and of the textbook way beside it.
#pragma once

#include "examples/cli/demo/console.h"
#include "examples/cli/demo/hall.h"
#include "examples/cli/demo/report.h"
#include "examples/cli/demo/sale_film.h"

namespace seathold::demo {

void TellRush(const Report& report, Console& console);
void TellAudit(const Report& report, Console& console);
void TellNaive(const Report& report, Console& console);
void TellVerdict(const Report& report, Console& console);

// The hall by outcome. Errors: kCannotOpen.
Status WriteSvg(const Hall& hall, const Report& report, const std::string& path);
// The rush as it went. Errors: kCannotOpen.
Status WriteFilm(const Hall& hall, const Report& report, const std::vector<FilmFrame>& reel,
                 const std::string& path);

}  // namespace seathold::demo
