#include "src/util/json.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace seathold {
namespace {

std::string WhyRefused(std::string_view text, const JsonLimits& limits = {}) {
  const auto json = Json::Parse(text, limits);
  return json.ok() ? "" : std::string(json.status().detail());
}

TEST(Json, ReadsEveryKindAndKeepsTheOrderOfKeys) {
  const auto json = Json::Parse(R"({"z":null,"a":[true,-1,2.5,"x\u00e9"],"m":{}})");
  ASSERT_TRUE(json.ok()) << json.status().text();
  EXPECT_EQ(json->Dump(), "{\"z\":null,\"a\":[true,-1,2.5,\"x\xC3\xA9\"],\"m\":{}}");
  ASSERT_NE(json->Find("a"), nullptr);
  const auto& items = json->Find("a")->items();
  ASSERT_EQ(items.size(), 4u);
  EXPECT_EQ(items[0].AsBool(), true);
  EXPECT_EQ(items[1].AsInt64(), -1);
  EXPECT_EQ(items[2].AsDouble(), 2.5);
  EXPECT_EQ(*items[3].AsString(), "x\xC3\xA9");
  EXPECT_EQ(json->Find("nothing"), nullptr);
  EXPECT_TRUE(json->Find("z")->is_null());
}

TEST(Json, GivesIntegersOnlyWhereTheyAreExact) {
  const auto json = Json::Parse(
      "[9223372036854775807,-9223372036854775808,9223372036854775808,18446744073709551615,"
      "18446744073709551616,3.0,-1]");
  ASSERT_TRUE(json.ok()) << json.status().text();
  const auto& items = json->items();
  EXPECT_EQ(items[0].AsInt64(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(items[1].AsInt64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(items[2].AsInt64(), std::nullopt);
  EXPECT_EQ(items[2].AsUint64(), std::uint64_t{1} << 63);
  EXPECT_EQ(items[3].AsUint64(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(items[4].AsUint64(), std::nullopt);
  EXPECT_EQ(items[4].kind(), Json::Kind::kDouble);
  EXPECT_EQ(items[5].AsInt64(), std::nullopt);
  EXPECT_EQ(items[6].AsUint64(), std::nullopt);
}

TEST(Json, GivesNothingForAnotherKind) {
  const Json text("1");
  EXPECT_EQ(text.AsInt64(), std::nullopt);
  EXPECT_EQ(text.AsBool(), std::nullopt);
  EXPECT_EQ(text.AsDouble(), std::nullopt);
  EXPECT_EQ(Json(1).AsString(), nullptr);
  EXPECT_TRUE(text.items().empty());
  EXPECT_TRUE(text.members().empty());
  EXPECT_EQ(text.Find("1"), nullptr);
}

TEST(Json, RefusesWithThePlace) {
  EXPECT_EQ(WhyRefused("{\"a\":{\"b b\":1,\"b b\":2}}"), "a[\"b b\"]: the key is used twice");
  EXPECT_EQ(WhyRefused("{\"a\":1,\"b\":2,\"a\":3}"), "a: the key is used twice");
  EXPECT_EQ(WhyRefused("[1,\n2,\n}").substr(0, 16), "line 3, column 1");
  EXPECT_EQ(WhyRefused("[1] x").substr(0, 16), "line 1, column 5");
  EXPECT_NE(WhyRefused("\"\xFF\"").find("UTF-8"), std::string::npos);
  EXPECT_NE(WhyRefused("\"\\ud800\"").find("surrogate"), std::string::npos);
  EXPECT_NE(WhyRefused("[1e999]").find("overflow"), std::string::npos);
  EXPECT_NE(WhyRefused(""), "");
  EXPECT_NE(WhyRefused("[NaN]"), "");
  EXPECT_NE(WhyRefused("[1,]"), "");
}

TEST(Json, DoesNotEndAtANul) {
  EXPECT_EQ(WhyRefused(std::string("[1]\0 and what follows", 22)), "line 1, column 4: a NUL");
  EXPECT_EQ(WhyRefused(std::string("[1]\n\0", 5)), "line 2, column 1: a NUL");
  EXPECT_EQ(WhyRefused(std::string("\0[1]", 4)), "line 1, column 1: a NUL");
  EXPECT_EQ(WhyRefused(std::string("[\"a\0b\"]", 7)), "line 1, column 4: a NUL");
  EXPECT_EQ(Json::Parse("[\"a\\u0000b\"]")->items()[0].AsString()->size(), 3u) << "said, not meant";
}

TEST(Json, TakesAMinusZeroForNoWholeNumber) {
  const auto json = Json::Parse("[-0,0,-1,-0.0]");
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->items()[0].AsInt64(), std::nullopt);
  EXPECT_EQ(json->items()[0].AsUint64(), std::nullopt);
  EXPECT_EQ(json->items()[0].AsDouble(), 0.0) << "a coordinate may be written so";
  EXPECT_EQ(json->items()[1].AsInt64(), 0);
  EXPECT_EQ(json->items()[2].AsInt64(), -1);
}

TEST(Json, FindsARepeatedKeyAmongMany) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) text += "\"k" + std::to_string(i) + "\":1,";
  EXPECT_EQ(WhyRefused(text + "\"last\":1}"), "");
  EXPECT_EQ(WhyRefused(text + "\"k500\":1}"), "k500: the key is used twice");
}

TEST(Json, HoldsEachLimitAtItAndOnePast) {
  JsonLimits limits;
  limits.depth_max = 3;
  EXPECT_EQ(WhyRefused("[[[1]]]", limits), "");
  EXPECT_EQ(WhyRefused("[[[[]]]]", limits), "[0][0][0]: nested deeper than 3 levels");
  EXPECT_EQ(WhyRefused("{\"a\":[{\"b\":{}}]}", limits), "a[0].b: nested deeper than 3 levels");
  limits = {};
  limits.values_max = 3;
  EXPECT_EQ(WhyRefused("[1,2]", limits), "");
  EXPECT_EQ(WhyRefused("[1,2,3]", limits), "[2]: more values than are allowed");
  limits = {};
  limits.bytes_max = 5;
  EXPECT_EQ(WhyRefused("[1,2]", limits), "");
  EXPECT_EQ(WhyRefused("[1,2] ", limits), "larger than 5 bytes");
}

TEST(Json, SurvivesABombOfBrackets) {
  const std::string bomb(50'000, '[');
  EXPECT_NE(WhyRefused(bomb).find("nested deeper than 64 levels"), std::string::npos);
}

TEST(Json, AnErrorNeverCarriesTheInputAtLength) {
  const std::string detail = WhyRefused("[\"" + std::string(1'000'000, 'x') + "\x01\"]");
  EXPECT_FALSE(detail.empty());
  EXPECT_LT(detail.size(), 300u);
}

TEST(Json, BuildsAndPrintsInTheOrderOfBuilding) {
  Json json = Json::Object();
  json.Set("user", std::uint64_t{1} << 63).Set("ok", true).Set("n", 2).Set("list", Json::Array());
  json.Set("n", 3).Set("x", 1.0).Set("nan", std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(
      json.Dump(),
      "{\"user\":9223372036854775808,\"ok\":true,\"n\":3,\"list\":[],\"x\":1.0,\"nan\":null}");
  EXPECT_EQ(Json::Array().Push(1).Push(Json::Object().Set("k", nullptr)).Dump(2),
            "[\n  1,\n  {\n    \"k\": null\n  }\n]");
}

TEST(Json, PrintsWhatItReadsBack) {
  Json json = Json::Array();
  json.Push("quote \" back \\ tab \t nul ").Push(std::string("a\0b", 3)).Push("\xE2\x82\xAC");
  json.Push(0.1).Push(-1e300).Push(std::numeric_limits<std::int64_t>::min());
  const auto again = Json::Parse(json.Dump());
  ASSERT_TRUE(again.ok()) << again.status().text();
  EXPECT_EQ(*again, json);
  const auto indented = Json::Parse(json.Dump(4));
  ASSERT_TRUE(indented.ok());
  EXPECT_EQ(*indented, json);
}

TEST(Json, PrintsBytesThatAreNoUtf8AsReplacements) {
  EXPECT_EQ(Json("a\xFFz").Dump(), "\"a\xEF\xBF\xBDz\"");
}

}  // namespace
}  // namespace seathold
