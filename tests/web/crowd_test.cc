// Many viewers of one map: what each costs, and how soon all of them know.
#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"
#include "tests/web/program.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

constexpr std::uint64_t kBytesAStreamMax = 10'000;  // 100 MB for 10,000

// As many as are asked for and the machine lets this process open.
int ViewersAllowed(int wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return std::min(wanted, static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1'000'000)) - 200);
}

class Viewers : public ::testing::Test {
 protected:
  void SetUp() override {
    if (WebProgramPath().empty()) GTEST_SKIP() << "no seathold-web was built";
    program_ = std::make_unique<WebProgram>(
        std::vector<std::string>{"--demo", "--demo-buyers", "0", "--connections-per-address",
                                 "100000", "--log-level", "error"});
    ASSERT_NE(program_->port(), 0) << program_->Log();
  }

  void Watch(int count) {
    const std::string version =
        Text(Ask(program_->port(), {.path = "/api/performances/2/map"}).json(), "version");
    const std::string request =
        RequestText({.path = "/api/performances/2/events?after=" + version});
    for (int i = 0; i < count; ++i) {
      streams_.emplace_back(program_->port());
      streams_.back().Send(request);
    }
    for (WebConnection& stream : streams_) {
      ASSERT_EQ(stream.Read(60'000).status, 200);
      ASSERT_TRUE(stream.ReadUntil("\n\n").starts_with("retry: "));
    }
  }

  std::string StaffToken() const {
    const std::string mark = "password: ";
    const std::string& text = program_->announced();
    const std::size_t at = text.find(mark);
    std::string password = text.substr(at + mark.size(), 32);
    const Json body = Json::Object().Set("email", "staff@example.org").Set("password", password);
    return Text(
        Ask(program_->port(), {.method = "POST", .path = "/api/login", .body = body.Dump()}).json(),
        "token");
  }

  std::unique_ptr<WebProgram> program_;
  std::vector<WebConnection> streams_;
};

TEST_F(Viewers, CostLittleWhileNothingHappens) {
  const int count = ViewersAllowed(Scaled(10'000));
  const std::uint64_t before = program_->Bytes();
  ASSERT_NO_FATAL_FAILURE(Watch(count));
  const std::uint64_t each = (program_->Bytes() - before) / static_cast<std::uint64_t>(count);
  std::printf("%d streams, %llu bytes each\n", count, static_cast<unsigned long long>(each));
  if (SEATHOLD_SANITIZED) GTEST_SKIP() << "a sanitizer keeps memory of its own";
  EXPECT_LT(each, kBytesAStreamMax);
}

// The figure is printed; what is asserted leaves room for a machine that does other things too.
TEST_F(Viewers, AllKnowOfAChangeSoon) {
  const int count = ViewersAllowed(Scaled(5'000));
  ASSERT_NO_FATAL_FAILURE(Watch(count));
  const std::string staff = StaffToken();
  const Json hall = Ask(program_->port(), {.path = "/api/performances/2/hall"}).json();
  const std::string seat = *hall.Find("seats")->Find("id")->items().at(0).AsString();
  const std::int64_t began_ns = MonotonicNs();
  const WebReply blocked = Ask(program_->port(), {.method = "POST",
                                                  .path = "/api/performances/2/block",
                                                  .body = "{\"seats\":[\"" + seat + "\"]}",
                                                  .token = staff});
  ASSERT_EQ(blocked.status, 200) << blocked.body;
  for (WebConnection& stream : streams_) {
    ASSERT_NE(stream.ReadUntil("\n\n", 30'000).find("[0,\"b\"]"), std::string::npos);
  }
  const double seconds = static_cast<double>(MonotonicNs() - began_ns) / 1e9;
  std::printf("%d viewers knew after %.3f s\n", count, seconds);
  EXPECT_LT(seconds, 10);
}

}  // namespace
}  // namespace seathold::testing
