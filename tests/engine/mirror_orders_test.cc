// The mirror beside another process, step by step: commits here and there, looks at storage that
// are under way while others commit, news that comes late. Every short order of these steps, and
// random long ones, against a storage that remembers each of its moments.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <iostream>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "src/mirror/seat_mirror.h"
#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"

namespace seathold::testing {
namespace {

constexpr PerformanceId kDate{7};
constexpr std::uint32_t kSeats = 3;
constexpr UserId kOwn{1}, kForeign{2};
constexpr std::int64_t kTickNs = 1'000'000;
constexpr std::int64_t kMirrorAgeMs = 3;
constexpr std::int64_t kHoldMs = 1'000;

enum class Step {
  kOwnSeat0,      // this process commits; nobody has heard of it
  kOwnSeat1,      //
  kOwnSale,       //
  kPublish,       // the mirror hears of it
  kForeignSeat0,  // another process commits
  kForeignSeat2,  //
  kForeignSale,   //
  kLook,          // a caller's snapshot of storage
  kHear,          // the oldest look reaches the mirror
  kHearNewest,    // the newest one overtakes it
  kForget,        //
  kLapse,         // the clock passes every deadline
};
constexpr int kSteps = 12;
constexpr const char* kNames[kSteps] = {"own0",     "own1",        "own-sale",     "publish",
                                        "foreign0", "foreign2",    "foreign-sale", "look",
                                        "hear",     "hear-newest", "forget",       "lapse"};
using Schedule = std::vector<Step>;

std::string Print(const Schedule& schedule) {
  std::string text;
  for (const Step step : schedule) text += std::string(" ") + kNames[static_cast<int>(step)];
  return text;
}

Schedule Read(const std::string& text) {
  Schedule schedule;
  std::istringstream names(text);
  for (std::string name; names >> name;) {
    const auto at = std::ranges::find(kNames, name) - std::begin(kNames);
    schedule.push_back(static_cast<Step>(at));
  }
  return schedule;
}

// What storage held after one commit.
struct Moment {
  PerformanceStateRecord state;
  std::vector<SeatRecord> seats;
  std::int64_t at_ns = 0;
};

struct Look {
  Moment seen;
  std::optional<std::vector<FeedRecord>> events;  // none: the seats are loaded
  SeatMirror::Look at;
};

struct Publication {
  std::uint64_t feed_before = 0;
  PerformanceStateRecord state;
  std::vector<SeatRecord> seats;
  std::int64_t began_ns = 0;
};

class Scene {
 public:
  explicit Scene(bool loaded) {
    Moment first;
    first.state.performance = kDate;
    first.state.on_sale = true;
    for (std::uint32_t o = 0; o < kSeats; ++o) first.seats.push_back(SeatRecord{kDate, o});
    moments_.push_back(first);
    if (loaded) mirror_.Load(first.state, first.seats, {now_ns_, mirror_.published()});
  }

  // False: there is no such step here.
  bool Take(Step step) {
    now_ns_ += kTickNs;
    switch (step) {
      case Step::kOwnSeat0:
      case Step::kOwnSeat1:
        if (unheard_) return false;
        Flip(step == Step::kOwnSeat0 ? 0 : 1, kOwn);
        return true;
      case Step::kOwnSale:
        if (unheard_) return false;
        SwitchSale(true);
        return true;
      case Step::kPublish:
        if (!unheard_) return false;
        Publish();
        return true;
      case Step::kForeignSeat0:
      case Step::kForeignSeat2:
        Flip(step == Step::kForeignSeat0 ? 0 : 2, kForeign);
        return true;
      case Step::kForeignSale:
        SwitchSale(false);
        return true;
      case Step::kLook:
        if (looks_.size() == 3) return false;
        StartLook();
        return true;
      case Step::kHear:
        if (looks_.empty()) return false;
        Hear(looks_.front());
        looks_.pop_front();
        return true;
      case Step::kHearNewest:
        if (looks_.size() < 2) return false;
        Hear(looks_.back());
        looks_.pop_back();
        return true;
      case Step::kForget:
        mirror_.Forget();
        return true;
      case Step::kLapse:
        now_ = AddMs(now_, 2 * kHoldMs);
        return true;
    }
    return false;
  }

