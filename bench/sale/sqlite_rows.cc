// The row writes of SeatHold's own tables by hand (bench/bare_sqlite.h): nothing read, nothing
// decided, and so no books to judge. What anything that decides can at most reach on SQLite.
#include <unordered_map>

#include "bench/bare_sqlite.h"
#include "bench/sale/contestant.h"
#include "bench/sale/forward.h"

namespace seathold::sale {
namespace {

struct IdHash {
  std::size_t operator()(const Uuid& id) const { return id[5] << 16 | id[6] << 8 | id[7]; }
};

class SqliteRows final : public Contestant {
 public:
  std::string name() const override { return "sqlite_rows"; }
  std::string durability() const override { return "each transaction synced"; }
  bool keeps_books() const override { return false; }
  void Reset(const HallSpec& spec) override {
    sold_.clear();
    bare_ = std::make_unique<bench::BareSqlite>();
    bare_->Reserve(std::uint64_t{spec.performances} * spec.seats / kSeatsAHold);
  }
  std::unique_ptr<Caller> NewCaller() override {
    return std::make_unique<Forward<SqliteRows>>(this);
  }
  Books Read() override { return {}; }

  void Hold(std::span<const HoldAsk> asks, std::span<Answer> answers) {
    std::vector<bench::BareSale> sales;
    for (const HoldAsk& ask : asks) {
      sales.push_back(
          {ask.hold, {}, ask.user, ask.first_seat, PerformanceId{ask.performance + 1u}});
      sold_[ask.hold] = sales.back();
    }
    bare_->Hold(sales);
    std::ranges::fill(answers, Answer::kDone);
  }
  void Pay(std::span<const PayAsk> asks, std::span<Answer> answers) {
    std::vector<bench::BareSale> sales;
    for (const PayAsk& ask : asks) {
      sales.push_back(sold_.at(ask.hold));
      sales.back().payment = ask.payment;
    }
    bare_->Pay(sales);
    std::ranges::fill(answers, Answer::kDone);
  }

 private:
  std::unique_ptr<bench::BareSqlite> bare_;
  std::unordered_map<Uuid, bench::BareSale, IdHash> sold_;
};

}  // namespace

std::unique_ptr<Contestant> NewSqliteRows() { return std::make_unique<SqliteRows>(); }

}  // namespace seathold::sale
