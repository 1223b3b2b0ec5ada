#include <fmt/format.h>

#include <algorithm>

#include "examples/cli/commands.h"
#include "examples/cli/session.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"
#include "seathold/clock.h"

namespace seathold::cli {
namespace {

constexpr std::int64_t kSweepMax = 100'000;

int Sweep(Session& session, std::int64_t holds_max) {
  const Result<int> ended =
      session.engine().Sweep(static_cast<int>(holds_max), session.long_call());
  if (!ended.ok()) return session.Fail(ended.status());
  Answer answer;
  answer.json.Set("ended", *ended);
  answer.text =
      fmt::format("ended {} holds that were over\n", CountText(static_cast<std::uint64_t>(*ended)));
  answer.brief = std::to_string(*ended);
  return session.Done(answer);
}

Json AmountsJson(const std::vector<Money>& amounts) {
  Json json = Json::Array();
  for (const Money& amount : amounts) json.Push(MoneyJson(amount));
  return json;
}

std::string AmountsText(const std::vector<Money>& amounts) {
  std::string text;
  for (const Money& amount : amounts) text += (text.empty() ? "" : ", ") + ToString(amount);
  return text.empty() ? "0" : text;
}

Json AuditJson(const AuditReport& report) {
  Json json = Json::Object();
  json.Set("clean", report.clean());
  Json checks = Json::Array();
  for (const std::string& check : report.checks) checks.Push(check);
  Json findings = Json::Array();
  for (const AuditFinding& finding : report.findings) {
    Json one = Json::Object();
    findings.Push(one.Set("check", finding.check).Set("detail", finding.detail));
  }
  json.Set("checks", std::move(checks)).Set("findings", std::move(findings));
  json.Set("seats", report.seats).Set("sold", report.sold).Set("held", report.held);
  json.Set("blocked", report.blocked).Set("holds", report.holds).Set("confirmed", report.confirmed);
  json.Set("transfers", report.transfers).Set("users", report.users);
  json.Set("revenue", AmountsJson(report.revenue)).Set("wallets", AmountsJson(report.wallets));
  return json.Set("external", AmountsJson(report.external));
}

std::string AuditText(const AuditReport& report) {
  Table table({"check", "finding"});
  for (const std::string& check : report.checks) {
    bool clean = true;
    for (const AuditFinding& finding : report.findings) {
      if (finding.check != check) continue;
      table.Add({clean ? check : "", finding.detail});
      clean = false;
    }
    if (clean) table.Add({check, "ok"});
  }
  return table.text() +
         fmt::format(
             "\nseats     {}: {} sold, {} held, {} blocked\nholds     {}, {} of them confirmed\n"
             "transfers {}, of {} users\nrevenue   {}\nwallets   {}\nexternal  {}\n",
             CountText(report.seats), CountText(report.sold), CountText(report.held),
             CountText(report.blocked), CountText(report.holds), CountText(report.confirmed),
             CountText(report.transfers), CountText(report.users), AmountsText(report.revenue),
             AmountsText(report.wallets), AmountsText(report.external));
}

Result<AuditReport> CountBooks(Session& session) {
  const Progress progress(session, "counting the books again");
  return session.engine().Verify(session.long_call());
}

int Verify(Session& session) {
  const Result<AuditReport> report = CountBooks(session);
  if (!report.ok()) return session.Fail(report.status());
  Answer answer;
  answer.json = AuditJson(*report);
  answer.text = AuditText(*report);
  answer.brief = report->clean() ? "clean" : "broken";
  const int written = session.Done(answer);
  if (report->clean()) return written;
  if (!session.global().json) {
    fmt::print(stderr, "seathold: the books do not balance: {} findings\n",
               report->findings.size());
  }
  return kExitBroken;
}

// With --accept engine time goes back; without, this only tells.
int Clock(Session& session, const std::string& accept) {
  Engine& engine = session.engine();
  if (!accept.empty()) {
    const std::optional<TimeUs> mark =
        accept == "now" ? std::optional(NewSystemClock()->Now()) : ParseTime(accept);
    if (!mark) {
      return session.Fail(Status(Code::kInvalidArgument,
                                 "--accept \"" + accept + "\": now, or 2026-12-31T19:30:00Z"));
    }
    const Status accepted = engine.AcceptClock(*mark, session.long_call());
    if (!accepted.ok()) return session.Fail(accepted);
  }
  const Stats stats = engine.stats();
  Answer answer;
  const TimeUs now = engine.Now();
  answer.json.Set("now", TimeJson(now)).Set("time_mark", TimeJson(stats.time_mark));
  answer.json.Set("clock_behind_ms", stats.clock_behind_ms);
  answer.text = fmt::format("engine time  {}{}\ntime mark    {}\n", TimeText(now),
                            BehindText(stats.clock_behind_ms), TimeText(stats.time_mark));
  answer.brief = ExactTimeText(now);
  return session.Done(answer);
}

Command DescribeClock() {
  auto accept = std::make_shared<std::string>();
  return {
      .path = "clock",
      .purpose = "show the time that sales go by, or take it back after a wrong clock",
      .details =
          "Time never goes back by itself: a database that was written once under a clock that "
          "ran ahead\ngoes by that time until the world has caught up. --accept takes it back. "
          "Holds and deadlines keep\nthe times that were written; a hold that had lapsed and was "
          "not swept is alive again; passes given\nunder the wrong clock stay good for as long "
          "as they say. Stop every other program on this database\nfirst: one that runs on "
          "brings the old time back.",
      .options = {{"--accept", "now|TIME",
                   "engine time from here on: this machine's, or as in 2026-12-31T19:30:00Z",
                   Text{accept.get()}}},
      .examples = {"seathold clock", "seathold clock --accept now"},
      .run = [accept](Session& session) { return Clock(session, *accept); }};
}

Command DescribeSweep() {
  auto holds_max = std::make_shared<std::int64_t>(kSweepMax);
  return {.path = "sweep",
          .purpose = "end holds that have lapsed, and let waiting buyers in",
          .details =
              "Hygiene: a lapsed hold binds nothing, swept or not. A host runs this "
              "every second or so.",
          .options = {{"--holds-max", "N", "at most this many, 1 .. 100000 [100000]",
                       Number{holds_max.get(), 1, kSweepMax}}},
          .examples = {"seathold sweep"},
          .run = [holds_max](Session& session) { return Sweep(session, *holds_max); }};
}

}  // namespace

std::vector<Command> UpkeepCommands() {
  return {
      DescribeSweep(), DescribeClock(),
      Command{.path = "verify",
              .purpose = "count the books again and say what does not add up",
              .details =
                  "Reads only. Exit code 5 when anything is broken: one owner a seat, the "
                  "ledger's sum,\nbalances, a debit for each reservation, counters, the feed.",
              .examples = {"seathold verify", "seathold -q verify && seathold backup monday.db"},
              .run = Verify,
              .opens = Opens::kReading,
              .reads = true}};
}

}  // namespace seathold::cli
