// How records are shown, and how what people type is found in the catalogue.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "examples/cli/session.h"
#include "seathold/catalog.h"
#include "seathold/reservation_system.h"

namespace seathold::cli {

std::string_view NameOf(SeatState state);  // "available"
std::string_view NameOf(HoldState state);  // "held"
std::string_view NameOf(LineState state);  // "waiting"
std::string_view NameOf(TransferKind kind);
std::string_view NameOf(Tender tender);

Json MoneyJson(const Money& money);  // {"minor": 4500, "currency": "EUR", "text": "45.00 EUR"}
Json TimeJson(TimeUs time);  // "2036-12-31T19:30:00Z" with microseconds if any; null for none
// As text: many JSON readers round numbers of 64 bits, and engine users have the top bit set.
Json UserJson(UserId user);
std::string SecondsText(std::int64_t ms);  // "299 s"

// A date with its plan: what is needed to name its seats.
struct Performance {
  PerformanceView view;
  std::shared_ptr<const Plan> plan;

  PerformanceId id() const { return view.id; }
  Currency currency() const { return view.currency; }
  const PlanSeat& seat(SeatId id) const { return plan->seats.at(OrdinalOf(id)); }
  std::string guid(SeatId id) const { return plan->seats.at(OrdinalOf(id)).guid; }
};
// kUnknownPerformance, then those of Catalog::List and GetPlan.
Result<Performance> FindPerformance(Session& session, PerformanceId id);

// A seat as people write it: its guid or "#ordinal", then "/N" for a ticket type other than
// `ticket_type`. kUnknownSeat, naming it.
Result<SeatTicket> FindSeat(const Performance& performance, std::string_view text,
                            std::uint32_t ticket_type);
// All of them. kUnknownSeat, naming each that is unknown, in their order.
Result<std::vector<SeatTicket>> FindSeats(const Performance& performance,
                                          std::span<const std::string> texts,
                                          std::uint32_t ticket_type);
// kInvalidArgument, naming it and those there are.
Result<std::uint32_t> NamedCategory(const Plan& plan, std::string_view name);

// kInvalidArgument, naming `option`. Three capital letters: whether ISO 4217 lists them is asked
// where money comes in.
Result<Currency> ReadCurrency(std::string_view option, std::string_view text);
Result<Money> ReadMoney(std::string_view option, std::string_view number, Currency currency);

}  // namespace seathold::cli
