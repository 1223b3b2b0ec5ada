// The contract over both embedded lines.
#include "tests/contract/line_contract.h"

#include "src/line/memory/memory_line.h"
#include "src/line/sqlite/sqlite_line.h"
#include "tests/line/temp_dir.h"

namespace seathold::testing {
namespace {

// The file goes when the line does.
class OwnedLine final : public Line {
 public:
  explicit OwnedLine(std::int64_t max_age_ms) {
    auto opened = NewSqliteLine(dir_.File("x.db-line"), {.max_age_ms = max_age_ms});
    EXPECT_TRUE(opened.ok()) << opened.status().text();
    line_ = std::move(opened.value());
  }
  Status OpenLine(ShowId s, const LineConfig& c, TimeUs n, Deadline d) override {
    return line_->OpenLine(s, c, n, d);
  }
  Status Join(ShowId s, std::uint64_t e, std::span<LineEntry> io, TimeUs n, Deadline d) override {
    return line_->Join(s, e, io, n, d);
  }
  Status Poll(ShowId s, std::uint64_t e, std::span<LineEntry> io, TimeUs n, Deadline d) override {
    return line_->Poll(s, e, io, n, d);
  }
  Status Admit(ShowId s, std::uint64_t e, std::uint32_t max, TimeUs n, Deadline d,
               std::uint32_t* admitted) override {
    return line_->Admit(s, e, max, n, d, admitted);
  }
  Status Keep(ShowId s, std::uint64_t e, std::span<const LineEntry> in, Deadline d) override {
    return line_->Keep(s, e, in, d);
  }
  Status Leave(ShowId s, std::uint64_t e, std::span<const LineEntry> in, Deadline d) override {
    return line_->Leave(s, e, in, d);
  }
  Status Stats(ShowId s, TimeUs n, LineStats* out, Deadline d) override {
    return line_->Stats(s, n, out, d);
  }

 private:
  TempDir dir_;
  std::unique_ptr<Line> line_;
};

INSTANTIATE_TEST_SUITE_P(Memory, LineContract,
                         ::testing::Values(LineMaker{"memory", &NewMemoryLine}));

INSTANTIATE_TEST_SUITE_P(
    Sqlite, LineContract,
    ::testing::Values(LineMaker{"sqlite", [] { return std::make_unique<OwnedLine>(250); }, 4},
                      LineMaker{"sqlite_age0", [] { return std::make_unique<OwnedLine>(0); }, 4}));

}  // namespace
}  // namespace seathold::testing
