// What becomes of zones when the machine's folder of them is not as it should be. The library reads
// it once a process, so each case is a child with file systems of its own; this executable looks at
// no zone before.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "src/zone/zones.h"

namespace seathold {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "/usr/share/zoneinfo";

void Write(const char* file, const std::string& text) { std::ofstream(file) << text; }

// File systems of one's own: as root, else as root of a user namespace.
bool EnterNamespace() {
  const std::string uid = std::to_string(::getuid()), gid = std::to_string(::getgid());
  if (::unshare(CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    Write("/proc/self/setgroups", "deny");
    Write("/proc/self/uid_map", "0 " + uid + " 1");
    Write("/proc/self/gid_map", "0 " + gid + " 1");
  }
  return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", "/mnt", "tmpfs", 0, nullptr) == 0;
}

bool CanHaveNamespaces() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(EnterNamespace() ? 0 : 1);
  int status = 1;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

std::string TextOf(std::string_view zone) {
  const Status status = Zones(SystemZones()).Check(zone);
  return status.ok() ? "known" : std::string(status.detail());
}

// In a death test's child: prints what became of zones; the parent reads it.
template <class Prepare>
[[noreturn]] void Tell(Prepare prepare) {
  if (!EnterNamespace() || !prepare()) ::_exit(2);
  std::fprintf(stderr, "Vienna: %s\nUTC: %s\n", TextOf("Europe/Vienna").c_str(),
               TextOf("UTC").c_str());
  ::_exit(0);
}

bool Mount(const char* from, const char* on) {
  return ::mount(from, on, "tmpfs", from[0] == '/' ? MS_BIND : 0, nullptr) == 0;
}

class ZoneFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kFolder)) GTEST_SKIP() << "this machine has no " << kFolder;
    if (!CanHaveNamespaces()) GTEST_SKIP() << "a mount namespace is not allowed here";
  }
};

TEST_F(ZoneFolder, AsItIsHasVienna) {
  EXPECT_EXIT(Tell([] { return true; }), ::testing::ExitedWithCode(0), "Vienna: known\nUTC: known");
}

TEST_F(ZoneFolder, EmptyLeavesUtcAndSaysWhy) {
  EXPECT_EXIT(Tell([] { return Mount("none", kFolder); }), ::testing::ExitedWithCode(0),
              "Vienna: zone \"Europe/Vienna\": this machine has 0 time zones; install tzdata, or "
              "use UTC\nUTC: known");
}

TEST_F(ZoneFolder, MissingLeavesUtcAndSaysWhy) {
  EXPECT_EXIT(Tell([] { return Mount("none", "/usr/share"); }), ::testing::ExitedWithCode(0),
              "Vienna: zone \"Europe/Vienna\": this machine's time zones cannot be read: .*\n"
              "UTC: known");
}

TEST_F(ZoneFolder, WithAnotherBerlinLeavesUtcAndSaysWhy) {
  const auto prepare = [] {
    const std::string folder = kFolder;
    return Mount((folder + "/Africa/Lagos").c_str(), (folder + "/Europe/Berlin").c_str());
  };
  EXPECT_EXIT(
      Tell(prepare), ::testing::ExitedWithCode(0),
      "Vienna: zone \"Europe/Vienna\": this machine's time zones are misread .*\nUTC: known");
}

// As after an upgrade of the database under a process that runs.
TEST_F(ZoneFolder, FilesThatGoOrBreakMeanwhileAreErrorsAndNothingIsThrown) {
  const auto run = [] {
    std::error_code error;
    fs::copy(kFolder, "/mnt", fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
    if (error || !Mount("/mnt", kFolder)) ::_exit(2);
    const Zones zones(SystemZones());
    if (!zones.Check("Asia/Tokyo").ok() || !zones.Check("Asia/Seoul").ok()) ::_exit(3);
    const std::string folder = kFolder;
    fs::remove(folder + "/Asia/Tokyo");
    fs::resize_file(folder + "/Asia/Seoul", 0);
    Write((folder + "/Asia/Manila").c_str(), "TZif2 and no more");
    for (const char* zone : {"Asia/Tokyo", "Asia/Seoul", "Asia/Manila"}) {
      const auto read = zones.Read(zone, 1'800'000'000);
      std::fprintf(stderr, "%s: %s\n", zone, std::string(read.status().detail()).c_str());
    }
    ::_exit(0);
  };
  EXPECT_EXIT(
      {
        if (EnterNamespace()) run();
        ::_exit(2);
      },
      ::testing::ExitedWithCode(0),
      "Asia/Tokyo: this machine's time zones cannot be read: .*\n"
      "Asia/Seoul: this machine's time zones cannot be read: .*\n"
      "Asia/Manila: this machine's time zones cannot be read: .*");
}

}  // namespace
}  // namespace seathold
