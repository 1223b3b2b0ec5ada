#include "src/accounts/key_ring.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "src/util/bytes.h"
#include "tests/accounts_crypto/jwt_forge.h"
#include "tests/accounts_crypto/later.h"

namespace seathold::testing {
namespace {

std::string Hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t b : bytes) text.append(1, kHex[b >> 4]).append(1, kHex[b & 15]);
  return text;
}

HostKeys OneKey(std::string_view secret) {
  return {.keys = {{1, secret}}, .current = 1, .stable = {}};
}

TEST(HmacKeys, Rfc4231KnownAnswersOfKeysThatAreLongEnough) {
  const HmacKey long_key(BytesOf(std::string(131, '\xaa')));
  EXPECT_EQ(Hex(long_key.Sign("Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(Hex(long_key.Sign("This is a test using a larger than block-size key and a larger than "
                              "block-size data. The key needs to be hashed before being used by "
                              "the HMAC algorithm.")),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(HmacKeys, AgreeWithOpenSslForEveryKeyAndTextLength) {
  const auto entropy = NewSeededEntropy(7);
  std::string bytes(512, '\0');
  entropy->Fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  for (const std::size_t key_size : {32, 33, 63, 64, 65, 100, 128, 300}) {
    const std::string key = bytes.substr(0, key_size);
    const HmacKey ready{BytesOf(key)};
    for (std::size_t size = 0; size < 200; ++size) {
      const std::string text = bytes.substr(300, size);
      const Mac mac = ready.Sign(text);
      ASSERT_EQ(std::string(mac.begin(), mac.end()), OpenSslHmac(key, text)) << key_size;
    }
  }
}

TEST(HmacKeys, VerifyWantsTheWholeMac) {
  const HmacKey key(BytesOf(kJwtSecret));
  Mac mac = key.Sign("text");
  EXPECT_TRUE(key.Verify(BytesOf("text"), mac));
  EXPECT_FALSE(key.Verify(BytesOf("Text"), mac));
  for (std::size_t size = 0; size < mac.size(); ++size) {
    EXPECT_FALSE(key.Verify(BytesOf("text"), std::span(mac).first(size)));
  }
  for (std::size_t at = 0; at < mac.size(); ++at) {
    mac[at] ^= 1;
    EXPECT_FALSE(key.Verify(BytesOf("text"), mac)) << at;
    mac[at] ^= 1;
  }
}

TEST(KeyRings, DeriveASubkeyForEachPurpose) {
  const auto ring =
      KeyRing::FromHost({.keys = {{9, kJwtSecret}}, .current = 9, .stable = kJwtSecret}).value();
  const std::pair<KeyPurpose, std::string> purposes[] = {
      {KeyPurpose::kAccess, "seathold/access-token"},
      {KeyPurpose::kPlace, "seathold/place-token"},
      {KeyPurpose::kPass, "seathold/pass"}};
  std::set<std::string> macs;
  for (const auto& [purpose, name] : purposes) {
    const Mac mac = ring->current(purpose).mac->Sign("x");
    EXPECT_EQ(std::string(mac.begin(), mac.end()), OpenSslHmac(OpenSslHmac(kJwtSecret, name), "x"));
    macs.insert(Hex(mac));
  }
  const Mac mac = ring->HashExternalId("x").value();
  EXPECT_EQ(std::string(mac.begin(), mac.end()),
            OpenSslHmac(OpenSslHmac(kJwtSecret, "seathold/external-id"), "x"));
  macs.insert(Hex(mac));
  EXPECT_EQ(macs.size(), 4u);
}

TEST(KeyRings, RefuseBadHostKeys) {
  const std::string secret(kJwtSecret), shorter(31, 's');
  const auto code = [](const HostKeys& keys) { return KeyRing::FromHost(keys).code(); };
  EXPECT_EQ(code({}), Code::kInvalidArgument);
  EXPECT_EQ(code(OneKey("")), Code::kInvalidArgument);
  EXPECT_EQ(code(OneKey(shorter)), Code::kInvalidArgument);
  EXPECT_EQ(code(OneKey(secret)), Code::kOk);
  EXPECT_EQ(code({.keys = {{0, secret}}, .current = 0, .stable = {}}), Code::kInvalidArgument);
  EXPECT_EQ(code({.keys = {{1, secret}}, .current = 2, .stable = {}}), Code::kInvalidArgument);
  EXPECT_EQ(code({.keys = {{1, secret}, {1, secret}}, .current = 1, .stable = {}}),
            Code::kInvalidArgument);
  EXPECT_EQ(code({.keys = {{1, secret}}, .current = 1, .stable = shorter}), Code::kInvalidArgument);
  HostKeys many{.keys = {}, .current = 1, .stable = {}};
  for (std::uint32_t id = 1; id <= kKeysMax; ++id) many.keys.push_back({id, secret});
  EXPECT_EQ(code(many), Code::kOk);
  many.keys.push_back({99, secret});
  EXPECT_EQ(code(many), Code::kInvalidArgument);
}

TEST(KeyRings, RefusalsHoldNothingOfTheSecret) {
  const std::string secret = "hunter2hunter2";
  EXPECT_EQ(KeyRing::FromHost(OneKey(secret)).status().text().find("hunter"), std::string::npos);
}

TEST(KeyRings, OfTheHostAreNotRotatedHereAndHashIdsOnlyWithAStableKey) {
  const auto ring = KeyRing::FromHost(OneKey(kJwtSecret)).value();
  const auto entropy = NewSeededEntropy(3);
  EXPECT_EQ(ring->Rotate(*entropy, Later()).code(), Code::kUnsupported);
  EXPECT_EQ(ring->HashExternalId("x").code(), Code::kUnsupported);
  EXPECT_EQ(ring->ReloadIfChanged().value(), false);
}

TEST(KeyRings, InMemoryRotateAndKeepTheirHashesOfExternalIds) {
  const auto entropy = NewSeededEntropy(3);
  const auto ring = KeyRing::InMemory(*entropy);
  const Mac hash = ring->HashExternalId("anna").value();
  EXPECT_NE(ring->HashExternalId("Anna").value(), hash);
  std::set<std::uint32_t> ids{ring->current(KeyPurpose::kPass).id};
  for (std::size_t i = 0; i < kKeysMax + 4; ++i)
    ids.insert(ring->Rotate(*entropy, Later()).value());
  EXPECT_EQ(ids.size(), kKeysMax + 5);
  EXPECT_EQ(ring->key_ids().size(), kKeysMax);
  EXPECT_EQ(ring->HashExternalId("anna").value(), hash);
}

// Entropy that has nothing to give: ids must differ all the same, and never be 0.
class ZeroEntropy final : public Entropy {
 public:
  void Fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, std::uint8_t{0}); }
};

TEST(KeyRings, GiveEachKeyItsOwnIdWhateverIsDrawn) {
  ZeroEntropy entropy;
  const auto ring = KeyRing::InMemory(entropy);
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(ring->Rotate(entropy, Later()).ok());
    const auto ids = ring->key_ids();
    ASSERT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
    ASSERT_EQ(std::ranges::count(ids, 0u), 0);
  }
}

TEST(KeyRings, KeyIdsHaveOneText) {
  EXPECT_EQ(KeyIdText(0x00C0FFEE), "00c0ffee");
  for (const std::uint32_t id : {1u, 0x7FFFFFFFu, 0xFFFFFFFFu}) {
    EXPECT_EQ(ParseKeyId(KeyIdText(id)), id);
  }
  for (const std::string text :
       {"", "1", "00C0FFEE", "000c0ffee", "0x00c0ff", " 0c0ffee", "g0c0ffee"}) {
    EXPECT_EQ(ParseKeyId(text), 0u) << text;
  }
}

}  // namespace
}  // namespace seathold::testing
