#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "examples/cli/commands.h"
#include "examples/cli/options.h"
#include "examples/cli/session.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"

namespace seathold::cli {
namespace {

struct PerformanceAdd {
  std::uint64_t show = 0, venue = 0;
  std::string date, time, currency;
  std::vector<std::string> prices;
  TimeUs starts_at, sale_opens_at, sale_ends_at;
  std::int64_t limit = 0, hold_ttl_s = 0;
  bool closed = false;
};
struct PerformanceList {
  std::uint64_t show = 0;
  bool on_sale = false;
};

// What stands left of the equals sign: "Stalls", "Stalls/1", "Stalls/1:reduced" or "*".
PriceSpec ReadPriceName(const Plan& plan, std::string_view text) {
  PriceSpec price;
  price.category = text;
  price.name = "full price";
  if (text == "*" || NamedCategory(plan, text).ok()) return price;
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return price;
  const std::string_view type_and_name = text.substr(slash + 1);
  const std::size_t colon = type_and_name.find(':');
  const auto type = ParseNumber(type_and_name.substr(0, colon));
  if (!type || *type > UINT32_MAX) return price;
  price.category = text.substr(0, slash);
  price.ticket_type = static_cast<std::uint32_t>(*type);
  if (colon != std::string_view::npos) {
    price.name = type_and_name.substr(colon + 1);
  } else if (*type != 0) {
    price.name = fmt::format("type {}", *type);
  }
  return price;
}

Result<PriceSpec> ReadPrice(const Plan& plan, Currency currency, std::string_view text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0) {
    return Status(
        Code::kInvalidArgument,
        fmt::format("--price \"{}\": CATEGORY=AMOUNT is wanted, as in \"Stalls=45.00\"", text));
  }
  PriceSpec price = ReadPriceName(plan, text.substr(0, equals));
  const Result<Money> amount =
      ReadMoney(fmt::format("--price \"{}\":", text), text.substr(equals + 1), currency);
  if (!amount.ok()) return amount.status();
  price.price_minor = amount->minor;
  if (price.category == "*") return price;
  const Result<std::uint32_t> category = NamedCategory(plan, price.category);
  if (!category.ok()) return category.status();
  price.category = plan.categories[*category].name;
  return price;
}

bool HasPrice(const std::vector<PriceSpec>& prices, std::string_view category, std::uint32_t type) {
  return std::ranges::any_of(prices, [&](const PriceSpec& price) {
    return price.category == category && price.ticket_type == type;
  });
}

// "*" prices every category that has no price of that type by its own name.
std::vector<PriceSpec> SpreadPrices(const Plan& plan, const std::vector<PriceSpec>& given) {
  std::vector<PriceSpec> prices;
  for (const PriceSpec& price : given) {
    if (price.category != "*") prices.push_back(price);
  }
  for (PriceSpec price : given) {
    if (price.category != "*") continue;
    for (const PlanCategory& category : plan.categories) {
      if (HasPrice(prices, category.name, price.ticket_type)) continue;
      price.category = category.name;
      prices.push_back(price);
    }
  }
  return prices;
}

Result<PerformanceSpec> ReadSpec(Session& session, const PerformanceAdd& options) {
  PerformanceSpec spec;
  spec.show = ShowId{options.show};
  spec.venue = VenueId{options.venue};
  spec.local_date = options.date;
  spec.local_time = options.time;
  spec.starts_at = options.starts_at;
  spec.sale_opens_at = options.sale_opens_at;
  spec.sale_ends_at = options.sale_ends_at;
  spec.user_limit = static_cast<std::uint32_t>(options.limit);
  spec.hold_ttl_ms = options.hold_ttl_s * 1'000;
  spec.on_sale = !options.closed;
  const Result<Currency> currency = ReadCurrency("--currency", options.currency);
  if (!currency.ok()) return currency.status();
  spec.currency = *currency;
  const auto plan = session.engine().catalog().GetPlan(spec.venue, session.call());
  if (!plan.ok()) return plan.status();
  for (const std::string& text : options.prices) {
    const Result<PriceSpec> price = ReadPrice(**plan, spec.currency, text);
    if (!price.ok()) return price.status();
    spec.prices.push_back(*price);
  }
  spec.prices = SpreadPrices(**plan, spec.prices);
  return spec;
}

// What the library calls its fields, as the options that they came from.
Status InOptionNames(const Status& status) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kNames = {
      {{"local_date", "--date"},
       {"local_time", "--time"},
       {"starts_at", "--starts-at"},
       {"sale_opens_at", "--sale-opens-at"},
       {"sale_ends_at", "--sale-ends-at"},
       {"currency \"", "--currency \""}}};
  std::string text(status.detail());
  for (const auto& [field, option] : kNames) {
    for (std::size_t at = 0; (at = text.find(field, at)) != std::string::npos;) {
      text.replace(at, field.size(), option);
      at += option.size();
    }
  }
  return text.empty() ? status : Status(status.code(), std::move(text));
}

