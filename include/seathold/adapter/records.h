// The records that storage keeps: one struct a table, one field a column.
//
// Each record lists its columns once, in `Columns`: key columns first, and what is added later
// last. Adapters are written over that list: it is the only place that names a column, but for the
// SQL that gives it to databases of older releases (CONTRIBUTING, "A column"). Plain values; no
// rule lives here.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "seathold/adapter/account_records.h"
#include "seathold/ids.h"
#include "seathold/money.h"
#include "seathold/status.h"
#include "seathold/time.h"
#include "seathold/types.h"

namespace seathold {

// Which account stands on a side of a transfer; the transfer's user, performance and currency name
// it.
enum class LedgerSide : std::uint8_t { kUser = 1, kRevenue = 2, kExternal = 3 };
using HoldSeats = InlineList<HoldSeat, kSeatsPerHoldCap>;
using Ordinals = InlineList<std::uint32_t, kSeatsPerHoldCap>;

// One entry of a user's live holds; counted while now < expires_at.
struct LiveHold {
  HoldId hold;
  std::uint32_t seats = 0;
  TimeUs expires_at;
  bool operator==(const LiveHold&) const = default;
};

enum class SequenceName : std::uint32_t { kVenue = 1, kShow = 2, kPerformance = 3, kUser = 4 };

// The next id of a kind.
struct SequenceRecord {
  static constexpr const char* kTable = "sequences";
  SequenceName name{};
  std::uint64_t next = 1;

  using Key = std::tuple<SequenceName>;
  Key key() const { return {name}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("name", s.name);
    v.field("next", s.next);
  }
};

struct VenueRecord {
  static constexpr const char* kTable = "venues";
  VenueId venue;
  std::string name;
  std::string zone;  // IANA; of a venue that release 0.1 added: any text
  std::uint32_t seats = 0;
  TimeUs created_at;

  using Key = std::tuple<VenueId>;
  Key key() const { return {venue}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("venue", s.venue);
    v.fixed("name", s.name);
    v.fixed("zone", s.zone);
    v.fixed("seats", s.seats);
    v.fixed("created_at_us", s.created_at);
  }
};

struct CategoryRecord {
  static constexpr const char* kTable = "categories";
  VenueId venue;
  std::uint32_t category = 0;
  std::string name;
  std::string color;

  using Key = std::tuple<VenueId, std::uint32_t>;
  Key key() const { return {venue, category}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("venue", s.venue);
    v.key("category", s.category);
    v.fixed("name", s.name);
    v.fixed("color", s.color);
  }
};

struct PlanRowRecord {
  static constexpr const char* kTable = "plan_rows";
  VenueId venue;
  std::uint32_t row = 0;
  std::string section;
  std::string name;
  std::uint32_t section_index = 0;
  std::uint32_t rank = 0;

  using Key = std::tuple<VenueId, std::uint32_t>;
  Key key() const { return {venue, row}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("venue", s.venue);
    v.key("row", s.row);
    v.fixed("section", s.section);
    v.fixed("name", s.name);
    v.fixed("section_index", s.section_index);
    v.fixed("rank", s.rank);
  }
};

struct PlanSeatRecord {
  static constexpr const char* kTable = "plan_seats";
  VenueId venue;
  std::uint32_t ordinal = 0;
  std::string guid;
  std::string number;
  std::string attributes;
  double x = 0, y = 0;
  std::uint32_t category = 0, row = 0, place = 0;
  std::string blocked;  // why performances begin with it blocked; empty = it is for sale

  using Key = std::tuple<VenueId, std::uint32_t>;
  Key key() const { return {venue, ordinal}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("venue", s.venue);
    v.key("ordinal", s.ordinal);
    v.fixed("guid", s.guid);
    v.fixed("number", s.number);
    v.fixed("attributes", s.attributes);
    v.fixed("x", s.x);
    v.fixed("y", s.y);
    v.fixed("category", s.category);
    v.fixed("row", s.row);
    v.fixed("place", s.place);
    v.fixed("blocked", s.blocked);
  }
};

struct ShowRecord {
  static constexpr const char* kTable = "shows";
  ShowId show;
  std::string title;
  bool requires_pass = false;
  std::uint32_t active_max = 0, rate_per_s = 0;
  std::int64_t grace_ms = 0, pass_ms = 0;
  TimeUs created_at;

