// A seat sold over PostgreSQL with claims and the waiting line on Redis, by URI alone.
#include <unistd.h>

#include <cstdlib>

#include "tests/capi/office.h"

namespace seathold_test {
namespace {

std::string EnvironmentOf(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

TEST(CServers, SellsASeatByUriAlone) {
  const std::string postgres = EnvironmentOf("SEATHOLD_TEST_POSTGRES");
  const std::string redis = EnvironmentOf("SEATHOLD_TEST_REDIS");
  if (postgres.empty() || redis.empty()) {
    GTEST_SKIP() << "run it by with_servers.sh; " << EnvironmentOf("SEATHOLD_TEST_NO_SERVERS");
  }
  const std::string own = "capi_" + std::to_string(::getpid());
  const std::string cache = redis + "?prefix=" + own;
  const std::string keys = (::testing::TempDir() + own) + ".keys";
  {
    Office office(postgres + "&schema=" + own, true, {cache, keys});
    const seathold_join_request join{office.show, kAnn};
    seathold_place place{};
    ASSERT_EQ(seathold_queue_join(office.engine, &join, 1, &place, kWait, &office.error),
              SEATHOLD_OK)
        << office.error.message;
    ASSERT_EQ(place.state, SEATHOLD_PLACE_ADMITTED);
    const std::string pass = place.pass.text;
    seathold_hold_request wish = office.HoldRequest(1, kAnn);
    wish.pass_n = static_cast<std::uint32_t>(pass.size());
    const seathold_seat_ticket seat{office.Seat(0), 0, 0};
    seathold_hold_result held{};
    ASSERT_EQ(seathold_hold(office.engine, &wish, 1, &seat, 1, pass.data(), pass.size(), &held,
                            nullptr, 0, nullptr, kWait, &office.error),
              SEATHOLD_OK)
        << office.error.message;
    office.Charge(1, kAnn, 5'500);
    EXPECT_EQ(office.Confirm(1, MakeId(1, 1), kAnn).code, SEATHOLD_OK) << office.error.message;
    EXPECT_EQ(office.Balance(kAnn), 1'000);
    EXPECT_TRUE(office.Clean());
  }
  ::unlink(keys.c_str());
}

}  // namespace
}  // namespace seathold_test
