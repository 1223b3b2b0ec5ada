// What never changes about a performance, in the form that the rules read.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "seathold/adapter/records.h"
#include "seathold/ids.h"

namespace seathold {

// The geometry of a venue: who sits beside whom, and which rows are sold first.
struct VenuePlan {
  struct Seat {
    std::uint32_t category = 0, row = 0, place = 0;
  };
  // The seats of a row have consecutive ordinals, in the order of their places.
  struct Row {
    std::uint32_t section = 0, rank = 0, first = 0, count = 0;
  };

  VenueId venue;
  std::vector<Seat> seats;  // by ordinal
  std::vector<Row> rows;
  std::vector<std::uint32_t> row_order;  // row numbers by (section, rank)
};

struct PerformanceInfo {
  PerformanceRecord record;
  ShowRecord show;
  std::shared_ptr<const VenuePlan> plan;  // shared by the performances of a venue
  std::vector<PriceRecord> prices;        // by (category, ticket type)

  std::optional<std::int64_t> PriceOf(std::uint32_t category, std::uint32_t ticket_type) const {
    const auto wanted = std::tuple(category, ticket_type);
    const auto at = std::ranges::lower_bound(prices, wanted, {}, [](const PriceRecord& p) {
      return std::tuple(p.category, p.ticket_type);
    });
    if (at == prices.end() || std::tuple(at->category, at->ticket_type) != wanted)
      return std::nullopt;
    return at->price_minor;
  }
};

// The performances that the commands of a batch name, loaded before they are decided.
class PerformanceCatalog {
 public:
  virtual ~PerformanceCatalog() = default;
  // nullptr = there is none.
  virtual const PerformanceInfo* Find(PerformanceId performance) const = 0;
};

}  // namespace seathold