  using Key = std::tuple<ShowId>;
  Key key() const { return {show}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("show", s.show);
    v.fixed("title", s.title);
    v.fixed("requires_pass", s.requires_pass);
    v.fixed("active_max", s.active_max);
    v.fixed("rate_per_s", s.rate_per_s);
    v.fixed("grace_ms", s.grace_ms);
    v.fixed("pass_ms", s.pass_ms);
    v.fixed("created_at_us", s.created_at);
  }
};

// The epoch of a show's waiting line; raised when the line was lost.
struct LineRecord {
  static constexpr const char* kTable = "lines";
  ShowId show;
  std::uint64_t epoch = 1;
  TimeUs lost_at;  // 0 = this epoch did not follow a loss

  using Key = std::tuple<ShowId>;
  Key key() const { return {show}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("show", s.show);
    v.field("epoch", s.epoch);
    v.field("lost_at_us", s.lost_at);
  }
};

// The part of a performance that never changes.
struct PerformanceRecord {
  static constexpr const char* kTable = "performances";
  PerformanceId performance;
  ShowId show;
  VenueId venue;
  std::string local_date;  // "2036-12-31", as the host gave it
  std::string local_time;  // "19:30"
  TimeUs starts_at;        // no hold starts at or after it; 0 = release 0.1 was not told
  TimeUs sale_opens_at;    // 0 = at once
  TimeUs sale_ends_at;     // 0 = with the start
  Currency currency;
  std::uint32_t user_limit = 0;  // seats a user, 0 = none
  std::int64_t hold_ttl_ms = 0;  // 0 = the engine's
  std::uint32_t seats = 0;
  TimeUs created_at;

  using Key = std::tuple<PerformanceId>;
  Key key() const { return {performance}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("performance", s.performance);
    v.fixed("show", s.show);
    v.fixed("venue", s.venue);
    v.fixed("local_date", s.local_date);
    v.fixed("local_time", s.local_time);
    v.fixed("starts_at_us", s.starts_at);
    v.fixed("sale_opens_at_us", s.sale_opens_at);
    v.fixed("sale_ends_at_us", s.sale_ends_at);
    v.fixed("currency", s.currency);
    v.fixed("user_limit", s.user_limit);
    v.fixed("hold_ttl_ms", s.hold_ttl_ms);
    v.fixed("seats", s.seats);
    v.fixed("created_at_us", s.created_at);
  }
};

struct PriceRecord {
  static constexpr const char* kTable = "prices";
  PerformanceId performance;
  std::uint32_t category = 0;
  std::uint32_t ticket_type = 0;  // 0 = the default
  std::string name;
  std::int64_t price_minor = 0;

  using Key = std::tuple<PerformanceId, std::uint32_t, std::uint32_t>;
  Key key() const { return {performance, category, ticket_type}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("performance", s.performance);
    v.key("category", s.category);
    v.key("ticket_type", s.ticket_type);
    v.fixed("name", s.name);
    v.fixed("price_minor", s.price_minor);
  }
};

// The part of a performance that every sale changes. `feed` counts its events: gap-free, raised in
// the transaction that changes a seat.
struct PerformanceStateRecord {
  static constexpr const char* kTable = "performance_state";
  static constexpr const char* kVersionColumn = "feed";
  PerformanceId performance;
  bool on_sale = false;
  std::uint64_t feed = 0;
  std::uint64_t feed_first = 1;  // the oldest event still kept
  std::uint32_t sold = 0, blocked = 0;

  using Key = std::tuple<PerformanceId>;
  Key key() const { return {performance}; }
  std::uint64_t version_value() const { return feed; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("performance", s.performance);
    v.field("on_sale", s.on_sale);
    v.field("feed", s.feed);
    v.field("feed_first", s.feed_first);
    v.field("sold", s.sold);
    v.field("blocked", s.blocked);
  }
};

// A seat at a performance. Its version is the feed counter of the event that last changed it.
struct SeatRecord {
  static constexpr const char* kTable = "seats";
  static constexpr const char* kVersionColumn = "version";
  PerformanceId performance;
  std::uint32_t ordinal = 0;
  SeatState state = SeatState::kAvailable;
  HoldId hold;        // while held or sold
  UserId user;        // likewise
  TimeUs expires_at;  // while held
  std::uint64_t version = 0;

