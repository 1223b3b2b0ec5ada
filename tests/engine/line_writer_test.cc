// What a line is owed: bounded, told in calls of bounded size, kept when the line is busy.
#include "src/waiting_room/line_writer.h"

#include <gtest/gtest.h>

#include <vector>

namespace seathold::testing {
namespace {

constexpr ShowId kShow{7};
constexpr std::size_t kOwedMax = 65'536;
constexpr std::size_t kToldAtOnceMax = 4'096;

// Takes as many calls of Leave as it is told to, then is busy.
class TakingLine final : public Line {
 public:
  int calls_taken = 1'000;
  std::size_t largest_call = 0;
  std::vector<std::uint64_t> left;  // sequences
  struct Told {
    ShowId show;
    std::uint64_t epoch = 0;
    bool leave = false;
    std::uint64_t user = 0;
    auto operator<=>(const Told&) const = default;
  };
  std::vector<Told> told;

  Status Leave(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
               Deadline) override {
    for (const LineEntry& entry : entries) {
      if (calls_taken > 0) left.push_back(entry.sequence.value);
    }
    return Take(show, epoch, true, entries);
  }
  Status Keep(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
              Deadline) override {
    return Take(show, epoch, false, entries);
  }
  Status OpenLine(ShowId, const LineConfig&, TimeUs, Deadline) override { return Unasked(); }
  Status Join(ShowId, std::uint64_t, std::span<LineEntry>, TimeUs, Deadline) override {
    return Unasked();
  }
  Status Poll(ShowId, std::uint64_t, std::span<LineEntry>, TimeUs, Deadline) override {
    return Unasked();
  }
  Status Admit(ShowId, std::uint64_t, std::uint32_t, TimeUs, Deadline, std::uint32_t*) override {
    return Unasked();
  }
  Status Stats(ShowId, TimeUs, LineStats*, Deadline) override { return Unasked(); }

 private:
  Status Take(ShowId show, std::uint64_t epoch, bool leave, std::span<const LineEntry> entries) {
    if (calls_taken-- <= 0) return Status(Code::kBusy);
    largest_call = std::max(largest_call, entries.size());
    for (const LineEntry& entry : entries) told.push_back({show, epoch, leave, entry.user.value});
    return Status();
  }
  static Status Unasked() {
    ADD_FAILURE() << "only Leave and Keep are asked for";
    return Status(Code::kInternal);
  }
};

// Two shows with a performance each, and a way to let them sell.
struct Owing {
  TakingLine line;
  LineEpochs epochs;
  Directory directory{0, false};
  std::unique_ptr<Storage> storage = NewMemoryStorage();
  LineWriter writer{line, epochs, directory};

