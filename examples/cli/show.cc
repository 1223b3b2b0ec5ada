#include "examples/cli/show.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "examples/cli/text.h"

namespace seathold::cli {
namespace {

template <class E, std::size_t N>
std::string_view NameIn(const std::array<std::string_view, N>& names, E value) {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : "?";
}

// Splits "A-1/2" at its last slash when a number follows.
std::optional<std::uint32_t> TakeTicketType(std::string_view* text) {
  const std::size_t slash = text->rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  const auto number = ParseNumber(text->substr(slash + 1));
  if (!number || *number > UINT32_MAX) return std::nullopt;
  *text = text->substr(0, slash);
  return static_cast<std::uint32_t>(*number);
}

std::optional<SeatId> FindSeatNamed(const Performance& performance, std::string_view text) {
  const VenueId venue = performance.view.venue;
  const std::vector<PlanSeat>& seats = performance.plan->seats;
  if (const auto found = seathold::FindSeat(*performance.plan, text)) {
    return MakeSeatId(venue, *found);
  }
  if (!text.starts_with('#')) return std::nullopt;
  const auto ordinal = ParseNumber(text.substr(1));
  if (!ordinal || *ordinal >= seats.size()) return std::nullopt;
  return MakeSeatId(venue, static_cast<std::uint32_t>(*ordinal));
}

}  // namespace

std::string_view NameOf(SeatState state) {
  return NameIn<SeatState, 4>({"available", "held", "sold", "blocked"}, state);
}
std::string_view NameOf(HoldState state) {
  return NameIn<HoldState, 6>({"none", "held", "confirmed", "cancelled", "expired", "refunded"},
                              state);
}
std::string_view NameOf(LineState state) {
  return NameIn<LineState, 3>({"absent", "waiting", "admitted"}, state);
}
std::string_view NameOf(TransferKind kind) {
  return NameIn<TransferKind, 5>({"none", "charge", "withdraw", "payment", "refund"}, kind);
}
std::string_view NameOf(Tender tender) {
  return NameIn<Tender, 3>({"none", "wallet", "external"}, tender);
}

Json MoneyJson(const Money& money) {
  Json json = Json::Object();
  json.Set("minor", money.minor);
  json.Set("currency", money.currency.text());
  json.Set("text", ToString(money));
  return json;
}
Json TimeJson(TimeUs time) { return time.value == 0 ? Json() : Json(ExactTimeText(time)); }
Json UserJson(UserId user) { return std::to_string(user.value); }
std::string SecondsText(std::int64_t ms) {
  return fmt::format("{} s", std::max<std::int64_t>(ms, 0) / 1'000);
}

Result<Performance> FindPerformance(Session& session, PerformanceId id) {
  Catalog& catalog = session.engine().catalog();
  Result<std::vector<PerformanceView>> all = catalog.List({}, session.call());
  if (!all.ok()) return all.status();
  const auto found =
      std::ranges::find_if(*all, [&](const PerformanceView& view) { return view.id == id; });
  if (found == all->end()) return Status(Code::kUnknownPerformance, std::to_string(id.value));
  auto plan = catalog.GetPlan(found->venue, session.call());
  if (!plan.ok()) return plan.status();
  return Performance{std::move(*found), std::move(plan.value())};
}

Result<SeatTicket> FindSeat(const Performance& performance, std::string_view text,
                            std::uint32_t ticket_type) {
  if (const auto seat = FindSeatNamed(performance, text)) return SeatTicket{*seat, ticket_type};
  std::string_view name = text;
  if (const auto type = TakeTicketType(&name)) {
    if (const auto seat = FindSeatNamed(performance, name)) return SeatTicket{*seat, *type};
  }
  return Status(Code::kUnknownSeat, fmt::format("\"{}\"", text));
}

Result<std::vector<SeatTicket>> FindSeats(const Performance& performance,
                                          std::span<const std::string> texts,
                                          std::uint32_t ticket_type) {
  std::vector<SeatTicket> seats;
  std::string unknown;
  for (const std::string& text : texts) {
    const Result<SeatTicket> seat = FindSeat(performance, text, ticket_type);
    if (seat.ok()) {
      seats.push_back(*seat);
    } else {
      unknown += (unknown.empty() ? "" : ", ") + std::string(seat.status().detail());
    }
  }
  if (!unknown.empty()) return Status(Code::kUnknownSeat, std::move(unknown));
  return seats;
}

Result<std::uint32_t> NamedCategory(const Plan& plan, std::string_view name) {
  if (const auto found = FindCategory(plan, name)) return *found;
  std::string names;
  for (const PlanCategory& category : plan.categories) {
    names += (names.empty() ? "\"" : ", \"") + category.name + "\"";
  }
  return Status(Code::kInvalidArgument,
                fmt::format("category \"{}\": the plan has {}", name, names));
}

Result<Currency> ReadCurrency(std::string_view option, std::string_view text) {
  if (const auto currency = CurrencyOfLetters(text)) return *currency;
  return Status(Code::kInvalidArgument,
                fmt::format("{} \"{}\": a code of ISO 4217 is wanted, such as EUR", option, text));
}

Result<Money> ReadMoney(std::string_view option, std::string_view number, Currency currency) {
  if (const auto money = ParseMoney(number, currency)) return *money;
  const Money example{4'500, currency};
  return Status(
      Code::kInvalidArgument,
      fmt::format("{} \"{}\": an amount such as {} is wanted, without the currency", option, number,
                  ToString(example).substr(0, ToString(example).find(' '))));
}

}  // namespace seathold::cli
