// Dates, zones, currencies and sale windows by the command line: what is refused, and what is said.
#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

using Arguments = std::vector<std::string>;

class CliDates : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    if (IsSkipped()) return;
    Quiet({"init"});
    Quiet({"venue", "make", "--name", "Barn", "--rows", "2", "--seats", "5", "--zone",
           "Europe/Vienna"});
    Quiet({"show", "add", "--title", "Gala"});
  }
  static Arguments Add(const std::string& date, const std::string& time, Arguments more = {}) {
    Arguments call = {"performance", "add",     "--show",     "1",      "--venue",
                      "1",           "--date",  date,         "--time", time,
                      "--price",     "*=10.00", "--currency", "EUR"};
    call.insert(call.end(), more.begin(), more.end());
    return call;
  }
  // The one line of a refusal with exit code 2.
  std::string Told(const Arguments& call) const {
    const Ran ran = Run(call);
    EXPECT_EQ(ran.code, 2) << ran.out << ran.err;
    return ran.err;
  }
};

TEST_F(CliDates, ADateOrTimeThatIsNoneIsRefusedByItsOption) {
  for (const char* date : {"2027-02-30", "2026-13-31", "0000-00-00", "hello", "31.12.2036"}) {
    EXPECT_TRUE(Told(Add(date, "19:30"))
                    .starts_with("seathold: kInvalidArgument: --date \"" + std::string(date) +
                                 "\" is not a day"))
        << date;
  }
  for (const char* time : {"24:00", "23:60", "8pm", "99:99"}) {
    EXPECT_TRUE(Told(Add("2036-12-31", time))
                    .starts_with("seathold: kInvalidArgument: --time \"" + std::string(time) +
                                 "\" is not a time"))
        << time;
  }
  EXPECT_EQ(Quiet({"performance", "list"}), "");
}

TEST_F(CliDates, AZoneOrCurrencyThatIsNoneIsRefused) {
  const auto venue = [](const char* zone) {
    return Arguments{"venue", "make", "--name", "X", "--rows", "1", "--seats", "1", "--zone", zone};
  };
  for (const char* zone : {"Mars/Base", "CEST", "localtime"}) {
    EXPECT_NE(Told(venue(zone)).find("zone \"" + std::string(zone) + "\""), std::string::npos);
  }
  EXPECT_NE(Told(venue("europe/vienna")).find("did you mean Europe/Vienna?"), std::string::npos);
  Arguments call = Add("2036-12-31", "19:30");
  call.back() = "ZZZ";
  EXPECT_NE(Told(call).find("--currency \"ZZZ\" is not one of ISO 4217"), std::string::npos);
  EXPECT_NE(Told({"wallet", "charge", "--user", "7", "--amount", "1", "--currency", "ZZZ"})
                .find("currency \"ZZZ\" is not one of ISO 4217"),
            std::string::npos);
}

TEST_F(CliDates, TheStartIsComputedShownWithItsOffsetAndInUtc) {
  const Ran added = Run(Add("2036-12-31", "19:30"));
  EXPECT_EQ(added.out,
            "performance 1: show 1, 2036-12-31 19:30 +01:00 (2036-12-31T18:30:00Z), on sale\n");
  EXPECT_EQ(added.err, "");
  const Ran listed = Run({"performance", "list"});
  EXPECT_NE(listed.out.find("2036-12-31  19:30 +01:00  2036-12-31T18:30:00Z  on sale"),
            std::string::npos)
      << listed.out;
  const Json list = Answer({"performance", "list"});
  const Json& one = list.Find("performances")->items().at(0);
  EXPECT_EQ(*one.Find("starts_at"), Json("2036-12-31T18:30:00Z"));
  EXPECT_EQ(*one.Find("utc_offset"), Json("+01:00"));
  EXPECT_EQ(*one.Find("time"), Json("19:30"));
}

TEST_F(CliDates, AGivenStartMustAgreeAndIsNeededInAClockChange) {
  EXPECT_NE(Told(Add("2036-12-31", "19:30", {"--starts-at", "2036-12-31T16:30:00Z"}))
                .find("--starts-at 2036-12-31T16:30:00Z is 2036-12-31T17:30:00 at the venue"),
            std::string::npos);
  EXPECT_EQ(Quiet(Add("2036-12-31", "19:30", {"--starts-at", "2036-12-31T19:30:00+01:00"})), "1");
  EXPECT_NE(Told(Add("2036-03-30", "02:30")).find("--starts-at is needed"), std::string::npos);
  EXPECT_NE(Told(Add("2036-10-26", "02:30")).find("is there twice"), std::string::npos);
  EXPECT_EQ(Quiet(Add("2036-10-26", "02:30", {"--starts-at", "2036-10-26T00:30:00Z"})), "2");
  EXPECT_NE(Told(Add("2038-07-01", "20:00")).find("are not known beyond 2037"), std::string::npos);
  EXPECT_NE(Told(Add("2036-12-31", "19:30", {"--starts-at", "9999-12-31T23:59:59-12:00"}))
                .find("RFC 3339"),
            std::string::npos);
}