bool IsOver(const PerformanceView& p, TimeUs now) {
  return (p.starts_at.value != 0 && now >= p.starts_at) ||
         (p.sale_ends_at.value != 0 && now >= p.sale_ends_at);
}

// What is true of a sale that is switched on.
std::string SaleNews(const PerformanceView& p, TimeUs now) {
  if (p.starts_at.value != 0 && now >= p.starts_at) {
    return "not on sale: it started at " + TimeText(p.starts_at);
  }
  if (IsOver(p, now)) return "not on sale: its sale ended at " + TimeText(p.sale_ends_at);
  return now < p.sale_opens_at ? "on sale from " + TimeText(p.sale_opens_at) : "on sale";
}

std::string_view SaleText(const PerformanceView& view, TimeUs now) {
  const Availability& counts = view.availability;
  if (IsOver(view, now)) return "over";
  if (now < view.sale_opens_at) return "not yet";
  if (!counts.on_sale) return "closed";
  if (counts.state == SaleState::kSoldOut) return "sold out";
  return counts.state == SaleState::kAllHeld ? "all held" : "on sale";
}

// "+01:00"; "" where the start is not known.
std::string OffsetText(const PerformanceView& view) {
  if (!view.utc_offset_s) return "";
  const int minutes = std::abs(*view.utc_offset_s) / 60;
  return fmt::format("{}{:02}:{:02}", *view.utc_offset_s < 0 ? '-' : '+', minutes / 60,
                     minutes % 60);
}
std::string LocalTimeText(const PerformanceView& view) {
  return view.local_time + (view.utc_offset_s ? " " + OffsetText(view) : "");
}

int AddPerformance(Session& session, const PerformanceAdd& options) {
  const Result<PerformanceSpec> spec = ReadSpec(session, options);
  if (!spec.ok()) return session.Fail(spec.status());
  const Result<PerformanceId> id =
      session.engine().catalog().AddPerformance(*spec, session.long_call());
  if (!id.ok()) return session.Fail(InOptionNames(id.status()));
  Answer answer;
  answer.brief = std::to_string(id->value);
  answer.json.Set("performance", id->value);
  answer.text = fmt::format("performance {}: added\n", id->value);
  // It is there, whether or not it can be read now.
  if (const auto added = FindPerformance(session, *id); added.ok()) {
    const PerformanceView& view = added->view;
    const TimeUs now = session.engine().Now();
    const std::string news = options.closed ? "closed" : SaleNews(view, now);
    answer.json.Set("on_sale", view.availability.on_sale);
    answer.json.Set("starts_at", TimeJson(view.starts_at));
    answer.json.Set("utc_offset", OffsetText(view));
    answer.text = fmt::format("performance {}: show {}, {} {} ({}), {}\n", id->value, options.show,
                              Printable(view.local_date), Printable(LocalTimeText(view)),
                              TimeText(view.starts_at), news);
  }
  return session.Done(answer);
}

