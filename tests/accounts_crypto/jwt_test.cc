#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <set>
#include <vector>

#include "src/util/bytes.h"
#include "tests/accounts_crypto/jwt_forge.h"
#include "tests/accounts_crypto/later.h"

namespace seathold::testing {
namespace {

struct Case {
  std::string name;
  std::string token;
  JwtDenial denial;
};

class Jwt : public ::testing::Test {
 public:
  static void TearDownTestSuite() { std::printf("COUNT jwt_cases %d\n", cases_); }

 protected:
  JwtDenial Deny(std::string_view token, TimeUs now = kIssued) {
    ++cases_;
    JwtDenial denial = JwtDenial::kNone;
    const Result<AccessClaims> claims = tokens_->Verify(token, now, &denial);
    EXPECT_EQ(claims.ok(), denial == JwtDenial::kNone);
    if (claims.ok()) return denial;
    EXPECT_EQ(claims.code(), Code::kAccessDenied);
    EXPECT_EQ(claims.status().detail(), "") << "a refusal says nothing more";
    return denial;
  }
  void Expect(const std::vector<Case>& cases) {
    for (const Case& c : cases) EXPECT_EQ(Deny(c.token), c.denial) << c.name;
  }
  void ExpectHeaders(const std::vector<std::string>& headers, JwtDenial denial) {
    for (const std::string& header : headers) {
      EXPECT_EQ(Deny(Forge(header, PayloadWith())), denial) << header;
    }
  }
  void ExpectPayloads(const std::vector<std::string>& payloads, JwtDenial denial) {
    for (const std::string& payload : payloads) {
      EXPECT_EQ(Deny(Forge(GoodHeader(), payload)), denial) << payload;
    }
  }
  void ExpectClaim(std::string_view name, const std::vector<std::string>& values,
                   JwtDenial denial) {
    for (const std::string& value : values) {
      EXPECT_EQ(Deny(Forge(GoodHeader(), PayloadWith(name, value))), denial)
          << name << " = " << value;
    }
  }
  std::string Good() { return Forge(GoodHeader(), PayloadWith()); }

