#include "examples/cli/demo/rush_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "seathold/time.h"

namespace seathold::demo {
namespace {

constexpr int kLinesAround = 8;  // what stands above and below the hall, and one line to spare

double Ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double Interval(const Console& console) { return console.live() ? 0.08 : 1.0; }

}  // namespace

bool Pace::Due() {
  const std::int64_t now = MonotonicNs();
  if (static_cast<double>(now - last_ns_) < interval_s_ * 1e9) return false;
  last_ns_ = now;
  return true;
}

RushView::RushView(Console& console, const Hall& hall)
    : console_(console),
      hall_(hall),
      picture_(hall.plan(), std::min(console.traits().width, 130) - 2,
               std::clamp(console.traits().height - kLinesAround, 4, 40)),
      pace_(Interval(console)) {}

void RushView::Show(const RushMoment& moment) {
  if (moment.wall_s - second_ago_.wall_s >= 0.5) {
    const double wall_s = moment.wall_s - second_ago_.wall_s;
    hold_rate_ = static_cast<double>(moment.holds - second_ago_.holds) / wall_s;
    refusal_rate_ = static_cast<double>(moment.refused - second_ago_.refused) / wall_s;
    second_ago_ = moment;
  }
  last_ = moment;
  if (!pace_.Due()) return;
  console_.live() ? Draw(moment) : PrintLine(moment);
}

void RushView::Finish() {
  if (last_.map == nullptr) return;
  console_.live() ? Draw(last_) : PrintLine(last_);
  console_.Keep();
}

void RushView::Draw(const RushMoment& moment) {
  const int width = std::clamp(console_.traits().width - 50, 10, 60);
  const HallMap& map = *moment.map;
  const Console& c = console_;
  std::vector<std::string> lines;
  lines.push_back(fmt::format("  sale clock {}   wall clock {:.1f} s",
                              c.Paint(Tone::kStrong, "+" + ClockText(moment.sale_s)),
                              moment.wall_s));
  lines.push_back(fmt::format("  buyers  {} {} of {} served",
                              c.Bar(Ratio(moment.finished, moment.buyers), width, Tone::kAccent),
                              Grouped(moment.finished), Grouped(moment.buyers)));
  lines.push_back(fmt::format("  sold    {} {} of {}, {} held",
                              c.Bar(Ratio(map.sold, hall_.seats()), width, Tone::kSold),
                              Grouped(map.sold), Grouped(hall_.seats()), Grouped(map.held)));
  lines.push_back(fmt::format("  {} in line, {} inside   {} holds {:.0f}/s   {} refused {:.0f}/s",
                              Grouped(moment.waiting), Grouped(moment.inside),
                              Grouped(moment.holds), hold_rate_, Grouped(moment.refused),
                              refusal_rate_));
  lines.push_back("");
  for (std::string& line : picture_.Draw(map, c)) lines.push_back(std::move(line));
  lines.push_back(fmt::format("  {} free  {} held  {} sold",
                              c.Paint(Tone::kFree, c.traits().colour ? "■" : "."),
                              c.Paint(Tone::kHeld, c.traits().colour ? "■" : "o"),
                              c.Paint(Tone::kSold, c.traits().colour ? "■" : "#")));
  console_.Draw(lines);
}

void RushView::PrintLine(const RushMoment& moment) {
  console_.Line(fmt::format(
      "  sale +{}  wall {:5.1f} s  {:>6} in line  {:>5} inside  {:>5} held  {:>5} of {} sold  "
      "{:>7} refused",
      ClockText(moment.sale_s), moment.wall_s, Grouped(moment.waiting), Grouped(moment.inside),
      Grouped(moment.map->held), Grouped(moment.map->sold), Grouped(hall_.seats()),
      Grouped(moment.refused)));
}

WorkView::WorkView(Console& console, std::string label, std::uint64_t total)
    : console_(console),
      label_(std::move(label)),
      total_(total),
      began_ns_(MonotonicNs()),
      pace_(console.live() ? 0.1 : 2.0) {}

void WorkView::Show(std::uint64_t done, bool last) {
  if (!last && !pace_.Due()) return;
  const double wall_s = static_cast<double>(MonotonicNs() - began_ns_) / 1e9;
  const double rate = wall_s > 0.05 ? static_cast<double>(done) / wall_s : 0;
  const std::string text = fmt::format("{} of {}, {:.0f}/s, {}", Grouped(done), Grouped(total_),
                                       rate, DurationText(wall_s));
  const int width = std::clamp(console_.traits().width - 56, 10, 40);
  const std::string label = console_.Paint(Tone::kDim, fmt::format("{:<11}", label_));
  if (console_.live()) {
    console_.Draw({fmt::format("  {} {} {}", label,
                               console_.Bar(Ratio(done, total_), width, Tone::kAccent), text)});
    if (last) console_.Keep();
  } else {
    console_.Fact(label_, text);
  }
}

}  // namespace seathold::demo
