#include "src/accounts/signed_token.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <limits>
#include <string>

#include "src/accounts/jwt.h"
#include "src/util/base64url.h"
#include "tests/accounts_crypto/jwt_forge.h"
#include "tests/accounts_crypto/later.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr PlaceToken kPlace{
    .show = {3}, .user = {42}, .sequence = {(1ull << 40) | 5}, .issued_at = kIssued};
constexpr Pass kPass{
    .show = {3}, .user = {42}, .sequence = {(1ull << 40) | 5}, .admitted_until = kIssued};

class SignedTokens : public ::testing::Test {
 protected:
  // The 70 bytes of a token with its body changed and its MAC made anew.
  std::string Resign(std::string bytes, std::string_view purpose) const {
    bytes.resize(38);
    bytes += OpenSslHmac(OpenSslHmac(kJwtSecret, purpose), bytes);
    return EncodeBase64Url(bytes);
  }

  std::unique_ptr<KeyRing> ring_ = JwtRing();
};

TEST_F(SignedTokens, ComeBackAsTheyWereSigned) {
  EXPECT_EQ(VerifyPlace(*ring_, Sign(*ring_, kPlace)).value(), kPlace);
  EXPECT_EQ(VerifyPass(*ring_, Sign(*ring_, kPass)).value(), kPass);
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const Pass extreme{.show = {most}, .user = {most}, .sequence = {most}, .admitted_until = {-1}};
  EXPECT_EQ(VerifyPass(*ring_, Sign(*ring_, extreme)).value(), extreme);
  EXPECT_EQ(VerifyPass(*ring_, Sign(*ring_, Pass{})).value(), Pass{});
}

TEST_F(SignedTokens, FitTheirSlotAndAreCleanText) {
  const std::string text = Sign(*ring_, kPass);
  EXPECT_EQ(text.size(), kSignedTokenSize);
  EXPECT_LE(text.size(), 95u);
  EXPECT_TRUE(
      std::ranges::all_of(text, [](char c) { return std::isalnum(c) || c == '-' || c == '_'; }));
}

TEST_F(SignedTokens, HaveTheWrittenLayout) {
  const std::string bytes = DecodeBase64Url(Sign(*ring_, kPass)).value();
  ASSERT_EQ(bytes.size(), 70u);
  const std::string body = bytes.substr(0, 38);
  const std::string expected =
      std::string("\x01\x02\x00\xC0\xFF\xEE", 6) + std::string("\0\0\0\0\0\0\0\x03", 8) +
      std::string("\0\0\0\0\0\0\0\x2A", 8) + std::string("\0\0\x01\0\0\0\0\x05", 8);
  EXPECT_EQ(body.substr(0, 30), expected);
  EXPECT_EQ(bytes.substr(38), OpenSslHmac(OpenSslHmac(kJwtSecret, "seathold/pass"), body));
}

TEST_F(SignedTokens, NoBitCanBeFlipped) {
  const std::string place = Sign(*ring_, kPlace), pass = Sign(*ring_, kPass);
  int flips = 0;
  for (std::size_t at = 0; at < pass.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit, flips += 2) {
      std::string bad_place = place, bad_pass = pass;
      bad_place[at] = static_cast<char>(bad_place[at] ^ (1 << bit));
      bad_pass[at] = static_cast<char>(bad_pass[at] ^ (1 << bit));
      ASSERT_EQ(VerifyPlace(*ring_, bad_place).code(), Code::kTokenInvalid) << at << " " << bit;
      ASSERT_EQ(VerifyPass(*ring_, bad_pass).code(), Code::kPassInvalid) << at << " " << bit;
    }
  }
  std::printf("COUNT signed_token_bit_flips %d\n", flips);
}

TEST_F(SignedTokens, NoBitOfTheBytesCanBeFlipped) {
  const std::string bytes = DecodeBase64Url(Sign(*ring_, kPass)).value();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = bytes;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      ASSERT_FALSE(VerifyPass(*ring_, EncodeBase64Url(bad)).ok()) << at << " " << bit;
    }
  }
}

TEST_F(SignedTokens, OtherLengthsAreRefused) {
  const std::string pass = Sign(*ring_, kPass);
  for (std::size_t size = 0; size < pass.size(); ++size) {
    ASSERT_FALSE(VerifyPass(*ring_, pass.substr(0, size)).ok()) << size;
  }
  for (int c = 0; c < 256; ++c) {
    ASSERT_FALSE(VerifyPass(*ring_, pass + static_cast<char>(c)).ok()) << c;
  }
  ASSERT_FALSE(VerifyPass(*ring_, std::string(1 << 20, 'A')).ok());
  ASSERT_FALSE(VerifyPass(*ring_, std::string(kSignedTokenSize, '\0')).ok());
}

