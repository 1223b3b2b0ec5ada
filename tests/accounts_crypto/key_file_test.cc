#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "src/accounts/key_format.h"
#include "src/accounts/key_ring.h"
#include "src/util/base64url.h"
#include "tests/accounts_crypto/later.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

class KeyFile : public ::testing::Test {
 protected:
  KeyFile() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "seathold-keys-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    path_ = directory_ + "/sale.db.keys";
  }
  ~KeyFile() override { std::filesystem::remove_all(directory_); }

  std::string Read() const {
    std::ifstream in(path_);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  void Write(const std::string& text, mode_t mode = 0600) const {
    std::ofstream(path_, std::ios::binary) << text;
    ::chmod(path_.c_str(), mode);
  }
  Status LoadStatus() const { return KeyRing::Load(path_).status(); }
  std::size_t FilesThere() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory_), {}));
  }
  mode_t Mode() const {
    struct stat info {};
    EXPECT_EQ(::stat(path_.c_str(), &info), 0);
    return info.st_mode & 07777;
  }

  std::string directory_, path_;
  std::unique_ptr<Entropy> entropy_ = NewSystemEntropy();
};

constexpr char kSecretText[] = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I";  // 32 bytes
std::string FileText(const std::string& lines) { return "seathold-keys 1\n" + lines; }
std::string GoodLines() {
  const std::string secret = kSecretText;
  return "stable " + secret + "\nkey 0000000a " + secret + "\ncurrent 0000000a\n";
}

TEST_F(KeyFile, IsMadeWhenThereIsNoneAndReadTheNextTime) {
  const auto first = KeyRing::LoadOrCreate(path_, *entropy_);
  ASSERT_TRUE(first.ok()) << first.status().text();
  const auto second = KeyRing::LoadOrCreate(path_, *entropy_);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(first.value()->key_ids(), second.value()->key_ids());
  EXPECT_EQ(first.value()->current(KeyPurpose::kPass).mac->Sign("x"),
            second.value()->current(KeyPurpose::kPass).mac->Sign("x"));
  EXPECT_EQ(first.value()->HashExternalId("x").value(),
            second.value()->HashExternalId("x").value());
  EXPECT_EQ(FilesThere(), 1u) << "no temporary file stays";
}

TEST_F(KeyFile, LoadMakesNone) {
  EXPECT_EQ(LoadStatus(), Code::kCannotOpen);
  EXPECT_EQ(FilesThere(), 0u);
}

TEST_F(KeyFile, IsPrivateWhateverTheUmask) {
  for (const mode_t mask : {0000, 0022, 0077, 0777}) {
    const mode_t before = ::umask(mask);
    const bool created = KeyRing::LoadOrCreate(path_, *entropy_).ok();
    const bool rotated = KeyRing::Rotate(path_, *entropy_, Later()).ok();
    ::umask(before);
    EXPECT_TRUE(created && rotated) << std::oct << mask;
    EXPECT_EQ(Mode(), 0600u) << std::oct << mask;
    std::filesystem::remove(path_);
  }
}

TEST_F(KeyFile, OpenToGroupOrOthersIsRefused) {
  for (const mode_t mode : {0640, 0620, 0610, 0604, 0602, 0601, 0644, 0666, 0660}) {
    Write(FileText(GoodLines()), mode);
    const Status status = LoadStatus();
    EXPECT_EQ(status, Code::kCannotOpen) << std::oct << mode;
    EXPECT_NE(status.text().find("chmod 600"), std::string::npos) << status.text();
    EXPECT_EQ(KeyRing::LoadOrCreate(path_, *entropy_).code(), Code::kCannotOpen);
    EXPECT_EQ(KeyRing::Rotate(path_, *entropy_, Later()).code(), Code::kCannotOpen);
  }
  Write(FileText(GoodLines()), 0400);
  EXPECT_TRUE(LoadStatus().ok());
}

TEST_F(KeyFile, SymbolicLinksAreRefusedWhereverTheyPoint) {
  const std::string real = directory_ + "/real";
  ASSERT_TRUE(KeyRing::LoadOrCreate(real, *entropy_).ok());
  for (const std::string& target : {real, directory_ + "/missing"}) {
    ASSERT_EQ(::symlink(target.c_str(), path_.c_str()), 0);
    EXPECT_EQ(LoadStatus(), Code::kCannotOpen);
    EXPECT_NE(LoadStatus().text().find("symbolic link"), std::string::npos);
    EXPECT_EQ(KeyRing::LoadOrCreate(path_, *entropy_).code(), Code::kCannotOpen);
    EXPECT_EQ(KeyRing::Rotate(path_, *entropy_, Later()).code(), Code::kCannotOpen);
    EXPECT_FALSE(std::filesystem::exists(directory_ + "/missing"));
    std::filesystem::remove(path_);
  }
}

