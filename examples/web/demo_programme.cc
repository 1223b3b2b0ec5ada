#include "examples/web/demo_programme.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace seathold::web {
namespace {

constexpr std::string_view kTitle = "Winter journey";
constexpr std::uint32_t kInsideMax = 400;

Result<std::optional<DemoProgramme>> Make(Engine& engine, const demo::Hall& hall) {
  const auto made =
      demo::Announce(engine, hall, {.title = std::string(kTitle), .active_max = kInsideMax});
  if (!made.ok()) return made.status();
  if (Status status = engine.catalog().SetSale(made->tomorrow, true); !status.ok()) return status;
  return std::optional(DemoProgramme{.programme = *made});
}

bool HasSeatsLeft(const PerformanceView& date) {
  const Availability& now = date.availability;
  return now.on_sale && now.available + now.held > 0;
}

Result<PerformanceId> AddDateBehind(Engine& engine, const PerformanceView& last) {
  PerformanceSpec spec;
  spec.show = last.show;
  spec.venue = last.venue;
  spec.local_date = DayAfter(last.local_date);
  spec.local_time = last.local_time;
  spec.currency = last.currency;
  spec.user_limit = last.user_limit;
  spec.hold_ttl_ms = last.hold_ttl_ms;
  spec.prices = last.prices;
  return engine.catalog().AddPerformance(spec);
}

// The dates of `show`, the earliest first.
Result<std::vector<PerformanceView>> DatesOf(Engine& engine, ShowId show) {
  auto dates = engine.catalog().List({.show = show});
  if (dates.ok()) std::ranges::sort(*dates, {}, &PerformanceView::local_date);
  return dates;
}

Result<std::optional<DemoProgramme>> Resume(Engine& engine, ShowId show, VenueId venue) {
  auto dates = DatesOf(engine, show);
  for (;;) {
    if (!dates.ok()) return dates.status();
    if (dates->empty()) return std::optional<DemoProgramme>();
    std::vector<PerformanceId> left;
    for (const PerformanceView& date : *dates) {
      if (HasSeatsLeft(date)) left.push_back(date.id);
    }
    if (left.size() >= 2) {
      return std::optional(DemoProgramme{{venue, show, left[0], left[1]}, true});
    }
    const auto added = AddDateBehind(engine, dates->back());
    if (!added.ok()) return added.status();
    dates = DatesOf(engine, show);
  }
}

}  // namespace

std::string DayAfter(const std::string& date) {
  using namespace std::chrono;
  const year_month_day day(year(std::stoi(date.substr(0, 4))),
                           month(static_cast<unsigned>(std::stoi(date.substr(5, 2)))),
                           std::chrono::day(static_cast<unsigned>(std::stoi(date.substr(8, 2)))));
  const year_month_day next(sys_days(day) + days(1));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(next.year()),
                     static_cast<unsigned>(next.month()), static_cast<unsigned>(next.day()));
}

Result<std::optional<DemoProgramme>> OpenProgramme(Engine& engine, const demo::Hall& hall) {
  const auto shows = engine.catalog().ListShows();
  if (!shows.ok()) return shows.status();
  if (shows->empty()) return Make(engine, hall);
  const auto show = std::ranges::find(*shows, kTitle, &ShowView::title);
  const auto venues = engine.catalog().ListVenues();
  if (!venues.ok()) return venues.status();
  const auto venue = std::ranges::find_if(*venues, [&](const VenueView& one) {
    return one.name == hall.plan().name && one.seats == hall.seats();
  });
  if (show == shows->end() || venue == venues->end()) return std::optional<DemoProgramme>();
  const auto dates = engine.catalog().List({.show = show->id});
  if (!dates.ok()) return dates.status();
  const bool here = std::ranges::all_of(
      *dates, [&](const PerformanceView& date) { return date.venue == venue->id; });
  if (!here) return std::optional<DemoProgramme>();
  return Resume(engine, show->id, venue->id);
}

}  // namespace seathold::web