  using Key = std::tuple<PerformanceId, std::uint32_t>;
  Key key() const { return {performance, ordinal}; }
  std::uint64_t version_value() const { return version; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("performance", s.performance);
    v.key("ordinal", s.ordinal);
    v.field("state", s.state);
    v.field("hold", s.hold);
    v.field("user", s.user);
    v.field("expires_at_us", s.expires_at);
    v.field("version", s.version);
  }
};

// Why a seat is blocked. Present exactly while it is. What may come back once it was removed has no
// fixed columns: within one transaction that is an update.
struct BlockRecord {
  static constexpr const char* kTable = "blocks";
  PerformanceId performance;
  std::uint32_t ordinal = 0;
  std::string reason;
  TimeUs blocked_at;

  using Key = std::tuple<PerformanceId, std::uint32_t>;
  Key key() const { return {performance, ordinal}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("performance", s.performance);
    v.key("ordinal", s.ordinal);
    v.field("reason", s.reason);
    v.field("blocked_at_us", s.blocked_at);
  }
};

inline constexpr std::uint32_t kHoldStaff = 1;    // no pass, no per-user limit
inline constexpr std::uint32_t kHoldBest = 2;     // the engine chose the seats
inline constexpr std::uint32_t kHoldNoSplit = 4;  // best-available: side by side or not at all
inline constexpr std::uint32_t kAnyCategory = 0xFFFFFFFF;

// A hold, and once confirmed the reservation. What was asked stays beside what was given, so that a
// replay can be told from another request.
struct HoldRecord {
  static constexpr const char* kTable = "holds";
  PerformanceId performance;
  HoldId hold;
  UserId user;
  HoldSeats seats;  // sorted by ordinal
  Currency currency;
  std::int64_t total_minor = 0;
  std::uint32_t flags = 0;
  std::uint32_t asked_category = kAnyCategory;  // best-available
  std::int64_t asked_ttl_ms = 0;
  Sequence sequence;  // of the pass it was made under, 0 = none
  TimeUs created_at;
  HoldState state = HoldState::kNone;
  TimeUs expires_at;
  TimeUs ended_at;  // confirmed, cancelled, expired or refunded
  TransferId payment;
  TransferId refund;

  using Key = std::tuple<PerformanceId, HoldId>;
  Key key() const { return {performance, hold}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("performance", s.performance);
    v.key("hold", s.hold);
    v.fixed("user", s.user);
    v.fixed("seats", s.seats);
    v.fixed("currency", s.currency);
    v.fixed("total_minor", s.total_minor);
    v.fixed("flags", s.flags);
    v.fixed("asked_category", s.asked_category);
    v.fixed("asked_ttl_ms", s.asked_ttl_ms);
    v.fixed("sequence", s.sequence);
    v.fixed("created_at_us", s.created_at);
    v.field("state", s.state);
    v.fixed("expires_at_us", s.expires_at);
    v.field("ended_at_us", s.ended_at);
    v.field("payment", s.payment);
    v.field("refund", s.refund);
  }
};

// What one user has at one performance that limits seats a user.
struct LimitRecord {
  static constexpr const char* kTable = "limits";
  PerformanceId performance;
  UserId user;
  std::uint32_t confirmed = 0;  // seats
  std::vector<LiveHold> live;

  using Key = std::tuple<PerformanceId, UserId>;
  Key key() const { return {performance, user}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("performance", s.performance);
    v.key("user", s.user);
    v.field("confirmed", s.confirmed);
    v.field("live", s.live);
  }
};

// One event of a performance's change feed. Insert-only.
struct FeedRecord {
  static constexpr const char* kTable = "feed";
  PerformanceId performance;
  std::uint64_t counter = 0;
  FeedKind kind{};
  HoldId hold;  // none for blocks
  UserId user;
  TimeUs expires_at;  // of a kHeld event
  TimeUs at;
  Ordinals seats;

  using Key = std::tuple<PerformanceId, std::uint64_t>;
  Key key() const { return {performance, counter}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("performance", s.performance);
    v.key("counter", s.counter);
    v.fixed("kind", s.kind);
    v.fixed("hold", s.hold);
    v.fixed("user", s.user);
    v.fixed("expires_at_us", s.expires_at);
    v.fixed("at_us", s.at);
    v.fixed("seats", s.seats);
  }
};

// A user's account in one currency. `transfers` counts the lines of its statement.
struct BalanceRecord {
  static constexpr const char* kTable = "balances";
  static constexpr const char* kVersionColumn = "transfers";
  UserId user;
  Currency currency;
  std::int64_t balance_minor = 0;
  std::uint64_t transfers = 0;

