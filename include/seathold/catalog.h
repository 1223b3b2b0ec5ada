// What is played where, and what it costs: venues with their seating plans, shows, performances.
//
//   Catalog& catalog = engine->catalog();
//   const VenueId hall = catalog.AddVenue(*MakePlan("Hall", 10, 20), "Europe/Vienna").value();
//   const ShowId show = catalog.AddShow({.title = "Winter journey"}).value();
//   const PerformanceId evening = catalog.AddPerformance({.show = show, .venue = hall,
//       .local_date = "2036-12-31", .local_time = "19:30", .currency = *ParseCurrency("EUR"),
//       .prices = {{.category = "Category A", .price_minor = 4'500}}, ...}).value();
//
// Plans, prices and dates never change once added, so they are read from memory; opening and
// closing the sale is the one switch. Part of an Engine, valid while it lives; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/ids.h"
#include "seathold/money.h"
#include "seathold/plan.h"
#include "seathold/reservation_system.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold {

// A show, and how its waiting line lets buyers in. A line holds those who come beyond `active_max`,
// and evens a rush out to `rate_per_s`; with neither everybody is admitted at once.
struct ShowSpec {
  std::string title;               // 1 .. 200 bytes, and not of blanks alone
  bool requires_pass = false;      // a queue in front; without one the rest keeps its defaults
  std::uint32_t active_max = 0;    // buyers inside at once, 0 = no cap
  std::uint32_t rate_per_s = 0;    // admissions a second, 0 = no rate
  std::int64_t grace_ms = 60'000;  // 1,000 .. 86,400,000: silence after which a waiter is dropped
  std::int64_t pass_ms = 600'000;  // 1,000 .. 86,400,000: how long a pass lasts
};

// What a seat of a category costs, as the kind of ticket that a buyer asks for.
struct PriceSpec {
  std::string category;           // by name, as in the plan
  std::uint32_t ticket_type = 0;  // 0 = the default, which every category needs
  std::string name;               // "full price", at most 100 bytes
  // In minor units, 0 .. kAmountMinorMax / 16 = 62,500,000,000,000, so that no hold overflows.
  std::int64_t price_minor = 0;
};

// When it is, in the words of the venue: a day of the calendar and a time on its clock. The start
// is computed from them and the venue's zone, and no hold begins at or after it.
// sale_opens_at < sale_ends_at <= starts_at.
struct PerformanceSpec {
  ShowId show;
  VenueId venue;
  std::string local_date;  // YYYY-MM-DD, as in "2036-12-31"
  std::string local_time;  // HH:MM or HH:MM:SS, below 24:00, as in "19:30"
  // 0 = computed. One that is given must agree with date and time to the minute. It is needed where
  // they do not say one moment for sure: the clock skips that time or has it twice, or the year is
  // beyond 2037 and the zone has ever changed its offset, or release 0.1 took a zone for this venue
  // that is none.
  TimeUs starts_at = {};
  TimeUs sale_opens_at = {};     // 0 = as soon as it is on sale
  TimeUs sale_ends_at = {};      // 0 = with the start
  Currency currency;             // one that ISO 4217 lists, see ParseCurrency
  std::uint32_t user_limit = 0;  // seats a user, 0 = none
  std::int64_t hold_ttl_ms = 0;  // 0 = the engine's; 1,000 .. 86,400,000
  std::vector<PriceSpec> prices;
  bool on_sale = true;
};

// A hall as it was added. Its seats are in its plan.
struct VenueView {
  VenueId id;
  std::string name;
  std::string zone;  // IANA; of a venue that release 0.1 added: any text
  std::uint32_t seats = 0;
  TimeUs created_at;
};

// What it was added with: ShowSpec.
struct ShowView {
  ShowId id;
  std::string title;
  bool requires_pass = false;
  std::uint32_t active_max = 0, rate_per_s = 0;
  std::int64_t grace_ms = 0, pass_ms = 0;
  TimeUs created_at;
};