std::string PriceText(const PerformanceView& view) {
  const auto [least, most] = std::ranges::minmax_element(view.prices, {}, &PriceSpec::price_minor);
  if (least == view.prices.end()) return "-";
  const std::string from = ToString(Money{least->price_minor, view.currency});
  const std::string to = ToString(Money{most->price_minor, view.currency});
  if (from == to) return from;
  return from.substr(0, from.find(' ')) + " .. " + to;
}

Json PerformanceJson(const PerformanceView& view, TimeUs now) {
  const Availability& counts = view.availability;
  Json json = Json::Object();
  json.Set("performance", view.id.value).Set("show", view.show.value);
  json.Set("venue", view.venue.value).Set("date", view.local_date).Set("time", view.local_time);
  json.Set("utc_offset", view.utc_offset_s ? Json(OffsetText(view)) : Json());
  json.Set("starts_at", TimeJson(view.starts_at))
      .Set("sale_opens_at", TimeJson(view.sale_opens_at));
  json.Set("sale_ends_at", TimeJson(view.sale_ends_at)).Set("currency", view.currency.text());
  json.Set("user_limit", view.user_limit).Set("hold_ttl_ms", view.hold_ttl_ms);
  json.Set("on_sale", counts.on_sale).Set("state", SaleText(view, now)).Set("seats", view.seats);
  json.Set("available", counts.available).Set("held", counts.held).Set("sold", counts.sold);
  json.Set("blocked", counts.blocked).Set("next_release_at", TimeJson(counts.next_release_at));
  Json prices = Json::Array();
  for (const PriceSpec& price : view.prices) {
    Json one = Json::Object();
    one.Set("category", price.category).Set("ticket_type", price.ticket_type);
    one.Set("name", price.name).Set("price", MoneyJson({price.price_minor, view.currency}));
    prices.Push(std::move(one));
  }
  return json.Set("prices", std::move(prices));
}

int ListPerformances(Session& session, const PerformanceList& options) {
  PerformanceFilter filter{.on_sale_only = options.on_sale};
  if (options.show != 0) filter.show = ShowId{options.show};
  const auto views = session.engine().catalog().List(filter, session.call());
  if (!views.ok()) return session.Fail(views.status());
  Answer answer;
  Json list = Json::Array();
  Table table({">performance", ">show", ">venue", "date", "time", "starts (UTC)", "sale",
               ">available", ">held", ">sold", ">blocked", "price"});
  const TimeUs now = session.engine().Now();
  for (const PerformanceView& view : *views) {
    const Availability& counts = view.availability;
    list.Push(PerformanceJson(view, now));
    const std::string id = std::to_string(view.id.value);
    table.Add({id, std::to_string(view.show.value), std::to_string(view.venue.value),
               view.local_date, LocalTimeText(view), TimeText(view.starts_at),
               std::string(SaleText(view, now)), CountText(counts.available),
               CountText(counts.held), CountText(counts.sold), CountText(counts.blocked),
               PriceText(view)});
    answer.brief += (answer.brief.empty() ? "" : "\n") + id;
  }
  answer.json.Set("performances", std::move(list));
  answer.text = views->empty() ? "no performance found: see `seathold performance add --help`\n"
                               : table.text();
  return session.Done(answer);
}

int SetSale(Session& session, std::uint64_t performance, bool on_sale) {
  const Status status =
      session.engine().catalog().SetSale(PerformanceId{performance}, on_sale, session.call());
  if (!status.ok()) return session.Fail(status);
  const Result<Performance> found = FindPerformance(session, PerformanceId{performance});
  if (!found.ok()) return session.Fail(found.status());
  const PerformanceView& view = found->view;
  Answer answer;
  answer.json.Set("performance", performance).Set("on_sale", found->view.availability.on_sale);
  answer.text = fmt::format(
      "performance {} is {}\n", performance,
      on_sale ? SaleNews(view, session.engine().Now()) : "closed; living holds may still be paid");
  return session.Done(answer);
}