TEST_F(KeyFile, DirectoriesAndPipesAreRefusedWithoutHanging) {
  std::filesystem::create_directory(path_);
  EXPECT_EQ(LoadStatus(), Code::kCannotOpen);
  std::filesystem::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(LoadStatus(), Code::kCannotOpen);
  EXPECT_EQ(KeyRing::Rotate(path_, *entropy_, Later()).code(), Code::kCannotOpen);
}

TEST_F(KeyFile, BadPathsAreRefused) {
  EXPECT_EQ(KeyRing::LoadOrCreate("", *entropy_).code(), Code::kInvalidArgument);
  EXPECT_EQ(KeyRing::LoadOrCreate(path_ + std::string(1, '\0') + "x", *entropy_).code(),
            Code::kInvalidArgument);
  EXPECT_EQ(KeyRing::LoadOrCreate(directory_ + "/none/keys", *entropy_).code(), Code::kCannotOpen);
  EXPECT_EQ(KeyRing::Rotate(path_, *entropy_, Later()).code(), Code::kCannotOpen)
      << "nothing to rotate";
  EXPECT_EQ(FilesThere(), 0u);
}

TEST_F(KeyFile, MalformedContentIsRefusedWithItsLineAndWithoutItsText) {
  const std::string secret = kSecretText;
  const std::string shorter = EncodeBase64Url(std::string(31, 's'));
  const std::string longer = EncodeBase64Url(std::string(65, 's'));
  const std::string stable = "stable " + secret + "\n", key = "key 0000000a " + secret + "\n";
  const std::string current = "current 0000000a\n";
  std::string many;
  for (int i = 16; i < 33; ++i) many += "key 000000" + KeyIdText(i).substr(6) + " " + secret + "\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "no stable key"},
      {"\n", "line 1"},
      {"seathold-keys 2\n" + GoodLines(), "line 1"},
      {"seathold-keys 1\r\n" + GoodLines(), "line 1"},
      {GoodLines(), "line 1"},
      {FileText(""), "no stable key"},
      {FileText(stable), "no current key"},
      {FileText(stable + key), "no current key"},
      {FileText(key + current), "no stable key"},
      {FileText(stable + current), "line 3"},
      {FileText(stable + stable + key + current), "line 3: a second stable key"},
      {FileText(stable + key + key + current), "line 4: a key id is used twice"},
      {FileText(stable + key + "current 0000000b\n"), "line 4"},
      {FileText(stable + key + current + current), "line 5: text after"},
      {FileText(stable + key + current + key), "line 5: text after"},
      {FileText(stable + key + "current 0000000a"), "line 4: the last line has no end"},
      {FileText(stable + key + "current 0000000"), "line 4: the last line has no end"},
      {FileText(stable + "key 00000000 " + secret + "\n" + current), "line 3: not a key id"},
      {FileText(stable + "key 0000000A " + secret + "\n" + current), "line 3: not a key id"},
      {FileText(stable + "key 10 " + secret + "\n" + current), "line 3: not a key id"},
      {FileText(stable + "key 0000000a\n" + current), "line 3: not a key id"},
      {FileText(stable + "key 0000000a " + shorter + "\n" + current), "line 3: not a key of 32"},
      {FileText(stable + "key 0000000a " + longer + "\n" + current), "line 3: not a key of 32"},
      {FileText(stable + "key 0000000a " + secret + "=\n" + current), "line 3: not a key of 32"},
      {FileText(stable + "key 0000000a  " + secret + "\n" + current), "line 3: not a key of 32"},
      {FileText("stable " + shorter + "\n" + key + current), "line 2: not a key of 32"},
      {FileText("stable \n" + key + current), "line 2: not a key of 32"},
      {FileText(stable + many + current), "line 19: too many keys"},
      {FileText(stable + key + "\n" + current), "line 4: not a line"},
      {FileText(stable + key + std::string(1, '\0') + "\n" + current), "line 4: not a line"},
      {FileText(stable + key + current) + std::string(5'000, '#'), "too long"}};
  for (const auto& [text, why] : cases) {
    Write(text);
    const Status status = LoadStatus();
    EXPECT_EQ(status, Code::kCannotOpen) << text;
    EXPECT_NE(status.text().find(why), std::string::npos) << status.text() << "\n" << text;
    EXPECT_EQ(status.text().find(secret.substr(0, 8)), std::string::npos) << status.text();
    EXPECT_EQ(status.text().find(shorter.substr(0, 8)), std::string::npos) << status.text();
    EXPECT_FALSE(KeyRing::Rotate(path_, *entropy_, Later()).ok());
    EXPECT_EQ(Read(), text) << "a refused file is left as it is";
  }
  std::printf("COUNT key_file_refusals %zu\n", cases.size());
}

TEST_F(KeyFile, NoCutOfAFileIsAFile) {
  ASSERT_TRUE(KeyRing::LoadOrCreate(path_, *entropy_).ok());
  ASSERT_TRUE(KeyRing::Rotate(path_, *entropy_, Later()).ok());
  const std::string whole = Read();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Write(whole.substr(0, size));
    ASSERT_EQ(LoadStatus(), Code::kCannotOpen) << size;
  }
  Write(whole);
  EXPECT_TRUE(LoadStatus().ok());
}

TEST_F(KeyFile, FullestFileFits) {
  const std::string longest = EncodeBase64Url(std::string(64, 's'));
  std::string text = FileText("stable " + longest + "\n");
  for (std::uint32_t id = 1; id <= kKeysMax; ++id) {
    text += "key " + KeyIdText(id) + " " + longest + "\n";
  }
  Write(text + "current 00000001\n");
  const auto ring = KeyRing::Load(path_);
  ASSERT_TRUE(ring.ok()) << ring.status().text();
  EXPECT_EQ(ring.value()->key_ids().size(), kKeysMax);
  EXPECT_EQ(ring.value()->current(KeyPurpose::kAccess).id, 1u);
  // The file says no times: its own counts.
  const std::int64_t now_s = std::time(nullptr);
  const auto rotate = [&](std::int64_t at_s) {
    return KeyRing::Rotate(path_, *entropy_, TimeUs{at_s * kUsPerSecond}).code();
  };
  EXPECT_EQ(rotate(now_s), Code::kTooManyKeys);
  EXPECT_EQ(rotate(now_s + kKeyLifeS + 1), Code::kOk);
  EXPECT_TRUE(LoadStatus().ok());
}

TEST_F(KeyFile, RotationKeepsOldKeysAndDropsTheOldestBeyondTheMost) {
  ASSERT_TRUE(KeyRing::LoadOrCreate(path_, *entropy_).ok());
  std::vector<std::uint32_t> ids = KeyRing::Load(path_).value()->key_ids();
  for (std::size_t i = 0; i < kKeysMax + 3; ++i) {
    const Result<std::uint32_t> id = KeyRing::Rotate(path_, *entropy_, Later());
    ASSERT_TRUE(id.ok()) << id.status().text();
    ids.push_back(*id);
    if (ids.size() > kKeysMax) ids.erase(ids.begin());
    const auto ring = KeyRing::Load(path_).value();
    EXPECT_EQ(ring->key_ids(), ids);
    EXPECT_EQ(ring->current(KeyPurpose::kAccess).id, *id);
  }
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), kKeysMax);
  EXPECT_EQ(FilesThere(), 1u);
}

