#include <array>
#include <set>

#include "examples/web/operations.h"
#include "examples/web/wire.h"

namespace seathold::web {
namespace {

std::string_view NameOf(TransferKind kind) {
  static constexpr std::array<std::string_view, 5> kNames = {"none", "charge", "withdraw",
                                                             "payment", "refund"};
  return kNames.at(static_cast<std::size_t>(kind));
}

Json LineJson(const StatementLine& line) {
  return Json::Object()
      .Set("line", line.line)
      .Set("id", HexText(line.id.value))
      .Set("kind", NameOf(line.kind))
      .Set("amount_minor", line.amount_minor)
      .Set("balance_after_minor", line.balance_after_minor)
      .Set("performance", line.performance ? IdJson(line.performance.value) : Json())
      .Set("reference", line.reference)
      .Set("created_at", InstantText(line.created_at));
}

}  // namespace

Reply GetWallet(Host& host, Call& call) {
  const auto dates = host.engine.catalog().List({});
  if (!dates.ok()) return Problem(dates.status());
  std::set<Currency> currencies;
  for (const PerformanceView& date : *dates) currencies.insert(date.currency);
  Json balances = Json::Array();
  for (const Currency currency : currencies) {
    const auto balance = host.engine.wallet().Balance(call.who.user, currency);
    if (!balance.ok()) return Problem(balance.status());
    balances.Push(MoneyJson(*balance));
  }
  return JsonReply(Json::Object()
                       .Set("balances", std::move(balances))
                       .Set("charges_allowed", host.options.charges)
                       .Set("server_time", InstantText(host.engine.Now())));
}

Reply GetStatement(Host& host, Call& call) {
  const auto currency = ParseCurrency(call.Query("currency"));
  if (!currency) call.Note("currency", "a code of ISO 4217");
  const std::int64_t after = call.QueryNumber("after", 0, INT64_MAX, 0);
  const int limit = static_cast<int>(call.QueryNumber("limit", 1, 1'000, 100));
  if (!call.ok()) return call.wrong();
  const auto lines = host.engine.wallet().Statement(call.who.user, *currency,
                                                    static_cast<std::uint64_t>(after), limit);
  if (!lines.ok()) return Problem(lines.status());
  Json list = Json::Array();
  for (const StatementLine& line : *lines) list.Push(LineJson(line));
  const bool more = static_cast<int>(lines->size()) == limit;
  return JsonReply(Json::Object()
                       .Set("lines", std::move(list))
                       .Set("currency", currency->text())
                       .Set("next", more ? Json(lines->back().line) : Json()));
}

Reply PutCharge(Host& host, Call& call) {
  if (!host.options.charges) {
    return Problem(403, "forbidden", "wallets are charged at the box office");
  }
  const TransferId id{call.PathHex("id")};
  const std::int64_t amount = call.BodyNumber("amount_minor", 1, kAmountMinorMax);
  const auto currency = ParseCurrency(call.BodyText("currency", 3));
  if (!currency) call.Note("currency", "a code of ISO 4217");
  if (!call.ok()) return call.wrong();
  const TransferReply charged = host.engine.wallet().Charge(
      {.id = id, .user = call.who.user, .amount = {amount, *currency}, .reference = "web"});
  if (!charged.ok()) return Problem(charged.status);
  return JsonReply(Json::Object()
                       .Set("id", HexText(id.value))
                       .Set("replayed", charged.replayed)
                       .Set("balance_after", MoneyJson(charged.balance_after)),
                   charged.replayed ? 200 : 201);
}

}  // namespace seathold::web
