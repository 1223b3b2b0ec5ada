// Catalog: additions are checked, then commands; what is read comes from the directory.
#include "src/rules/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "src/commit/submit.h"
#include "src/engine/engine_core.h"
#include "src/engine/queue_line.h"
#include "src/plan/plan_check.h"
#include "src/util/escaped.h"
#include "src/util/text.h"
#include "src/zone/performance_times.h"

namespace seathold {
namespace {

constexpr std::size_t kTitleBytesMax = 200;
constexpr std::size_t kCategoryBytesMax = 120;
constexpr std::size_t kPriceNameBytesMax = 100;
constexpr std::int64_t kDayMs = 86'400'000;

struct IdReply {
  Status status;
  std::uint64_t id = 0;
};

void DecideVenueCommand(const AddVenueArgs& args, WorkingSet& ws, const RuleContext& context,
                        IdReply* reply) {
  VenueId id;
  DecideAddVenue(args, ws, context, &id);
  reply->id = id.value;
}
void VenueCommandKeys(const AddVenueArgs&, KeySet* keys) { AddVenueKeys(keys); }
using AddVenueCommand = RuleCommand<AddVenueArgs, IdReply, VenueCommandKeys, DecideVenueCommand>;

void DecideShowCommand(const ShowSpec& spec, WorkingSet& ws, const RuleContext& context,
                       IdReply* reply) {
  ShowId id;
  DecideAddShow(spec, ws, context, &id);
  reply->id = id.value;
}
void ShowCommandKeys(const ShowSpec&, KeySet* keys) { AddShowKeys(keys); }
using AddShowCommand = RuleCommand<ShowSpec, IdReply, ShowCommandKeys, DecideShowCommand>;

void DecidePerformanceCommand(const AddPerformanceArgs& args, WorkingSet& ws,
                              const RuleContext& context, IdReply* reply) {
  PerformanceId id;
  reply->status = Status(DecideAddPerformance(args, ws, context, &id));
  reply->id = id.value;
}
using AddPerformanceCommand =
    RuleCommand<AddPerformanceArgs, IdReply, AddPerformanceKeys, DecidePerformanceCommand>;

struct SetSaleArgs {
  PerformanceId performance;
  bool on_sale = false;
};
void SaleCommandKeys(const SetSaleArgs& args, KeySet* keys) { SetSaleKeys(args.performance, keys); }
void DecideSaleCommand(const SetSaleArgs& args, WorkingSet& ws, const RuleContext&, Status* reply) {
  *reply = Status(DecideSetSale(args.performance, args.on_sale, ws));
}
using SetSaleCommand = RuleCommand<SetSaleArgs, Status, SaleCommandKeys, DecideSaleCommand>;

bool InRange(std::int64_t value, std::int64_t least, std::int64_t most) {
  return value >= least && value <= most;
}

Status CheckDuration(const char* name, std::int64_t ms) {
  if (InRange(ms, 1'000, kDayMs)) return Status();
  return Status(Code::kInvalidArgument,
                fmt::format("{} {}: 1,000 .. 86,400,000 is wanted", name, ms));
}

// What only a queue has is refused without one, not dropped.
Status CheckNoQueue(const ShowSpec& spec) {
  const ShowSpec plain;
  const char* given = spec.active_max != plain.active_max   ? "active_max"
                      : spec.rate_per_s != plain.rate_per_s ? "rate_per_s"
                      : spec.grace_ms != plain.grace_ms     ? "grace_ms"
                      : spec.pass_ms != plain.pass_ms       ? "pass_ms"
                                                            : nullptr;
  if (given == nullptr) return Status();
  return Status(Code::kInvalidArgument,
                fmt::format("{} is of a queue, and the show has none: set requires_pass", given));
}

Status TakeShow(ShowSpec* taken) {
  if (Status s = TakeInPlace(&taken->title, kTitleBytesMax, "the title"); !s.ok()) return s;
  const ShowSpec& spec = *taken;
  if (IsBlank(spec.title)) return Status(Code::kInvalidArgument, "title: a show needs one");
  if (Status s = CheckDuration("grace_ms", spec.grace_ms); !s.ok()) return s;
  if (Status s = CheckDuration("pass_ms", spec.pass_ms); !s.ok()) return s;
  return spec.requires_pass ? Status() : CheckNoQueue(spec);
}

Status CheckMoment(const char* name, TimeUs time) {
  if (time == Bounded(time)) return Status();
  return Status(Code::kInvalidArgument,
                fmt::format("{} is before 1970 or beyond the year 9999", name));
}

Status CheckPerformance(const PerformanceSpec& spec) {
  if (!spec.show || !spec.venue) return Status(Code::kInvalidArgument, "show or venue is zero");
  if (!IsListed(spec.currency)) {
    return Status(Code::kInvalidArgument,
                  "currency " + Quoted(spec.currency.text()) +
                      " is not one of ISO 4217; a code such as EUR is wanted");
  }
  if (!IsCleanText(spec.local_date, 40) || !IsCleanText(spec.local_time, 40)) {
    return Status(Code::kInvalidText, "local_date or local_time");
  }
  if (const auto local = ReadLocalTime(spec.local_date, spec.local_time); !local.ok()) {
    return local.status();
  }
  if (spec.hold_ttl_ms != 0 && !InRange(spec.hold_ttl_ms, 1'000, kDayMs)) {
    return Status(Code::kInvalidArgument, "hold_ttl_ms is not 0 or within 1,000 .. 86,400,000");
  }
  if (Status s = CheckMoment("starts_at", spec.starts_at); !s.ok()) return s;
  if (Status s = CheckMoment("sale_opens_at", spec.sale_opens_at); !s.ok()) return s;
  return CheckMoment("sale_ends_at", spec.sale_ends_at);
}

// Prices by category index, complete and without repeats.
Status ReadPrices(const std::vector<PriceSpec>& specs, const Plan& plan,
                  std::vector<PriceRecord>* out) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  for (PriceSpec spec : specs) {
    Status taken = TakeInPlace(&spec.category, kCategoryBytesMax, "a price's category");
    if (taken.ok()) taken = TakeInPlace(&spec.name, kPriceNameBytesMax, "a price's name");
    if (!taken.ok()) return taken;
    const auto found = FindCategory(plan, spec.category);
    if (!found) {
      return Status(Code::kInvalidArgument, "the plan has no category '" + spec.category + "'");
    }
    const std::uint32_t category = *found;
    if (!InRange(spec.price_minor, 0, kAmountMinorMax / kSeatsPerHoldCap)) {
      return Status(Code::kInvalidArgument,
                    "the price of '" + spec.category + "': price_minor is 0 .. 62,500,000,000,000");
    }
    if (!seen.emplace(category, spec.ticket_type).second) {
      return Status(Code::kInvalidArgument,
                    "two prices for '" + spec.category + "' and one ticket type");
    }
    out->push_back({PerformanceId{}, category, spec.ticket_type, spec.name, spec.price_minor});
  }
  for (std::uint32_t c = 0; c < plan.categories.size(); ++c) {
    if (!seen.contains({c, 0})) {
      return Status(Code::kInvalidArgument,
                    "no price for category '" + plan.categories[c].name + "', ticket type 0");
    }
  }
  return Status();
}

VenueView ViewOf(VenueRecord&& r) {
  return {r.venue, std::move(r.name), std::move(r.zone), r.seats, r.created_at};
}
ShowView ViewOf(ShowRecord&& r) {
  return {r.show,       std::move(r.title), r.requires_pass, r.active_max,
          r.rate_per_s, r.grace_ms,         r.pass_ms,       r.created_at};
}

PerformanceView ViewOf(const PerformanceInfo& info, const Plan& plan, const Availability& count) {
  const PerformanceRecord& record = info.record;
  PerformanceView view;
  view.id = record.performance;
  view.show = record.show;
  view.venue = record.venue;
  view.local_date = record.local_date;
  view.local_time = record.local_time;
  view.starts_at = record.starts_at;
  view.sale_opens_at = record.sale_opens_at;
  view.sale_ends_at = record.sale_ends_at;
  view.currency = record.currency;
  view.user_limit = record.user_limit;
  view.hold_ttl_ms = record.hold_ttl_ms;
  for (const PriceRecord& price : info.prices) {
    if (price.category >= plan.categories.size())
      continue;  // a damaged database, which Verify tells
    view.prices.push_back(
        {plan.categories[price.category].name, price.ticket_type, price.name, price.price_minor});
  }
  view.seats = record.seats;
  view.created_at = record.created_at;
  view.availability = count;
  view.utc_offset_s = UtcOffset(record);
  return view;
}

class CatalogImpl final : public Catalog {
 public:
  explicit CatalogImpl(EngineCore& core) : core_(core) {}

  Result<VenueId> AddVenue(const Plan& plan, std::string_view zone,
                           const CallOptions& options) override;
  Result<std::vector<VenueView>> ListVenues(const CallOptions& options) override;
  Result<std::shared_ptr<const Plan>> GetPlan(VenueId venue, const CallOptions& options) override;
  Result<ShowId> AddShow(const ShowSpec& spec, const CallOptions& options) override;
  Result<std::vector<ShowView>> ListShows(const CallOptions& options) override;
  Result<PerformanceId> AddPerformance(const PerformanceSpec& spec,
                                       const CallOptions& options) override;
  Status SetSale(PerformanceId performance, bool on_sale, const CallOptions& options) override;
  Result<std::vector<PerformanceView>> List(const PerformanceFilter& filter,
                                            const CallOptions& options) override;
  Result<std::vector<SeatView>> ListSeats(PerformanceId performance,
                                          const CallOptions& options) override;
  Result<SeatId> FindSeat(PerformanceId performance, std::string_view guid,
                          const CallOptions& options) override;

 private:
  Result<const Directory::PlanEntry*> LoadedPlan(VenueId venue, Deadline deadline);
  template <class C>
  Result<std::uint64_t> Add(C command, Deadline deadline);
  template <class R>
  Result<std::vector<R>> ScanIds(ScanSpec::Index index, const CallOptions& options);
  // All records of a kind, each as its `ViewOf` shows it.
  template <class R, class V>
  Result<std::vector<V>> Views(ScanSpec::Index index, const CallOptions& options) {
    auto records = ScanIds<R>(index, options);
    if (!records.ok()) return records.status();
    std::vector<V> views;
    for (R& record : *records) views.push_back(ViewOf(std::move(record)));
    return views;
  }

  EngineCore& core_;
};

template <class C>
Result<std::uint64_t> CatalogImpl::Add(C command, Deadline deadline) {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  C done = command;
  const Status status = SubmitOne(*core_.commits, std::move(command), deadline, &done);
  if (!status.ok()) return status;
  if (!done.reply.status.ok()) return done.reply.status;
  return done.reply.id;
}

template <class R>
Result<std::vector<R>> CatalogImpl::ScanIds(ScanSpec::Index index, const CallOptions& options) {
  std::vector<R> rows;
  const Status status =
      core_.InUnit(Access::kRead, Deadline::After(options), [&](StorageUnit& unit) {
        return ScanAll<R>(unit, ScanSpec{.index = index}, [&](const R& row, ScanSpec* next) {
          next->after = static_cast<std::int64_t>(std::get<0>(row.key()).value);
          rows.push_back(row);
        });
      });
  if (!status.ok()) return status;
  return rows;
}

Result<const Directory::PlanEntry*> CatalogImpl::LoadedPlan(VenueId venue, Deadline deadline) {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  if (const auto* entry = core_.directory->FindPlan(venue)) return entry;
  const Status status = core_.InUnit(Access::kRead, deadline, [&](StorageUnit& unit) {
    return core_.directory->LoadPlan(unit, venue);
  });
  if (!status.ok()) return status;
  const auto* entry = core_.directory->FindPlan(venue);
  if (entry == nullptr) return Code::kUnknownVenue;
  return entry;
}

Result<VenueId> CatalogImpl::AddVenue(const Plan& plan, std::string_view zone,
                                      const CallOptions& options) try {
  auto taken = std::make_shared<Plan>(plan);
  if (Status checked = TakePlan(taken.get()); !checked.ok()) return checked;
  if (!IsCleanText(zone, 100)) return Status(Code::kInvalidText, "the time zone");
  if (zone.empty()) zone = kUtcZone;
  if (Status s = Zones(SystemZones()).Check(zone); !s.ok()) return s;
  AddVenueArgs args{std::move(taken), std::string(zone)};
  const auto id = Add(AddVenueCommand(std::move(args)), Deadline::After(options));
  if (!id.ok()) return id.status();
  return VenueId{*id};
} catch (...) {
  return CaughtStatus();
}

Result<std::vector<VenueView>> CatalogImpl::ListVenues(const CallOptions& options) try {
  return Views<VenueRecord, VenueView>(ScanSpec::Index::kVenues, options);
} catch (...) {
  return CaughtStatus();
}

Result<std::shared_ptr<const Plan>> CatalogImpl::GetPlan(VenueId venue,
                                                         const CallOptions& options) try {
  const auto entry = LoadedPlan(venue, Deadline::After(options));
  if (!entry.ok()) return entry.status();
  return (*entry)->plan;
} catch (...) {
  return CaughtStatus();
}

Result<ShowId> CatalogImpl::AddShow(const ShowSpec& spec, const CallOptions& options) try {
  ShowSpec taken = spec;
  if (Status checked = TakeShow(&taken); !checked.ok()) return checked;
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  if (spec.requires_pass && core_.line == nullptr) return Code::kNoLine;
  const Deadline deadline = Deadline::After(options);
  const auto id = Add(AddShowCommand(std::move(taken)), deadline);
  if (!id.ok()) return id.status();
  const ShowId show{*id};
  // A line that does not open now opens when the first buyer joins.
  if (spec.requires_pass) (void)Guarded([&] { return OpenNewLine(core_, show, deadline); });
  return show;
} catch (...) {
  return CaughtStatus();
}

Result<std::vector<ShowView>> CatalogImpl::ListShows(const CallOptions& options) try {
  return Views<ShowRecord, ShowView>(ScanSpec::Index::kShows, options);
} catch (...) {
  return CaughtStatus();
}

Result<PerformanceId> CatalogImpl::AddPerformance(const PerformanceSpec& spec,
                                                  const CallOptions& options) try {
  if (Status checked = CheckPerformance(spec); !checked.ok()) return checked;
  const Deadline deadline = Deadline::After(options);
  if (auto show = core_.Show(spec.show, deadline); !show.ok()) return show.status();
  const auto plan = LoadedPlan(spec.venue, deadline);
  if (!plan.ok()) return plan.status();
  AddPerformanceArgs args{spec, {}, (*plan)->plan};
  if (Status s = SettleTimes(Zones(SystemZones()), (*plan)->zone, &args.spec); !s.ok()) return s;
  if (Status s = ReadPrices(spec.prices, *(*plan)->plan, &args.prices); !s.ok()) return s;
  const std::string warning = PastWarning(args.spec, core_.Now());
  const auto id = Add(AddPerformanceCommand(std::move(args)), deadline);
  if (!id.ok()) return id.status();
  (void)Guarded([&] {
    if (warning.empty()) return Status();
    core_.log->Write(LogLevel::kWarning, fmt::format("performance {}: {}", *id, warning));
    return Status();
  });
  return PerformanceId{*id};
} catch (...) {
  return CaughtStatus();
}

Status CatalogImpl::SetSale(PerformanceId performance, bool on_sale,
                            const CallOptions& options) try {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  SetSaleCommand done{SetSaleArgs{}};
  const Status status = SubmitOne(*core_.commits, SetSaleCommand(SetSaleArgs{performance, on_sale}),
                                  Deadline::After(options), &done);
  return status.ok() ? done.reply : status;
} catch (...) {
  return CaughtStatus();
}

Result<std::vector<PerformanceView>> CatalogImpl::List(const PerformanceFilter& filter,
                                                       const CallOptions& options) try {
  const Deadline deadline = Deadline::After(options);
  const auto records = ScanIds<PerformanceRecord>(ScanSpec::Index::kPerformances, options);
  if (!records.ok()) return records.status();
  std::vector<PerformanceView> views;
  for (const PerformanceRecord& record : *records) {
    if (filter.show && record.show != *filter.show) continue;
    const auto entry = core_.Mirrored(record.performance, deadline);
    if (!entry.ok()) return entry.status();
    const auto count = (*entry)->mirror.Count((*entry)->info, core_.Glance());
    if (!count) return Code::kBusy;
    if (filter.on_sale_only && !count->on_sale) continue;
    const auto plan = LoadedPlan(record.venue, deadline);
    if (!plan.ok()) return plan.status();
    views.push_back(ViewOf((*entry)->info, *(*plan)->plan, *count));
  }
  return views;
} catch (...) {
  return CaughtStatus();
}

Result<std::vector<SeatView>> CatalogImpl::ListSeats(PerformanceId performance,
                                                     const CallOptions& options) try {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const auto entry = core_.Mirrored(performance, Deadline::After(options));
  if (!entry.ok()) return entry.status();
  const PerformanceInfo& info = (*entry)->info;
  const auto map = (*entry)->mirror.Map(performance, core_.Glance());
  if (map == nullptr) return Code::kBusy;
  std::vector<SeatView> seats;
  seats.reserve(map->seats);
  for (std::uint32_t o = 0; o < map->seats; ++o) {
    const auto price = info.PriceOf(info.plan->seats[o].category, 0);
    seats.push_back({MakeSeatId(info.record.venue, o), o, map->at(o), price.value_or(0)});
  }
  return seats;
} catch (...) {
  return CaughtStatus();
}

Result<SeatId> CatalogImpl::FindSeat(PerformanceId performance, std::string_view guid,
                                     const CallOptions& options) try {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  const auto entry = core_.Performance(performance, deadline);
  if (!entry.ok()) return entry.status();
  const VenueId venue = (*entry)->info.record.venue;
  const auto plan = LoadedPlan(venue, deadline);
  if (!plan.ok()) return plan.status();
  const auto ordinal = (*plan)->FindSeat(guid);
  if (!ordinal) return Code::kUnknownSeat;
  return MakeSeatId(venue, *ordinal);
} catch (...) {
  return CaughtStatus();
}

}  // namespace

std::unique_ptr<Catalog> NewCatalog(EngineCore& core) {
  return std::make_unique<CatalogImpl>(core);
}

}  // namespace seathold
