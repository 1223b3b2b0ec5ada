#include "examples/cli/demo/hall.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace seathold::demo {
namespace {

constexpr std::int64_t kPriceFirst = 12'500, kPriceStep = 2'500, kPriceLeast = 2'500;

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) return Status(Code::kInvalidArgument, "cannot read " + path);
  return text;
}

std::string Stem(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  return name.substr(0, name.find_last_of('.'));
}

Result<Plan> Import(const std::string& path) {
  Result<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  ImportOptions options;
  ImportReport report;
  if (path.ends_with(".csv")) {
    options.format = PlanFormat::kCsv;
    options.name = Stem(path);
  }
  return ParsePlan(*text, options, &report);
}

Result<Plan> Shipped() {
  if (ShippedPlan().empty()) return MakePlan("The Long Hall", 40, 50);
  ImportReport report;
  return ParsePlan(ShippedPlan(), ImportOptions{}, &report);
}

}  // namespace

Result<Hall> Hall::Open(const std::string& path) {
  Result<Plan> plan = path.empty() ? Shipped() : Import(path);
  if (!plan.ok()) return plan.status();
  return Hall(std::move(*plan));
}

Hall::Hall(Plan plan) : plan_(std::move(plan)), currency_(*ParseCurrency("GBP")) {
  for (std::size_t i = 0; i < plan_.categories.size(); ++i) {
    const std::int64_t price = kPriceFirst - kPriceStep * static_cast<std::int64_t>(i);
    prices_.push_back(std::max(price, kPriceLeast));
  }
  for (std::size_t i = 0; i + 1 < plan_.seats.size(); ++i) {
    const PlanSeat &a = plan_.seats[i], &b = plan_.seats[i + 1];
    joined_.push_back(a.row == b.row && (a.place + 1 == b.place || b.place + 1 == a.place));
  }
  joined_.push_back(false);
}

std::int64_t Hall::PriceMinor(std::uint32_t ordinal) const {
  return prices_[plan_.seats[ordinal].category];
}

std::int64_t Hall::TotalMinor(const Seats& seats) const {
  std::int64_t total = 0;
  for (const std::uint32_t seat : seats) total += PriceMinor(seat);
  return total;
}

std::int64_t Hall::dearest_minor() const { return *std::ranges::max_element(prices_); }
std::int64_t Hall::cheapest_minor() const { return *std::ranges::min_element(prices_); }

std::vector<PriceSpec> Hall::PriceList() const {
  std::vector<PriceSpec> list;
  for (std::size_t i = 0; i < prices_.size(); ++i) {
    list.push_back({plan_.categories[i].name, 0, "full price", prices_[i]});
  }
  return list;
}

std::string Hall::SeatName(std::uint32_t ordinal) const {
  const PlanSeat& seat = plan_.seats[ordinal];
  const PlanRow& row = plan_.rows[seat.row];
  return fmt::format("{} {}-{}", row.section, row.name, seat.number);
}

bool Hall::FreeRun(const HallMap& map, std::uint32_t first, int wanted) const {
  for (int i = 0; i < wanted; ++i) {
    const std::uint32_t seat = first + static_cast<std::uint32_t>(i);
    if (seat >= seats() || map.seats[seat] != SeatState::kAvailable) return false;
    if (i + 1 < wanted && !joined_[seat]) return false;
  }
  return true;
}

Seats Hall::Choose(const HallMap& map, int wanted, double wish) const {
  Seats chosen;
  const std::uint32_t start = static_cast<std::uint32_t>(wish * seats());
  for (std::uint32_t step = 0; step < seats(); ++step) {
    const std::uint32_t first = (start + step) % seats();
    if (!FreeRun(map, first, wanted)) continue;
    for (int i = 0; i < wanted; ++i) chosen.push_back(first + static_cast<std::uint32_t>(i));
    break;
  }
  return chosen;
}

}  // namespace seathold::demo