TEST_F(KeyFile, ExternalIdsHashTheSameAfterEveryRotation) {
  const auto hash = KeyRing::LoadOrCreate(path_, *entropy_).value()->HashExternalId("anna").value();
  for (std::size_t i = 0; i < kKeysMax + 1; ++i) {
    ASSERT_TRUE(KeyRing::Rotate(path_, *entropy_, Later()).ok());
  }
  EXPECT_EQ(KeyRing::Load(path_).value()->HashExternalId("anna").value(), hash);
}

TEST_F(KeyFile, RunningRingSeesARotationWhenItLooks) {
  const auto ring = KeyRing::LoadOrCreate(path_, *entropy_).value();
  const SigningKey old = ring->current(KeyPurpose::kPass);
  const Mac mac = old.mac->Sign("x");
  EXPECT_EQ(ring->ReloadIfChanged().value(), false);
  const std::uint32_t id = KeyRing::Rotate(path_, *entropy_, Later()).value();
  EXPECT_EQ(ring->Find(id, KeyPurpose::kPass), nullptr);
  EXPECT_EQ(ring->ReloadIfChanged().value(), true);
  EXPECT_EQ(ring->ReloadIfChanged().value(), false);
  EXPECT_EQ(ring->current(KeyPurpose::kPass).id, id);
  EXPECT_EQ(ring->Find(old.id, KeyPurpose::kPass)->Sign("x"), mac);
  EXPECT_EQ(old.mac->Sign("x"), mac) << "a key that was found stays good";
}

