#include "src/storage/journal/change_code.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include "src/storage/columns.h"
#include "tests/support/counts.h"

namespace seathold::journal {
namespace {

// Values as records have them, and their extremes.
class AnyValues {
 public:
  explicit AnyValues(std::uint64_t seed) : random_(seed) {}

  std::uint64_t Below(std::uint64_t n) { return random_() % n; }

  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void Fill(T* value) {
    const std::uint64_t any[] = {0, 1, Below(200), random_(), ~std::uint64_t{0} >> 1};
    *value = static_cast<T>(any[Below(5)]);
  }
  void Fill(bool* value) { *value = Below(2) == 1; }
  void Fill(double* value) { *value = static_cast<double>(random_()) / 3; }
  void Fill(std::string* text) { text->assign(Below(4) * 70, static_cast<char>(Below(256))); }
  void Fill(Currency* currency) {
    const char* const all[] = {"EUR", "JPY", "\0\0\0"};
    std::copy_n(all[Below(3)], 3, currency->code.begin());
  }
  // Out of a few, so that they come again.
  void Fill(Uuid* id) { id->fill(static_cast<std::uint8_t>(Below(5))); }
  template <class Tag, class Rep>
  void Fill(Id<Tag, Rep>* id) {
    Fill(&id->value);
  }
  void Fill(TimeUs* time) { Fill(&time->value); }
  void Fill(Sequence* sequence) { Fill(&sequence->value); }
  void Fill(HoldSeats* seats) {
    for (std::uint64_t left = Below(kSeatsPerHoldCap + 1); left > 0; --left) {
      HoldSeat seat;
      Fill(&seat.ordinal), Fill(&seat.ticket_type), Fill(&seat.price_minor);
      seats->push_back(seat);
    }
  }
  void Fill(Ordinals* ordinals) {
    for (std::uint64_t left = Below(kSeatsPerHoldCap + 1); left > 0; --left) {
      std::uint32_t ordinal = 0;
      Fill(&ordinal);
      ordinals->push_back(ordinal);
    }
  }
  void Fill(std::vector<LiveHold>* live) {
    for (std::uint64_t left = Below(4); left > 0; --left) {
      LiveHold& hold = live->emplace_back();
      Fill(&hold.hold), Fill(&hold.seats), Fill(&hold.expires_at);
    }
  }

 private:
  std::mt19937_64 random_;
};

struct FillAll {
  AnyValues& values;
  template <class T>
  void key(const char*, T& value) {
    values.Fill(&value);
  }
  template <class T>
  void fixed(const char*, T& value) {
    values.Fill(&value);
  }
  template <class T>
  void field(const char*, T& value) {
    values.Fill(&value);
  }
};

ChangeSet AnyChanges(AnyValues& values) {
  ChangeSet changes;
  changes.ForEach([&]<class R>(ChangesOf<R>& slot) {
    if (values.Below(2) == 0) return;
    for (std::uint64_t left = values.Below(5); left > 0; --left) {
      auto& change = slot.changes.emplace_back();
      R::Columns(change.row, FillAll{values});
      change.kind = static_cast<ChangeKind>(values.Below(3));
    }
  });
  return changes;
}

// Compares the columns that a change of this kind carries.
struct SameColumns {
  std::array<const void*, kColumnsMax> other{};
  ChangeKind kind{};
  bool gathers = true;
  bool same = true;
  std::size_t at = 0;

  template <class T>
  void Look(const T& value, bool counts) {
    if (gathers) {
      other.at(at) = &value;
    } else if (counts) {
      same = same && *static_cast<const T*>(other.at(at)) == value;
    }
    ++at;
  }
  template <class T>
  void key(const char*, const T& value) {
    Look(value, true);
  }
  template <class T>
  void fixed(const char*, const T& value) {
    Look(value, kind == ChangeKind::kInsert);
  }
  template <class T>
  void field(const char*, const T& value) {
    Look(value, kind != ChangeKind::kRemove);
  }
};

template <class R>
bool Same(const typename ChangesOf<R>::Change& a, const typename ChangesOf<R>::Change& b) {
  SameColumns columns;
  columns.kind = a.kind;
  R::Columns(a.row, columns);
  columns.gathers = false;
  columns.at = 0;
  R::Columns(b.row, columns);
  return columns.same && a.kind == b.kind;
}

bool SameSets(const ChangeSet& a, const ChangeSet& b) {
  bool same = true;
  a.ForEach([&]<class R>(const ChangesOf<R>& slot) {
    const auto& others = b.of<R>().changes;
    same = same && slot.changes.size() == others.size();
    for (std::size_t i = 0; same && i < others.size(); ++i) {
      same = Same<R>(slot.changes[i], others[i]);
    }
  });
  return same;
}

TEST(ChangeCode, ReadsWhatItWrote) {
  int rows = 0;
  const int sets = testing::Scaled(20'000);
  for (int seed = 1; seed <= sets && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    AnyValues values(static_cast<std::uint64_t>(seed));
    const ChangeSet changes = AnyChanges(values);
    TimeUs mark, found_mark;
    values.Fill(&mark);
    std::vector<std::uint8_t> text;
    EncodeChanges(changes, mark, &text);
    ChangeSet found;
    ASSERT_TRUE(DecodeChanges(text, &found, &found_mark));
    EXPECT_EQ(found_mark, mark);
    EXPECT_TRUE(SameSets(changes, found));
    rows += static_cast<int>(changes.size());
  }
  EXPECT_GT(rows, sets * 10);
}

TEST(ChangeCode, OfNothingIsThreeBytesAtMost) {
  std::vector<std::uint8_t> text;
  EncodeChanges({}, {}, &text);
  EXPECT_LE(text.size(), 3u);
  ChangeSet found;
  TimeUs mark{7};
  EXPECT_TRUE(DecodeChanges(text, &found, &mark));
  EXPECT_TRUE(found.empty());
  EXPECT_EQ(mark, TimeUs{0});
}

// No checksum stands before it here: what is cut off is told, and what is damaged does no harm.
TEST(ChangeCode, RefusesWhatIsCutOff) {
  AnyValues values(7);
  const ChangeSet changes = AnyChanges(values);
  ASSERT_FALSE(changes.empty());
  std::vector<std::uint8_t> text;
  EncodeChanges(changes, TimeUs{1}, &text);
  for (std::size_t size = 0; size < text.size(); ++size) {
    ChangeSet found;
    TimeUs mark;
    EXPECT_FALSE(DecodeChanges(std::span(text).first(size), &found, &mark)) << size;
  }
  text.push_back(0);
  ChangeSet found;
  TimeUs mark;
  EXPECT_FALSE(DecodeChanges(text, &found, &mark)) << "and what is too long";
}

TEST(ChangeCode, OutlivesDamage) {
  AnyValues values(11);
  int refused = 0, read = 0;
  for (int round = 0; round < testing::Scaled(20'000); ++round) {
    std::vector<std::uint8_t> text;
    EncodeChanges(AnyChanges(values), TimeUs{1}, &text);
    text[values.Below(text.size())] ^= static_cast<std::uint8_t>(1 << values.Below(8));
    ChangeSet found;
    TimeUs mark;
    ++(DecodeChanges(text, &found, &mark) ? read : refused);
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace seathold::journal