TEST_F(SignedTokens, PlacesAndPassesDoNotPassForEachOther) {
  const std::string place = Sign(*ring_, kPlace), pass = Sign(*ring_, kPass);
  EXPECT_EQ(VerifyPass(*ring_, place).code(), Code::kPassInvalid);
  EXPECT_EQ(VerifyPlace(*ring_, pass).code(), Code::kTokenInvalid);
  std::string bytes = DecodeBase64Url(place).value();
  bytes[1] = 2;  // a place that says it is a pass, signed as a place, then as a pass
  EXPECT_EQ(VerifyPass(*ring_, Resign(bytes, "seathold/place-token")).code(), Code::kPassInvalid);
  EXPECT_TRUE(VerifyPass(*ring_, Resign(bytes, "seathold/pass")).ok());
  bytes[1] = 1;  // right key for a pass, but it says that it is a place
  EXPECT_EQ(VerifyPass(*ring_, Resign(bytes, "seathold/pass")).code(), Code::kPassInvalid);
}

TEST_F(SignedTokens, OtherVersionsTypesAndPurposesAreRefusedWithARightMac) {
  const std::string bytes = DecodeBase64Url(Sign(*ring_, kPass)).value();
  for (int value = 0; value < 256; ++value) {
    std::string version = bytes, type = bytes;
    version[0] = type[1] = static_cast<char>(value);
    EXPECT_EQ(VerifyPass(*ring_, Resign(version, "seathold/pass")).ok(), value == 1) << value;
    EXPECT_EQ(VerifyPass(*ring_, Resign(type, "seathold/pass")).ok(), value == 2) << value;
  }
  for (const std::string purpose : {"seathold/access-token", "seathold/external-id", ""}) {
    EXPECT_FALSE(VerifyPass(*ring_, Resign(bytes, purpose)).ok()) << purpose;
  }
}

TEST_F(SignedTokens, AccessTokensAreNoPassesAndPassesNoAccessTokens) {
  const auto tokens = AccessTokens::Create(*ring_).value();
  const std::string access = tokens->Sign(UserId{42}, 0, Uuid{}, kIssued).value();
  EXPECT_FALSE(VerifyPass(*ring_, access).ok());
  EXPECT_FALSE(VerifyPass(*ring_, access.substr(access.size() - kSignedTokenSize)).ok());
  EXPECT_FALSE(tokens->Verify(Sign(*ring_, kPass), kIssued).ok());
}

TEST_F(SignedTokens, OfAnotherRingAreRefused) {
  const std::string other_secret(32, 'o');
  const auto other =
      KeyRing::FromHost({.keys = {{kJwtKeyId, other_secret}}, .current = kJwtKeyId, .stable = {}})
          .value();
  EXPECT_FALSE(VerifyPass(*ring_, Sign(*other, kPass)).ok());
  EXPECT_TRUE(VerifyPass(*other, Sign(*other, kPass)).ok());
}

TEST_F(SignedTokens, OutliveARotationUntilTheirKeyIsDropped) {
  const auto entropy = NewSeededEntropy(5);
  const auto ring = KeyRing::InMemory(*entropy);
  const std::string place = Sign(*ring, kPlace), pass = Sign(*ring, kPass);
  for (std::size_t i = 1; i < kKeysMax; ++i) {
    ASSERT_TRUE(ring->Rotate(*entropy, Later()).ok());
    ASSERT_TRUE(VerifyPlace(*ring, place).ok()) << i;
    ASSERT_TRUE(VerifyPass(*ring, pass).ok()) << i;
    ASSERT_NE(Sign(*ring, kPass), pass);
  }
  ASSERT_TRUE(ring->Rotate(*entropy, Later()).ok());
  EXPECT_EQ(VerifyPlace(*ring, place).code(), Code::kTokenInvalid);
  EXPECT_EQ(VerifyPass(*ring, pass).code(), Code::kPassInvalid);
}

TEST_F(SignedTokens, SayWhichKeyTheyClaim) {
  EXPECT_EQ(ClaimedKeyId(Sign(*ring_, kPlace)), kJwtKeyId);
  EXPECT_EQ(ClaimedKeyId("nonsense"), std::nullopt);
  EXPECT_EQ(ClaimedKeyId(std::string(kSignedTokenSize, 'A')), std::nullopt) << "version 0";
}

TEST_F(SignedTokens, VerifyingIsQuickEnoughToDoOnEveryCall) {
  const std::string pass = Sign(*ring_, kPass);
  const int n = Scaled(2'000'000);
  int good = 0;
  const std::clock_t start = std::clock();
  for (int i = 0; i < n; ++i) good += VerifyPass(*ring_, pass).ok();
  const double each_ns = static_cast<double>(std::clock() - start) * 1e9 / CLOCKS_PER_SEC / n;
  EXPECT_EQ(good, n);
  std::printf("FIGURE verify_pass_cpu_ns %.0f\n", each_ns);
  EXPECT_LT(each_ns, 100'000) << "a bound for sanitizers and busy machines, not an aim";
}

}  // namespace
}  // namespace seathold::testing
