#include "capi/json_fields.h"
#include "capi/reports.h"
#include "capi/shim.h"
#include "src/util/escaped.h"

namespace seathold::capi {
namespace {

Status ReadImport(std::int32_t format, std::string_view json, ImportOptions* out,
                  std::string* zone) {
  if (format != SEATHOLD_PLAN_PRETIX_JSON && format != SEATHOLD_PLAN_CSV) {
    return Status(Code::kInvalidArgument, "format is not known");
  }
  out->format = static_cast<PlanFormat>(format);
  const auto object = ParseObject(json);
  if (!object.ok()) return object.status();
  JsonFields fields(*object);
  fields.Text("name", &out->name).Text("zone", zone);
  return fields.Bool("strict", &out->strict).Bool("rekey_uuid", &out->rekey_uuid).Done();
}

struct HallSpec {
  std::string name, zone;
  int rows = 0, seats_per_row = 0, categories = 3;
};
Status ReadHall(std::string_view json, HallSpec* out) {
  const auto object = ParseObject(json);
  if (!object.ok()) return object.status();
  JsonFields fields(*object);
  fields.Required("name").Text("name", &out->name).Text("zone", &out->zone);
  fields.Required("rows").Integer("rows", &out->rows);
  fields.Required("seats_per_row").Integer("seats_per_row", &out->seats_per_row);
  return fields.Integer("categories", &out->categories).Done();
}

Status ReadShow(std::string_view json, ShowSpec* out) {
  const auto object = ParseObject(json);
  if (!object.ok()) return object.status();
  JsonFields fields(*object);
  fields.Required("title").Text("title", &out->title);
  fields.Bool("requires_pass", &out->requires_pass).Integer("active_max", &out->active_max);
  fields.Integer("rate_per_s", &out->rate_per_s).Integer("grace_ms", &out->grace_ms);
  return fields.Integer("pass_ms", &out->pass_ms).Done();
}

Status ReadPrices(const std::vector<Json>& prices, std::vector<PriceSpec>* out) {
  for (std::size_t i = 0; i < prices.size(); ++i) {
    PriceSpec price;
    JsonFields fields(prices[i], "prices" + JsonPathIndex(i) + ".");
    fields.Required("category").Text("category", &price.category);
    fields.Integer("ticket_type", &price.ticket_type).Text("name", &price.name);
    fields.Required("price_minor").Integer("price_minor", &price.price_minor);
    if (Status s = fields.Done(); !s.ok()) return s;
    out->push_back(std::move(price));
  }
  return Status();
}

Status ReadPerformance(std::string_view json, PerformanceSpec* out) {
  const auto object = ParseObject(json);
  if (!object.ok()) return object.status();
  std::string currency;
  JsonFields fields(*object);
  fields.Required("show").Integer("show", &out->show.value);
  fields.Required("venue").Integer("venue", &out->venue.value);
  fields.Required("local_date").Text("local_date", &out->local_date);
  fields.Required("local_time").Text("local_time", &out->local_time);
  fields.Integer("starts_at_us", &out->starts_at.value);
  fields.Integer("sale_opens_at_us", &out->sale_opens_at.value);
  fields.Integer("sale_ends_at_us", &out->sale_ends_at.value);
  fields.Required("currency").Text("currency", &currency);
  fields.Integer("user_limit", &out->user_limit).Integer("hold_ttl_ms", &out->hold_ttl_ms);
  fields.Bool("on_sale", &out->on_sale);
  const std::vector<Json>& prices = fields.Items("prices");
  if (Status s = fields.Done(); !s.ok()) return s;
  const auto code = ParseCurrency(currency);
  if (!code) {
    return Status(
        Code::kInvalidArgument,
        "currency " + Quoted(currency) + " is not one of ISO 4217; a code such as EUR is wanted");
  }
  out->currency = *code;
  return ReadPrices(prices, &out->prices);
}

template <class IdType>
Answer GiveMade(const Result<IdType>& made, std::uint64_t* out) {
  if (!made.ok()) return made.status();
  *out = made->value;
  return {};
}

template <class Record>
Json ListJson(const std::vector<Record>& records) {
  Json list = Json::Array();
  for (const Record& record : records) list.Push(ToJson(record));
  return list;
}

void Write(const SeatView& seat, seathold_seat_view* out) {
  *out = {seat.seat.value, seat.price_minor, seat.ordinal, static_cast<std::uint32_t>(seat.state)};
}

}  // namespace
}  // namespace seathold::capi

using namespace seathold;        // NOLINT: the entries below are C's
using namespace seathold::capi;  // NOLINT

extern "C" {

seathold_status seathold_venue_import(seathold_engine engine, int32_t format, const char* text,
                                      size_t size, const char* options, size_t options_size,
                                      uint64_t* venue, char* report, size_t cap, size_t* needed,
                                      int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Text(text, size, "text", kPlanBytesMax);
  arguments.Text(options, options_size, "options", kJsonBytesMax).Need(venue, "venue");
  arguments.Array(report, cap, "report").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    ImportOptions import;
    std::string zone;
    if (Status s = ReadImport(format, Text(options, options_size), &import, &zone); !s.ok()) {
      return s;
    }
    ImportReport read;
    const auto plan = ParsePlan(Text(text, size), import, &read);
    if (!plan.ok()) return plan.status();
    if (report != nullptr || needed != nullptr) {
      if (Status s = GiveText(ToJson(read).Dump(), report, cap, needed); !s.ok()) return s;
    }
    return GiveMade(session.engine->catalog().AddVenue(*plan, zone, OptionsOf(timeout_ms)), venue);
  });
}

