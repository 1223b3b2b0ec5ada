#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

using Arguments = std::vector<std::string>;

constexpr const char* kGivenId = "01890a5d-ac96-774b-bcce-b302099a8057";

class CliOutput : public CliTest {};

TEST_F(CliOutput, ThatFailsMakesNoReadUnknown) {
  MakeSale();
  const std::string hold = Quiet({"hold", "-p", "1", "--user", "7", "#0"});
  const std::string charge =
      Quiet({"wallet", "charge", "--user", "7", "--amount", "5", "--currency", "EUR"});
  const std::vector<Arguments> reads = {
      {"venue", "list"},
      {"show", "list"},
      {"performance", "list"},
      {"seats", "1"},
      {"feed", "1"},
      {"reservation", "show", "-p", "1", "--hold", hold},
      {"reservation", "list", "-p", "1"},
      {"wallet", "balance", "--user", "7", "--currency", "EUR"},
      {"wallet", "statement", "--user", "7", "--currency", "EUR"},
      {"transfer", "show", charge},
      {"verify"},
      {"stats"},
      {"help"},
      {"--help"},
      {"--version"},
      {"help", "hold"},
  };
  for (const Arguments& read : reads) {
    SCOPED_TRACE(read.front() + (read.size() > 1 ? " " + read[1] : ""));
    const Ran full = Run(read, {.out_file = "/dev/full"});
    EXPECT_EQ(full.code, 3) << full.err;
    EXPECT_TRUE(full.err.starts_with("seathold: kBusy: the answer could not be written: No space"))
        << full.err;
    EXPECT_EQ(Run(read, {.out_closed = true}).code, 3);
    const Ran broken = Run(read, {.out_broken = true});
    EXPECT_EQ(broken.code, 141) << broken.err;
    EXPECT_EQ(broken.err, "");
  }
}

TEST_F(CliOutput, ThatFailsStillSaysWhatHasHappened) {
  MakeSale({"--queue"});
  const Arguments charge = {"wallet", "charge", "--user", "7",          "--amount",
                            "10",     "--id",   kGivenId, "--currency", "EUR"};
  for (const RunInput& input : {RunInput{.out_file = "/dev/full"}, RunInput{.out_closed = true},
                                RunInput{.out_broken = true}}) {
    const Ran ran = Run(charge, input);
    EXPECT_EQ(ran.code, 4) << ran.err;
    EXPECT_TRUE(ran.err.starts_with("seathold: kOutcomeUnknown: it is done, but the answer could "))
        << ran.err;
    EXPECT_NE(ran.err.find(kGivenId), std::string::npos) << ran.err;
  }
  EXPECT_EQ(Quiet({"wallet", "balance", "--user", "7", "--currency", "EUR"}), "10.00 EUR");

  const Ran made =
      Run({"hold", "-p", "1", "--user", "7", "--staff", "#0", "--json"}, {.out_broken = true});
  EXPECT_EQ(made.code, 4);
  const Result<Json> error = Json::Parse(made.err);
  ASSERT_TRUE(error.ok()) << made.err;
  ASSERT_NE(error->Find("hold"), nullptr) << made.err;
  EXPECT_EQ(Quiet({"reservation", "list", "-p", "1"}), *error->Find("hold")->AsString());
}

TEST_F(CliOutput, ThatFailsSpillsNoTokenElsewhere) {
  MakeSale({"--queue"});
  const Arguments join = {"queue", "join", "--show", "1", "--user", "7"};
  const std::string place = Quiet(join);
  for (const char* form : {"--quiet", "--json"}) {
    Arguments again = join;
    again.push_back(form);
    const Ran ran = Run(again, {.out_file = "/dev/full"});
    EXPECT_EQ(ran.code, 4) << ran.err;
    EXPECT_EQ(ran.err.find(place), std::string::npos) << ran.err;
  }
}

// With standard output closed the next file that is opened would become it.
TEST_F(CliOutput, ThatIsClosedIsNoFileOfTheDatabase) {
  MakeSale();
  EXPECT_EQ(
      Run({"hold", "-p", "1", "--user", "7", "#0", "--id", kGivenId}, {.out_closed = true}).code,
      4);
  EXPECT_EQ(Run({"queue", "join", "--show", "1", "--user", "7"}, {.out_closed = true}).code, 1);
  for (const auto& file : std::filesystem::directory_iterator(directory_)) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(text.find(std::string("hold   ") + kGivenId), std::string::npos) << file.path();
  }
  EXPECT_EQ(Quiet({"verify"}), "clean");
}

TEST_F(CliOutput, LeavesTheEchoOfATerminalOnWhenInterrupted) {
  Quiet({"init"});
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(master, 0);
  ASSERT_EQ(::grantpt(master), 0);
  ASSERT_EQ(::unlockpt(master), 0);
  const std::string terminal = ::ptsname(master);
  const int slave = ::open(terminal.c_str(), O_RDWR | O_NOCTTY);
  const auto echoes = [&] {
    termios settings{};
    EXPECT_EQ(::tcgetattr(slave, &settings), 0);
    return (settings.c_lflag & ECHO) != 0;
  };
  ASSERT_TRUE(echoes());
  const pid_t child = ::fork();
  if (child == 0) {
    ::setsid();
    const int own = ::open(terminal.c_str(), O_RDWR);
    ::ioctl(own, TIOCSCTTY, 0);
    for (const int fd : {0, 1, 2}) ::dup2(own, fd);
    const std::string tool = std::getenv("SEATHOLD_CLI");
    if (::chdir(directory_.c_str()) != 0) ::_exit(126);
    ::execl(tool.c_str(), "seathold", "account", "login", "--email", "ann@example.org", nullptr);
    ::_exit(127);
  }
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (echoes() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
  EXPECT_FALSE(echoes());
  EXPECT_EQ(::write(master, "\x03", 1), 1);
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > give_up) ::kill(child, SIGKILL);
    std::this_thread::yield();
  }
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGINT);
  EXPECT_TRUE(echoes());
  ::close(slave);
  ::close(master);
}

TEST_F(CliOutput, LogsFieldsToStandardError) {
  MakeSale();
  const Arguments list = {"venue", "list", "--log-level"};
  const auto at = [&](const char* level) {
    Arguments call = list;
    call.push_back(level);
    return Run(call);
  };
  EXPECT_EQ(Run({"venue", "list"}).err, "");
  EXPECT_EQ(at("off").err, "");
  EXPECT_EQ(at("warning").err, "");
  const Ran ran = at("info");
  EXPECT_EQ(ran.code, 0);
  EXPECT_TRUE(ran.err.starts_with("time=20")) << ran.err;
  EXPECT_NE(ran.err.find("Z level=info pid="), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find(" msg=\"command ended\" command=\"venue list\" exit_code=0 took_ms="),
            std::string::npos)
      << ran.err;
  EXPECT_EQ(ran.out, Run({"venue", "list"}).out);
  Refused({"venue", "list", "--log-level", "loud"}, 2, "kInvalidArgument");
}

TEST_F(CliOutput, LogsNothingThatWasTyped) {
  Quiet({"init"});
  const std::string secret = "correct-horse-battery";
  const Ran ran = Run({"account", "register", "--email", "ann@example.org", "--password", secret,
                       "--log-level", "debug"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.err.find("command=\"account register\""), std::string::npos) << ran.err;
  for (const std::string& typed : {secret, std::string("ann@")}) {
    EXPECT_EQ(ran.err.find(typed), std::string::npos) << ran.err;
  }
}

}  // namespace
}  // namespace seathold::testing
