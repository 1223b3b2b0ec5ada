#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
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

TEST(Emails, AreLookedUpWithoutCase) {
  EXPECT_EQ(CanonicalEmail("Anna@Example.ORG").value(), "anna@example.org");
  EXPECT_EQ(CanonicalEmail("a+B.c@x").value(), "a+b.c@x");
  EXPECT_EQ(CanonicalEmail("\u00C4nna@x").value(), "\u00E4nna@x");
  EXPECT_EQ(CanonicalEmail("[`@]^").value(), "[`@]^");
}

TEST(Emails, AreOneHoweverTheyAreTyped) {
  const std::pair<const char*, const char*> same[] = {
      {"ann@ex\u00E4mple.org", "ann@exa\u0308mple.org"},
      {"ann@EX\u00C4MPLE.org", "ann@exA\u0308mple.org"},
      {"ann@stra\u00DFe.example", "ann@STRASSE.example"},            // sharp s
      {"\u03BF\u03B4\u03BF\u03C2@x", "\u039F\u0394\u039F\u03A3@x"},  // final sigma
      {"\u0130nci@x", "i\u0307nci@x"},                               // dotted capital I
      {"\u212Belvin@x", "\u00E5elvin@x"}};
  for (const auto& [one, other] : same) {
    EXPECT_EQ(CanonicalEmail(one).value(), CanonicalEmail(other).value()) << one;
  }
  EXPECT_NE(CanonicalEmail("\u0131nci@x").value(), CanonicalEmail("inci@x").value());
  EXPECT_NE(CanonicalEmail("ann@x.org").value(), CanonicalEmail("\u0430nn@x.org").value());
}

TEST(Emails, ThatHideSomethingAreRefused) {
  for (const char* hidden :
       {"ann\u200B@x", "\uFEFFann@x", "an\u00ADn@x", "ann@x\u200D", "ann@x\u200E", "ann\u202E@x",
        "ann\u0085@x", "\u115Fann@x", "ann\uFE0F@x"}) {
    EXPECT_EQ(CanonicalEmail(hidden).code(), Code::kInvalidText) << hidden;
  }
  for (const char* blank : {"ann@x\u00A0", "\u3000ann@x", "an\u2009n@x", "ann\uFF20x"}) {
    EXPECT_EQ(CanonicalEmail(blank).code(), Code::kInvalidArgument) << blank;
  }
  for (const char* bad : {"\uAC00\u11A7@x", "\u0378@x"}) {
    EXPECT_EQ(CanonicalEmail(bad).code(), Code::kInvalidText);
  }
}

TEST(Emails, AreMeasuredBeforeAndAfter) {
  const std::string grows = std::string(kEmailBytesMax - 5, 'a') + "\U0001D160@";
  ASSERT_EQ(grows.size(), kEmailBytesMax);
  EXPECT_EQ(CanonicalEmail(grows + "x").code(), Code::kInvalidText);
  EXPECT_EQ(CanonicalEmail("\u0149" + std::string(kEmailBytesMax - 4, 'a') + "@x").code(),
            Code::kInvalidText)
      << "folding makes it longer";
}

TEST(Emails, OfRelease01AreFoundByEveryFormTheyMayHave) {
  const auto has = [](std::string_view typed, std::string_view stored) {
    const auto forms = EmailForms(typed);
    return std::ranges::find(forms, stored) != forms.end();
  };
  EXPECT_EQ(EmailForms("Ann@Example.org"), std::vector<std::string>{"ann@example.org"});
  EXPECT_EQ(EmailForms("ANN@ex\u00C4mple.org")[0], "ann@ex\u00E4mple.org");
  EXPECT_TRUE(has("ann@ex\u00E4mple.org", "ann@exa\u0308mple.org"));
  EXPECT_TRUE(has("ann@exa\u0308mple.org", "ann@ex\u00E4mple.org"));
  EXPECT_TRUE(has("ANN@EX\u00C4MPLE.org", "ann@ex\u00C4mple.org")) << "0.1 kept the large one";
  EXPECT_TRUE(has("Ann@STRA\u00DFE.org", "ann@stra\u00DFe.org"));
  EXPECT_TRUE(has("ann\u200B@x", "ann\u200B@x")) << "0.1 took it";
  EXPECT_EQ(EmailForms("ann\u200B@x").size(), 1u);
  EXPECT_TRUE(EmailForms("nobody").empty());
  EXPECT_TRUE(EmailForms("\xFF@x").empty());
  EXPECT_TRUE(EmailForms(std::string(kEmailBytesMax, 'a') + "@x").empty());
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
