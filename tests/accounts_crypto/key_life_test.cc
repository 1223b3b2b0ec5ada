// No key goes while what it signed may live.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "src/accounts/key_format.h"
#include "src/accounts/key_ring.h"

namespace seathold::testing {
namespace {

constexpr std::int64_t kDayS = 86'400;
constexpr std::int64_t kStartS = 1'700'000'000;
constexpr TimeUs At(std::int64_t second) { return TimeUs{second * kUsPerSecond}; }

class KeyLife : public ::testing::Test {
 protected:
  KeyLife() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "seathold-life-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    path_ = directory_ + "/sale.db.keys";
    ring_ = KeyRing::LoadOrCreate(path_, *entropy_).value();
  }
  ~KeyLife() override { std::filesystem::remove_all(directory_); }

  Result<std::uint32_t> Rotate(std::int64_t second) { return ring_->Rotate(*entropy_, At(second)); }
  bool Has(std::uint32_t id) const { return ring_->Find(id, KeyPurpose::kPlace) != nullptr; }
  std::string Text() const {
    std::ifstream in(path_);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  std::string directory_, path_;
  std::unique_ptr<Entropy> entropy_ = NewSystemEntropy();
  std::unique_ptr<KeyRing> ring_;
};

TEST_F(KeyLife, TheSixteenthRotationInARowIsRefusedAndKillsNothing) {
  std::vector<std::uint32_t> ids = ring_->key_ids();
  for (std::size_t i = 1; i < kKeysMax; ++i) ids.push_back(Rotate(kStartS + 60).value());
  const std::string before = Text();
  const auto refused = Rotate(kStartS + 3'660);
  EXPECT_EQ(refused.code(), Code::kTooManyKeys);
  EXPECT_EQ(refused.status().retry_after_ms(), (kKeyLifeS - 3'600) * 1'000);
  EXPECT_NE(refused.status().text().find("in 335 h"), std::string::npos) << refused.status().text();
  EXPECT_EQ(Text(), before);
  for (const std::uint32_t id : ids) EXPECT_TRUE(Has(id));
  EXPECT_EQ(Rotate(kStartS + 60 + kKeyLifeS - 1).code(), Code::kTooManyKeys);
  ASSERT_TRUE(Rotate(kStartS + 60 + kKeyLifeS).ok());
  EXPECT_FALSE(Has(ids[0]));
  EXPECT_TRUE(Has(ids[1]));
}

TEST_F(KeyLife, ARotationADayIsNeverRefusedAndKeepsEachKeyForItsTime) {
  std::vector<std::uint32_t> ids = ring_->key_ids();
  for (std::int64_t day = 1; day <= 60; ++day) {
    const auto id = Rotate(kStartS + day * kDayS);
    ASSERT_TRUE(id.ok()) << day << ": " << id.status().text();
    ids.push_back(*id);
    // ids[k] was retired at day k + 1.
    for (std::int64_t k = std::max<std::int64_t>(0, day - 15); k < day; ++k) {
      EXPECT_TRUE(Has(ids[static_cast<std::size_t>(k)])) << k << " on day " << day;
    }
  }
}

TEST_F(KeyLife, InMemoryIsTheSame) {
  const auto ring = KeyRing::InMemory(*entropy_);
  const std::uint32_t first = ring->key_ids()[0];
  for (std::size_t i = 1; i < kKeysMax; ++i) {
    ASSERT_TRUE(ring->Rotate(*entropy_, At(kStartS)).ok());
  }
  EXPECT_EQ(ring->Rotate(*entropy_, At(kStartS + kKeyLifeS - 1)).code(), Code::kTooManyKeys);
  EXPECT_NE(ring->Find(first, KeyPurpose::kPlace), nullptr);
  EXPECT_TRUE(ring->Rotate(*entropy_, At(kStartS + kKeyLifeS)).ok());
  EXPECT_EQ(ring->key_ids().size(), kKeysMax);
}

TEST_F(KeyLife, TimesAreInTheFileWhereRelease01ReadsPastThem) {
  ASSERT_TRUE(Rotate(kStartS).ok());
  const std::string first = KeyIdText(ring_->key_ids()[0]);
  EXPECT_NE(Text().find("\n# retired " + first + " 1700000000\n"), std::string::npos) << Text();
  const auto read = ReadKeyFile(path_);
  ASSERT_TRUE(read.ok()) << read.status().text();
  EXPECT_EQ(read->set.keys[0].retired_s, kStartS);
  EXPECT_EQ(read->set.keys[1].retired_s, 0);
}

// Without times, as release 0.1 wrote it: its keys were retired when the file was last written.
TEST_F(KeyLife, KeysOf01CountFromTheTimeOfTheirFile) {
  for (std::size_t i = 1; i < kKeysMax; ++i) ASSERT_TRUE(Rotate(kStartS).ok());
  std::istringstream lines(Text());
  std::string text, line;
  while (std::getline(lines, line)) {
    if (!line.starts_with("# retired ")) text += line + "\n";
  }
  std::ofstream(path_, std::ios::binary) << text;
  const timespec times[] = {{kStartS + 5 * kDayS, 0}, {kStartS + 5 * kDayS, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path_.c_str(), times, 0), 0);
  const auto refused = Rotate(kStartS + 6 * kDayS);
  EXPECT_EQ(refused.code(), Code::kTooManyKeys);
  EXPECT_EQ(refused.status().retry_after_ms(), (kKeyLifeS - kDayS) * 1'000);
  EXPECT_TRUE(Rotate(kStartS + 5 * kDayS + kKeyLifeS).ok());
}

TEST_F(KeyLife, ATimeThatIsAheadCountsFromNow) {
  ASSERT_TRUE(Rotate(kStartS + 3'650 * kDayS).ok());
  for (std::size_t i = 2; i < kKeysMax; ++i) ASSERT_TRUE(Rotate(kStartS).ok());
  EXPECT_EQ(Rotate(kStartS + 1).code(), Code::kTooManyKeys);
  EXPECT_TRUE(Rotate(kStartS + kKeyLifeS).ok());
}

TEST_F(KeyLife, LinesThatAreNoTimesAreRefused) {
  const std::string id = KeyIdText(ring_->key_ids()[0]);
  const std::string retired = "# retired " + id;
  for (const std::string& bad : {std::string("# retired ffffffff 5"), retired, retired + " ",
                                 retired + " 0", retired + " -5", retired + " 5x", retired + "5"}) {
    std::string text = Text();
    text.insert(text.find("current "), bad + "\n");
    FileKeys set;
    EXPECT_NE(ParseKeys(text, set), "") << bad;
  }
}

}  // namespace
}  // namespace seathold::testing
