// What nobody means well, sent to every operation that openapi.json describes: each answer is a
// refusal in its form or an answer, never a fault, and the books stay clean.
#include <algorithm>
#include <cstdio>

#include "tests/web/description.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

constexpr std::size_t kBodyBytesMax = 256 << 10;
constexpr int kDepthMax = 8, kValuesMax = 30'000;

std::string Times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

std::string Nested(int depth) { return Times(depth, "[") + Times(depth, "]"); }
std::string Members(int count) {
  std::string all = "{";
  for (int i = 0; i < count; ++i) {
    all += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  }
  return all + "}";
}

class Hostile : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    Open();
    document_ = Do("GET", "/api/openapi.json").json();
    all_ = ReadDescription(document_);
    ASSERT_GT(all_.size(), 20u);
  }

  void TearDown() override {
    std::printf("%d requests\n", tried_);
    const auto books = engine().Verify();
    ASSERT_TRUE(books.ok());
    EXPECT_TRUE(books->clean());
  }

  std::string TokenFor(const Described& one) const {
    if (!one.needs_login()) return "";
    return one.who == "buyer" ? ann : boss;
  }

  // On one connection for all, until it is closed for a refusal.
  WebReply Send(const Described& one, const std::string& address, const std::string& body) {
    ++tried_;
    if (line_ == nullptr) line_ = std::make_unique<WebConnection>(port());
    line_->Send(RequestText({one.method, address, body, TokenFor(one)}));
    WebReply reply = line_->Read(30'000);
    if (reply.status == 0 || reply.field("connection") == "close" ||
        reply.field("content-type") == "text/event-stream") {
      line_ = nullptr;
    }
    return reply;
  }

  // An answer, or a refusal that is a problem.
  void ExpectNoFault(const WebReply& reply, const std::string& what) {
    EXPECT_GE(reply.status, 200) << what;
    EXPECT_LT(reply.status, 500) << what << " " << reply.body;
    if (reply.status < 400) return;
    EXPECT_EQ(reply.field("content-type"), "application/problem+json") << what;
    const Json json = reply.json();
    EXPECT_EQ(json.Find("status") == nullptr ? 0 : json.Find("status")->AsInt64(), reply.status)
        << what;
    EXPECT_NE(reply.code(), "") << what;
  }

  Json document_;
  std::vector<Described> all_;
  std::unique_ptr<WebConnection> line_;
  int tried_ = 0;
};

