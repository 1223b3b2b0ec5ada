// The box office that SeatHold is: every call goes to an engine.
#pragma once

#include <memory>
#include <vector>

#include "examples/cli/demo/box_office.h"
#include "seathold/engine.h"

namespace seathold::demo {

// What is on sale: one show in one hall, two dates of which the first is sold.
struct Programme {
  VenueId venue;
  ShowId show;
  PerformanceId tonight, tomorrow;
};

struct ProgrammeSpec {
  std::string title;
  std::uint32_t active_max = 0;  // 0 = no queue in front of the sale
};
Result<Programme> Announce(Engine& engine, const Hall& hall, const ProgrammeSpec& spec);

class SeatholdOffice final : public BoxOffice {
 public:
  // Borrows all three, which must outlive it.
  SeatholdOffice(Engine& engine, const Hall& hall, const Programme& programme);

  Status Fund(std::span<const Funding> fundings) override;
  Status Tick(TimeUs now) override;
  Result<std::shared_ptr<const HallMap>> Look() override;
  std::uint64_t waiting() override { return waiting_; }
  std::uint64_t inside() override { return inside_; }
  void Join(Visits visits) override;
  void Poll(Visits visits) override;
  void Leave(Visit& visit) override;
  void Hold(Visits visits) override;
  void HoldBest(Visits visits) override;
  void Cancel(Visit& visit) override;
  void TopUp(Visit& visit, std::int64_t amount_minor) override;
  void BeginPayment(Visit& visit, Purse purse) override;
  void FinishPayment(Visit& visit, Purse purse) override;

 private:
  Engine& engine_;
  const Hall& hall_;
  const Programme& programme_;
  std::uint64_t waiting_ = 0, inside_ = 0;  // as of the last Tick
};

}  // namespace seathold::demo