seathold_status seathold_venue_make(seathold_engine engine, const char* json, size_t size,
                                    uint64_t* venue, int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Text(json, size, "json", kJsonBytesMax).Need(venue, "venue").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    HallSpec hall;
    if (Status s = ReadHall(Text(json, size), &hall); !s.ok()) return s;
    const auto plan = MakePlan(hall.name, hall.rows, hall.seats_per_row, hall.categories);
    if (!plan.ok()) return plan.status();
    return GiveMade(session.engine->catalog().AddVenue(*plan, hall.zone, OptionsOf(timeout_ms)),
                    venue);
  });
}

seathold_status seathold_venue_plan(seathold_engine engine, uint64_t venue, char* json, size_t cap,
                                    size_t* needed, int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Array(json, cap, "json").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto plan = session.engine->catalog().GetPlan(VenueId{venue}, OptionsOf(timeout_ms));
    if (!plan.ok()) return plan.status();
    return GiveText(PlanToJson(**plan), json, cap, needed);
  });
}

seathold_status seathold_venue_list(seathold_engine engine, char* json, size_t cap, size_t* needed,
                                    int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Array(json, cap, "json").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto venues = session.engine->catalog().ListVenues(OptionsOf(timeout_ms));
    if (!venues.ok()) return venues.status();
    return GiveText(ListJson(*venues).Dump(), json, cap, needed);
  });
}

seathold_status seathold_show_add(seathold_engine engine, const char* json, size_t size,
                                  uint64_t* show, int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Text(json, size, "json", kJsonBytesMax).Need(show, "show").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    ShowSpec spec;
    if (Status s = ReadShow(Text(json, size), &spec); !s.ok()) return s;
    return GiveMade(session.engine->catalog().AddShow(spec, OptionsOf(timeout_ms)), show);
  });
}

seathold_status seathold_show_list(seathold_engine engine, char* json, size_t cap, size_t* needed,
                                   int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Array(json, cap, "json").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto shows = session.engine->catalog().ListShows(OptionsOf(timeout_ms));
    if (!shows.ok()) return shows.status();
    return GiveText(ListJson(*shows).Dump(), json, cap, needed);
  });
}

seathold_status seathold_performance_add(seathold_engine engine, const char* json, size_t size,
                                         uint64_t* performance, int64_t timeout_ms,
                                         seathold_error* error) {
  Arguments arguments;
  arguments.Text(json, size, "json", kJsonBytesMax).Need(performance, "performance");
  return Single(engine, arguments.Timeout(timeout_ms), error, [&](Session& session) -> Answer {
    PerformanceSpec spec;
    if (Status s = ReadPerformance(Text(json, size), &spec); !s.ok()) return s;
    return GiveMade(session.engine->catalog().AddPerformance(spec, OptionsOf(timeout_ms)),
                    performance);
  });
}

seathold_status seathold_performance_list(seathold_engine engine, uint64_t show, uint32_t flags,
                                          char* json, size_t cap, size_t* needed,
                                          int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Flags(flags, SEATHOLD_ON_SALE_ONLY).Array(json, cap, "json").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    PerformanceFilter filter{.on_sale_only = flags != 0};
    if (show != 0) filter.show = ShowId{show};
    const auto dates = session.engine->catalog().List(filter, OptionsOf(timeout_ms));
    if (!dates.ok()) return dates.status();
    Json list = Json::Array();
    for (const PerformanceView& date : *dates) list.Push(ToJson(date));
    return GiveText(list.Dump(), json, cap, needed);
  });
}

seathold_status seathold_performance_sale_set(seathold_engine engine, uint64_t performance,
                                              int32_t on_sale, int64_t timeout_ms,
                                              seathold_error* error) {
  Arguments arguments;
  arguments.That(on_sale == 0 || on_sale == 1, "on_sale", " is neither 0 nor 1");
  return Single(engine, arguments.Timeout(timeout_ms), error, [&](Session& session) -> Answer {
    return session.engine->catalog().SetSale(PerformanceId{performance}, on_sale == 1,
                                             OptionsOf(timeout_ms));
  });
}

seathold_status seathold_seat_list(seathold_engine engine, uint64_t performance,
                                   seathold_seat_view* seats, size_t cap, size_t* needed,
                                   int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Array(seats, cap, "seats").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto views =
        session.engine->catalog().ListSeats(PerformanceId{performance}, OptionsOf(timeout_ms));
    if (!views.ok()) return views.status();
    return GiveRecords(*views, seats, cap, needed,
                       [](const SeatView& seat, auto* to) { Write(seat, to); });
  });
}

seathold_status seathold_seat_find(seathold_engine engine, uint64_t performance, const char* guid,
                                   size_t size, uint64_t* seat, int64_t timeout_ms,
                                   seathold_error* error) {
  Arguments arguments;
  arguments.Text(guid, size, "guid").Need(seat, "seat").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    return GiveMade(session.engine->catalog().FindSeat(PerformanceId{performance}, Text(guid, size),
                                                       OptionsOf(timeout_ms)),
                    seat);
  });
}

seathold_status seathold_seat_read(seathold_engine engine, uint64_t seat, char* json, size_t cap,
                                   size_t* needed, int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Array(json, cap, "json").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const SeatId id{seat};
    const auto plan = session.engine->catalog().GetPlan(VenueOf(id), OptionsOf(timeout_ms));
    const bool unknown =
        plan.ok() ? OrdinalOf(id) >= (*plan)->seats.size() : plan.code() == Code::kUnknownVenue;
    if (unknown) return Code::kUnknownSeat;
    if (!plan.ok()) return plan.status();
    return GiveText(SeatJson(**plan, id).Dump(), json, cap, needed);
  });
}

}  // extern "C"
