#include "examples/web/lines.h"

#include <algorithm>
#include <cmath>

#include "seathold/time.h"

namespace seathold::web {
namespace {

constexpr std::int64_t kLookEveryNs = 1'000'000'000;
constexpr std::int64_t kPollMsLeast = 2'000, kPollMsMost = 20'000, kPollMsAPerson = 10;
constexpr double kNewShare = 0.2;  // of the latest second in the pace

}  // namespace

std::optional<std::int64_t> EstimatedWaitMs(std::uint64_t ahead, double admitted_per_s) {
  if (admitted_per_s < 1e-3) return std::nullopt;
  return std::llround((static_cast<double>(ahead) + 1) / admitted_per_s * 1'000);
}

std::int64_t NextPollMs(std::uint64_t ahead, std::int64_t grace_ms) {
  const auto people = static_cast<std::int64_t>(std::min<std::uint64_t>(ahead, 1'000'000));
  const std::int64_t wished = std::min(kPollMsLeast + people * kPollMsAPerson, kPollMsMost);
  return std::max<std::int64_t>(std::min(wished, grace_ms / 3), 200);
}

// Whoever finds it old looks anew; who comes meanwhile takes what was known before.
LineOutlook Lines::Outlook(ShowId show) {
  const std::shared_ptr<Watch> watch = Find(show);
  const std::int64_t now_ns = MonotonicNs();
  LineOutlook outlook;
  std::uint64_t admitted_total = 0;
  double seconds = 0;  // since the last look; 0 = there was none
  {
    const MutexLock lock(watch->mutex);
    outlook = watch->outlook;
    admitted_total = watch->admitted_total;
    if (watch->looked_ns != 0) {
      if (now_ns - watch->looked_ns < kLookEveryNs) return outlook;
      seconds = static_cast<double>(now_ns - watch->looked_ns) / 1e9;
    }
    watch->looked_ns = now_ns;
  }
  outlook = Look(show, outlook, seconds, &admitted_total);
  const MutexLock lock(watch->mutex);
  watch->outlook = outlook;
  watch->admitted_total = admitted_total;
  return outlook;
}

std::shared_ptr<Lines::Watch> Lines::Find(ShowId show) {
  const MutexLock lock(mutex_);
  auto& watch = watches_[show];
  if (!watch) watch = std::make_shared<Watch>();
  return watch;
}

LineOutlook Lines::Look(ShowId show, const LineOutlook& before, double seconds,
                        std::uint64_t* admitted_total) {
  LineOutlook outlook = before;
  if (const auto stats = engine_.queue().Stats(show); stats.ok()) {
    if (seconds > 0 && stats->admitted_total >= *admitted_total) {
      const double pace = static_cast<double>(stats->admitted_total - *admitted_total) / seconds;
      const double known = before.admitted_per_s;
      outlook.admitted_per_s = known == 0 ? pace : (1 - kNewShare) * known + kNewShare * pace;
    }
    *admitted_total = stats->admitted_total;
  }
  if (const auto dates = engine_.catalog().List({.show = show}); dates.ok()) {
    const TimeUs now = engine_.Now();
    outlook.closed = std::ranges::none_of(*dates, [&](const PerformanceView& date) {
      return date.availability.on_sale || date.sale_opens_at > now;
    });
  }
  if (const auto shows = engine_.catalog().ListShows(); shows.ok()) {
    const auto found = std::ranges::find(*shows, show, &ShowView::id);
    if (found != shows->end()) outlook.grace_ms = found->grace_ms;
  }
  return outlook;
}

}  // namespace seathold::web