  using Key = std::tuple<UserId, Currency>;
  Key key() const { return {user, currency}; }
  std::uint64_t version_value() const { return transfers; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("user", s.user);
    v.key("currency", s.currency);
    v.field("balance_minor", s.balance_minor);
    v.field("transfers", s.transfers);
  }
};

inline constexpr std::int64_t kNoExpectedTotal = -1;

// A movement of money, or a decision against one (`code` is then the refusal). Insert-only, never
// purged: its id answers a retry for ever.
struct TransferRecord {
  static constexpr const char* kTable = "transfers";
  TransferId transfer;
  TransferKind kind{};
  Code code = Code::kOk;
  LedgerSide debit{}, credit{};
  UserId user;
  Currency currency;
  std::int64_t amount_minor = 0;
  PerformanceId performance;  // payments and refunds
  HoldId hold;                // likewise
  Tender tender = Tender::kNone;
  std::string reference;
  std::int64_t expected_minor = kNoExpectedTotal;
  std::int64_t balance_after_minor = 0;
  std::uint64_t line = 0;  // place in the user's statement, 0 = none
  TimeUs created_at;

  using Key = std::tuple<TransferId>;
  Key key() const { return {transfer}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("transfer", s.transfer);
    v.fixed("kind", s.kind);
    v.fixed("code", s.code);
    v.fixed("debit", s.debit);
    v.fixed("credit", s.credit);
    v.fixed("user", s.user);
    v.fixed("currency", s.currency);
    v.fixed("amount_minor", s.amount_minor);
    v.fixed("performance", s.performance);
    v.fixed("hold", s.hold);
    v.fixed("tender", s.tender);
    v.fixed("reference", s.reference);
    v.fixed("expected_minor", s.expected_minor);
    v.fixed("balance_after_minor", s.balance_after_minor);
    v.fixed("line", s.line);
    v.fixed("created_at_us", s.created_at);
  }
};

// A provider's reference pays once. Keyed by a digest of the text.
struct ReferenceRecord {
  static constexpr const char* kTable = "provider_references";
  Uuid digest{};
  TransferId transfer;

  using Key = std::tuple<Uuid>;
  Key key() const { return {digest}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("digest", s.digest);
    v.fixed("transfer", s.transfer);
  }
};

// Sequences of this user up to `through` were spent, left or revoked: no pass of theirs starts a
// hold.
struct SpentRecord {
  static constexpr const char* kTable = "spent_sequences";
  ShowId show;
  UserId user;
  Sequence through;

  using Key = std::tuple<ShowId, UserId>;
  Key key() const { return {show, user}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("show", s.show);
    v.key("user", s.user);
    v.field("through", s.through);
  }
};

template <class... Records>
struct RecordList {};
// New ones last: a journal's log knows them by their place.
using AllRecords =
    RecordList<SequenceRecord, VenueRecord, CategoryRecord, PlanRowRecord, PlanSeatRecord,
               ShowRecord, LineRecord, PerformanceRecord, PriceRecord, PerformanceStateRecord,
               SeatRecord, BlockRecord, HoldRecord, LimitRecord, FeedRecord, BalanceRecord,
               TransferRecord, ReferenceRecord, SpentRecord, LoginRecord, EmailRecord,
               ExternalUserRecord, AttemptRecord>;

// True for records whose updates name the version they saw.
template <class R>
concept Versioned = requires(const R& r) {
  R::kVersionColumn;
  r.version_value();
};

// One Slot<Record> for every record of the schema, found by type.
template <template <class> class Slot, class List = AllRecords>
class PerTable;
template <template <class> class Slot, class... Records>
class PerTable<Slot, RecordList<Records...>> {
 public:
  template <class R>
  Slot<R>& of() {
    return std::get<Slot<R>>(slots_);
  }
  template <class R>
  const Slot<R>& of() const {
    return std::get<Slot<R>>(slots_);
  }
  // fn(slot) for every table, in the order of AllRecords.
  template <class Fn>
  void ForEach(Fn&& fn) {
    (fn(std::get<Slot<Records>>(slots_)), ...);
  }
  template <class Fn>
  void ForEach(Fn&& fn) const {
    (fn(std::get<Slot<Records>>(slots_)), ...);
  }

 private:
  std::tuple<Slot<Records>...> slots_;
};

}  // namespace seathold
