#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <string>
#include <vector>

#include "src/accounts/email.h"
#include "src/util/base64url.h"
#include "src/util/bytes.h"
#include "src/util/digest.h"

namespace seathold::testing {
namespace {

TEST(Base64Url, Rfc4648KnownAnswers) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xBF", "-_-_"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(EncodeBase64Url(bytes), text);
    EXPECT_EQ(DecodeBase64Url(text), bytes);
    EXPECT_EQ(Base64UrlSize(bytes.size()), text.size());
  }
}

TEST(Base64Url, EveryByteAndLengthComesBack) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(DecodeBase64Url(EncodeBase64Url(bytes)), bytes) << i;
    bytes.push_back(static_cast<char>(i * 37 + 11));
  }
}

TEST(Base64Url, EachByteStringHasOneText) {
  // All texts of two and three characters of the alphabet: those that decode encode to themselves.
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int two = 0, three = 0;
  for (const char a : alphabet) {
    for (const char b : alphabet) {
      const std::string text{a, b};
      const auto bytes = DecodeBase64Url(text);
      two += bytes.has_value();
      ASSERT_EQ(EncodeBase64Url(bytes.value_or("")), bytes ? text : "");
      for (const char c : alphabet) {
        const auto longer = DecodeBase64Url(text + c);
        three += longer.has_value();
        ASSERT_EQ(EncodeBase64Url(longer.value_or("")), longer ? text + c : "");
      }
    }
  }
  EXPECT_EQ(two, 256);
  EXPECT_EQ(three, 65'536);
}

TEST(Base64Url, OtherCharactersAreRefusedWhereverTheyStand) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (int c = 0; c < 256; ++c) {
    if (c != 0 && alphabet.find(static_cast<char>(c)) != alphabet.npos) continue;
    for (const std::size_t size : {2, 3, 4, 6, 7, 8}) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, 'A');
        text[at] = static_cast<char>(c);
        ASSERT_EQ(DecodeBase64Url(text), std::nullopt) << c << " at " << at << " of " << size;
      }
    }
  }
  for (const std::string text : {"A", "AAAAA", "Zg=", "Zg==", "Zm8=", "====", "Zh", "Zm9"}) {
    EXPECT_EQ(DecodeBase64Url(text), std::nullopt) << text;
  }
}

TEST(Base64Url, NeverWritesPastTheEnd) {
  std::vector<std::uint8_t> out(4, 0xEE);
  EXPECT_EQ(DecodeBase64UrlTo("Zm9v", std::span(out).first(2)), std::nullopt);
  EXPECT_EQ(DecodeBase64UrlTo("Zm9v", std::span(out).first(3)), 3u);
  EXPECT_EQ(DecodeBase64UrlTo("Zm9vYg", std::span(out).first(3)), std::nullopt);
  EXPECT_EQ(out[3], 0xEE);
}

TEST(Digests, AreTheFirstHalfOfSha256OfPurposeNulText) {
  const std::string input("email\0anna@example.org", 22);
  unsigned char full[32];
  unsigned size = 0;
  ASSERT_EQ(EVP_Digest(input.data(), input.size(), full, &size, EVP_sha256(), nullptr), 1);
  const Uuid digest = Digest128("email", "anna@example.org");
  EXPECT_TRUE(std::equal(digest.begin(), digest.end(), full));
  EXPECT_NE(Digest128("emai", "l\0anna@example.org"), digest);
  EXPECT_NE(Digest128("phone", "anna@example.org"), digest);
  EXPECT_NE(Digest128("email", "anna@example.orh"), digest);
}

TEST(Emails, AreLookedUpInLowerCaseAsciiAndOtherwiseAsTheyAre) {
  EXPECT_EQ(CanonicalEmail("Anna@Example.ORG").value(), "anna@example.org");
  EXPECT_EQ(CanonicalEmail("a+B.c@x").value(), "a+b.c@x");
  EXPECT_EQ(CanonicalEmail("\xC3\x84nna@x").value(), "\xC3\x84nna@x") << "not folded beyond ASCII";
  EXPECT_EQ(CanonicalEmail("[`@]^").value(), "[`@]^");
}

TEST(Emails, OfAnotherShapeAreRefused) {
  for (const std::string email :
       {"", "anna", "@", "@x", "anna@", "a@b@c", "@@", " anna@x", "anna@x ", "an na@x"}) {
    EXPECT_EQ(CanonicalEmail(email).code(), Code::kInvalidArgument) << email;
  }
  for (const std::string& email :
       {std::string("an\0na@x", 7), std::string("anna@x\n"), std::string("\t@x"),
        std::string("\xFF@x"), std::string("\xC0\x80@x")}) {
    EXPECT_EQ(CanonicalEmail(email).code(), Code::kInvalidText);
  }
  EXPECT_TRUE(CanonicalEmail(std::string(kEmailBytesMax - 2, 'a') + "@x").ok());
  EXPECT_EQ(CanonicalEmail(std::string(kEmailBytesMax - 1, 'a') + "@x").code(), Code::kInvalidText);
  EXPECT_EQ(CanonicalEmail("hunter2").status().text().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace seathold::testing
