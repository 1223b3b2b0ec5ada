#include <algorithm>
#include <set>

#include "examples/web/operations.h"
#include "examples/web/wire.h"

namespace seathold::web {
namespace {

template <class View, class Id>
const View* Named(const std::vector<View>& all, Id id) {
  const auto found = std::ranges::find(all, id, &View::id);
  return found == all.end() ? nullptr : &*found;
}

Json ListOf(const std::set<std::string>& texts) {
  Json list = Json::Array();
  for (const std::string& text : texts) list.Push(text);
  return list;
}

Json ShowJson(const ShowView& show, const std::vector<PerformanceView>& dates,
              const std::vector<VenueView>& venues) {
  std::set<std::string> halls, currencies, days;
  int performances = 0;
  for (const PerformanceView& date : dates) {
    if (date.show != show.id) continue;
    ++performances;
    if (const VenueView* venue = Named(venues, date.venue)) halls.insert(venue->name);
    currencies.insert(std::string(date.currency.text()));
    days.insert(date.local_date);
  }
  return Json::Object()
      .Set("id", IdJson(show.id.value))
      .Set("title", show.title)
      .Set("requires_pass", show.requires_pass)
      .Set("venues", ListOf(halls))
      .Set("currencies", ListOf(currencies))
      .Set("performances", performances)
      .Set("first_date", days.empty() ? Json() : Json(*days.begin()))
      .Set("last_date", days.empty() ? Json() : Json(*days.rbegin()));
}

}  // namespace

Reply ListShows(Host& host, Call&) {
  const auto shows = host.engine.catalog().ListShows();
  if (!shows.ok()) return Problem(shows.status());
  const auto dates = host.engine.catalog().List({});
  if (!dates.ok()) return Problem(dates.status());
  const auto venues = host.engine.catalog().ListVenues();
  if (!venues.ok()) return Problem(venues.status());
  Json list = Json::Array();
  for (const ShowView& show : *shows) list.Push(ShowJson(show, *dates, *venues));
  return JsonReply(Json::Object()
                       .Set("shows", std::move(list))
                       .Set("server_time", InstantText(host.engine.Now())));
}

Reply ListPerformances(Host& host, Call& call) {
  const ShowId id{call.PathId("show")};
  if (!call.ok()) return call.wrong();
  const auto shows = host.engine.catalog().ListShows();
  if (!shows.ok()) return Problem(shows.status());
  const ShowView* show = Named(*shows, id);
  if (show == nullptr) return Problem(Status(Code::kUnknownShow));
  const auto dates = host.engine.catalog().List({.show = id});
  if (!dates.ok()) return Problem(dates.status());
  const auto venues = host.engine.catalog().ListVenues();
  if (!venues.ok()) return Problem(venues.status());
  Json list = Json::Array();
  for (const PerformanceView& date : *dates) {
    const VenueView* venue = Named(*venues, date.venue);
    list.Push(PerformanceJson(date, *show, venue == nullptr ? VenueView{} : *venue,
                              host.options.engine.max_seats_per_hold));
  }
  return JsonReply(Json::Object()
                       .Set("performances", std::move(list))
                       .Set("server_time", InstantText(host.engine.Now())));
}

Reply EditPerformance(Host& host, Call& call) {
  const PerformanceId id{call.PathId("performance")};
  const Json* value = call.body.Find("on_sale");
  const auto on_sale = value == nullptr ? std::nullopt : value->AsBool();
  if (!on_sale) call.Note("on_sale", "true or false");
  if (!call.ok()) return call.wrong();
  const auto facts = host.performances.Get(id);
  if (!facts.ok()) return Problem(facts.status());
  const Status status = host.engine.catalog().SetSale(id, *on_sale);
  if (!status.ok()) return Problem(status);
  PerformanceView now = (*facts)->view;
  const auto counts = host.engine.reservations().Count(id);
  if (!counts.ok()) return Problem(counts.status());
  now.availability = *counts;
  return JsonReply(PerformanceJson(now, (*facts)->show, (*facts)->venue,
                                   host.options.engine.max_seats_per_hold));
}

}  // namespace seathold::web