  static inline int cases_ = 0;
  std::unique_ptr<KeyRing> ring_ = JwtRing();
  std::unique_ptr<AccessTokens> tokens_ = AccessTokens::Create(*ring_).value();
};

// RFC 7515 appendix A.1: the key, the signing input and the signature.
constexpr std::string_view kA1Key =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
constexpr std::string_view kA1Input =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0"
    "dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view kA1Signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
// RFC 7515 appendix A.5 and RFC 7519 section 6.1: the unsecured one.
constexpr std::string_view kUnsecured =
    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.";

TEST_F(Jwt, Rfc7515A1KnownAnswerIsReproduced) {
  const std::string secret = DecodeBase64Url(kA1Key).value();
  const HmacKey key(BytesOf(secret));
  EXPECT_EQ(EncodeBase64Url(key.Sign(kA1Input)), kA1Signature);
  ++cases_;
}

TEST_F(Jwt, Rfc7519Section31ExampleHasTheseParts) {
  const std::size_t dot = kA1Input.find('.');
  EXPECT_EQ(DecodeBase64Url(kA1Input.substr(0, dot)), "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}");
  EXPECT_EQ(DecodeBase64Url(kA1Input.substr(dot + 1)),
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
  ++cases_;
}

TEST_F(Jwt, Rfc7519Section31ExampleIsRefusedHereForItHasNoKeyId) {
  const std::string token = std::string(kA1Input) + "." + std::string(kA1Signature);
  EXPECT_EQ(Deny(token), JwtDenial::kHeaderParameter);
}

TEST_F(Jwt, Rfc7515A5AndRfc7519Section61UnsecuredIsRefused) {
  EXPECT_EQ(Deny(kUnsecured), JwtDenial::kHeaderParameter);
  const std::string header = R"({"alg":"none","kid":"00c0ffee","typ":"at+jwt"})";
  const std::string unsigned_text = EncodeBase64Url(header) + "." + EncodeBase64Url(PayloadWith());
  EXPECT_EQ(Deny(unsigned_text + "."), JwtDenial::kAlgorithm);
  EXPECT_EQ(Deny(unsigned_text), JwtDenial::kShape);
}

TEST_F(Jwt, WhatIsSignedIsAccepted) {
  const Uuid id = ParseUuid("01890a5d-ac96-774b-bcce-b302099a8057").value();
  const TimeUs now{kIssued.value + 999'999};
  const std::string token = tokens_->Sign(UserId{kEngineUserBit | 42}, 7, id, now).value();
  const Result<AccessClaims> claims = tokens_->Verify(token, now);
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->user, UserId{kEngineUserBit | 42});
  EXPECT_EQ(claims->token_epoch, 7u);
  EXPECT_EQ(claims->id, id);
  EXPECT_EQ(claims->issued_at, kIssued);
  EXPECT_EQ(claims->expires_at.value - claims->issued_at.value, 900 * kUsPerSecond);
  ++cases_;
}

TEST_F(Jwt, WhatIsSignedIsTheForgersFormExactly) {
  const Uuid id = ParseUuid("01890a5d-ac96-774b-bcce-b302099a8057").value();
  EXPECT_EQ(tokens_->Sign(UserId{42}, 7, id, kIssued).value(), Good());
  EXPECT_EQ(Deny(Good()), JwtDenial::kNone);
}

TEST_F(Jwt, BoundariesOfClaimsAreAccepted) {
  ExpectClaim("sub", {R"("1")", R"("18446744073709551615")"}, JwtDenial::kNone);
  ExpectClaim("ver", {"0", "9007199254740991"}, JwtDenial::kNone);
  ExpectPayloads({PayloadWith("extra", "1").insert(1, R"("extra":{"a":[1]},)")},
                 JwtDenial::kNone);  // RFC 7519 section 4: unknown claims are ignored
}

TEST_F(Jwt, RunsUntilItsEndAndTheLeeway) {
  const auto at = [](std::int64_t s, std::int64_t us) {
    return TimeUs{(kIssuedS + s) * kUsPerSecond + us};
  };
  EXPECT_EQ(Deny(Good(), at(900, 0)), JwtDenial::kNone);
  EXPECT_EQ(Deny(Good(), at(960, -1)), JwtDenial::kNone);
  EXPECT_EQ(Deny(Good(), at(960, 0)), JwtDenial::kExpired);
  EXPECT_EQ(Deny(Good(), at(86'400, 0)), JwtDenial::kExpired);
  EXPECT_EQ(Deny(Good(), at(-60, 0)), JwtDenial::kNone);
  EXPECT_EQ(Deny(Good(), at(-60, -1)), JwtDenial::kNotYetValid);
  EXPECT_EQ(Deny(Good(), TimeUs{0}), JwtDenial::kNotYetValid);
}

TEST_F(Jwt, NotBeforeAndIssuedAtAreEachChecked) {
  ExpectClaim("nbf", {"1700000060", "1699999999", "0"}, JwtDenial::kNone);
  ExpectClaim("nbf", {"1700000061", "1700000899"}, JwtDenial::kNotYetValid);
  ExpectClaim("iat", {"1700000060", "1699999999"}, JwtDenial::kNone);
  ExpectClaim("iat", {"1700000061", "1700000899"}, JwtDenial::kNotYetValid);
}

TEST_F(Jwt, LifetimeIsBoundedWhateverIsSigned) {
  ExpectClaim("exp", {"1700086400"}, JwtDenial::kNone);
  ExpectClaim("exp", {"1700086401", "253402300799"}, JwtDenial::kClaim);
  ExpectClaim("exp", {"1700000000", "1699999999", "0"},
              JwtDenial::kClaim);  // ends before it starts
  ExpectClaim("iat", {"0", "1700000900"}, JwtDenial::kClaim);
  ExpectClaim("nbf", {"1700000900"}, JwtDenial::kClaim);
}

TEST_F(Jwt, Rfc8725Section31AlgorithmIsHs256OrNothing) {
  for (const std::string alg : {"none",
                                "None",
                                "NONE",
                                "nOnE",
                                "",
                                "HS384",
                                "HS512",
                                "hs256",
                                "HS256 ",
                                " HS256",
                                "RS256",
                                "ES256",
                                "PS256",
                                "EdDSA",
                                "HS1",
                                "dir",
                                "A128KW",
                                "RSA1_5",
                                "PBES2-HS256+A128KW",
                                "HS256\\u0000"}) {
    const std::string header = R"({"alg":")" + alg + R"(","kid":"00c0ffee","typ":"at+jwt"})";
    EXPECT_EQ(Deny(Forge(header, PayloadWith())), JwtDenial::kAlgorithm) << alg;
  }
  ExpectHeaders(
      {R"({"kid":"00c0ffee","typ":"at+jwt"})", R"({"alg":null,"kid":"00c0ffee","typ":"at+jwt"})",
       R"({"alg":256,"kid":"00c0ffee","typ":"at+jwt"})",
       R"({"alg":["HS256"],"kid":"00c0ffee","typ":"at+jwt"})",
       R"({"ALG":"HS256","kid":"00c0ffee","typ":"at+jwt"})"},
      JwtDenial::kHeaderParameter);
}

TEST_F(Jwt, Rfc8725Section32OtherMacsThanTheKeysAreRefused) {
  const std::string text = EncodeBase64Url(GoodHeader()) + "." + EncodeBase64Url(PayloadWith());
  const std::string subkey = AccessSubkey(kJwtSecret);
  unsigned char mac[EVP_MAX_MD_SIZE];
  for (const EVP_MD* md : {EVP_sha512(), EVP_sha384(), EVP_sha1(), EVP_md5()}) {
    unsigned size = 0;
    HMAC(md, subkey.data(), static_cast<int>(subkey.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
    EXPECT_EQ(Deny(text + "." + EncodeBase64Url(std::span(mac, size))), JwtDenial::kSignature);
    const std::span first(mac, std::min(size, 32u));
    EXPECT_EQ(Deny(text + "." + EncodeBase64Url(first)), JwtDenial::kSignature);
  }
}

TEST_F(Jwt, Rfc8725Section33EveryPartOfASignedTokenIsVerified) {
  const std::string good = Good();
  const std::string other = Forge(GoodHeader(), PayloadWith("sub", R"("43")"));
  const auto payload = [](const std::string& t) { return t.find('.') + 1; };
  const auto signature = [](const std::string& t) { return t.rfind('.') + 1; };
  const std::string mixed = good.substr(0, payload(good)) +
                            other.substr(payload(other), signature(other) - payload(other)) +
                            good.substr(signature(good));
  EXPECT_EQ(Deny(mixed), JwtDenial::kSignature);
  EXPECT_EQ(Deny(good.substr(0, signature(good)) + other.substr(signature(other))),
            JwtDenial::kSignature);
}

TEST_F(Jwt, Rfc8725Section33NoBitOfATokenCanBeFlipped) {
  const std::string good = Good();
  int flips = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit, ++flips) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      ASSERT_FALSE(tokens_->Verify(bad, kIssued).ok()) << "byte " << at << " bit " << bit;
    }
  }
  std::printf("COUNT jwt_bit_flips %d\n", flips);
}

TEST_F(Jwt, Rfc8725Section33NoPrefixAndNoExtensionIsAToken) {
  const std::string good = Good();
  for (std::size_t size = 0; size < good.size(); ++size) {
    ASSERT_FALSE(tokens_->Verify(good.substr(0, size), kIssued).ok()) << size;
  }
  for (int c = 0; c < 256; ++c) {
    ASSERT_FALSE(tokens_->Verify(good + static_cast<char>(c), kIssued).ok()) << c;
    ASSERT_FALSE(tokens_->Verify(static_cast<char>(c) + good, kIssued).ok()) << c;
  }
}

TEST_F(Jwt, Rfc8725Section34BlankAndTruncatedSignaturesAreRefused) {
  const std::string good = Good();
  const std::string text = good.substr(0, good.rfind('.') + 1);
  const std::string mac = OpenSslHmac(AccessSubkey(kJwtSecret), text.substr(0, text.size() - 1));
  EXPECT_EQ(Deny(text), JwtDenial::kSignature);                         // CVE-2020-28042
  EXPECT_EQ(Deny(text + std::string(43, 'A')), JwtDenial::kSignature);  // CVE-2022-21449: all zero
  for (const std::size_t size : {1, 8, 16, 20, 31}) {
    EXPECT_EQ(Deny(text + EncodeBase64Url(mac.substr(0, size))), JwtDenial::kSignature) << size;
  }
  EXPECT_EQ(Deny(text + EncodeBase64Url(mac + std::string(1, '\0'))), JwtDenial::kSignature);
  EXPECT_EQ(Deny(text + EncodeBase64Url(mac + mac)), JwtDenial::kSignature);
}

TEST_F(Jwt, Rfc8725Section35ShortAndEmptyKeysSignNothing) {
  for (const std::size_t size : {0, 1, 16, 31}) {  // CVE-2026-44699: a key of length zero
    const std::string secret(size, 'k');
    const auto ring = KeyRing::FromHost({.keys = {{1, secret}}, .current = 1, .stable = {}});
    EXPECT_EQ(ring.code(), Code::kInvalidArgument) << size;
    EXPECT_EQ(Deny(SignRaw(GoodHeader(), PayloadWith(), secret)), JwtDenial::kSignature) << size;
  }
  EXPECT_EQ(Deny(SignRaw(GoodHeader(), PayloadWith(), AccessSubkey(""))), JwtDenial::kSignature);
  EXPECT_EQ(Deny(SignRaw(GoodHeader(), PayloadWith(), std::string(32, '\0'))),
            JwtDenial::kSignature);
}

TEST_F(Jwt, Rfc8725Section36CompressedPayloadsAreRefused) {
  ExpectHeaders({R"({"alg":"HS256","kid":"00c0ffee","typ":"at+jwt","zip":"DEF"})"},
                JwtDenial::kHeaderParameter);
}

TEST_F(Jwt, Rfc8725Section37OnlyUtf8IsRead) {
  const std::vector<std::string> broken = {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                           "\xC3"};
  for (const std::string& bytes : broken) {
    ExpectPayloads({PayloadWith("iss", "\"seathold" + bytes + "\"")}, JwtDenial::kPayloadJson);
    ExpectHeaders({R"({"alg":"HS256","kid":"00c0ffee","typ":"at+jwt)" + bytes + "\"}"},
                  JwtDenial::kHeaderJson);
  }
  ExpectPayloads({"\xEF\xBB\xBF" + PayloadWith()}, JwtDenial::kPayloadJson);
  ExpectHeaders({"\xEF\xBB\xBF" + GoodHeader()}, JwtDenial::kHeaderJson);
  const std::string wide = PayloadWith();
  std::string utf16;
  for (const char c : wide) utf16.append(1, '\0').append(1, c);
  ExpectPayloads({utf16}, JwtDenial::kPayloadJson);
}

TEST_F(Jwt, Rfc8725Section38IssuerIsComparedWhole) {
  ExpectClaim("iss",
              {R"("")", R"("seat")", R"("seatholder")", R"("SEATHOLD")", R"("seathold ")",
               R"("seathold\u0000")", R"("https://seathold")", R"("eathold")"},
              JwtDenial::kIssuer);  // GHSA-75c5-xw7c-p5pm: a part of it was enough
  ExpectClaim("iss", {"", "null", "1", "true", R"(["seathold"])", R"({"seathold":1})"},
              JwtDenial::kClaim);
}

TEST_F(Jwt, Rfc8725Section38SubjectIsOneUserInItsOnlyForm) {
  ExpectClaim("sub",
              {"", "42", "null", R"("")", R"("0")", R"("042")", R"("+42")", R"("-42")", R"("4 2")",
               R"("42 ")", R"(" 42")", R"("0x2a")", R"("4e1")", R"("42.0")", R"(["42"])",
               R"("18446744073709551616")", R"("99999999999999999999999")", R"("42\u0000")"},
              JwtDenial::kClaim);
}

TEST_F(Jwt, Rfc8725Section39AudienceIsComparedWhole) {
  ExpectClaim("aud", {R"("")", R"("other")", R"("seathold,other")", R"("Seathold")"},
              JwtDenial::kAudience);
  ExpectClaim("aud", {"", "null", "[]", R"(["seathold"])", R"(["seathold","other"])", "1"},
              JwtDenial::kClaim);
}

TEST_F(Jwt, Rfc8725Section39TokensOfAnotherServiceAreRefused) {
  const auto other =
      AccessTokens::Create(*ring_, {.issuer = "seathold", .audience = "shop"}).value();
  const auto third =
      AccessTokens::Create(*ring_, {.issuer = "shop", .audience = "seathold"}).value();
  const std::string a = other->Sign(UserId{42}, 0, Uuid{}, kIssued).value();
  const std::string b = third->Sign(UserId{42}, 0, Uuid{}, kIssued).value();
  EXPECT_EQ(Deny(a), JwtDenial::kAudience);
  EXPECT_EQ(Deny(b), JwtDenial::kIssuer);
  EXPECT_TRUE(other->Verify(a, kIssued).ok());
  EXPECT_TRUE(third->Verify(b, kIssued).ok());
}

TEST_F(Jwt, Rfc8725Section310KeyIdIsALookUpInMemoryAndNothingElse) {
  for (const std::string kid :
       {"00c0ffef", "00000000", "00C0FFEE", "c0ffee", "000c0ffee", "", "../../../../dev/null",
        "/etc/passwd", "' OR 1=1 --", "00c0ffe\\u0000", "0x00c0ff", "http://x"}) {
    const std::string header = R"({"alg":"HS256","kid":")" + kid + R"(","typ":"at+jwt"})";
    EXPECT_EQ(Deny(Forge(header, PayloadWith())), JwtDenial::kUnknownKey) << kid;
  }
  ExpectHeaders(
      {R"({"alg":"HS256","typ":"at+jwt"})", R"({"alg":"HS256","kid":12648430,"typ":"at+jwt"})",
       R"({"alg":"HS256","kid":null,"typ":"at+jwt"})",
       R"({"alg":"HS256","kid":["00c0ffee"],"typ":"at+jwt"})"},
      JwtDenial::kHeaderParameter);
}

TEST_F(Jwt, Rfc8725Section310KeysAndAddressesInTheHeaderAreRefused) {
  const auto with = [](const std::string& more) {
    return R"({"alg":"HS256","kid":"00c0ffee","typ":"at+jwt",)" + more + "}";
  };
  ExpectHeaders({with(R"("jku":"https://evil.example/keys")"),
                 with(R"("x5u":"https://evil.example")"), with(R"("jwk":{"kty":"oct","k":"AAAA"})"),
                 with(R"("x5c":["MIIB"])"), with(R"("x5t":"AAAA")"), with(R"("x5t#S256":"AAAA")"),
                 with(R"("p2c":2147483647)"), with(R"("epk":{})"), with(R"("enc":"A128GCM")"),
                 with(R"("cty":"JWT")"), with(R"("anything":1)")},
                JwtDenial::kHeaderParameter);
}

TEST_F(Jwt, Rfc7515CriticalExtensionsAreRefusedKnownOrNot) {
  const auto with = [](const std::string& more) {
    return R"({"alg":"HS256","kid":"00c0ffee","typ":"at+jwt",)" + more + "}";
  };
  ExpectHeaders(
      {with(R"("crit":["x"],"x":1)"), with(R"("crit":["exp"],"exp":1)"), with(R"("crit":[])"),
       with(R"("crit":null)"), with(R"("crit":"b64")"), with(R"("b64":false,"crit":["b64"])"),
       with(R"("b64":true,"crit":["b64"])"), with(R"("b64":false)"), with(R"("b64":true)")},
      JwtDenial::kHeaderParameter);  // GHSA-752w-5fwx-jx9f, RFC 7797
}

TEST_F(Jwt, Rfc8725Section311TypeIsFixed) {
  for (const std::string typ : {"JWT", "jwt", "AT+JWT", "at+jwt ", "application/at+jwt", "", "JOSE",
                                "secevent+jwt", "dpop+jwt", "rt+jwt"}) {
    const std::string header = R"({"alg":"HS256","kid":"00c0ffee","typ":")" + typ + "\"}";
    EXPECT_EQ(Deny(Forge(header, PayloadWith())), JwtDenial::kType) << typ;
  }
  ExpectHeaders(
      {R"({"alg":"HS256","kid":"00c0ffee"})", R"({"alg":"HS256","kid":"00c0ffee","typ":null})",
       R"({"alg":"HS256","kid":"00c0ffee","typ":["at+jwt"]})"},
      JwtDenial::kHeaderParameter);
}

TEST_F(Jwt, Rfc8725Section312KeysOfOtherPurposesDoNotSignAccess) {
  for (const std::string purpose : {"place-token", "pass", "external-id", "access", ""}) {
    const std::string subkey = OpenSslHmac(kJwtSecret, "seathold/" + purpose);
    EXPECT_EQ(Deny(SignRaw(GoodHeader(), PayloadWith(), subkey)), JwtDenial::kSignature) << purpose;
  }
  EXPECT_EQ(Deny(SignRaw(GoodHeader(), PayloadWith(), kJwtSecret)), JwtDenial::kSignature);
}

TEST_F(Jwt, KeyConfusionWithPublicTextsIsRefused) {  // CVE-2022-29217
  for (const std::string key : {"00c0ffee", "-----BEGIN PUBLIC KEY-----\n", "secret", "seathold"}) {
    EXPECT_EQ(Deny(SignRaw(GoodHeader(), PayloadWith(), key)), JwtDenial::kSignature) << key;
  }
}

TEST_F(Jwt, PayloadMustBeAnObject) {
  ExpectPayloads({"0", "1", "-1", "true", "false", "null", "[]", "\"\"", "\"{}\"", "[{}]", "", " ",
                  "{", "{}{}", PayloadWith() + "x", PayloadWith() + "{}", "{'iss':'seathold'}",
                  "{\"iss\":\"seathold\",}", "NaN"},
                 JwtDenial::kPayloadJson);
  ExpectPayloads({"{}"}, JwtDenial::kClaim);
}

TEST_F(Jwt, HeaderMustBeAnObject) {
  ExpectHeaders({"0", "true", "null", "[]", "\"\"", "", "{", GoodHeader() + "x", "[[[[[[[[[["},
                JwtDenial::kHeaderJson);
  ExpectHeaders({"{}"}, JwtDenial::kHeaderParameter);
}

TEST_F(Jwt, TimesAreIntegersInTheirRange) {
  const std::vector<std::string> wrong = {"",
                                          "null",
                                          "\"1700000500\"",
                                          "1700000500.0",
                                          "1.7e9",
                                          "true",
                                          "-1",
                                          "[1700000500]",
                                          "{}",
                                          "1e400",
                                          "253402300800",
                                          "9223372036854775807",
                                          "18446744073709551615",
                                          "18446744073709551616"};
  for (const std::string_view name : {"exp", "nbf", "iat"}) {
    for (const std::string& value : wrong) {
      const JwtDenial denial = Deny(Forge(GoodHeader(), PayloadWith(name, value)));
      const bool no_json = value == "1e400";  // no double holds it
      EXPECT_EQ(denial, no_json ? JwtDenial::kPayloadJson : JwtDenial::kClaim) << name << value;
    }
  }
}

TEST_F(Jwt, TokenEpochAndIdAreChecked) {
  ExpectClaim("ver", {"", "-1", "1.0", "\"7\"", "null", "9007199254740992", "18446744073709551615"},
              JwtDenial::kClaim);
  ExpectClaim(
      "jti",
      {"", "1", "null", R"("")", R"("01890a5d")", R"("zz890a5d-ac96-774b-bcce-b302099a8057")"},
      JwtDenial::kClaim);
}

TEST_F(Jwt, NamesUsedTwiceAreRefused) {
  const std::string payload = PayloadWith();
  ExpectPayloads({payload.substr(0, payload.size() - 1) + R"(,"sub":"1"})",
                  R"({"sub":"1",)" + payload.substr(1),
                  payload.substr(0, payload.size() - 1) + R"(,"exp":1700000900})",
                  payload.substr(0, payload.size() - 1) + R"(,"\u0073ub":"1"})"},
                 JwtDenial::kPayloadJson);
  ExpectHeaders({R"({"alg":"none","alg":"HS256","kid":"00c0ffee","typ":"at+jwt"})",
                 R"({"alg":"HS256","kid":"00c0ffee","typ":"at+jwt","alg":"none"})"},
                JwtDenial::kHeaderJson);
}

TEST_F(Jwt, DotFloodsCostNothing) {  // CVE-2025-30204, CVE-2025-27144
  EXPECT_EQ(Deny(""), JwtDenial::kSize);
  EXPECT_EQ(Deny(std::string(kJwtBytesMax, '.')), JwtDenial::kShape);
  EXPECT_EQ(Deny(std::string(kJwtBytesMax + 1, '.')), JwtDenial::kSize);
  EXPECT_EQ(Deny(std::string(std::size_t{1} << 24, '.')), JwtDenial::kSize);
  Expect({{"one dot", ".", JwtDenial::kShape},
          {"two dots", "..", JwtDenial::kHeaderJson},
          {"no dot", "abc", JwtDenial::kShape},
          {"one dot, text", "abc.def", JwtDenial::kShape},
          {"four parts", Good() + ".", JwtDenial::kShape},
          {"five parts, JWE", Good() + ".AA.AA", JwtDenial::kShape},
          {"leading dot", "." + Good(), JwtDenial::kShape},
          {"empty header", Good().substr(Good().find('.')), JwtDenial::kHeaderJson}});
}

TEST_F(Jwt, SizeIsTestedAtTheCapAndOnePast) {
  const auto token_of = [&](std::size_t pad) {
    const std::string payload = PayloadWith();
    return Forge(GoodHeader(), payload.substr(0, payload.size() - 1) + R"(,"pad":")" +
                                   std::string(pad, 'x') + "\"}");
  };
  std::size_t pad = 5'000;
  while (token_of(pad).size() < kJwtBytesMax) ++pad;
  ASSERT_EQ(token_of(pad).size(), kJwtBytesMax);
  EXPECT_EQ(Deny(token_of(pad)), JwtDenial::kNone);
  EXPECT_EQ(Deny(token_of(pad + 1)), JwtDenial::kSize);
}

TEST_F(Jwt, Base64IsStrict) {
  const std::string good = Good();
  const std::size_t first = good.find('.'), last = good.rfind('.');
  std::string trailing = good;  // the last character of 32 bytes carries two bits that must be zero
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  trailing.back() = alphabet[alphabet.find(good.back()) ^ 1];
  Expect({{"padded signature", good + "=", JwtDenial::kSignature},
          {"trailing bits", trailing, JwtDenial::kSignature},
          {"padded header", std::string(good).insert(first, "="), JwtDenial::kHeaderEncoding},
          {"line end", good + "\n", JwtDenial::kSignature},
          {"line end in header", std::string(good).insert(4, "\n"), JwtDenial::kHeaderEncoding},
          {"space", " " + good, JwtDenial::kHeaderEncoding},
          {"NUL", std::string(1, '\0') + good, JwtDenial::kHeaderEncoding},
          {"plus", "+" + good.substr(1), JwtDenial::kHeaderEncoding},
          {"slash", "/" + good.substr(1), JwtDenial::kHeaderEncoding},
          {"percent", "%65" + good, JwtDenial::kHeaderEncoding},
          {"Bearer", "Bearer " + good, JwtDenial::kHeaderEncoding}});
  const std::string unsigned_text = good.substr(0, last) + "=";
  const std::string mac = OpenSslHmac(AccessSubkey(kJwtSecret), unsigned_text);
  EXPECT_EQ(Deny(unsigned_text + "." + EncodeBase64Url(mac)), JwtDenial::kPayloadEncoding);
}

TEST_F(Jwt, MacIsVerifiedBeforeThePayloadIsRead) {
  for (const std::string payload : {"not json", "", "[]", R"({"exp":0})"}) {
    EXPECT_EQ(Deny(SignRaw(GoodHeader(), payload, "wrong key")), JwtDenial::kSignature) << payload;
  }
}

TEST_F(Jwt, HeaderIsSmallForItIsReadBeforeTheMac) {
  const std::string spaces(300, ' ');
  EXPECT_EQ(Deny(Forge(GoodHeader() + spaces, PayloadWith())), JwtDenial::kHeaderEncoding);
  ExpectHeaders({"{\"a\":" + std::string(120, '[') + std::string(120, ']') + "}"},
                JwtDenial::kHeaderJson);
  ExpectPayloads({"{\"a\":" + std::string(2'000, '[') + std::string(2'000, ']') + "}"},
                 JwtDenial::kPayloadJson);
}

TEST_F(Jwt, OptionsAndClaimsOutOfRangeAreRefused) {
  const std::string longest(255, 'x');
  EXPECT_TRUE(AccessTokens::Create(*ring_, {.issuer = longest}).ok());
  for (const std::string& issuer :
       {std::string(), longest + "x", std::string("a\"b"), std::string("a\\b"), std::string("a b"),
        std::string("\xC3\xA4")}) {
    EXPECT_EQ(AccessTokens::Create(*ring_, {.issuer = issuer}).code(), Code::kInvalidArgument);
    EXPECT_EQ(AccessTokens::Create(*ring_, {.audience = issuer}).code(), Code::kInvalidArgument);
  }
  for (const std::int64_t s : {std::int64_t{0}, std::int64_t{-1}, kJwtLifetimeMaxS + 1}) {
    EXPECT_EQ(AccessTokens::Create(*ring_, {.lifetime_s = s}).code(), Code::kInvalidArgument);
  }
  EXPECT_EQ(tokens_->Sign(UserId{}, 0, Uuid{}, kIssued).code(), Code::kInvalidArgument);
  EXPECT_EQ(tokens_->Sign(UserId{1}, 1ull << 53, Uuid{}, kIssued).code(), Code::kInvalidArgument);
  EXPECT_EQ(tokens_->Sign(UserId{1}, 0, Uuid{}, TimeUs{-1}).code(), Code::kInvalidArgument);
  EXPECT_EQ(tokens_->Sign(UserId{1}, 0, Uuid{}, TimeUs{INT64_MAX}).code(), Code::kInvalidArgument);
}

TEST_F(Jwt, LongestOptionsStillFitTheCap) {
  const std::string longest(255, 'x');
  const auto tokens =
      AccessTokens::Create(*ring_, {.issuer = longest, .audience = longest, .lifetime_s = 86'400})
          .value();
  const std::string token =
      tokens->Sign(UserId{UINT64_MAX}, (1ull << 53) - 1, Uuid{}, kIssued).value();
  EXPECT_LE(token.size(), kJwtBytesMax);
  EXPECT_TRUE(tokens->Verify(token, kIssued).ok());
}

TEST_F(Jwt, TokensOutliveARotationUntilTheirKeyIsDropped) {
  const auto entropy = NewSeededEntropy(1);
  const auto ring = KeyRing::InMemory(*entropy);
  const auto tokens = AccessTokens::Create(*ring).value();
  const std::string token = tokens->Sign(UserId{42}, 0, Uuid{}, kIssued).value();
  std::set<std::string> headers = {token.substr(0, token.find('.'))};
  for (std::size_t i = 1; i < kKeysMax; ++i) {
    ASSERT_TRUE(ring->Rotate(*entropy, Later()).ok());
    ASSERT_TRUE(tokens->Verify(token, kIssued).ok()) << i;
    const std::string newer = tokens->Sign(UserId{42}, 0, Uuid{}, kIssued).value();
    headers.insert(newer.substr(0, newer.find('.')));
    ASSERT_TRUE(tokens->Verify(newer, kIssued).ok()) << i;
  }
  EXPECT_EQ(headers.size(), kKeysMax) << "each rotation signs with its own key";
  ASSERT_TRUE(ring->Rotate(*entropy, Later()).ok());
  JwtDenial denial = JwtDenial::kNone;
  EXPECT_FALSE(tokens->Verify(token, kIssued, &denial).ok());
  EXPECT_EQ(denial, JwtDenial::kUnknownKey);
}

}  // namespace
}  // namespace seathold::testing
