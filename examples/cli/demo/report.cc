#include "examples/cli/demo/report.h"

#include "src/util/json.h"

namespace seathold::demo {
namespace {

std::int64_t Sum(const std::vector<Money>& amounts) {
  std::int64_t sum = 0;
  for (const Money& amount : amounts) sum += amount.minor;
  return sum;
}

Json LatencyJson(const Histogram& histogram) {
  return Json::Object()
      .Set("calls", histogram.count)
      .Set("p50_below_us", histogram.quantile_us(0.5))
      .Set("p99_below_us", histogram.quantile_us(0.99))
      .Set("max_us", histogram.max_us);
}

Json RefusalsJson(const Tally& tally) {
  Json json = Json::Object();
  for (const auto& [code, count] : tally.refusals) json.Set(FindCode(code)->name, count);
  return json;
}

Json FatesJson(const Tally& tally) {
  Json json = Json::Object();
  for (std::size_t i = 0; i < kFates; ++i) {
    json.Set(FateText(static_cast<Fate>(i)), tally.fates[i]);
  }
  return json;
}

Json RushJson(const RushResult& rush) {
  const Tally& tally = rush.tally;
  return Json::Object()
      .Set("wall_s", rush.wall_s)
      .Set("sale_s", rush.sale_s)
      .Set("holds", tally.holds)
      .Set("hold_requests", tally.hold_asks)
      .Set("payments", tally.payments)
      .Set("refused", tally.refused())
      .Set("busy", tally.busy)
      .Set("joins", tally.joins)
      .Set("polls", tally.polls)
      .Set("repeated", tally.repeats)
      .Set("replayed", tally.replays)
      .Set("undecided", rush.undecided)
      .Set("refusals", RefusalsJson(tally))
      .Set("buyers", FatesJson(tally));
}

Json DamageJson(const Damage& damage) {
  return Json::Object()
      .Set("seats_sold_twice", damage.seats_sold_twice)
      .Set("paid_without_seat", damage.paid_without_seat)
      .Set("charged_again", damage.charged_again)
      .Set("sold_without_payment", damage.sold_without_payment)
      .Set("taken_minor", damage.taken_minor)
      .Set("worth_minor", damage.worth_minor);
}

Json CrashJson(const CrashResult& crash) {
  return Json::Object()
      .Set("kills", crash.rounds.size())
      .Set("acknowledged", crash.acknowledged())
      .Set("found", crash.found())
      .Set("holds", crash.holds());
}

Json AuditJson(const Report& report) {
  Json findings = Json::Array();
  for (const AuditFinding& finding : report.audit.findings) {
    findings.Push(finding.check + ": " + finding.detail);
  }
  return Json::Object()
      .Set("checks", report.audit.checks.size())
      .Set("findings", findings)
      .Set("sold", report.audit.sold)
      .Set("revenue_minor", report.revenue_minor())
      .Set("wallets_minor", report.wallets_minor())
      .Set("external_minor", report.external_minor())
      .Set("told_seats", report.told_seats())
      .Set("told_minor", report.told_minor())
      .Set("damage", DamageJson(report.damage))
      .Set("data_bytes", report.data_bytes)
      .Set("hold", LatencyJson(report.stats.hold))
      .Set("confirm", LatencyJson(report.stats.confirm))
      .Set("commit", LatencyJson(report.stats.commit));
}

}  // namespace

std::uint64_t Report::told_seats() const {
  std::uint64_t seats_told = one.receipt.seats.size();
  for (const Receipt& receipt : rush.tally.receipts) seats_told += receipt.seats.size();
  return seats_told;
}

std::int64_t Report::told_minor() const { return one.receipt.paid_minor + rush.tally.paid_minor(); }
std::int64_t Report::revenue_minor() const { return Sum(audit.revenue); }
std::int64_t Report::wallets_minor() const { return Sum(audit.wallets); }
std::int64_t Report::external_minor() const { return Sum(audit.external); }

bool Report::books_hold() const {
  const bool sold = audit.clean() && !audit.checks.empty() && damage.none();
  const bool told = told_seats() == audit.sold && told_minor() == revenue_minor();
  const bool balanced = revenue_minor() + wallets_minor() == external_minor();
  return one.status.ok() && rush.status.ok() && sold && told && balanced &&
         (!crash || crash->holds());
}

std::string ToJson(const Report& report) {
  Json json = Json::Object();
  json.Set("books_hold", report.books_hold())
      .Set("sold_out", report.sold_out())
      .Set("hall", report.hall)
      .Set("seats", report.seats)
      .Set("buyers", report.buyers)
      .Set("accounts", report.before.accounts)
      .Set("host_users", report.before.host_users)
      .Set("threads", report.threads)
      .Set("seed", report.seed)
      .Set("currency", report.currency.text())
      .Set("storage", report.stats.storage.description)
      .Set("durability", report.stats.storage.durability)
      .Set("claims", report.stats.claims)
      .Set("line", report.stats.line)
      .Set("digest", report.digest)
      .Set("rush", RushJson(report.rush))
      .Set("audit", AuditJson(report))
      .Set("svg", report.svg)
      .Set("wall_s", report.wall_s);
  if (report.crash) json.Set("crash", CrashJson(*report.crash));
  if (report.naive) {
    json.Set("naive", Json::Object()
                          .Set("rush", RushJson(report.naive->rush))
                          .Set("damage", DamageJson(report.naive->damage)));
  }
  return json.Dump(2);
}

}  // namespace seathold::demo