  // What must be true in between. Empty, or what is not.
  std::string Wrong() {
    if (!mirror_.loaded()) return "";
    const std::uint64_t known = mirror_.version();
    if (known > feed()) return "it knows of events that never were";
    for (std::uint64_t counter = 0; counter <= feed(); ++counter) {
      const auto seats = mirror_.SeatsAt(counter);
      if (seats && !Same(*seats, BoardAt(counter))) {
        return "its seats at " + std::to_string(counter) + " are not those of that moment";
      }
    }
    const std::uint64_t due = DueAt(now_ns_ - kMirrorAgeMs * kTickNs);
    if (mirror_.Fresh(now_ns_) && known < due) {
      return "fresh at " + std::to_string(known) + " where " + std::to_string(due) + " is old";
    }
    if (std::string wrong = WrongMap(); !wrong.empty()) return wrong;
    return WrongRefusal();
  }

  // One more look, undisturbed, after whatever was before.
  std::string WrongAfterALook() {
    if (unheard_) Publish();
    now_ns_ += (kMirrorAgeMs + 1) * kTickNs;
    StartLook();
    Hear(looks_.back());
    if (!mirror_.loaded()) return "not loaded by a look";
    if (!mirror_.Fresh(now_ns_)) return "not fresh after a look";
    if (mirror_.version() != feed()) return "behind after a look";
    const auto seats = mirror_.SeatsAt(feed());
    if (!seats) return "not exact after a look";
    const auto count = mirror_.Count(info_, now_);
    if (count->on_sale != moments_.back().state.on_sale) return "a sale that it does not follow";
    return Wrong();
  }

 private:
  std::uint64_t feed() const { return moments_.back().state.feed; }

  static bool Same(const std::vector<SeatRecord>& a, const std::vector<SeatRecord>& b) {
    return std::ranges::equal(a, b, [](const SeatRecord& x, const SeatRecord& y) {
      return std::tuple(x.ordinal, x.state, x.hold, x.user, x.expires_at, x.version) ==
             std::tuple(y.ordinal, y.state, y.hold, y.user, y.expires_at, y.version);
    });
  }
  SeatState Shown(const SeatRecord& seat) const {
    return IsFree(seat, now_) ? SeatState::kAvailable : seat.state;
  }
  // The board after this event.
  const std::vector<SeatRecord>& BoardAt(std::uint64_t counter) const {
    return std::ranges::find_if(moments_, [&](const Moment& m) { return m.state.feed == counter; })
        ->seats;
  }
  // The events that were committed at this time.
  std::uint64_t DueAt(std::int64_t ns) const {
    std::uint64_t counter = 0;
    for (const Moment& moment : moments_) {
      if (moment.at_ns <= ns) counter = moment.state.feed;
    }
    return counter;
  }

  void Flip(std::uint32_t ordinal, UserId user) {
    Moment next = moments_.back();
    next.at_ns = now_ns_;
    FeedRecord event;
    event.performance = kDate;
    event.counter = ++next.state.feed;
    event.seats.push_back(ordinal);
    SeatRecord& seat = next.seats[ordinal];
    const bool take = IsFree(seat, now_);
    const bool rope = ordinal == 2;  // blocked and unblocked
    event.kind = rope ? (take ? FeedKind::kBlocked : FeedKind::kUnblocked)
                      : (take ? FeedKind::kHeld : FeedKind::kCancelled);
    seat = SeatRecord{kDate, ordinal};
    seat.version = event.counter;
    if (take && rope) seat.state = SeatState::kBlocked;
    if (take && !rope) {
      HoldId hold;
      hold.value[0] = static_cast<std::uint8_t>(event.counter);
      seat = SeatRecord{kDate,        ordinal, SeatState::kHeld, hold, user, AddMs(now_, kHoldMs),
                        event.counter};
      event.hold = hold;
      event.user = user;
      event.expires_at = seat.expires_at;
    }
    if (user == kOwn) {
      unheard_ = Publication{moments_.back().state.feed, next.state, {seat}, now_ns_};
    }
    events_.push_back(event);
    moments_.push_back(next);
  }
  void SwitchSale(bool own) {
    Moment next = moments_.back();
    next.at_ns = now_ns_;
    next.state.on_sale = !next.state.on_sale;
    if (own) unheard_ = Publication{next.state.feed, next.state, {}, now_ns_};
    moments_.push_back(next);
  }
  void Publish() {
    std::vector<const SeatRecord*> seats;
    for (const SeatRecord& seat : unheard_->seats) seats.push_back(&seat);
    mirror_.Publish(unheard_->feed_before, unheard_->state, seats, unheard_->began_ns);
    unheard_.reset();
  }
  // As EngineCore::Refresh.
  void StartLook() {
    Look look;
    look.at = {now_ns_, mirror_.published()};
    look.seen = moments_.back();
    if (mirror_.loaded() && mirror_.version() <= feed()) {
      look.events.emplace(events_.begin() + static_cast<std::ptrdiff_t>(mirror_.version()),
                          events_.end());
    }
    looks_.push_back(look);
  }
  void Hear(const Look& look) {
    if (look.events) {
      mirror_.Follow(look.seen.state, *look.events, look.at);
    } else {
      known_from_ = std::max(known_from_, look.seen.state.feed);
      mirror_.Load(look.seen.state, look.seen.seats, look.at);
    }
  }