TEST_F(CliDates, ASaleThatEndsBeforeItOpensOrBehindTheStartIsRefused) {
  EXPECT_NE(Told(Add("2036-12-31", "19:30",
                     {"--sale-opens-at", "2036-12-02T00:00:00Z", "--sale-ends-at",
                      "2036-12-01T00:00:00Z"}))
                .find("--sale-opens-at 2036-12-02T00:00:00Z is not before --sale-ends-at"),
            std::string::npos);
  EXPECT_NE(Told(Add("2036-12-31", "19:30", {"--sale-ends-at", "2036-12-31T18:30:01Z"}))
                .find("--sale-ends-at 2036-12-31T18:30:01Z is later than the start"),
            std::string::npos);
}

TEST_F(CliDates, OnSaleIsSaidOfWhatIsOnSale) {
  const Ran later = Run(Add("2036-12-31", "19:30", {"--sale-opens-at", "2036-12-01T09:00:00Z"}));
  EXPECT_NE(later.out.find(", on sale from 2036-12-01T09:00:00Z\n"), std::string::npos)
      << later.out;
  const Ran closed = Run(Add("2036-12-31", "19:30", {"--closed"}));
  EXPECT_NE(closed.out.find(", closed\n"), std::string::npos) << closed.out;
  const Ran opened = Run({"performance", "open", "1"});
  EXPECT_EQ(opened.out, "performance 1 is on sale from 2036-12-01T09:00:00Z\n");
  EXPECT_NE(Run({"performance", "list"}).out.find("not yet"), std::string::npos);
}

TEST_F(CliDates, WhatIsOverAlreadyIsAddedWithAWarning) {
  const Ran past = Run(Add("2020-01-01", "20:00"));
  EXPECT_EQ(past.code, 0) << past.err;
  EXPECT_NE(past.err.find("level=warning"), std::string::npos) << past.err;
  EXPECT_NE(past.err.find("performance 1: nothing of it can be sold: its start is in the past "
                          "(2020-01-01T19:00:00Z"),
            std::string::npos)
      << past.err;
  EXPECT_NE(past.out.find("not on sale"), std::string::npos) << past.out;
  const Ran again = Run({"performance", "open", "1"});
  EXPECT_EQ(again.out, "performance 1 is not on sale: it started at 2020-01-01T19:00:00Z\n");
  Refused({"hold", "-p", "1", "--user", "7", "#0"}, 1, "kSaleEnded");
}

TEST_F(CliDates, AQueueOptionWithoutAQueueAndABlankTitleAreRefused) {
  const std::vector<std::pair<const char*, const char*>> options = {
      {"--active-max", "5"}, {"--rate-per-s", "2"}, {"--grace-s", "60"}, {"--pass-s", "600"}};
  for (const auto& [option, value] : options) {
    EXPECT_EQ(Told({"show", "add", "--title", "Rush", option, value}),
              "seathold: kInvalidArgument: " + std::string(option) +
                  " is of a queue: give --queue too\n");
    Quiet({"show", "add", "--title", "Rush", "--queue", option, value});
  }
  EXPECT_NE(Told({"show", "add", "--title", "   "}).find("title"), std::string::npos);
}

TEST_F(CliDates, AmountsHaveTheDecimalsOfTheirCurrency) {
  const auto charge = [&](const char* amount, const char* currency) {
    return Run({"wallet", "charge", "--user", "7", "--amount", amount, "--currency", currency});
  };
  EXPECT_NE(charge("4500", "JPY").out.find("4500 JPY"), std::string::npos);
  EXPECT_NE(charge("4.500", "KWD").out.find("4.500 KWD"), std::string::npos);
  EXPECT_NE(charge("4.5001", "CLF").out.find("4.5001 CLF"), std::string::npos);
  EXPECT_NE(charge("4.50", "XTS").out.find("4.50 XTS"), std::string::npos);
  EXPECT_EQ(charge("45.00", "JPY").code, 2);
  EXPECT_EQ(charge("4.5000", "KWD").code, 2);
  Arguments yen = Add("2036-12-31", "19:30");
  yen[11] = "*=4500";
  yen.back() = "JPY";
  Quiet(yen);
  EXPECT_NE(Run({"performance", "list"}).out.find("4500 JPY"), std::string::npos);
  yen[11] = "*=45.00";
  EXPECT_NE(Told(yen).find("an amount such as 4500 is wanted"), std::string::npos);
}

TEST_F(CliDates, AVenueSaysItsZone) {
  const Ran made = Run({"venue", "make", "--name", "Shed", "--rows", "1", "--seats", "2"});
  EXPECT_NE(made.out.find("zone UTC"), std::string::npos) << made.out;
  EXPECT_EQ(*Answer({"venue", "list"}).Find("venues")->items().at(0).Find("zone"),
            Json("Europe/Vienna"));
}

}  // namespace
}  // namespace seathold::testing
