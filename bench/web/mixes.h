// Three kinds of load that go on for as long as one likes.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/web/buyers.h"
#include "bench/web/drive.h"

namespace seathold::load {

enum class Mix : std::uint8_t {
  kReads,    // of 20: 13 maps with an ETag, 3 in full, 2 dates, 2 places in the line
  kHolds,    // of 20: 8 named holds of two seats, 2 best ones, 10 cancels
  kJourney,  // of 20: 8 maps, 2 in full, 2 dates, 2 places, 3 holds, 2 payments, 1 cancel
};
std::optional<Mix> ParseMix(std::string_view name);  // "reads", "holds", "journey"

// Evenings that so many requests need: no seat is asked for twice.
int EveningsFor(Mix mix, std::uint64_t requests, std::uint32_t seats);

class Crowd final : public Source {
 public:
  Crowd(const Hall& hall, Mix mix, std::uint64_t seed);

  Ask Next() override;
  std::optional<Ask> Learn(const Ask& ask, const Heard& heard) override;
  bool Expects(Kind kind, int status) const override;

 private:
  struct Known {  // of a buyer's browser
    std::uint32_t evening = 0;
    std::string etag;
  };

  Ask NextMap(bool in_full);
  Ask NextNamed();
  Ask NextEnd(Kind kind);  // of the oldest hold; where there is none a hold

  const Mix mix_;
  Buyers buyers_;
  std::vector<Known> known_;
  std::deque<Ask> held_;
  std::uint32_t evening_ = 1, next_seat_ = 0;  // evening 0 is for best seats
};

}  // namespace seathold::load
