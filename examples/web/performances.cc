#include "examples/web/performances.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <new>

#include "examples/web/wire.h"
#include "src/util/digest.h"

namespace seathold::web {
namespace {

Json PricesOf(const PerformanceView& view, std::string_view category) {
  Json prices = Json::Array();
  for (const PriceSpec& price : view.prices) {
    if (price.category != category) continue;
    prices.Push(Json::Object()
                    .Set("ticket_type", price.ticket_type)
                    .Set("name", price.name)
                    .Set("amount_minor", price.price_minor));
  }
  return prices;
}

// Rows name their section by index: few sections, many rows.
void AddRows(const Plan& plan, Json* hall) {
  std::vector<std::string> names;
  Json sections = Json::Array(), rows = Json::Array();
  for (const PlanRow& row : plan.rows) {
    const auto found = std::ranges::find(names, row.section);
    const std::ptrdiff_t section = found - names.begin();
    if (found == names.end()) {
      names.push_back(row.section);
      sections.Push(row.section);
    }
    rows.Push(Json::Object().Set("section", section).Set("name", row.name));
  }
  hall->Set("sections", std::move(sections)).Set("rows", std::move(rows));
}

// To a hundredth: a drawing has no use for more, and the reply is smaller by a third.
Json Coordinate(double value) { return std::round(value * 100) / 100; }

void AddSeats(const Facts& facts, Json* hall) {
  const Plan& plan = *facts.plan;
  Json id = Json::Array(), row = Json::Array(), label = Json::Array(), x = Json::Array();
  Json y = Json::Array(), category = Json::Array(), place = Json::Array();
  Json attributes = Json::Object();
  for (std::uint32_t i = 0; i < plan.seats.size(); ++i) {
    const PlanSeat& seat = plan.seats[i];
    id.Push(IdJson(MakeSeatId(facts.venue.id, i).value));
    row.Push(seat.row);
    label.Push(seat.number);
    x.Push(Coordinate(seat.x));
    y.Push(Coordinate(seat.y));
    category.Push(seat.category);
    place.Push(seat.place);
    if (!seat.attributes.empty()) attributes.Set(fmt::format("{}", i), seat.attributes);
  }
  hall->Set("seats", Json::Object()
                         .Set("id", std::move(id))
                         .Set("row", std::move(row))
                         .Set("label", std::move(label))
                         .Set("x", std::move(x))
                         .Set("y", std::move(y))
                         .Set("category", std::move(category))
                         .Set("place", std::move(place)));
  hall->Set("attributes", std::move(attributes));
}

std::string HallText(const Facts& facts) {
  Json categories = Json::Array();
  for (const PlanCategory& category : facts.plan->categories) {
    categories.Push(Json::Object()
                        .Set("name", category.name)
                        .Set("color", category.color)
                        .Set("prices", PricesOf(facts.view, category.name)));
  }
  Json hall = Json::Object();
  hall.Set("performance", IdJson(facts.id().value))
      .Set("venue",
           Json::Object().Set("id", IdJson(facts.venue.id.value)).Set("name", facts.venue.name))
      .Set("currency", facts.view.currency.text())
      .Set("categories", std::move(categories));
  AddRows(*facts.plan, &hall);
  AddSeats(facts, &hall);
  return hall.Dump();
}

std::string OffsetText(std::int32_t seconds) {
  const std::int32_t minutes = std::abs(seconds) / 60;
  return fmt::format("{}{:02}:{:02}", seconds < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::string_view NameOf(SaleState state) {
  static constexpr std::array<std::string_view, 3> kNames = {"available", "all_held", "sold_out"};
  return kNames.at(static_cast<std::size_t>(state));
}

template <class View, class Id>
std::optional<View> Find(const Result<std::vector<View>>& all, Id id) {
  if (!all.ok()) return std::nullopt;
  const auto found = std::ranges::find(*all, id, &View::id);
  if (found == all->end()) return std::nullopt;
  return *found;
}

}  // namespace

std::int64_t Facts::PriceMinor(std::uint32_t ordinal, std::uint32_t ticket_type) const {
  const std::string& category = plan->categories[plan->seats[ordinal].category].name;
  for (const PriceSpec& price : view.prices) {
    if (price.category == category && price.ticket_type == ticket_type) return price.price_minor;
  }
  return 0;
}

// One at a time loads those of a performance: a large hall takes tens of milliseconds of a core,
// and the first moment of a sale is the one in which all ask.
Result<FactsRef> Performances::Get(PerformanceId performance) {
  {
    const MutexLock lock(mutex_);
    for (;;) {
      const auto found = known_.find(performance);
      if (found != known_.end()) return found->second;
      if (loading_.insert(performance).second) break;
      loaded_.Wait(mutex_, Deadline{});
    }
  }
  Result<FactsRef> loaded = Code::kOutOfMemory;
  try {
    loaded = Load(performance);
  } catch (const std::bad_alloc&) {  // those who wait must not wait for ever
  }
  const MutexLock lock(mutex_);
  if (loaded.ok()) known_.emplace(performance, *loaded);
  loading_.erase(performance);
  loaded_.NotifyAll();
  return loaded;
}

Result<FactsRef> Performances::Load(PerformanceId performance) {
  const auto dates = engine_.catalog().List({});
  if (!dates.ok()) return dates.status();
  const auto view = Find(dates, performance);
  if (!view) return Code::kUnknownPerformance;
  auto facts = std::make_shared<Facts>();
  facts->view = *view;
  const auto shows = engine_.catalog().ListShows();
  const auto venues = engine_.catalog().ListVenues();
  if (!shows.ok()) return shows.status();
  if (!venues.ok()) return venues.status();
  facts->show = Find(shows, view->show).value_or(ShowView{});
  facts->venue = Find(venues, view->venue).value_or(VenueView{});
  auto plan = engine_.catalog().GetPlan(view->venue);
  if (!plan.ok()) return plan.status();
  facts->plan = *plan;
  facts->hall = Share(HallText(*facts));
  facts->hall_etag = "\"" + HexText(Digest128("hall", *facts->hall)) + "\"";
  return FactsRef(std::move(facts));
}

Json SeatJson(const Facts& facts, std::uint32_t ordinal) {
  const PlanSeat& seat = facts.plan->seats.at(ordinal);
  const PlanRow& row = facts.plan->rows[seat.row];
  return Json::Object()
      .Set("seat", IdJson(MakeSeatId(facts.venue.id, ordinal).value))
      .Set("index", ordinal)
      .Set("section", row.section)
      .Set("row", row.name)
      .Set("label", seat.number);
}

Json PerformanceJson(const PerformanceView& now, const ShowView& show, const VenueView& venue,
                     int seats_per_hold_max) {
  Json prices = Json::Array();
  for (const PriceSpec& price : now.prices) {
    prices.Push(Json::Object()
                    .Set("category", price.category)
                    .Set("ticket_type", price.ticket_type)
                    .Set("name", price.name)
                    .Set("amount_minor", price.price_minor));
  }
  const Availability& counts = now.availability;
  return Json::Object()
      .Set("id", IdJson(now.id.value))
      .Set("show", IdJson(now.show.value))
      .Set("title", show.title)
      .Set("venue", Json::Object()
                        .Set("id", IdJson(venue.id.value))
                        .Set("name", venue.name)
                        .Set("zone", venue.zone))
      .Set("local_date", now.local_date)
      .Set("local_time", now.local_time)
      .Set("utc_offset", now.utc_offset_s ? Json(OffsetText(*now.utc_offset_s)) : Json())
      .Set("starts_at", InstantOrNull(now.starts_at))
      .Set("sale_opens_at", InstantOrNull(now.sale_opens_at))
      .Set("sale_ends_at", InstantOrNull(now.sale_ends_at))
      .Set("currency", now.currency.text())
      .Set("requires_pass", show.requires_pass)
      .Set("on_sale", counts.on_sale)
      .Set("sale_state", NameOf(counts.state))
      .Set("seats", now.seats)
      .Set("free", counts.available)
      .Set("held", counts.held)
      .Set("sold", counts.sold)
      .Set("blocked", counts.blocked)
      .Set("next_release_at", InstantOrNull(counts.next_release_at))
      .Set("user_limit", now.user_limit)
      .Set("seats_per_hold_max", seats_per_hold_max)
      .Set("prices", std::move(prices));
}

}  // namespace seathold::web
