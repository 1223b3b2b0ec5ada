// Who paid for what and who got it, in the same form for every box office, and what is wrong with
// it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "examples/cli/demo/hall.h"
#include "examples/cli/demo/seathold_office.h"
#include "examples/cli/demo/tally.h"
#include "seathold/engine.h"

namespace seathold::demo {

struct PaidOrder {
  UserId user;
  Seats seats;
  std::vector<std::int64_t> payments;  // each time money was taken for it
};

struct SaleRecord {
  std::vector<PaidOrder> orders;
  std::vector<UserId> owners;  // by ordinal; 0 = not sold
};

struct Damage {
  std::uint64_t seats_sold_twice = 0;      // to more than one who paid
  std::uint64_t paid_without_seat = 0;     // orders that do not own all their seats
  std::uint64_t charged_again = 0;         // payments beyond the first of an order
  std::uint64_t sold_without_payment = 0;  // seats
  std::int64_t taken_minor = 0;            // all payments
  std::int64_t worth_minor = 0;            // the price of the seats that are sold
  bool none() const;
};
Damage Assess(const Hall& hall, const SaleRecord& record);

// Reads the sale back from an engine: orders from its holds and transfers, owners from its feed.
Result<SaleRecord> ReadSale(Engine& engine, PerformanceId performance, std::uint32_t seats);

// The first 128 bits of SHA-256, in hex, over who sits where, what was paid and every refusal by
// cause.
std::string DigestOf(const SaleRecord& record, const std::map<Code, std::uint64_t>& refusals,
                     const std::vector<std::string>& answers);

}  // namespace seathold::demo
