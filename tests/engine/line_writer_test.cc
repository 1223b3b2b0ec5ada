// What a line is owed: bounded, told in calls of bounded size, kept when the line is busy.
#include "src/engine/line_writer.h"

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

  Status Leave(ShowId, std::uint64_t, std::span<const LineEntry> entries, Deadline) override {
    if (calls_taken-- <= 0) return Status(Code::kBusy);
    largest_call = std::max(largest_call, entries.size());
    for (const LineEntry& entry : entries) left.push_back(entry.sequence.value);
    return Status();
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
  Status Keep(ShowId, std::uint64_t, std::span<const LineEntry>, Deadline) override {
    return Unasked();
  }
  Status Stats(ShowId, TimeUs, LineStats*, Deadline) override { return Unasked(); }

 private:
  static Status Unasked() {
    ADD_FAILURE() << "only Leave is asked for";
    return Status(Code::kInternal);
  }
};

struct Owing {
  TakingLine line;
  LineEpochs epochs;
  Directory directory{0, false};
  LineWriter writer{line, epochs, directory};

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

}  // namespace
}  // namespace seathold::testing