TEST_F(KeyFile, RunningRingKeepsItsKeysWhenTheFileGoesBadAndRecovers) {
  const auto ring = KeyRing::LoadOrCreate(path_, *entropy_).value();
  const std::string whole = Read();
  const std::uint32_t id = ring->current(KeyPurpose::kPass).id;
  std::filesystem::remove(path_);
  EXPECT_EQ(ring->ReloadIfChanged().code(), Code::kCannotOpen);
  Write("junk\n");
  EXPECT_EQ(ring->ReloadIfChanged().code(), Code::kCannotOpen);
  EXPECT_EQ(ring->ReloadIfChanged().code(), Code::kCannotOpen) << "said each time, not once";
  Write(whole, 0644);
  EXPECT_EQ(ring->ReloadIfChanged().code(), Code::kCannotOpen);
  EXPECT_EQ(ring->current(KeyPurpose::kPass).id, id);
  std::filesystem::remove(path_);
  Write(whole);
  EXPECT_TRUE(ring->ReloadIfChanged().value());
  EXPECT_EQ(ring->current(KeyPurpose::kPass).id, id);
}

TEST_F(KeyFile, OwnRotationIsSeenAtOnce) {
  const auto ring = KeyRing::LoadOrCreate(path_, *entropy_).value();
  const std::uint32_t id = ring->Rotate(*entropy_, Later()).value();
  EXPECT_EQ(ring->current(KeyPurpose::kAccess).id, id);
  EXPECT_EQ(KeyRing::Load(path_).value()->current(KeyPurpose::kAccess).id, id);
}

TEST_F(KeyFile, RotationWaitsForTheLockAndThenIsBusy) {
  ASSERT_TRUE(KeyRing::LoadOrCreate(path_, *entropy_).ok());
  const int fd = ::open(path_.c_str(), O_RDONLY);
  ASSERT_EQ(::flock(fd, LOCK_EX), 0);
  const std::int64_t start_ns = MonotonicNs();
  EXPECT_EQ(KeyRing::Rotate(path_, *entropy_, Later()).code(), Code::kBusy);
  const std::int64_t waited_ms = (MonotonicNs() - start_ns) / 1'000'000;
  EXPECT_GE(waited_ms, kKeyLockWaitMs);
  EXPECT_TRUE(KeyRing::Load(path_).ok()) << "readers need no lock";
  ::close(fd);
  EXPECT_TRUE(KeyRing::Rotate(path_, *entropy_, Later()).ok());
}

TEST_F(KeyFile, ThreadsThatCreateAtOnceEndWithOneFile) {
  for (int round = 0; round < Scaled(200); ++round) {
    std::atomic<int> ready{0};
    std::vector<std::uint32_t> ids(8);
    std::vector<std::thread> threads;
    for (std::uint32_t& id : ids) {
      threads.emplace_back([&] {
        ++ready;
        while (ready < 8) std::this_thread::yield();
        const auto ring = KeyRing::LoadOrCreate(path_, *entropy_);
        if (ring.ok()) id = ring.value()->current(KeyPurpose::kPlace).id;
      });
    }
    for (std::thread& thread : threads) thread.join();
    const std::uint32_t there = KeyRing::Load(path_).value()->current(KeyPurpose::kPlace).id;
    for (const std::uint32_t id : ids) ASSERT_EQ(id, there);
    ASSERT_EQ(FilesThere(), 1u);
    std::filesystem::remove(path_);
  }
}

TEST_F(KeyFile, ThreadsThatRotateAtOnceLoseNoKey) {
  const auto ring = KeyRing::LoadOrCreate(path_, *entropy_).value();
  std::vector<std::uint32_t> ids(12);
  std::vector<std::thread> threads;
  for (std::uint32_t& id : ids) {
    threads.emplace_back([&] { id = ring->Rotate(*entropy_, Later()).value(); });
  }
  for (std::thread& thread : threads) thread.join();
  const auto there = KeyRing::Load(path_).value()->key_ids();
  EXPECT_EQ(there.size(), 13u);
  for (const std::uint32_t id : ids) {
    EXPECT_EQ(std::ranges::count(there, id), 1);
    EXPECT_NE(ring->Find(id, KeyPurpose::kPass), nullptr);
  }
}

// Runs `work` in `count` children that start together; what each wrote into its slot comes back.
template <class Work>
std::vector<std::uint32_t> InChildren(int count, Work work) {
  int gate[2], answers[2];
  if (::pipe(gate) != 0 || ::pipe(answers) != 0) return {};
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(gate[1]);
      char byte = 0;
      [[maybe_unused]] const ssize_t released = ::read(gate[0], &byte, 1);  // ends when all forked
      const std::uint32_t answer = work();
      const bool written = ::write(answers[1], &answer, sizeof answer) == sizeof answer;
      ::_exit(written ? 0 : 1);
    }
    children.push_back(child);
  }
  ::close(gate[0]);
  ::close(gate[1]);
  ::close(answers[1]);
  std::vector<std::uint32_t> out;
  for (std::uint32_t answer = 0; ::read(answers[0], &answer, sizeof answer) == sizeof answer;) {
    out.push_back(answer);
  }
  ::close(answers[0]);
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
  return out;
}