std::vector<Option> DescribeAddOptions(PerformanceAdd* o) {
  return {
      {"--show", "N", "the show", Id64{&o->show}, true},
      {"--venue", "N", "the venue", Id64{&o->venue}, true},
      {"--date", "DATE", "the date at the venue, YYYY-MM-DD, such as 2036-12-31", Text{&o->date},
       true},
      {"--time", "TIME", "the time at the venue, HH:MM or HH:MM:SS below 24:00, such as 19:30",
       Text{&o->time}, true},
      {"--currency", "CODE", "a currency that ISO 4217 lists, such as EUR; XTS for tests",
       Text{&o->currency}, true},
      {"--price", "CATEGORY[/TYPE[:NAME]]=AMOUNT",
       "what a category costs, as a decimal in the currency, at most 625000000000.00 with two "
       "decimals; again for each category and ticket type; * is every category without a price of "
       "its own",
       Texts{&o->prices}, true},
      {"--limit", "N", "seats that one user may have; 0 = no limit [0]",
       Number{&o->limit, 0, UINT32_MAX}},
      {"--hold-ttl-s", "S", "seconds that a hold lasts; 0 = the engine's, five minutes [0]",
       Number{&o->hold_ttl_s, 0, 86'400}},
      {"--starts-at", "TIME",
       "when it starts, RFC 3339; it must agree with date and time to the minute, and is needed "
       "where the venue's clock skips or repeats them, and after 2037 [computed from them]",
       Instant{&o->starts_at}},
      {"--sale-opens-at", "TIME", "when the sale opens, RFC 3339 [at once]",
       Instant{&o->sale_opens_at}},
      {"--sale-ends-at", "TIME", "when the sale ends, RFC 3339 [with the start]",
       Instant{&o->sale_ends_at}},
      {"--closed", "", "do not sell yet; `performance open` starts the sale", Flag{&o->closed}}};
}

Command DescribeAdd() {
  auto o = std::make_shared<PerformanceAdd>();
  return {
      .path = "performance add",
      .purpose = "put a date of a show on sale at a venue",
      .details =
          "Date and time are those of the venue's zone; no hold begins after the start. Every "
          "category\nof the venue needs a price of ticket type 0, the default. Dates and prices "
          "do not change\nafterwards.",
      .options = DescribeAddOptions(o.get()),
      .examples = {"seathold performance add --show 1 --venue 1 --date 2036-12-31 --time 19:30 "
                   "\\\n      --currency EUR --price \"Category A=60.00\" --price \"*=45.00\"",
                   "seathold performance add --show 1 --venue 1 --date 2037-01-01 --time 11:00 "
                   "\\\n      --currency EUR --price \"*=45.00\" --price \"*/1:reduced=30.00\" "
                   "--limit 4"},
      .run = [o](Session& session) { return AddPerformance(session, *o); }};
}

Command DescribeList() {
  auto o = std::make_shared<PerformanceList>();
  return {.path = "performance list",
          .purpose = "list the dates, with counts of their seats",
          .options = {{"--show", "N", "of this show alone", Id64{&o->show}},
                      {"--on-sale", "", "only those on sale", Flag{&o->on_sale}}},
          .examples = {"seathold performance list", "seathold performance list --show 1 --on-sale"},
          .run = [o](Session& session) { return ListPerformances(session, *o); },
          .opens = Opens::kReading,
          .reads = true};
}

Command DescribeSwitch(bool on_sale) {
  auto o = std::make_shared<std::uint64_t>(0);
  const std::string verb = on_sale ? "open" : "close";
  return {
      .path = "performance " + verb,
      .purpose = on_sale ? "open the sale" : "close the sale; living holds may still be paid",
      .options = {PerformanceArgument(o.get())},
      .examples = {"seathold performance " + verb + " 1", "seathold performance " + verb + " -p 1"},
      .run = [o, on_sale](Session& session) { return SetSale(session, *o, on_sale); }};
}

}  // namespace

std::vector<Command> PerformanceCommands() {
  return {DescribeAdd(), DescribeList(), DescribeSwitch(true), DescribeSwitch(false)};
}

}  // namespace seathold::cli