  std::string WrongMap() {
    const auto map = mirror_.Map(kDate, now_);
    const auto count = mirror_.Count(info_, now_);
    std::array<std::uint32_t, 4> seen{};
    for (std::uint32_t o = 0; o < kSeats; ++o) {
      ++seen[static_cast<std::size_t>(map->at(o))];
      if (Shown(BoardAt(map->version.feed)[o]) != map->at(o)) {
        return "seat " + std::to_string(o) + " is not shown as it was at the map's version";
      }
    }
    if (std::string wrong = WrongChanges(*map); !wrong.empty()) return wrong;
    if (maps_.empty() || maps_.back() != map) maps_.push_back(map);
    const std::array counted{count->available, count->held, count->sold, count->blocked};
    return counted == seen ? "" : "a count that is not the map's";
  }

  // From every map that was ever shown to this one: the seats that differ, each once, no other.
  std::string WrongChanges(const SeatMap& map) {
    for (const auto& old : maps_) {
      MapVersion next;
      const auto changes = mirror_.Changes(old->version, now_, &next);
      if (!changes) {
        if (old->version.feed >= known_from_ && old->version.feed <= map.version.feed) {
          return "changes that it should remember";
        }
        continue;
      }
      if (next.feed != map.version.feed) return "changes that lead elsewhere";
      std::size_t differ = 0;
      for (std::uint32_t o = 0; o < kSeats; ++o) differ += old->at(o) != map.at(o);
      if (changes->size() != differ) return "as many changes as seats do not differ";
      for (const SeatChange& change : *changes) {
        const bool right =
            change.state == map.at(change.ordinal) && change.state != old->at(change.ordinal);
        if (!right) return "a change of a seat that does not differ";
      }
    }
    return "";
  }

  // Nobody is refused on what has been over for longer than the age of a refusal.
  std::string WrongRefusal() {
    for (std::uint32_t o = 0; o < kSeats; ++o) {
      HoldArgs args;
      args.performance = kDate;
      args.user = UserId{9};
      args.seats.push_back({MakeSeatId(VenueId{1}, o), 0});
      HoldReply reply;
      if (mirror_.Refuse(args, info_, RuleLimits{}, now_, now_ns_, &reply) !=
          MirrorAnswer::kRefused) {
        continue;
      }
      bool was = false;
      for (std::size_t i = 0; i < moments_.size(); ++i) {
        const std::int64_t until = i + 1 < moments_.size() ? moments_[i + 1].at_ns : now_ns_;
        was = was ||
              (until >= now_ns_ - kMirrorAgeMs * kTickNs && !IsFree(moments_[i].seats[o], now_));
      }
      if (!was) return "seat " + std::to_string(o) + " is refused on what is long over";
    }
    return "";
  }