TEST_F(Hostile, WhatIsNoJsonIsMalformedEverywhere) {
  const std::string bodies[] = {
      "{",
      "}",
      "nul",
      "{\"a\":}",
      "{'a':1}",
      "{\"a\":1,}",
      "{} {}",
      "\xff\xfe{}",
      "\"\xc3\x28\"",
      "{\"email\":\"\xff\"}",
      "{\"a\":\"\xed\xa0\x80\"}",
      std::string("{}\0", 3),
      "{\"a\":1e999}",
      "{\"a\":01}",
      "[NaN]",
      "{\"a\":\"\n\"}",
      R"({"a":"\ud800"})",
      R"({"a":1,"a":1})",
      R"({"a":1,"\u0061":1})",
      Nested(kDepthMax + 1),
      Nested(100'000),
      Times(200'000, "["),
      Times(50'000, "{\"a\":"),
      "[0" + Times(kValuesMax - 1, ",0") + "]",
      "[0" + Times(kValuesMax / 2, ",{\"a\":0}") + "]",
  };
  for (const Described& one : all_) {
    if (one.body.is_null()) continue;
    for (const std::string& body : bodies) {
      const WebReply reply = Send(one, one.Address(), body);
      EXPECT_EQ(reply.status, 400) << one.operation << " " << body.substr(0, 60);
      EXPECT_EQ(reply.code(), "malformed") << one.operation << " " << body.substr(0, 60);
    }
  }
}

TEST_F(Hostile, WhatIsJustWithinTheBoundsIsRead) {
  std::string full = "{}";
  full.resize(kBodyBytesMax, ' ');
  const std::string bodies[] = {Nested(kDepthMax), "[0" + Times(kValuesMax - 2, ",0") + "]",
                                Members(kValuesMax / 2), full};
  for (const Described& one : all_) {
    if (one.body.is_null()) continue;
    for (const std::string& body : bodies) {
      const WebReply reply = Send(one, one.Address(), body);
      EXPECT_EQ(reply.status, 422) << one.operation << " " << body.substr(0, 20) << reply.body;
    }
  }
}

TEST_F(Hostile, AByteTooManyIsRefusedBeforeItIsRead) {
  std::string body = "{}";
  body.resize(kBodyBytesMax + 1, ' ');
  for (const Described& one : all_) {
    const WebReply reply = Send(one, one.Address(), body);
    EXPECT_EQ(reply.status, 413) << one.operation;
    EXPECT_EQ(reply.code(), "content_too_large") << one.operation;
    line_ = nullptr;
  }
}

TEST_F(Hostile, OtherValuesThanAnObjectAreRefused) {
  for (const Described& one : all_) {
    if (one.body.is_null()) continue;
    for (const char* body :
         {"", "null", "true", "0", "\"x\"", "[]", "[{}]", "{}", "\xef\xbb\xbf{}"}) {
      EXPECT_EQ(Send(one, one.Address(), body).status, 422) << one.operation << " " << body;
    }
  }
}

// Each member by itself, the others as they should be.
TEST_F(Hostile, NoValueOfAMemberIsAFault) {
  const std::string long_text(100'000, 'x');
  std::vector<Json> values = {nullptr,
                              true,
                              -1,
                              0,
                              1.5,
                              1e300,
                              -1e300,
                              "",
                              "0",
                              "-1",
                              "\xc0\x80",
                              "99999999999999999999",
                              "1e3",
                              "..",
                              std::string_view("a\0b", 3),
                              "\xe2\x80\xae",
                              "' OR 1=1 --",
                              long_text,
                              Json::Array(),
                              Json::Object(),
                              INT64_MIN,
                              INT64_MAX,
                              UINT64_MAX};
  Json many = Json::Array(), deep = Json::Array();
  for (int i = 0; i < 11'000; ++i) many.Push("1");
  for (int i = 0; i < 5; ++i) deep = Json::Array().Push(std::move(deep));
  values.insert(values.end(), {many, deep, Json::Array().Push(Json::Object()),
                               Json::Array().Push("1").Push("1"), Json::Array().Push(nullptr)});
  for (const Described& one : all_) {
    const Json* properties = one.body.Find("properties");
    if (properties == nullptr) continue;
    for (const Json::Member& property : properties->members()) {
      for (const Json& value : values) {
        Json body = ExampleOf(one.body, document_);
        body.Set(property.key, value);
        const std::string text = body.Dump();
        ExpectNoFault(Send(one, one.Address(), text),
                      one.operation + "." + property.key + " " + text.substr(0, 200));
      }
    }
  }
}

TEST_F(Hostile, NoParameterIsAFault) {
  const std::string values[] = {"",
                                "0",
                                "-1",
                                "+1",
                                "01",
                                "1.0",
                                "1e3",
                                "0x1",
                                "%31",
                                "..",
                                "%00",
                                "%2e",
                                "a%2fb",
                                "1;drop",
                                "'",
                                "&&",
                                "null",
                                "*",
                                "~",
                                "{",
                                "{show}",
                                "%ff%fe",
                                "1,2",
                                "true",
                                "99999999999999999999",
                                "18446744073709551615",
                                std::string(1'500, '9'),
                                std::string(1'500, 'f')};
  for (const Described& one : all_) {
    const std::string body = one.body.is_null() ? "" : ExampleOf(one.body, document_).Dump();
    for (const Described::Parameter& parameter : one.parameters) {
      if (parameter.in == "header") continue;
      for (const std::string& value : values) {
        ExpectNoFault(Send(one, one.Address(parameter.name, value), body),
                      one.operation + "." + parameter.name + " " + value.substr(0, 60));
      }
    }
  }
}

TEST_F(Hostile, ABodyWhereNoneIsTakenIsNotRead) {
  for (const Described& one : all_) {
    if (!one.body.is_null() || one.method != "GET" || one.operation == "getEvents") continue;
    const int without = Send(one, one.Address(), "").status;
    EXPECT_EQ(Send(one, one.Address(), "{\"no\":").status, without) << one.operation;
  }
}

}  // namespace
}  // namespace seathold::testing
