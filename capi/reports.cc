#include "capi/reports.h"

namespace seathold::capi {
namespace {

Json AmountsJson(const std::vector<Money>& amounts) {
  Json list = Json::Array();
  for (const Money& amount : amounts) {
    Json one = Json::Object();
    list.Push(one.Set("currency", amount.currency.text()).Set("minor", amount.minor));
  }
  return list;
}

Json TextsJson(const std::vector<std::string>& texts) {
  Json list = Json::Array();
  for (const std::string& text : texts) list.Push(text);
  return list;
}

Json BoundsJson() {
  Json list = Json::Array();
  for (std::size_t i = 0; i + 1 < Histogram::kBuckets; ++i) list.Push(Histogram::bound_us(i));
  return list;
}

Json ToJson(const Histogram& calls) {
  Json buckets = Json::Array();
  for (const std::uint64_t count : calls.buckets) buckets.Push(count);
  Json json = Json::Object();
  json.Set("count", calls.count).Set("sum_us", calls.sum_us).Set("max_us", calls.max_us);
  json.Set("p50_us", calls.quantile_us(0.50)).Set("p99_us", calls.quantile_us(0.99));
  return json.Set("buckets", std::move(buckets));
}

Json ToJson(const Availability& count) {
  Json json = Json::Object();
  json.Set("state", static_cast<int>(count.state)).Set("available", count.available);
  json.Set("held", count.held).Set("sold", count.sold).Set("blocked", count.blocked);
  json.Set("next_release_at_us", count.next_release_at.value).Set("on_sale", count.on_sale);
  return json;
}

}  // namespace

Json ToJson(const AuditReport& report) {
  Json findings = Json::Array();
  for (const AuditFinding& finding : report.findings) {
    Json one = Json::Object();
    findings.Push(one.Set("check", finding.check).Set("detail", finding.detail));
  }
  Json json = Json::Object();
  json.Set("clean", report.clean()).Set("checks", TextsJson(report.checks));
  json.Set("findings", std::move(findings));
  json.Set("seats", report.seats).Set("sold", report.sold).Set("held", report.held);
  json.Set("blocked", report.blocked).Set("holds", report.holds);
  json.Set("confirmed", report.confirmed).Set("transfers", report.transfers);
  json.Set("users", report.users).Set("revenue", AmountsJson(report.revenue));
  json.Set("wallets", AmountsJson(report.wallets)).Set("external", AmountsJson(report.external));
  return json;
}

Json ToJson(const Stats& stats) {
  Json refused_by = Json::Object();
  for (const auto& [code, count] : stats.refused_by) {
    refused_by.Set(std::to_string(static_cast<int>(code)), count);
  }
  Json storage = Json::Object();
  storage.Set("description", stats.storage.description).Set("durability", stats.storage.durability);
  storage.Set("shared", stats.storage.shared).Set("durable", stats.storage.durable);
  storage.Set("wal_lost", stats.storage.wal_lost);
  storage.Set("schema", stats.storage.schema).Set("bytes_on_disk", stats.bytes_on_disk);

  Json json = Json::Object();
  json.Set("holds", stats.holds).Set("confirms", stats.confirms).Set("cancels", stats.cancels);
  json.Set("refunds", stats.refunds).Set("expired", stats.expired).Set("refused", stats.refused);
  json.Set("refused_by_mirror", stats.refused_by_mirror).Set("replays", stats.replays);
  json.Set("busy", stats.busy).Set("unknown", stats.unknown).Set("batches", stats.batches);
  json.Set("commands", stats.commands).Set("waves", stats.waves).Set("redecided", stats.redecided);
  json.Set("mirror_refreshes", stats.mirror_refreshes).Set("cache_errors", stats.cache_errors);
  json.Set("clock_jumps", stats.clock_jumps).Set("lines_lost", stats.lines_lost);
  json.Set("time_mark_us", stats.time_mark.value).Set("clock_behind_ms", stats.clock_behind_ms);
  json.Set("mirror_bytes", stats.mirror_bytes).Set("refused_by", std::move(refused_by));
  json.Set("hold", ToJson(stats.hold)).Set("confirm", ToJson(stats.confirm));
  json.Set("other", ToJson(stats.other)).Set("commit", ToJson(stats.commit));
  json.Set("bucket_bounds_us", BoundsJson());
  json.Set("storage", std::move(storage)).Set("claims", stats.claims).Set("line", stats.line);
  return json;
}

Json ToJson(const ImportReport& report) {
  Json json = Json::Object();
  json.Set("sections", report.sections).Set("rows", report.rows).Set("seats", report.seats);
  json.Set("categories", report.categories).Set("blocked", report.blocked);
  return json.Set("ranges", TextsJson(report.ranges)).Set("warnings", TextsJson(report.warnings));
}

Json ToJson(const VenueView& venue) {
  Json json = Json::Object();
  json.Set("venue", venue.id.value).Set("name", venue.name).Set("zone", venue.zone);
  return json.Set("seats", venue.seats).Set("created_at_us", venue.created_at.value);
}

Json ToJson(const ShowView& show) {
  Json json = Json::Object();
  json.Set("show", show.id.value).Set("title", show.title);
  json.Set("requires_pass", show.requires_pass).Set("active_max", show.active_max);
  json.Set("rate_per_s", show.rate_per_s).Set("grace_ms", show.grace_ms);
  return json.Set("pass_ms", show.pass_ms).Set("created_at_us", show.created_at.value);
}

Json ToJson(const PerformanceView& performance) {
  Json prices = Json::Array();
  for (const PriceSpec& price : performance.prices) {
    Json one = Json::Object();
    one.Set("category", price.category).Set("ticket_type", price.ticket_type);
    prices.Push(one.Set("name", price.name).Set("price_minor", price.price_minor));
  }
  Json json = Json::Object();
  json.Set("performance", performance.id.value).Set("show", performance.show.value);
  json.Set("venue", performance.venue.value).Set("local_date", performance.local_date);
  json.Set("local_time", performance.local_time).Set("starts_at_us", performance.starts_at.value);
  json.Set("utc_offset_s", performance.utc_offset_s ? Json(*performance.utc_offset_s) : Json());
  json.Set("sale_opens_at_us", performance.sale_opens_at.value);
  json.Set("sale_ends_at_us", performance.sale_ends_at.value);
  json.Set("currency", performance.currency.text()).Set("user_limit", performance.user_limit);
  json.Set("hold_ttl_ms", performance.hold_ttl_ms).Set("seats", performance.seats);
  json.Set("created_at_us", performance.created_at.value).Set("prices", std::move(prices));
  return json.Set("availability", ToJson(performance.availability));
}

Json SeatJson(const Plan& plan, SeatId id) {
  const PlanSeat& seat = plan.seats[OrdinalOf(id)];
  const PlanRow& row = plan.rows[seat.row];
  Json json = Json::Object();
  json.Set("seat", id.value).Set("venue", VenueOf(id).value).Set("ordinal", OrdinalOf(id));
  json.Set("guid", seat.guid).Set("section", row.section).Set("row", row.name);
  json.Set("number", seat.number).Set("category", seat.category);
  json.Set("category_name", plan.categories[seat.category].name);
  return json.Set("attributes", seat.attributes).Set("x", seat.x).Set("y", seat.y);
}

}  // namespace seathold::capi
