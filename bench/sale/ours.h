// SeatHold as a contestant, and open to scenarios that ask it for more than the others do.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/hall.h"
#include "bench/sale/contestant.h"
#include "seathold/engine.h"

namespace seathold::sale {

class Ours final : public Contestant {
 public:
  explicit Ours(OurStorage storage) : storage_(storage) {}
  std::string name() const override;
  std::string durability() const override;
  void Reset(const HallSpec& spec) override;
  std::unique_ptr<Caller> NewCaller() override;
  Books Read() override;
  std::size_t Sweep(std::size_t max) override;
  void Grow(std::uint32_t performances) override;
  void Settle() override;  // leaves it closed: Rest opens it
  void Rest() override;

  Engine& engine() { return *engine_; }
  const HallSpec& spec() const { return spec_; }
  PerformanceId performance(std::uint32_t n) const { return performances_[n]; }
  VenueId venue() const { return venue_; }
  ShowId queued_show() const { return queued_show_; }
  PerformanceId queued_performance() const { return queued_performance_; }
  std::string database() const { return folder_->File("sale.db"); }
  PerformanceId AddPerformance(ShowId show);

 private:
  EngineOptions Options() const;
  void Fund();

  const OurStorage storage_;
  HallSpec spec_;
  std::unique_ptr<bench::WorkFolder> folder_;
  std::unique_ptr<Engine> engine_;
  VenueId venue_;
  ShowId show_, queued_show_;
  std::vector<PerformanceId> performances_;
  PerformanceId queued_performance_;
};

}  // namespace seathold::sale
