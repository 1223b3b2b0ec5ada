#include <algorithm>

#include "examples/web/operations.h"
#include "examples/web/wire.h"

namespace seathold::web {
namespace {

constexpr int kPage = 1'000;
constexpr std::size_t kBlockMax = 10'000;
constexpr std::uint64_t kFeedPage = 1'000;
constexpr int kFeedPagesMax = 20;  // how far back the last sales are looked for

struct DoorSeat {
  std::uint32_t ordinal = 0;
  HoldId hold;
  UserId user;
};

// What is paid for, in the order of the hall.
Result<std::vector<DoorSeat>> SoldSeats(Host& host, PerformanceId performance) {
  std::vector<DoorSeat> seats;
  HoldId after;
  for (;;) {
    const auto page = host.engine.reservations().ListByPerformance(performance, after, kPage);
    if (!page.ok()) return page.status();
    for (const HoldView& view : *page) {
      if (view.state != HoldState::kConfirmed) continue;
      for (const HoldSeat& seat : view.seats) {
        seats.push_back({seat.ordinal, view.hold, view.user});
      }
    }
    if (page->size() < kPage) break;
    after = page->back().hold;
  }
  std::ranges::sort(seats, {}, &DoorSeat::ordinal);
  return seats;
}

// RFC 4180; and what a spreadsheet would take for a formula is text.
std::string CsvField(std::string_view text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
    out += '\'';
  }
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::vector<SeatId> ReadSeats(Call* call) {
  std::vector<SeatId> seats;
  const Json* list = call->body.Find("seats");
  if (list == nullptr || list->items().empty() || list->items().size() > kBlockMax) {
    call->Note("seats", "a list of 1 .. 10,000 ids");
    return seats;
  }
  for (const Json& item : list->items()) {
    const std::string* text = item.AsString();
    const auto id = text == nullptr ? std::nullopt : ParseId(*text);
    if (!id) call->Note("seats", "ids in decimal digits, as text");
    seats.push_back(SeatId{id.value_or(0)});
  }
  return seats;
}

Reply SeatResults(const std::vector<SeatId>& seats, const std::vector<Status>& statuses) {
  // What is wrong with the call as a whole stands at each seat.
  const bool whole = std::ranges::all_of(statuses, [&](const Status& status) {
    return status.code() == statuses.front().code() && status != Code::kOk &&
           status != Code::kSeatTaken && status != Code::kUnknownSeat;
  });
  if (whole) return Problem(statuses.front());
  Json results = Json::Array();
  for (std::size_t i = 0; i < seats.size(); ++i) {
    results.Push(Json::Object()
                     .Set("seat", IdJson(seats[i].value))
                     .Set("code", CodeName(statuses[i].code())));
  }
  return JsonReply(Json::Object().Set("results", std::move(results)));
}

// The last confirmed holds, newest first: the feed is read from its end, page by page.
Result<std::vector<FeedEvent>> LastSales(Host& host, PerformanceId performance, std::size_t limit) {
  const auto map = host.engine.reservations().Map(performance);
  if (!map.ok()) return map.status();
  std::vector<FeedEvent> sales;
  std::uint64_t end = (*map)->version.feed;
  for (int page = 0; page < kFeedPagesMax && end > 0 && sales.size() < limit; ++page) {
    const std::uint64_t begin = end > kFeedPage ? end - kFeedPage : 0;
    auto events =
        host.engine.reservations().Feed(performance, begin, static_cast<int>(end - begin));
    if (!events.ok() && events.code() != Code::kFeedTruncated) return events.status();
    if (!events.ok()) break;
    for (auto event = events->rbegin(); event != events->rend(); ++event) {
      if (event->kind == FeedKind::kConfirmed && sales.size() < limit) sales.push_back(*event);
    }
    end = begin;
  }
  return sales;
}

Result<Json> SaleJson(Host& host, const Facts& facts, const FeedEvent& sale) {
  const auto view = host.engine.reservations().Get(facts.id(), sale.hold);
  if (!view.ok()) return view.status();
  Json seats = Json::Array();
  for (const HoldSeat& seat : view->seats) seats.Push(SeatJson(facts, seat.ordinal));
  return Json::Object()
      .Set("at", InstantText(sale.at))
      .Set("hold", HexText(sale.hold.value))
      .Set("user", IdJson(sale.user.value))
      .Set("seats", std::move(seats))
      .Set("total", MoneyJson(view->total));
}

}  // namespace

Reply GetDoor(Host& host, Call& call) {
  const PerformanceId id{call.PathId("performance")};
  if (!call.ok()) return call.wrong();
  const auto facts = host.performances.Get(id);
  if (!facts.ok()) return Problem(facts.status());
  const auto sold = SoldSeats(host, id);
  if (!sold.ok()) return Problem(sold.status());
  Json seats = Json::Array();
  for (const DoorSeat& seat : *sold) {
    seats.Push(SeatJson(**facts, seat.ordinal)
                   .Set("hold", HexText(seat.hold.value))
                   .Set("user", IdJson(seat.user.value))
                   .Set("first_seen_at",
                        InstantOrNull(host.door->FirstSeen({id, seat.hold, seat.ordinal}))));
  }
  return JsonReply(
      Json::Object().Set("performance", IdJson(id.value)).Set("seats", std::move(seats)));
}

Reply GetDoorCsv(Host& host, Call& call) {
  const PerformanceId id{call.PathId("performance")};
  if (!call.ok()) return call.wrong();
  const auto facts = host.performances.Get(id);
  if (!facts.ok()) return Problem(facts.status());
  const auto sold = SoldSeats(host, id);
  if (!sold.ok()) return Problem(sold.status());
  std::string csv = "section,row,seat,hold,user\r\n";
  for (const DoorSeat& seat : *sold) {
    const PlanSeat& place = (*facts)->plan->seats.at(seat.ordinal);
    const PlanRow& row = (*facts)->plan->rows[place.row];
    csv += CsvField(row.section) + ',' + CsvField(row.name) + ',' + CsvField(place.number) + ',' +
           HexText(seat.hold.value) + ',' + std::to_string(seat.user.value) + "\r\n";
  }
  Reply reply{.status = 200, .type = "text/csv; charset=utf-8", .body = Share(std::move(csv))};
  reply.fields.emplace_back("Content-Disposition", "attachment; filename=\"door.csv\"");
  return reply;
}

Reply BlockSeats(Host& host, Call& call) {
  const PerformanceId id{call.PathId("performance")};
  const std::vector<SeatId> seats = ReadSeats(&call);
  const bool told = call.body.Find("reason") != nullptr;
  const std::string reason = told ? call.BodyText("reason", 200) : "";
  if (!call.ok()) return call.wrong();
  std::vector<Status> statuses(seats.size());
  host.engine.reservations().Block(id, seats, reason, statuses);
  return SeatResults(seats, statuses);
}

Reply UnblockSeats(Host& host, Call& call) {
  const PerformanceId id{call.PathId("performance")};
  const std::vector<SeatId> seats = ReadSeats(&call);
  if (!call.ok()) return call.wrong();
  std::vector<Status> statuses(seats.size());
  host.engine.reservations().Unblock(id, seats, statuses);
  return SeatResults(seats, statuses);
}

Reply GetSales(Host& host, Call& call) {
  const PerformanceId id{call.PathId("performance")};
  const auto limit = static_cast<std::size_t>(call.QueryNumber("limit", 1, 100, 20));
  if (!call.ok()) return call.wrong();
  const auto facts = host.performances.Get(id);
  if (!facts.ok()) return Problem(facts.status());
  const auto sales = LastSales(host, id, limit);
  if (!sales.ok()) return Problem(sales.status());
  Json list = Json::Array();
  for (const FeedEvent& sale : *sales) {
    Result<Json> json = SaleJson(host, **facts, sale);
    if (!json.ok()) return Problem(json.status());
    list.Push(std::move(*json));
  }
  return JsonReply(Json::Object()
                       .Set("sales", std::move(list))
                       .Set("server_time", InstantText(host.engine.Now())));
}

}  // namespace seathold::web