TEST_F(KeyFile, ProcessesThatCreateAtOnceEndWithOneFile) {
  for (int round = 0; round < Scaled(50); ++round) {
    const auto ids = InChildren(6, [&]() -> std::uint32_t {
      const auto ring = KeyRing::LoadOrCreate(path_, *entropy_);
      return ring.ok() ? ring.value()->current(KeyPurpose::kPlace).id : 0;
    });
    ASSERT_EQ(ids.size(), 6u);
    const std::uint32_t there = KeyRing::Load(path_).value()->current(KeyPurpose::kPlace).id;
    for (const std::uint32_t id : ids) ASSERT_EQ(id, there);
    ASSERT_EQ(FilesThere(), 1u);
    std::filesystem::remove(path_);
  }
}

TEST_F(KeyFile, ProcessesThatRotateAtOnceLoseNoKey) {
  ASSERT_TRUE(KeyRing::LoadOrCreate(path_, *entropy_).ok());
  const auto ids =
      InChildren(8, [&] { return KeyRing::Rotate(path_, *entropy_, Later()).value(); });
  ASSERT_EQ(ids.size(), 8u);
  const auto there = KeyRing::Load(path_).value()->key_ids();
  EXPECT_EQ(there.size(), 9u);
  for (const std::uint32_t id : ids) EXPECT_EQ(std::ranges::count(there, id), 1);
  EXPECT_EQ(FilesThere(), 1u);
}

TEST_F(KeyFile, ReadersSeeOneStateOrTheNextWhileItRotates) {
  const auto ring = KeyRing::LoadOrCreate(path_, *entropy_).value();
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const SigningKey key = ring->current(KeyPurpose::kPass);
        if (key.mac->Sign("x") != key.mac->Sign("x")) ++wrong;
        if (!KeyRing::Load(path_).ok()) ++wrong;
        if (!ring->ReloadIfChanged().ok()) ++wrong;
      }
    });
  }
  for (int i = 0; i < Scaled(200); ++i)
    EXPECT_TRUE(KeyRing::Rotate(path_, *entropy_, Later()).ok());
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

constexpr uid_t kNobody = 65'534;

TEST_F(KeyFile, ReadOnlyDirectoryIsACleanRefusal) {
  const bool root = ::geteuid() == 0;  // who may write anywhere, so nobody tries it
  if (root) {
    ASSERT_EQ(::chown(directory_.c_str(), kNobody, kNobody), 0);
  }
  ASSERT_EQ(::chmod(directory_.c_str(), 0500), 0);
  if (root) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const Code code = KeyRing::LoadOrCreate(path_, *entropy_).code();
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ::chmod(directory_.c_str(), 0700);
  EXPECT_EQ(code, Code::kCannotOpen);
  EXPECT_EQ(FilesThere(), 0u);
}

TEST_F(KeyFile, RotationByRootLeavesTheFileToItsOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_TRUE(KeyRing::LoadOrCreate(path_, *entropy_).ok());
  ASSERT_EQ(::chown(path_.c_str(), kNobody, kNobody), 0);
  ASSERT_TRUE(KeyRing::Rotate(path_, *entropy_, Later()).ok());
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, kNobody);
  EXPECT_EQ(info.st_gid, kNobody);
  EXPECT_EQ(Mode(), 0600u);
}

TEST_F(KeyFile, FullDiskLeavesNothingNewBehind) {
  const std::string mount = directory_ + "/full";
  std::filesystem::create_directory(mount);
  const std::string command = "mount -t tmpfs -o size=4k tmpfs " + mount + " 2>/dev/null";
  if (std::system(command.c_str()) != 0) GTEST_SKIP() << "mounting is not allowed here";
  std::ofstream(mount + "/fill") << std::string(8'192, 'x');
  EXPECT_EQ(KeyRing::LoadOrCreate(mount + "/keys", *entropy_).code(), Code::kStorageFull);
  std::filesystem::remove(mount + "/fill");
  EXPECT_TRUE(std::filesystem::is_empty(mount));
  EXPECT_EQ(std::system(("umount " + mount).c_str()), 0);
}

}  // namespace
}  // namespace seathold::testing
