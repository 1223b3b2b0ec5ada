// Everybody wants the same seats, and pays at once for what they got; afterwards each payment that
// was answered is looked for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/web/buyers.h"
#include "bench/web/drive.h"

namespace seathold::load {

class Rush final : public Source {
 public:
  // `seats` of the first evening are wanted, one a hold: half of the tries name it, half leave it
  // to the house. `enough` is called once `enough_paid` payments are answered (0: never), and
  // nothing is asked for from then on.
  Rush(const Hall& hall, std::uint64_t seed, std::uint64_t enough_paid = 0,
       std::function<void()> enough = nullptr);

  Ask Next() override;
  std::optional<Ask> Learn(const Ask& ask, const Heard& heard) override;
  bool Expects(Kind kind, int status) const override;
  bool over() const override { return enough_paid_ > 0 && paid_.size() >= enough_paid_; }

  const std::vector<Ask>& paid() const { return paid_; }
  std::uint64_t refused() const { return refused_; }  // told that the seat is gone

 private:
  Buyers buyers_;
  const std::uint64_t enough_paid_;
  const std::function<void()> enough_;
  std::vector<Ask> paid_;
  std::uint64_t refused_ = 0;
};

// Looks for each of them, once.
class Search final : public Source {
 public:
  Search(const Hall& hall, std::vector<Ask> paid) : buyers_(hall, 1), paid_(std::move(paid)) {}

  Ask Next() override { return buyers_.Find(paid_[next_++]); }
  std::optional<Ask> Learn(const Ask& ask, const Heard& heard) override;
  bool Expects(Kind, int status) const override { return status == 200; }

  // Those that are confirmed by the payment that was answered.
  std::uint64_t found() const { return found_; }
  // The first that is not: its hold and what was answered; empty when there is none.
  const std::string& missing() const { return missing_; }

 private:
  Buyers buyers_;
  const std::vector<Ask> paid_;
  std::size_t next_ = 0;
  std::uint64_t found_ = 0;
  std::string missing_;
};

}  // namespace seathold::load
