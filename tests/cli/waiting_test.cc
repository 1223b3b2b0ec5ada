#include <sqlite3.h>

#include <chrono>

#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

using Arguments = std::vector<std::string>;

constexpr const char* kAnyHold = "01890a5d-ac96-774b-bcce-b302099a8057";

class CliWaiting : public CliTest {};

// Far above what a call takes on a busy machine, far below for ever.
constexpr std::chrono::seconds kForEver{60};

TEST_F(CliWaiting, IsBoundedForEveryCommandWhileAnotherHoldsTheDatabase) {
  MakeSale({"--queue"});
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((directory_ / "seathold.db").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const std::vector<Arguments> changes = {
      {"keys", "rotate"},
      {"venue", "make", "--name", "x", "--rows", "1", "--seats", "1"},
      {"show", "add", "--title", "x"},
      {"performance", "add", "--show", "1", "--venue", "1", "--date", "2036-12-31", "--time",
       "19:30", "--currency", "EUR", "--price", "*=1"},
      {"performance", "close", "1"},
      {"block", "-p", "1", "#0"},
      {"unblock", "-p", "1", "#0"},
      {"account", "register", "--email", "ann@example.org", "--password", "correct horse"},
      {"account", "disable", "--user", "9223372036854775809"},
      {"wallet", "charge", "--user", "7", "--amount", "1", "--currency", "EUR"},
      {"wallet", "withdraw", "--user", "7", "--amount", "1", "--currency", "EUR"},
      {"transfer", "show", kAnyHold, "--settle"},
      {"hold", "-p", "1", "--user", "7", "--staff", "#0"},
      {"best", "-p", "1", "--user", "7", "--staff", "--seats", "1"},
      {"cancel", "-p", "1", "--user", "7", "--hold", kAnyHold},
      {"confirm", "-p", "1", "--user", "7", "--hold", kAnyHold},
      {"refund", "-p", "1", "--hold", kAnyHold},
      {"reservation", "show", "-p", "1", "--hold", kAnyHold, "--settle"},
  };
  for (Arguments call : changes) {
    SCOPED_TRACE(call[0] + " " + call[1]);
    call.insert(call.begin(), {"--timeout-ms", "200"});
    const auto began = std::chrono::steady_clock::now();
    const Ran ran = Run(call);
    EXPECT_LT(std::chrono::steady_clock::now() - began, kForEver);
    if (call[2] == "keys") continue;  // its file is none of the database's
    EXPECT_EQ(ran.code, 3) << ran.err;
    EXPECT_TRUE(ran.err.starts_with("seathold: kBusy: ")) << ran.err;
  }
  for (Arguments call : std::vector<Arguments>{{"venue", "list"},
                                               {"performance", "list"},
                                               {"seats", "1"},
                                               {"feed", "1"},
                                               {"reservation", "list", "-p", "1"},
                                               {"stats"}}) {
    SCOPED_TRACE(call[0]);
    call.insert(call.begin(), {"--timeout-ms", "10000"});
    EXPECT_EQ(Run(call).code, 0) << Run(call).err;
  }
  sqlite3_close(db);
}

}  // namespace
}  // namespace seathold::testing
