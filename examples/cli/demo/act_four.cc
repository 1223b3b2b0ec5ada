#include "examples/cli/demo/act_four.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <utility>
#include <vector>

namespace seathold::demo {
namespace {

double Rate(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string Amount(const Report& report, std::int64_t minor) {
  return MoneyText(Money{minor, report.currency});
}

// "a seat is taken 812, the hold has expired 40", most frequent first.
std::string CausesText(const std::map<Code, std::uint64_t>& refusals) {
  std::vector<std::pair<std::uint64_t, Code>> causes;
  for (const auto& [code, count] : refusals) causes.emplace_back(count, code);
  std::ranges::sort(causes, [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (const auto& [count, code] : causes) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", FindCode(code)->name.substr(1),
                        Grouped(count));
  }
  return text.empty() ? "none" : text;
}

std::string FatesText(const Tally& tally) {
  std::string text;
  for (std::size_t i = 1; i < kFates; ++i) {
    if (tally.fates[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", Grouped(tally.fates[i]),
                        FateText(static_cast<Fate>(i)));
  }
  return text;
}

std::string LatencyText(const Histogram& histogram) {
  const auto below = [&](double share) {
    return DurationText(static_cast<double>(histogram.quantile_us(share)) / 1e6);
  };
  return fmt::format("p50 < {}, p99 < {}, max {} ({} calls)", below(0.5), below(0.99),
                     DurationText(static_cast<double>(histogram.max_us) / 1e6),
                     Grouped(histogram.count));
}

std::string Mark(Console& console, bool good, const std::string& text) {
  return console.Paint(good ? Tone::kGood : Tone::kBad, text);
}

Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  return out.good() ? Status() : Status(Code::kCannotOpen, "cannot write " + path);
}

void TellFindings(const AuditReport& audit, Console& console) {
  for (const AuditFinding& finding : audit.findings) {
    console.Fact("", console.Paint(Tone::kBad, finding.check + ": " + finding.detail));
  }
}

void TellBooks(const Report& report, Console& console) {
  const std::int64_t off =
      report.external_minor() - report.revenue_minor() - report.wallets_minor();
  console.Fact("books", fmt::format("{} came in = {} revenue + {} in wallets; off by {}",
                                    Amount(report, report.external_minor()),
                                    Amount(report, report.revenue_minor()),
                                    Amount(report, report.wallets_minor()),
                                    Mark(console, off == 0, Amount(report, off))));
  const bool told =
      report.told_seats() == report.audit.sold && report.told_minor() == report.revenue_minor();
  console.Fact("told",
               fmt::format("buyers were told \"paid\" for {} seats and {}; stored are {} "
                           "and {}: {}",
                           Grouped(report.told_seats()), Amount(report, report.told_minor()),
                           Grouped(report.audit.sold), Amount(report, report.revenue_minor()),
                           Mark(console, told, told ? "the same" : "NOT THE SAME")));
}

void TellDisk(const Report& report, Console& console) {
  const std::uint64_t bytes = report.data_bytes;
  if (bytes == 0) return console.Fact("disk", "nothing: storage is memory");
  const std::uint64_t grown = bytes - std::min(bytes, report.before.data_bytes);
  const std::uint64_t holds = std::max<std::uint64_t>(report.rush.tally.holds, 1);
  console.Fact("disk",
               fmt::format("{} without the WAL, {} a seat; the rush added {} for {} holds, {} for "
                           "each with its payment, ledger and history",
                           BytesText(bytes), BytesText(bytes / report.seats), BytesText(grown),
                           Grouped(report.rush.tally.holds), BytesText(grown / holds)));
}

struct Row {
  std::string_view what;
  std::uint64_t textbook, ours;
};

void TellRow(const Row& row, Console& console) {
  const std::string bad = fmt::format("{:>12}", Grouped(row.textbook));
  const std::string good = fmt::format("{:>12}", Grouped(row.ours));
  console.Line(fmt::format("  {:<42}{}{}", row.what,
                           row.textbook > 0 ? console.Paint(Tone::kBad, bad) : bad,
                           Mark(console, row.ours == 0, good)));
}

}  // namespace

void TellRush(const Report& report, Console& console) {
  const RushResult& rush = report.rush;
  const Tally& tally = rush.tally;
  console.Fact("clocks", fmt::format("{} on the sale clock in {:.1f} s on the wall",
                                     ClockText(rush.sale_s), rush.wall_s));
  console.Fact("holds",
               fmt::format("{} of {} asked, {:.0f}/s; {} paid, {} cancelled", Grouped(tally.holds),
                           Grouped(tally.hold_asks), Rate(tally.holds, rush.wall_s),
                           Grouped(tally.payments), Grouped(tally.cancels)));
  console.Fact("refusals", fmt::format("{}, {:.0f}/s; {} of them from memory, without storage",
                                       Grouped(tally.refused()), Rate(tally.refused(), rush.wall_s),
                                       Grouped(report.stats.refused_by_mirror)));
  console.Fact("queue",
               fmt::format("{} joins, {} polls, {} came back to its end", Grouped(tally.joins),
                           Grouped(tally.polls), Grouped(tally.rejoins)));
  console.Fact("sent twice",
               fmt::format("{} requests with the same id: {} replayed, no second effect",
                           Grouped(tally.repeats), Grouped(tally.replays)));
  console.Fact("buyers", FatesText(tally));
  if (rush.undecided > 0) console.Fact("undecided", Grouped(rush.undecided));
}

void TellAudit(const Report& report, Console& console) {
  const AuditReport& audit = report.audit;
  console.Fact("verify",
               fmt::format("{} checks in one snapshot, {}: {}", audit.checks.size(),
                           DurationText(report.audit_s),
                           Mark(console, audit.clean(), audit.clean() ? "all clean" : "BROKEN")));
  TellFindings(audit, console);
  const Damage& damage = report.damage;
  console.Fact("seats",
               fmt::format("{} of {} sold; {} sold twice, {} paid and not given, {} given "
                           "and not paid",
                           Grouped(audit.sold), Grouped(report.seats), damage.seats_sold_twice,
                           damage.paid_without_seat, damage.sold_without_payment));
  TellBooks(report, console);
  console.Fact("hold", LatencyText(report.stats.hold) + ", each a batch of one counter");
  console.Fact("pay", LatencyText(report.stats.confirm));
  console.Fact("commit", LatencyText(report.stats.commit));
  console.Fact("refused by", CausesText(report.rush.tally.refusals));
  TellDisk(report, console);
  if (!report.svg.empty()) console.Fact("picture", report.svg);
  if (!report.film.empty()) console.Fact("film", report.film);
  console.Fact("digest",
               fmt::format("{} (SHA-256, 128 bits: seats, payments, refusals of acts 1 "
                           "and 2{})",
                           report.digest, report.threads == 1 ? "" : "; repeats with --threads 1"));
}

void TellNaive(const Report& report, Console& console) {
  const Damage &theirs = report.naive->damage, &ours = report.damage;
  const RushResult& rush = report.naive->rush;
  console.Fact("clocks", fmt::format("{} on the sale clock in {:.1f} s on the wall",
                                     ClockText(rush.sale_s), rush.wall_s));
  console.Fact("buyers", FatesText(rush.tally));
  console.Line();
  console.Line(fmt::format("  {:<42}{:>12}{:>12}", "", "textbook", "SeatHold"));
  TellRow({"seats sold to more than one who paid", theirs.seats_sold_twice, ours.seats_sold_twice},
          console);
  TellRow({"orders paid without their seats", theirs.paid_without_seat, ours.paid_without_seat},
          console);
  TellRow({"orders charged more than once", theirs.charged_again, ours.charged_again}, console);
  TellRow({"seats sold and never paid", theirs.sold_without_payment, ours.sold_without_payment},
          console);
  console.Line(fmt::format("  {:<36}{:>18}{:>12}", "money taken beyond the seats sold",
                           Amount(report, theirs.taken_minor - theirs.worth_minor),
                           Amount(report, ours.taken_minor - ours.worth_minor)));
}

void TellVerdict(const Report& report, Console& console) {
  const bool good = report.books_hold();
  console.Line();
  console.Line(fmt::format(
      "{}  {} of {} seats sold, {} by {}. {} Wall clock {:.1f} s.",
      Mark(console, report.sold_out(), report.sold_out() ? "SOLD OUT" : "NOT SOLD OUT"),
      Grouped(report.audit.sold), Grouped(report.seats), Amount(report, report.revenue_minor()),
      Grouped(report.rush.tally.payments + 1) + " payments",
      Mark(console, good, good ? "The books hold." : "THE BOOKS DO NOT HOLD."), report.wall_s));
}

Status WriteSvg(const Hall& hall, const Report& report, const std::string& path) {
  SvgOptions options;
  options.title = hall.plan().name;
  options.caption = fmt::format("{} of {} seats sold, {} buyers, seed {}",
                                Grouped(report.audit.sold), Grouped(report.seats),
                                Grouped(static_cast<std::uint64_t>(report.buyers)), report.seed);
  return WriteFile(path, PlanToSvg(hall.plan(), report.rush.map->seats, options));
}

Status WriteFilm(const Hall& hall, const Report& report, const std::vector<FilmFrame>& reel,
                 const std::string& path) {
  FilmWords words;
  const std::string buyers = Grouped(static_cast<std::uint64_t>(report.buyers));
  words.heading = fmt::format("{} buyers", buyers);
  words.end = fmt::format("{}. {} seats sold twice.",
                          report.sold_out() ? "Sold out" : Grouped(report.audit.sold) + " sold",
                          Grouped(report.damage.seats_sold_twice));
  words.source = fmt::format("a run of seathold demo, seed {}", report.seed);
  return WriteFile(path, FilmSvg(hall, reel, words));
}

}  // namespace seathold::demo
