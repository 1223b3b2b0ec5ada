// From a date, a time and a zone to the moment at which a performance starts.
#include "src/zone/performance_times.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/zone/fake_zones.h"

namespace seathold::testing {
namespace {

TimeUs Utc(int y, unsigned month, unsigned day, int hour, int minute, int second = 0) {
  const std::chrono::sys_days date = std::chrono::year{y} / month / day;
  const std::int64_t at_s = std::int64_t{date.time_since_epoch().count()} * 86'400;
  return TimeUs{(at_s + hour * 3'600 + minute * 60 + second) * kUsPerSecond};
}

PerformanceSpec Spec(std::string date, std::string time, TimeUs starts_at = {}) {
  PerformanceSpec spec;
  spec.local_date = std::move(date);
  spec.local_time = std::move(time);
  spec.starts_at = starts_at;
  return spec;
}

// "" = it was settled.
std::string Refusal(std::string_view zone, PerformanceSpec spec,
                    ZoneSource& source = SystemZones()) {
  const Status status = SettleTimes(Zones(source), zone, &spec);
  EXPECT_TRUE(status.ok() || status == Code::kInvalidArgument) << status.text();
  return std::string(status.detail());
}
TimeUs StartOf(std::string_view zone, PerformanceSpec spec) {
  const Status status = SettleTimes(Zones(SystemZones()), zone, &spec);
  EXPECT_TRUE(status.ok()) << status.text();
  return spec.starts_at;
}

class PerformanceTimes : public ::testing::Test {
 protected:
  void SetUp() override {
    const Status known = Zones(SystemZones()).Check("Europe/Berlin");
    if (!known.ok()) GTEST_SKIP() << known.text();
  }
};

TEST(LocalTime, IsADayOfTheCalendarAndATimeBelow24) {
  for (const char* date : {"2028-02-29", "2000-02-29", "1970-01-01", "9999-12-31", "2026-04-30"}) {
    EXPECT_TRUE(ReadLocalTime(date, "00:00").ok()) << date;
  }
  for (const char* time : {"00:00", "23:59", "23:59:59", "19:30:00", "09:05"}) {
    EXPECT_TRUE(ReadLocalTime("2026-12-31", time).ok()) << time;
  }
  EXPECT_EQ(ReadLocalTime("1970-01-02", "03:04:05").value(), 86'400 + 3 * 3'600 + 4 * 60 + 5);
}

TEST(LocalTime, RefusesWhatIsNoDayAndNamesIt) {
  for (const char* date : {"2027-02-30",
                           "2027-02-29",
                           "2100-02-29",
                           "2026-13-31",
                           "2026-00-10",
                           "2026-01-00",
                           "2026-04-31",
                           "0000-00-00",
                           "1969-12-31",
                           "hello",
                           "",
                           "31.12.2026",
                           "12/31/2026",
                           "2026-12-31T19:30",
                           "2026-12-31 ",
                           " 2026-12-31",
                           "2026-1-1",
                           "20261231",
                           "+026-12-31",
                           "2026-12-3a",
                           "10000-01-01",
                           "\xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA6-12-31"}) {
    const Status status = ReadLocalTime(date, "19:30").status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument) << date;
    EXPECT_EQ(status.detail().find("local_date \""), 0u) << status.detail();
    EXPECT_NE(status.detail().find("YYYY-MM-DD"), std::string::npos) << status.detail();
  }
}

TEST(LocalTime, RefusesWhatIsNoTimeAndNamesIt) {
  for (const char* time :
       {"24:00", "23:60", "8pm", "99:99", "", "7:30", "19.30", "19:30:60", "19:3", "19:300",
        "19:30Z", "19:30+01:00", "19:30:00.5", " 19:30", "-1:30", "1930", "hello"}) {
    const Status status = ReadLocalTime("2026-12-31", time).status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument) << time;
    EXPECT_EQ(status.detail().find("local_time \""), 0u) << status.detail();
    EXPECT_NE(status.detail().find("HH:MM"), std::string::npos) << status.detail();
  }
}

TEST_F(PerformanceTimes, TheStartIsDateAndTimeInTheZone) {
  EXPECT_EQ(StartOf("Europe/Berlin", Spec("2026-12-31", "19:30")), Utc(2026, 12, 31, 18, 30));
  EXPECT_EQ(StartOf("Europe/Berlin", Spec("2026-07-31", "19:30")), Utc(2026, 7, 31, 17, 30));
  EXPECT_EQ(StartOf("America/New_York", Spec("2026-12-31", "19:30")), Utc(2027, 1, 1, 0, 30));
  EXPECT_EQ(StartOf("Asia/Kathmandu", Spec("2026-12-31", "00:15:07")),
            Utc(2026, 12, 30, 18, 30, 7));
  EXPECT_EQ(StartOf("UTC", Spec("2026-12-31", "19:30")), Utc(2026, 12, 31, 19, 30));
  EXPECT_EQ(StartOf("", Spec("2026-12-31", "19:30")), Utc(2026, 12, 31, 19, 30)) << "UTC";
}

TEST_F(PerformanceTimes, AGivenStartAgreesToTheMinute) {
  const auto told = [](int hour, int minute, int second = 0) {
    return Refusal("Europe/Berlin",
                   Spec("2026-12-31", "19:30", Utc(2026, 12, 31, hour, minute, second)));
  };
  EXPECT_EQ(told(18, 30), "");
  EXPECT_EQ(told(18, 30, 59), "");
  EXPECT_EQ(StartOf("Europe/Berlin", Spec("2026-12-31", "19:30", Utc(2026, 12, 31, 18, 30, 59))),
            Utc(2026, 12, 31, 18, 30, 59))
      << "kept as given";
  EXPECT_EQ(told(16, 30),
            "starts_at 2026-12-31T16:30:00Z is 2026-12-31T17:30:00 at the venue (Europe/Berlin, "
            "+01:00), not 2026-12-31 19:30 as local_date and local_time say");
  for (const auto& [hour, minute] :
       {std::pair(18, 29), std::pair(18, 31), std::pair(17, 30), std::pair(19, 30)}) {
    EXPECT_NE(told(hour, minute), "") << hour << ":" << minute;
  }
}

TEST_F(PerformanceTimes, ATimeThatIsThereTwiceNeedsTheStartAndTakesEither) {
  EXPECT_EQ(Refusal("Europe/Berlin", Spec("2026-10-25", "02:30")),
            "local_time \"02:30\" is there twice on 2026-10-25 in Europe/Berlin: starts_at is "
            "needed, such as 2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z");
  for (const int hour : {0, 1}) {
    const TimeUs start = Utc(2026, 10, 25, hour, 30);
    EXPECT_EQ(StartOf("Europe/Berlin", Spec("2026-10-25", "02:30", start)), start);
  }
  EXPECT_NE(Refusal("Europe/Berlin", Spec("2026-10-25", "02:30", Utc(2026, 10, 25, 2, 30))), "");
}

TEST_F(PerformanceTimes, ATimeThatDoesNotExistNeedsTheStartAndTakesEitherReading) {
  EXPECT_EQ(Refusal("Europe/Berlin", Spec("2026-03-29", "02:30")),
            "local_time \"02:30\" does not exist on 2026-03-29 in Europe/Berlin: starts_at is "
            "needed, such as 2026-03-29T01:30:00Z or 2026-03-29T00:30:00Z");
  for (const int hour : {0, 1}) {
    EXPECT_EQ(Refusal("Europe/Berlin", Spec("2026-03-29", "02:30", Utc(2026, 3, 29, hour, 30))),
              "");
  }
  EXPECT_NE(Refusal("Europe/Berlin", Spec("2026-03-29", "02:30", Utc(2026, 3, 29, 2, 30))), "");
}

TEST_F(PerformanceTimes, Beyond2037TheStartIsNeededAndHasAnOffsetOfTheZone) {
  EXPECT_EQ(Refusal("Europe/Berlin", Spec("2037-12-31", "23:59")), "");
  EXPECT_EQ(Refusal("Europe/Berlin", Spec("2038-01-01", "00:00")),
            "the rules of Europe/Berlin are not known beyond 2037: starts_at is needed, such as "
            "2037-12-31T23:00:00Z or 2037-12-31T22:00:00Z");
  EXPECT_EQ(Refusal("Europe/Berlin", Spec("2050-07-15", "20:00", Utc(2050, 7, 15, 18, 0))), "");
  EXPECT_EQ(Refusal("Europe/Berlin", Spec("2050-01-15", "20:00", Utc(2050, 1, 15, 19, 0))), "");
  EXPECT_NE(Refusal("Europe/Berlin", Spec("2050-07-15", "20:00", Utc(2050, 7, 15, 17, 0))), "");
  EXPECT_EQ(Refusal("Etc/GMT+3", Spec("2050-07-15", "20:00")), "") << "never changed";
  EXPECT_EQ(Refusal("UTC", Spec("9999-12-31", "23:59")), "");
}

TEST_F(PerformanceTimes, AStartOutsideTheClockIsRefused) {
  EXPECT_NE(Refusal("UTC", Spec("1970-01-01", "00:00")), "") << "0 is none";
  EXPECT_NE(Refusal("Europe/Berlin", Spec("1970-01-01", "00:30")), "");
  EXPECT_NE(Refusal("Etc/GMT+12", Spec("9999-12-31", "12:00")), "");
  EXPECT_EQ(Refusal("Etc/GMT+12", Spec("9999-12-31", "11:59")), "");
}

// What release 0.1 took for a zone, and zones of other machines.
TEST(PerformanceTimesOfAVenue, WithoutAKnownZoneNeedTheStart) {
  EXPECT_EQ(Refusal("CE\nST", Spec("2026-12-31", "19:30")),
            "the venue's zone \"CE\\x0aST\" is not known; an IANA name is wanted, such as "
            "Europe/Vienna, or UTC: starts_at is needed");
  EXPECT_EQ(Refusal("CEST", Spec("2026-12-31", "19:30", Utc(2026, 12, 31, 18, 30))), "");
  EXPECT_EQ(Refusal("CEST", Spec("2026-12-31", "19:30", Utc(2026, 12, 31, 3, 30))), "");
  EXPECT_EQ(Refusal("CEST", Spec("2026-12-31", "19:30", Utc(2026, 12, 31, 3, 29))),
            "starts_at 2026-12-31T03:29:00Z is more than 16 hours from local_date and local_time, "
            "2026-12-31 19:30");
  FakeZones none;
  none.count = std::size_t{0};
  EXPECT_EQ(Refusal("Europe/Berlin", Spec("2026-12-31", "19:30"), none),
            "the venue's zone \"Europe/Berlin\": this machine has 0 time zones; install tzdata, or "
            "use UTC: starts_at is needed");
}

TEST(SaleTimes, OpenBeforeTheyEndAndEndWithTheStartAtLatest) {
  const auto told = [](TimeUs opens, TimeUs ends) {
    PerformanceSpec spec = Spec("2026-12-31", "19:30");
    spec.sale_opens_at = opens;
    spec.sale_ends_at = ends;
    return Refusal("UTC", spec);
  };
  const TimeUs start = Utc(2026, 12, 31, 19, 30);
  const TimeUs before{start.value - 1}, after{start.value + 1};
  EXPECT_EQ(told({}, {}), "");
  EXPECT_EQ(told({}, start), "");
  EXPECT_EQ(told(before, start), "");
  EXPECT_EQ(told(before, {}), "");
  EXPECT_EQ(told({}, after),
            "sale_ends_at 2026-12-31T19:30:00Z is later than the start, 2026-12-31T19:30:00Z");
  EXPECT_EQ(told(start, {}),
            "sale_opens_at 2026-12-31T19:30:00Z is not before the start, 2026-12-31T19:30:00Z");
  EXPECT_NE(told(before, before), "");
  EXPECT_NE(told(start, before), "");
}

TEST(PastWarning, IsGivenOnceNothingCanBeSold) {
  PerformanceSpec spec = Spec("2020-01-01", "20:00", Utc(2020, 1, 1, 20, 0));
  EXPECT_EQ(PastWarning(spec, TimeUs{spec.starts_at.value - 1}), "");
  EXPECT_EQ(PastWarning(spec, Utc(2026, 11, 28, 14, 0)),
            "nothing of it can be sold: its start is in the past (2020-01-01T20:00:00Z; it is "
            "2026-11-28T14:00:00Z now)");
  spec.sale_ends_at = Utc(2020, 1, 1, 12, 0);
  EXPECT_NE(PastWarning(spec, spec.sale_ends_at).find("its end of sale is in the past"),
            std::string::npos);
}

TEST(UtcOffset, IsWhatLocalTimeAndStartSay) {
  PerformanceRecord record;
  record.local_date = "2026-07-31";
  record.local_time = "19:30";
  EXPECT_EQ(UtcOffset(record), std::nullopt) << "not told";
  record.starts_at = Utc(2026, 7, 31, 17, 30, 40);
  EXPECT_EQ(UtcOffset(record), 7'200);
  record.starts_at = Utc(2026, 7, 31, 23, 0);
  EXPECT_EQ(UtcOffset(record), -12'600);
  record.local_date = "hello";
  EXPECT_EQ(UtcOffset(record), std::nullopt);
}

}  // namespace
}  // namespace seathold::testing