  static PerformanceInfo Info() {
    auto plan = std::make_shared<VenuePlan>();
    plan->seats.resize(kSeats);
    PerformanceInfo info;
    info.plan = plan;
    info.record.performance = kDate;
    info.record.venue = VenueId{1};
    info.prices.push_back({kDate, 0, 0, "full", 1'000});
    return info;
  }

  const PerformanceInfo info_ = Info();
  SeatMirror mirror_{kMirrorAgeMs, true};
  std::vector<Moment> moments_;
  std::vector<FeedRecord> events_;
  std::deque<Look> looks_;
  std::vector<std::shared_ptr<const SeatMap>> maps_;  // shared with the mirror
  std::uint64_t known_from_ = 0;                      // where the mirror was last loaded
  std::optional<Publication> unheard_;
  std::int64_t now_ns_ = 1'000 * kTickNs;
  TimeUs now_{1'700'000'000'000'000};
};

// Empty: right, or no such schedule (then *possible is false).
std::string Play(const Schedule& schedule, bool loaded, bool* possible) {
  Scene scene(loaded);
  *possible = false;
  for (const Step step : schedule) {
    if (!scene.Take(step)) return "";
    if (std::string wrong = scene.Wrong(); !wrong.empty()) return wrong;
  }
  *possible = true;
  return scene.WrongAfterALook();
}

// Plays every schedule that begins with `begun`, as far as `length` steps more.
void PlayAll(Schedule* begun, int length, bool loaded, std::uint64_t* played) {
  bool possible = false;
  const std::string wrong = Play(*begun, loaded, &possible);
  ASSERT_EQ(wrong, "") << (loaded ? "loaded;" : "not loaded;") << Print(*begun);
  if (!possible) return;
  ++*played;
  if (length == 0) return;
  for (int step = 0; step < kSteps; ++step) {
    begun->push_back(static_cast<Step>(step));
    ASSERT_NO_FATAL_FAILURE(PlayAll(begun, length - 1, loaded, played));
    begun->pop_back();
  }
}

TEST(MirrorOrders, EveryShortOrderOfCommitsAndLooksKeepsToWhatStorageHeld) {
  const int length = FullCounts() ? 6 : SEATHOLD_SANITIZED ? 4 : 5;
  std::uint64_t played = 0;
  for (const bool loaded : {true, false}) {
    Schedule schedule;
    ASSERT_NO_FATAL_FAILURE(PlayAll(&schedule, length, loaded, &played));
  }
  std::printf("COUNT mirror_orders %llu\n", static_cast<unsigned long long>(played));
}

// Long orders that chance meets rarely: news from before a loss heard after it, a snapshot that
// another one overtook.
TEST(MirrorOrders, LateNewsNeitherCloseAGapNorTakeBackWhatIsKnown) {
  for (const auto& [loaded, text] : {
           std::pair(false,
                     "look own0 publish own1 look hear-newest publish foreign0 look forget "
                     "hear hear"),
           std::pair(false, "own1 look publish own1 look hear-newest look forget hear hear"),
           std::pair(false, "own-sale look foreign2 publish look hear-newest hear"),
           std::pair(false, "look foreign0 look hear-newest forget hear"),
           std::pair(false,
                     "own-sale publish own0 publish own0 look foreign0 look publish hear "
                     "hear"),
           std::pair(true,
                     "foreign2 look own0 publish look own0 publish own-sale foreign2 look "
                     "hear-newest hear"),
           std::pair(true, "own0 publish foreign2 look own0 publish hear"),
       }) {
    bool possible = false;
    EXPECT_EQ(Play(Read(text), loaded, &possible), "") << text;
    EXPECT_TRUE(possible) << text;
  }
}

// A schedule that went wrong without the steps that do not matter.
Schedule Shrink(Schedule schedule, bool loaded) {
  for (std::size_t i = 0; i < schedule.size();) {
    Schedule less = schedule;
    less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
    bool possible = false;
    if (Play(less, loaded, &possible).empty()) {
      ++i;
    } else {
      schedule = less;
    }
  }
  return schedule;
}

TEST(MirrorOrders, RandomLongOrdersKeepToWhatStorageHeld) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  const int rounds = Scaled(SEATHOLD_SANITIZED ? 30'000 : 100'000);
  for (int round = 0; round < rounds; ++round) {
    const bool loaded = random() % 2 == 0;
    Scene scene(loaded);
    Schedule schedule;
    std::string wrong;
    while (schedule.size() < 25 && wrong.empty()) {
      const auto step = static_cast<Step>(random() % kSteps);
      if (step == Step::kForget && random() % 3 != 0) continue;
      if (!scene.Take(step)) continue;
      schedule.push_back(step);
      wrong = scene.Wrong();
    }
    if (wrong.empty()) wrong = scene.WrongAfterALook();
    ASSERT_EQ(wrong, "") << (loaded ? "loaded;" : "not loaded;") << Print(Shrink(schedule, loaded));
  }
  std::printf("COUNT mirror_random_orders %d\n", rounds);
}

}  // namespace
}  // namespace seathold::testing
