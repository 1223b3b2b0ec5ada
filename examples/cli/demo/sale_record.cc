#include "examples/cli/demo/sale_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "examples/cli/demo/patience.h"
#include "src/util/digest.h"

namespace seathold::demo {
namespace {

constexpr int kPageMax = 10'000;

bool OwnsAll(const SaleRecord& record, const PaidOrder& order) {
  return std::ranges::all_of(order.seats,
                             [&](std::uint32_t seat) { return record.owners[seat] == order.user; });
}

Result<PaidOrder> OrderOf(Engine& engine, const HoldView& view) {
  Result<TransferView> payment = engine.wallet().GetTransfer(view.payment, false, kPatient);
  if (!payment.ok()) return payment.status();
  PaidOrder order{view.user, {}, {payment->amount.minor}};
  for (const HoldSeat& seat : view.seats) order.seats.push_back(seat.ordinal);
  return order;
}

Status ReadOrders(Engine& engine, PerformanceId performance, SaleRecord* record) {
  HoldId after;
  for (;;) {
    Result<std::vector<HoldView>> page =
        engine.reservations().ListByPerformance(performance, after, kPageMax, kPatient);
    if (!page.ok()) return page.status();
    for (const HoldView& view : *page) {
      if (view.state != HoldState::kConfirmed) continue;
      Result<PaidOrder> order = OrderOf(engine, view);
      if (!order.ok()) return order.status();
      record->orders.push_back(*order);
    }
    if (page->size() < static_cast<std::size_t>(kPageMax)) return Status();
    after = page->back().hold;
  }
}

void Follow(const FeedEvent& event, SaleRecord* record) {
  if (event.kind != FeedKind::kConfirmed && event.kind != FeedKind::kRefunded) return;
  const UserId owner = event.kind == FeedKind::kConfirmed ? event.user : UserId{};
  for (const SeatId seat : event.seats) record->owners[OrdinalOf(seat)] = owner;
}

Status ReadOwners(Engine& engine, PerformanceId performance, SaleRecord* record) {
  std::uint64_t after = 0;
  for (;;) {
    Result<std::vector<FeedEvent>> page =
        engine.reservations().Feed(performance, after, kPageMax, kPatient);
    if (!page.ok()) return page.status();
    for (const FeedEvent& event : *page) Follow(event, record);
    if (page->size() < static_cast<std::size_t>(kPageMax)) return Status();
    after = page->back().counter;
  }
}

}  // namespace

bool Damage::none() const {
  return seats_sold_twice + paid_without_seat + charged_again + sold_without_payment == 0 &&
         taken_minor == worth_minor;
}

Damage Assess(const Hall& hall, const SaleRecord& record) {
  Damage damage;
  std::vector<std::uint32_t> payers(hall.seats());
  for (const PaidOrder& order : record.orders) {
    for (const std::uint32_t seat : order.seats) ++payers[seat];
    damage.paid_without_seat += !OwnsAll(record, order);
    damage.charged_again += order.payments.size() - 1;
    damage.taken_minor =
        std::accumulate(order.payments.begin(), order.payments.end(), damage.taken_minor);
  }
  for (std::uint32_t seat = 0; seat < hall.seats(); ++seat) {
    const bool sold = static_cast<bool>(record.owners[seat]);
    damage.seats_sold_twice += payers[seat] > 1;
    damage.sold_without_payment += sold && payers[seat] == 0;
    if (sold) damage.worth_minor += hall.PriceMinor(seat);
  }
  return damage;
}

Result<SaleRecord> ReadSale(Engine& engine, PerformanceId performance, std::uint32_t seats) {
  SaleRecord record;
  record.owners.resize(seats);
  if (Status status = ReadOrders(engine, performance, &record); !status.ok()) return status;
  if (Status status = ReadOwners(engine, performance, &record); !status.ok()) return status;
  return record;
}

std::string DigestOf(const SaleRecord& record, const std::map<Code, std::uint64_t>& refusals,
                     const std::vector<std::string>& answers) {
  std::string text;
  for (std::size_t seat = 0; seat < record.owners.size(); ++seat) {
    text += fmt::format("seat {} user {}\n", seat, record.owners[seat].value);
  }
  std::vector<std::string> lines;
  for (const PaidOrder& order : record.orders) {
    lines.push_back(fmt::format("user {} seats {} paid {}\n", order.user.value,
                                fmt::join(order.seats, " "), fmt::join(order.payments, " ")));
  }
  std::ranges::sort(lines);
  for (const std::string& line : lines) text += line;
  for (const auto& [code, count] : refusals) {
    text += fmt::format("refused {} {}\n", static_cast<int>(code), count);
  }
  for (const std::string& answer : answers) text += answer + "\n";
  std::string hex;
  for (const std::uint8_t byte : Digest128("demo", text)) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace seathold::demo