// What it was added with (PerformanceSpec; the start is there, but where release 0.1 was not told
// it), and how the sale stands.
struct PerformanceView {
  PerformanceId id;
  ShowId show;
  VenueId venue;
  std::string local_date, local_time;
  TimeUs starts_at, sale_opens_at, sale_ends_at;
  Currency currency;
  std::uint32_t user_limit = 0;
  std::int64_t hold_ttl_ms = 0;
  std::vector<PriceSpec> prices;
  std::uint32_t seats = 0;
  TimeUs created_at;
  Availability availability;
  // Seconds east of UTC: local date and time less starts_at, in whole minutes. Nothing where
  // release 0.1 was not told the start.
  std::optional<std::int32_t> utc_offset_s;
};

// Which performances to list; by default all. What is over is listed, too, unless on_sale_only.
struct PerformanceFilter {
  std::optional<ShowId> show = {};
  bool on_sale_only = false;
};

// A seat of one performance, and what it costs there.
struct SeatView {
  SeatId seat;
  std::uint32_t ordinal = 0;
  SeatState state = SeatState::kAvailable;
  std::int64_t price_minor = 0;  // of ticket type 0
};

class Catalog {
 public:
  virtual ~Catalog() = default;

  // `zone`: an IANA name that this machine's time zone database knows, such as "Europe/Vienna";
  // "" is "UTC". "localtime" is refused: it is another zone on the next machine. Where there is no
  // database, or one that is misread, every zone but UTC is refused and the text says why. A
  // process keeps the rules that it has read: restart it after an upgrade of the database.
  // Errors in order: kInvalidPlan, kInvalidText and kInvalidArgument (the zone), kClosed,
  // storage's.
  virtual Result<VenueId> AddVenue(const Plan& plan, std::string_view zone,
                                   const CallOptions& options = {}) = 0;
  // All of them, by id. Errors in order: kClosed, storage's.
  virtual Result<std::vector<VenueView>> ListVenues(const CallOptions& options = {}) = 0;
  // The plan as it was added, shared by its readers. Errors in order: kClosed, kUnknownVenue,
  // storage's.
  virtual Result<std::shared_ptr<const Plan>> GetPlan(VenueId venue,
                                                      const CallOptions& options = {}) = 0;

  // A show, whose line opens at once where it requires admission.
  // Errors in order: kInvalidText (the title), kInvalidArgument (says which), kClosed, kNoLine (the
  // show requires admission and the engine has no line), storage's.
  virtual Result<ShowId> AddShow(const ShowSpec& spec, const CallOptions& options = {}) = 0;
  // All of them, by id. Errors in order: kClosed, storage's.
  virtual Result<std::vector<ShowView>> ListShows(const CallOptions& options = {}) = 0;

  // Every category of the plan needs a price of ticket type 0. A date whose sale has ended already
  // is added all the same, and the log has a warning. Errors in order: kInvalidArgument and
  // kInvalidText (says which), kClosed, kUnknownShow, kUnknownVenue, kInvalidArgument (the times at
  // this venue), kInvalidText and kInvalidArgument (the prices), storage's.
  virtual Result<PerformanceId> AddPerformance(const PerformanceSpec& spec,
                                               const CallOptions& options = {}) = 0;
  // Closing starts no new holds; living ones may still be paid. Errors in order: kClosed,
  // kUnknownPerformance, storage's.
  virtual Status SetSale(PerformanceId performance, bool on_sale,
                         const CallOptions& options = {}) = 0;
  // What a list of dates shows: the dates, with counts (as old as a map may be) and whether they
  // are on sale. Errors in order: kClosed, storage's.
  virtual Result<std::vector<PerformanceView>> List(const PerformanceFilter& filter,
                                                    const CallOptions& options = {}) = 0;
  // Every seat of a date with its state and price, by ordinal; as old as a map may be. Errors in
  // order: kClosed, kUnknownPerformance, storage's.
  virtual Result<std::vector<SeatView>> ListSeats(PerformanceId performance,
                                                  const CallOptions& options = {}) = 0;
  // The seat with this guid in the plan. Errors in order: kClosed, kUnknownPerformance,
  // kUnknownSeat, storage's.
  virtual Result<SeatId> FindSeat(PerformanceId performance, std::string_view guid,
                                  const CallOptions& options = {}) = 0;
};

}  // namespace seathold