  // Lets the directory know performance n of show n.
  void Open() {
    ASSERT_TRUE(storage->Open({}).ok());
    ChangeSet changes;
    const auto insert = [&]<class R>(const R& row) {
      changes.of<R>().changes.push_back({row, ChangeKind::kInsert, 0});
    };
    for (std::uint64_t n = 1; n <= 2; ++n) {
      ShowRecord show;
      show.show = ShowId{n};
      insert(show);
      PerformanceRecord performance;
      performance.performance = PerformanceId{n};
      performance.show = ShowId{n};
      performance.venue = VenueId{1};
      insert(performance);
    }
    {
      auto unit = storage->Begin(Access::kWrite, Deadline::After({5'000})).value();
      ASSERT_TRUE(unit->Apply(changes, TimeUs{1}).ok());
      ASSERT_TRUE(unit->Commit().ok());
    }
    const auto unit = storage->Begin(Access::kRead, Deadline::After({5'000})).value();
    for (std::uint64_t n = 1; n <= 2; ++n) {
      ASSERT_TRUE(directory.Load(*unit, PerformanceId{n}).ok());
    }
  }
  void Hold(ChangeSet* changes, std::uint64_t show, std::uint64_t user, HoldState state,
            std::uint64_t epoch = 1) {
    HoldRecord hold;
    hold.performance = PerformanceId{show};
    hold.hold.value[0] = static_cast<std::uint8_t>(user);
    hold.user = UserId{user};
    if (epoch != 0) hold.sequence = Sequence::Of(epoch, user);
    hold.state = state;
    changes->of<HoldRecord>().changes.push_back({hold, ChangeKind::kInsert, 0});
  }
  void Owe(std::size_t first, std::size_t n) {
    for (std::size_t i = first; i < first + n; ++i) {
      LineEntry entry;
      entry.user = UserId{i};
      entry.sequence = Sequence::Of(1, i);
      writer.OweLeave(kShow, entry);
    }
  }
};

TEST(LineWriter, TellsEachOnceInCallsOfBoundedSize) {
  Owing owing;
  owing.Owe(1, 10'000);
  ASSERT_TRUE(owing.writer.Tell({}).ok());
  EXPECT_EQ(owing.line.left.size(), 10'000u);
  EXPECT_EQ(owing.line.largest_call, kToldAtOnceMax);
  ASSERT_TRUE(owing.writer.Tell({}).ok());
  EXPECT_EQ(owing.line.left.size(), 10'000u) << "told twice";
}

TEST(LineWriter, KeepsWhatTheLineDidNotTakeAndNothingElse) {
  Owing owing;
  owing.Owe(1, 10'000);
  owing.line.calls_taken = 1;
  EXPECT_EQ(owing.writer.Tell({}).code(), Code::kBusy);
  EXPECT_EQ(owing.line.left.size(), kToldAtOnceMax);
  owing.line.calls_taken = 1'000;
  ASSERT_TRUE(owing.writer.Tell({}).ok());
  ASSERT_EQ(owing.line.left.size(), 10'000u);
  for (std::size_t i = 0; i < owing.line.left.size(); ++i) {
    ASSERT_EQ(owing.line.left[i], Sequence::Of(1, i + 1).value);
  }
}

TEST(LineWriter, IsBoundedWhileTheLineIsAway) {
  Owing owing;
  owing.line.calls_taken = 0;
  owing.Owe(1, kOwedMax + 5);
  EXPECT_EQ(owing.writer.Tell({}).code(), Code::kBusy);
  owing.Owe(kOwedMax + 6, 1);
  owing.line.calls_taken = 1'000;
  ASSERT_TRUE(owing.writer.Tell({}).ok());
  EXPECT_EQ(owing.line.left.size(), kOwedMax);
}

TEST(LineWriter, TellsEachShowOfItsOwnBuyersOnly) {
  Owing owing;
  for (std::uint64_t n = 1; n <= 12; ++n) {
    LineEntry entry;
    entry.user = UserId{n};
    entry.sequence = Sequence::Of(1, n);
    owing.writer.OweLeave(ShowId{1 + n % 3}, entry);
  }
  ASSERT_TRUE(owing.writer.Tell({}).ok());
  ASSERT_EQ(owing.line.told.size(), 12u);
  for (const TakingLine::Told& told : owing.line.told) {
    EXPECT_EQ(told.show, ShowId{1 + told.user % 3}) << "user " << told.user;
    EXPECT_TRUE(told.leave);
  }
}

TEST(LineWriter, TellsEachShowInItsOwnEpoch) {
  Owing owing;
  owing.epochs.Note(ShowId{1}, 5);
  for (std::uint64_t n = 1; n <= 4; ++n) {
    LineEntry entry;
    entry.user = UserId{n};
    entry.sequence = Sequence::Of(2, n);
    owing.writer.OweLeave(ShowId{1 + n % 2}, entry);
  }
  ASSERT_TRUE(owing.writer.Tell({}).ok());
  ASSERT_EQ(owing.line.told.size(), 4u);
  for (const TakingLine::Told& told : owing.line.told) {
    EXPECT_EQ(told.epoch, told.show == ShowId{1} ? 5u : 2u);
  }
}

TEST(LineWriter, TellsWhoKeepsAPlaceBeforeWhoIsThroughOfTheSameShow) {
  Owing owing;
  owing.Open();
  ChangeSet committed;
  owing.Hold(&committed, 1, 11, HoldState::kHeld);
  owing.Hold(&committed, 2, 12, HoldState::kConfirmed);
  owing.Hold(&committed, 1, 13, HoldState::kConfirmed);
  owing.Hold(&committed, 2, 14, HoldState::kHeld);
  owing.Hold(&committed, 1, 15, HoldState::kCancelled);  // stays admitted
  owing.Hold(&committed, 1, 16, HoldState::kHeld, 0);    // made without a pass
  owing.writer.Owe(committed);
  ASSERT_TRUE(owing.writer.Tell({}).ok());
  std::vector<TakingLine::Told> told = owing.line.told;
  const std::vector<TakingLine::Told> want = {{ShowId{1}, 1, false, 11},
                                              {ShowId{1}, 1, true, 13},
                                              {ShowId{2}, 1, false, 14},
                                              {ShowId{2}, 1, true, 12}};
  EXPECT_EQ(told, want);
}

}  // namespace
}  // namespace seathold::testing
