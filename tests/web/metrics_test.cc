// /metrics, as Prometheus itself reads it.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/web/program.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

class Metrics : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    Open();
  }
};

TEST_F(Metrics, PromtoolHasNothingToSayOfThem) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) GTEST_SKIP() << "no promtool here";
  Buy(ann, {1, 2});
  ASSERT_EQ(Hold(bob, NewId(), {2}).status, 409);
  const WebFolder folder;
  std::ofstream(folder.Path("metrics")) << Do("GET", "/metrics").body;
  const std::string check = "promtool check metrics <'" + folder.Path("metrics") + "' >'" +
                            folder.Path("told") + "' 2>&1";
  const int ended = std::system(check.c_str());
  std::ifstream told(folder.Path("told"));
  EXPECT_EQ(ended, 0) << std::string(std::istreambuf_iterator<char>(told), {});
}

}  // namespace
}  // namespace seathold::testing
