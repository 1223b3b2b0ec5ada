// `seathold stats`, as Prometheus reads it.
#include "tests/cli/tool.h"
#include "tests/support/exposition.h"

namespace seathold::testing {
namespace {

class StatsCommand : public CliTest {};

TEST_F(StatsCommand, PrintsTextThatPrometheusReads) {
  MakeSale({"--queue"});
  Quiet({"block", "-p", "1", FreeSeats(1).at(0)});
  Quiet({"queue", "join", "--show", "1", "--user", "7"});
  const Ran ran = Run({"stats", "--prometheus"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  const Exposition read = ReadExposition(ran.out);
  EXPECT_EQ(read.wrong, std::vector<std::string>());
  EXPECT_EQ(read.value("seathold_seats{state=\"available\"}"), 19);
  EXPECT_EQ(read.value("seathold_seats{state=\"blocked\"}"), 1);
  EXPECT_EQ(read.value("seathold_performances"), 1);
  EXPECT_EQ(read.value("seathold_line_active"), 1);
  EXPECT_EQ(read.value("seathold_line_waiting"), 0);
  EXPECT_GT(read.value("seathold_storage_bytes"), 0);
  // The host's names: one writer.
  EXPECT_EQ(read.types.at("seathold_engine_seconds"), "histogram");
  EXPECT_EQ(read.value("seathold_done_total{what=\"hold\"}"), 0);
  // Nobody is told where the database is.
  EXPECT_EQ(ran.out.find("seathold.db"), std::string::npos) << ran.out;
}

TEST_F(StatsCommand, HasOneFormAtATime) {
  MakeSale();
  EXPECT_EQ(Run({"-q", "stats", "--prometheus"}).out, Run({"stats", "--prometheus"}).out);
  const Ran both = Run({"--json", "stats", "--prometheus"});
  EXPECT_EQ(both.code, 2);
  EXPECT_EQ(both.out, "");
  EXPECT_NE(both.err.find("kInvalidArgument"), std::string::npos) << both.err;
}

}  // namespace
}  // namespace seathold::testing
