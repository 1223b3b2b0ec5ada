// Best-available in the model: judged by its definition, not chosen.
#include <algorithm>

#include "tests/model/hall_model.h"

namespace seathold::testing {
namespace {

// The kinds of the design, best first.
constexpr int kRun = 0, kOneRow = 1, kAdjacentRows = 2, kOneSection = 3, kAnywhere = 4, kNone = 5;

bool Adjacent(const PlanRow& a, const PlanRow& b) {
  const auto low = std::min(a.rank, b.rank);
  const auto high = std::max(a.rank, b.rank);
  return a.section_index == b.section_index && high == low + 1;
}

}  // namespace

int HallModel::KindOf(const std::vector<std::uint32_t>& ordinals) const {
  std::set<std::uint32_t> rows, sections, places;
  for (const std::uint32_t o : ordinals) {
    rows.insert(plan_.seats[o].row);
    sections.insert(plan_.rows[plan_.seats[o].row].section_index);
    places.insert(plan_.seats[o].place);
  }
  if (rows.size() == 1) {
    const bool run = *places.rbegin() - *places.begin() + 1 == ordinals.size();
    return run ? kRun : kOneRow;
  }
  if (rows.size() == 2 && Adjacent(plan_.rows[*rows.begin()], plan_.rows[*rows.rbegin()])) {
    return kAdjacentRows;
  }
  return sections.size() == 1 ? kOneSection : kAnywhere;
}

int HallModel::BestKind(const BestOp& op) const {
  const auto wanted = static_cast<std::size_t>(op.seats);
  std::map<std::uint32_t, std::set<std::uint32_t>> places;  // by row
  std::map<std::uint32_t, std::size_t> of_section;
  std::size_t all = 0;
  for (std::uint32_t o = 0; o < plan_.seats.size(); ++o) {
    if (op.category && plan_.seats[o].category != *op.category) continue;
    if (!IsFree(op.performance, o)) continue;
    places[plan_.seats[o].row].insert(plan_.seats[o].place);
    ++of_section[plan_.rows[plan_.seats[o].row].section_index];
    ++all;
  }
  int best = all >= wanted ? kAnywhere : kNone;
  for (const auto& [section, count] : of_section) {
    if (count >= wanted) best = std::min(best, kOneSection);
  }
  for (const auto& [row, free] : places) {
    if (free.size() >= wanted) best = std::min(best, kOneRow);
    for (const auto& [other, more] : places) {
      const bool enough = free.size() + more.size() >= wanted;
      if (enough && Adjacent(plan_.rows[row], plan_.rows[other]))
        best = std::min(best, kAdjacentRows);
    }
    for (const std::uint32_t from : free) {
      std::uint32_t to = from;
      while (to - from < wanted && free.contains(to)) ++to;
      if (to - from == wanted) best = kRun;
    }
  }
  if (!op.allow_split && best != kRun) return kNone;
  return best;
}

std::string HallModel::JudgeBest(const BestOp& op, const HoldReply& got) const {
  if (got.seats.size() != static_cast<std::size_t>(op.seats)) return "another number of seats";
  std::vector<std::uint32_t> ordinals;
  for (const SeatTicket& ticket : got.seats) {
    const std::uint32_t o = OrdinalOf(ticket.seat);
    if (VenueOf(ticket.seat) != performances.at(op.performance).venue) return "another venue";
    if (o >= plan_.seats.size()) return "a seat that is not there";
    if (!ordinals.empty() && o <= ordinals.back()) return "not sorted, or a seat twice";
    if (ticket.ticket_type != op.ticket_type) return "another ticket type";
    if (op.category && plan_.seats[o].category != *op.category) return "another category";
    if (!IsFree(op.performance, o)) return "a seat that is not free";
    ordinals.push_back(o);
  }
  const int kind = KindOf(ordinals);
  const int best = BestKind(op);
  if (kind == best) return "";
  return "kind " + std::to_string(kind) + " where kind " + std::to_string(best) + " was to be had";
}

Code HallModel::CheckBest(const BestOp& op) const {
  const ModelPerformance& p = performances.at(op.performance);
  if (const Code code = CheckSale(p); code != Code::kOk) return code;
  // The type must have a price wherever the engine may choose.
  bool any = false;
  for (const auto& [key, price] : p.prices) {
    if (op.category && key.first != *op.category) continue;
    any = true;
    if (!p.prices.contains({key.first, op.ticket_type})) return Code::kUnknownTicketType;
  }
  if (!any) return Code::kUnknownTicketType;
  return CheckRequest(p, op.seats, op.ttl_ms, op.staff);
}

bool HallModel::SomeRowHas(int seats, std::optional<std::uint32_t> category) const {
  std::map<std::uint32_t, std::set<std::uint32_t>> places;  // by row
  for (const PlanSeat& seat : plan_.seats) {
    if (!category || seat.category == *category) places[seat.row].insert(seat.place);
  }
  for (const auto& [row, of_row] : places) {
    for (const std::uint32_t from : of_row) {
      std::uint32_t to = from;
      while (of_row.contains(to)) ++to;
      if (to - from >= static_cast<std::uint32_t>(seats)) return true;
    }
  }
  return false;
}

HoldReply HallModel::RefuseBest(const BestOp& op) const {
  int free = 0, held = 0;
  for (std::uint32_t o = 0; o < plan_.seats.size(); ++o) {
    if (op.category && plan_.seats[o].category != *op.category) continue;
    const SeatState state = SeatAt(op.performance, o);
    free += state == SeatState::kAvailable;
    held += state == SeatState::kHeld;
  }
  HoldReply reply;
  reply.seats_free = static_cast<std::uint32_t>(free);
  const bool in_vain = !op.allow_split && !SomeRowHas(op.seats, op.category);
  if (free >= op.seats || (in_vain && free + held > 0)) {
    reply.status = Status(Code::kNoAdjacentSeats);
  } else if (free > 0) {
    reply.status = Status(Code::kNotEnoughSeats);
  } else if (held > 0) {
    reply.status = Status(Code::kAllHeld);
    reply.next_release_at = NextRelease(op.performance, op.category);
  } else {
    reply.status = Status(Code::kSoldOut);
  }
  return reply;
}

HoldReply HallModel::Best(const BestOp& op, const HoldReply& got, std::string* wrong) {
  const auto refused = [](Code code) {
    HoldReply reply;
    reply.status = Status(code);
    return reply;
  };
  if (!op.id || !op.user || !op.performance) return refused(Code::kInvalidArgument);
  if (op.ttl_ms < 0 || op.ttl_ms > 30LL * 86'400'000) return refused(Code::kInvalidArgument);
  if (op.seats < 1) return refused(Code::kInvalidArgument);
  if (op.seats > 16) return refused(Code::kTooManySeats);
  const HoldKey key{op.performance, op.id};
  if (const auto known = holds.find(key); known != holds.end()) {
    const auto* asked = std::get_if<BestOp>(&known->second.asked);
    const bool same = asked != nullptr && asked->user == op.user && asked->seats == op.seats &&
                      asked->category == op.category && asked->ticket_type == op.ticket_type &&
                      asked->allow_split == op.allow_split && asked->ttl_ms == op.ttl_ms &&
                      asked->staff == op.staff;
    return Replay(key, same);
  }
  if (!performances.contains(op.performance)) return refused(Code::kUnknownPerformance);
  if (const Code code = CheckBest(op); code != Code::kOk) return refused(code);
  if (BestKind(op) == kNone) return RefuseBest(op);
  const ModelPerformance& p = performances.at(op.performance);
  const bool limited = p.user_limit > 0 && !op.staff;
  if (limited &&
      SeatsOf(op.performance, op.user) + static_cast<std::uint32_t>(op.seats) > p.user_limit) {
    return refused(Code::kUserLimit);
  }
  *wrong = got.status.ok() ? JudgeBest(op, got) : "refused where seats were to be had";
  if (!wrong->empty()) return got;
  return GrantBest(op, {got.seats.begin(), got.seats.end()});
}

}  // namespace seathold::testing
