// Files as box offices send them: tests/plan/cases, and their relatives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "src/plan/seat_range.h"
#include "tests/plan/plan_test_util.h"

namespace seathold {
namespace {

using testing::CsvOptions;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OneRow;
using testing::Places;
using testing::SeatJson;
using ::testing::StartsWith;

std::string Case(const char* name) {
  const std::string text =
      testing::ReadText(testing::SourceRoot() / "tests" / "plan" / "cases" / name);
  EXPECT_FALSE(text.empty()) << name;
  return text;
}

struct Read {
  Plan plan;
  ImportReport report;
  std::string refusal;
};

Read ReadText(std::string_view text, const ImportOptions& options) {
  Read read;
  auto plan = ParsePlan(text, options, &read.report);
  if (plan.ok()) read.plan = *std::move(plan);
  if (!plan.ok()) read.refusal = plan.status().detail();
  return read;
}
Read ReadCase(const char* name) {
  return ReadText(Case(name),
                  std::string_view(name).ends_with(".csv") ? CsvOptions() : ImportOptions{});
}
Read ReadCsv(std::string_view text) { return ReadText(text, CsvOptions()); }

std::string Seats(std::string_view list) {
  const Read read = ReadCsv("section,row,seat,category\nS,A,\"" + std::string(list) + "\",C\n");
  if (!read.refusal.empty()) return read.refusal;
  std::string numbers;
  for (const PlanSeat& seat : read.plan.seats)
    numbers += (numbers.empty() ? "" : " ") + seat.number;
  return numbers;
}

TEST(BoxOfficeFile, OfFullWidthDigitsGivesItsTenSeats) {
  const Read read = ReadCase("fullwidth_range.csv");
  EXPECT_EQ(read.refusal, "");
  ASSERT_EQ(read.plan.seats.size(), 10u);
  EXPECT_EQ(read.plan.seats[0].guid, "1階-１列-1");
  EXPECT_EQ(read.plan.seats[9].number, "10");
  EXPECT_THAT(read.report.ranges, ElementsAre("line 2, column 7: １-１０ gave 10 seats"));
}

TEST(BoxOfficeFile, OfArabicDigitsGivesItsSeats) {
  const Read read = ReadCase("arabic_rtl.csv");
  EXPECT_EQ(read.refusal, "");
  ASSERT_EQ(read.plan.seats.size(), 8u);
  EXPECT_EQ(read.plan.rows[0].name, "أ");
  EXPECT_EQ(read.plan.seats[3].number, "4");
  EXPECT_EQ(read.report.ranges.size(), 2u);
}

TEST(BoxOfficeFile, ReadsTheDashOfASpreadsheetAndKeepsALabel) {
  const Read read = ReadCase("range_like_label.csv");
  EXPECT_EQ(read.refusal, "");
  EXPECT_EQ(Places(read.plan),
            "Loge-3-1:0 Loge-3-2:1 Loge-4-12A:0 Loge-5-1:0 Loge-5-2:1 Loge-5-3:2 Loge-5-4:3");
  EXPECT_THAT(read.report.ranges, ElementsAre("line 2, column 8: 1-2 gave 2 seats",
                                              "line 4, column 8: 1–4 gave 4 seats"));
}

TEST(SeatRanges, AreReadWithTheDigitsAndDashesOfEveryScript) {
  for (const char* range : {"1-4",
                            "1‐4",
                            "1‑4",
                            "1‒4",
                            "1–4",
                            "1—4",
                            "1―4",
                            "1−4",
                            "1﹘4",
                            "1﹣4",
                            "1－4",
                            "1~4",
                            "1～4",
                            "1〜4",
                            "1∼4",
                            "1\u00AD4",
                            "1ー4",
                            "1ｰ4",
                            "1־4",
                            "1─4",
                            "1 - 4",
                            "1\u00A0–\u00A04",
                            "１～４",
                            "١-٤",
                            "۱–۴",
                            "१-४",
                            "๑-๔",
                            "𝟏-𝟒",
                            "\u200F١-٤\u200E",
                            "1-\u200B4",
                            " 1- 4 ",
                            "1 -4"}) {
    EXPECT_EQ(Seats(range), "1 2 3 4") << range;
  }
  EXPECT_EQ(Seats("０１－０３"), "01 02 03");
  EXPECT_EQ(Seats("31–27/2"), "31 29 27");
  EXPECT_EQ(Seats("٥-١/٢"), "5 3 1");
  EXPECT_EQ(Seats("1–5 ／ 2"), "1 3 5");
  EXPECT_EQ(Seats("1-2，5、7；9،11"), "1 2 5 7 9 11") << "commas of other scripts";
  EXPECT_EQ(Seats("1-2;4"), "1 2 4");
}

TEST(SeatRanges, ThatCannotBeReadAreRefusedAndNoOneSeat) {
  for (const char* bad : {"1..10",   "1…10",     "1:10",       "1 10",
                          "1 to 10", "1 bis 10", "1至10",      "1から10",
                          "1→10",    "1--10",    "1-2-3",      "1-",
                          "-4",      "1–",       "A1-A10",     "12A-14A",
                          "1-10A",   "V1-2",     "1-4 6-9",    "1+2",
                          "1&2",     "1 / 2",    "2026-01-04", "04.01.2026",
                          "4-Jan",   "Jan-04",   "1.2.3",      "1234567890-1234567899",
                          "1-4/",    "1-4/2/2",  "1 2 3",      "1\u00A02",
                          "①-⑩",     "Ⅰ – Ⅹ",    "一-十",      "¹⁻⁹",
                          "一ー十",  "⒈～⒑",     "①--⑩",       "1-Ⅹ",
                          "①-⑨/2",   "Ⅰ-Ⅹ/1"}) {
    EXPECT_THAT(Seats(bad), StartsWith("line 2, column 6: \"")) << bad;
    EXPECT_THAT(Seats(bad), HasSubstr("looks like a range")) << bad;
  }
  EXPECT_THAT(Seats("7,1..10"), StartsWith("line 2, column 8: \"1..10\" looks like a range"));
  EXPECT_THAT(Seats("1–4/2"), HasSubstr("column 6: the range 1–4/2 does not end on its last"));
}

TEST(SeatRanges, AreNotMadeOfLabels) {
  for (const char* label :
       {"12A",  "B-1",  "A",  "12a", "1/2",    "1.5", "1a2", "A1",    "Tisch 3", "Tisch 1 Platz 2",
        "１２", "12 P", "S1", "1-B", "Mai-B",  "ー",  "-",   "No. 7", "B–1",     "३क",
        "①",    "Ⅳ",    "一", "B-①", "一般-B", "Ⅱ-A", "1½",  "A²"}) {
    EXPECT_EQ(Seats(label), label);
  }
}

TEST(BoxOfficeFile, TellsWhereTheSecondOfTwoSeatsStands) {
  EXPECT_EQ(ReadCase("snake_hall_two_S.csv").refusal,
            "line 2, column 30: seat Hinten-22-S was given before on line 2");
  EXPECT_EQ(ReadCsv("section,row,seat,category\nS,A,\" 1, \"\"x\"\",\n \"\"x\"\"\",C\n").refusal,
            "line 3, column 2: seat S-A-\"x\" was given before on line 2");
  EXPECT_EQ(ReadCsv("section;row;seat;category\nS;A;  é,1-3,é;C\n").refusal,
            "line 2, column 13: seat S-A-é was given before on line 2");
}

TEST(BoxOfficeFile, KeepsTwoSeatsApartWhoseNamesOneDashJoinsAlike) {
  const Read read = ReadCase("dash_collision.csv");
  EXPECT_EQ(read.refusal, "");
  EXPECT_EQ(Places(read.plan), "A-1/2/3:0 A/1-2/3:0");
  const Read more =
      ReadCsv("section,row,seat,category\nA-1,2,3,N\nA-1,2,4,N\nA,1-2,3,N\nA,1,2,N\n");
  EXPECT_EQ(Places(more.plan), "A-1/2/3:0 A-1-2-4:1 A/1-2/3:0 A-1-2:0") << "others keep theirs";
  EXPECT_THAT(ReadCsv("section,row,seat,category\nA-1,2,3,N\nA,1-2,3,N\nA-1,2,3,N\n").refusal,
              HasSubstr("line 4, column 7: seat A-1-2-3 was given before on line 2"));
  EXPECT_THAT(ReadCsv("section,row,seat,category\nA-1,2,3,N\nA,1-2,3,N\nA,1-2,3,N\n").refusal,
              HasSubstr("line 4, column 7: seat A"));
}

constexpr const char* kTribune = "Tribüne-1-1:0 Tribüne-1-2:1 Tribüne-1-3:2 Tribüne-1-4:3";

TEST(BoxOfficeFile, IsReadInTheFormsThatSpreadsheetsSave) {
  for (const char* name : {"box_office_headings.csv", "box_office_semicolon_utf8.csv",
                           "box_office_trailing.csv", "box_office_utf16.csv"}) {
    const Read read = ReadCase(name);
    EXPECT_EQ(read.refusal, "") << name;
    EXPECT_EQ(Places(read.plan), kTribune) << name;
    EXPECT_TRUE(read.report.warnings.empty()) << name;
  }
  const Read semicolons = ReadCase("box_office_semicolon_utf8.csv");
  EXPECT_EQ(semicolons.plan.seats[0].x, 0.5);
  EXPECT_EQ(semicolons.plan.seats[0].y, 10.25);
  const Read mac = ReadCase("box_office_mac_cr.csv");
  EXPECT_EQ(mac.refusal, "");
  EXPECT_EQ(mac.plan.seats.size(), 8u);
  EXPECT_EQ(mac.plan.rows.size(), 2u);
}

TEST(BoxOfficeFile, InAnotherEncodingSaysHowToSaveIt) {
  EXPECT_EQ(ReadCase("box_office_excel_1252.csv").refusal,
            "line 2, column 1: not UTF-8: save the file as UTF-8 (in Excel: \"CSV UTF-8\")");
  EXPECT_THAT(ReadCsv("section,row,seat,kategorie\xFC\n").refusal,
              HasSubstr("line 1, column 18: not UTF-8: save"));
  EXPECT_THAT(ReadCsv("section,row,seat,category\nS,A,\xFC,C\n").refusal,
              HasSubstr("save the file"));
  EXPECT_THAT(ReadCsv(std::string("s\0e\0c\0", 6)).refusal, HasSubstr("without a byte order mark"));
  EXPECT_THAT(ReadCsv(std::string("\0s\0e", 4)).refusal, HasSubstr("without a byte order mark"));
  EXPECT_THAT(ReadCsv(std::string("\xFF\xFE\0\0s\0\0\0", 8)).refusal, HasSubstr("UTF-32"));
}

std::string Utf16(std::u16string_view text, bool big_endian) {
  std::string bytes;
  const std::u16string marked = u"\uFEFF" + std::u16string(text);
  for (const char16_t unit : marked) {
    const auto high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
    bytes += big_endian ? high : low;
    bytes += big_endian ? low : high;
  }
  return bytes;
}

TEST(BoxOfficeFile, OfUtf16IsReadInEitherOrderAndRefusedWhenItBreaksOff) {
  const std::u16string text = u"section\trow\tseat\tx\tcategory\nZal 🎻\tA\t1–3\t0,5\tC\n";
  for (const bool big_endian : {false, true}) {
    const Read read = ReadCsv(Utf16(text, big_endian));
    EXPECT_EQ(read.refusal, "");
    EXPECT_EQ(Places(read.plan), "Zal 🎻-A-1:0 Zal 🎻-A-2:1 Zal 🎻-A-3:2");
    EXPECT_EQ(read.plan.seats[0].x, 0.5) << "tabs: a comma is a decimal one";
    EXPECT_EQ(ReadCsv(Utf16(text, big_endian) + "x").refusal, "line 3: half a character of UTF-16");
    for (const char16_t* half : {u"\xD83C", u"\xDFBB", u"\xD83C\xD83C", u"a\xD83Cx"}) {
      EXPECT_EQ(ReadCsv(Utf16(half, big_endian)).refusal, "line 1: half a character of UTF-16");
    }
  }
  const std::string json = OneRow(SeatJson("A1", 0));
  EXPECT_EQ(ReadText(Utf16(std::u16string(json.begin(), json.end()), false), {}).refusal, "");
}

TEST(BoxOfficeFile, SaysItsSeparator) {
  for (const char* text : {"sep=;\nsection;row;seat;category\nS;A;1-2;C\n",
                           "SEP=;\r\nsection;row;seat;category\r\nS;A;1-2;C\r\n",
                           "sep=|\nsection|row|seat|category\nS|A|1-2|C\n",
                           "section\trow\tseat\tcategory\nS\tA\t1-2\tC",
                           "\"section\";\"row\";\"seat\";\"category\"\n\"S\";\"A\";\"1-2\";\"C\"\n",
                           "\n\n;;;\nsection;row;seat;category\n;;;\nS;A;1-2;C\n;;;;;;\n",
                           "section,row,seat,category\r\rS,A,1-2,C\r,,,\r"}) {
    EXPECT_EQ(ReadCsv(text).refusal, "") << text;
    EXPECT_EQ(Places(ReadCsv(text).plan), "S-A-1:0 S-A-2:1") << text;
  }
  EXPECT_THAT(ReadCsv("section|row|seat|category\nS|A|1|C\n").refusal,
              HasSubstr("separated by commas, semicolons or tabs"));
  EXPECT_EQ(ReadCsv("sep=;\nsection;row;seat;category\nS;A;1..2;C\n").refusal.substr(0, 16),
            "line 3, column 5");
}

TEST(BoxOfficeFile, KeepsALineBreakOfACellInAFileOfBareCarriageReturns) {
  const Read read = ReadCsv("section,row,seat,category\r\"Box\nleft\",A,1,C\rS,B,1..3,C\r");
  EXPECT_THAT(read.refusal, StartsWith("line 4, column 5: "));
  EXPECT_EQ(ReadCsv("section,row,seat,category\r\"Box\nleft\",A,1,C\r").plan.rows[0].section,
            "Box left");
}

TEST(BoxOfficeFile, HasHeadingsInAnyCaseAndForm) {
  for (const char* text : {"SECTION,ROW,SEAT,CATEGORY\nS,A,1,C\n",
                           "\u00A0Section ,Row, SEAT\u3000,Category\nS,A,1,C\n",
                           "Section\u200B,Row,Seat,Category\nS,A,1,C\n"}) {
    EXPECT_EQ(ReadCsv(text).refusal, "") << text;
  }
  EXPECT_EQ(ReadCsv("Section,section,row,seat,category\n").refusal,
            "line 1, column 9: the column is named twice");
  EXPECT_EQ(ReadCsv("sectıon,row,seat,category\n").refusal.substr(0, 16), "line 1, column 1");
}

TEST(BoxOfficeFile, MayHaveEmptyFieldsWhereTheyMeanNothing) {
  EXPECT_EQ(
      ReadCsv("section,row,seat,category,,\nS,A,1,C\nS,A,2,C,\nS,A,3,C,,,,\n").plan.seats.size(),
      3u);
  EXPECT_EQ(ReadCsv("section,row,seat,category\nS,A,1,C,,\n").plan.seats.size(), 1u);
  EXPECT_EQ(ReadCsv("section,row,seat,category\nS,A,1,C,,x\n").refusal,
            "line 2, column 10: 6 fields, and the header has 4");
  EXPECT_EQ(ReadCsv("section,row,seat,category,,\nS,A,1\n").refusal,
            "line 2, column 5: 3 fields, and the header has 6");
  EXPECT_THAT(ReadCsv("section,row,seat,category,\nS,A,1,C,x\nS,A,2,C,y\n").report.warnings,
              ElementsAre("line 2, column 9: text under no heading, left out (2 times)"));
}

TEST(BoxOfficeFile, WritesNumbersAsItsCountryDoes) {
  const auto x = [](std::string_view separator, std::string_view number) {
    const std::string s(separator);
    const Read read = ReadCsv("section" + s + "row" + s + "seat" + s + "x" + s + "category\nS" + s +
                              "A" + s + "1" + s + std::string(number) + s + "C\n");
    return read.refusal.empty() ? std::to_string(read.plan.seats[0].x) : read.refusal;
  };
  EXPECT_EQ(x(";", "0,5"), "0.500000");
  EXPECT_EQ(x(";", "-0,5"), "-0.500000");
  EXPECT_EQ(x(";", "−10.25"), "-10.250000");
  EXPECT_EQ(x("\t", "1,5"), "1.500000");
  EXPECT_EQ(x(",", "٠٫٥"), "0.500000");
  EXPECT_EQ(x(",", "\"0,5\""), "line 2, column 7: x is not a number") << "thousands or tenths?";
  EXPECT_EQ(x(";", "1,234,5"), "line 2, column 7: x is not a number");
  EXPECT_EQ(x(";", "1.234,5"), "line 2, column 7: x is not a number");
}

TEST(BrokenSeats, AreBlockedAndNamed) {
  const Read read = ReadCase("gallery_broken.json");
  EXPECT_EQ(read.refusal, "");
  std::string blocked;
  for (const PlanSeat& seat : read.plan.seats) {
    if (!seat.blocked.empty()) blocked += seat.guid + ":" + seat.blocked + " ";
  }
  EXPECT_EQ(blocked, "E1:Broken E2:Broken ");
  EXPECT_EQ(read.report.blocked, 2u);
  EXPECT_THAT(
      read.report.warnings,
      ElementsAre("zones[0].rows[0].seats[0].status: Broken, so the seat is blocked (2 times)"));
}

TEST(BrokenSeats, AreThoseWithoutAWordForFree) {
  for (const char* free : {"", "free", "FREE", "Available", "empty", "Empty ", "open", "vacant",
                           "normal", "for sale", "\u00A0"}) {
    const Read read =
        ReadText(OneRow(SeatJson("g", 0, 0, ",\"status\":\"" + std::string(free) + "\"")), {});
    EXPECT_EQ(read.report.blocked, 0u) << free;
    EXPECT_TRUE(read.report.warnings.empty()) << free;
  }
  for (const char* other : {"broken", "sold", "reserved", "occupied", "x", "\u0421free"}) {
    const Read read =
        ReadText(OneRow(SeatJson("g", 0, 0, ",\"status\":\"" + std::string(other) + "\"")), {});
    EXPECT_EQ(read.plan.seats.at(0).blocked, other);
  }
  EXPECT_EQ(ReadText(OneRow(SeatJson("g", 0, 0, ",\"status\":null")), {}).report.blocked, 0u);
  EXPECT_EQ(ReadText(OneRow(SeatJson("g", 0, 0, ",\"status\":0")), {}).refusal,
            "zones[0].rows[0].seats[0].status: not a string");
  const Read csv = ReadCsv(
      "section,row,seat,category,Status\nS,A,1-3,C,defekt\nS,A,4,C,free\nS,A,5,C,\nS,B,1,C,"
      "defekt\n");
  EXPECT_EQ(csv.report.blocked, 4u);
  EXPECT_EQ(csv.plan.seats[1].blocked, "defekt");
  EXPECT_THAT(csv.report.warnings, ElementsAre("line 2, column 11: status defekt, so the seat is "
                                               "blocked (2 times)"));
}

TEST(WheelchairSeats, KeepWhatTheyAre) {
  const Read read = ReadCase("arena_wheelchairs.json");
  EXPECT_EQ(read.refusal, "");
  EXPECT_EQ(read.plan.seats[0].guid, "D-6-11");
  EXPECT_EQ(read.plan.seats[0].attributes, "wheelchair");
  for (const std::string& warning : read.report.warnings) {
    EXPECT_EQ(warning.find("wheelchair"), std::string::npos);
  }
  const auto attributes = [](const char* extra) {
    const Read one = ReadText(OneRow(SeatJson("g", 0, 0, extra)), {});
    return one.refusal.empty() ? one.plan.seats.at(0).attributes : one.refusal;
  };
  EXPECT_EQ(attributes(",\"wheelchair\":true,\"attributes\":\"aisle\""), "aisle, wheelchair");
  EXPECT_EQ(attributes(",\"wheelchair\":true,\"attributes\":\"wheelchair\""), "wheelchair");
  EXPECT_EQ(attributes(",\"companion\":true,\"wheelchair\":false"), "companion");
  EXPECT_EQ(attributes(",\"wheelchair\":null"), "");
  EXPECT_EQ(attributes(",\"wheelchair\":\"yes\""),
            "zones[0].rows[0].seats[0].wheelchair: not true or false");
}

TEST(UnknownKeys, OfOneNameAreOneWarningWithTheirNumber) {
  std::string seats;
  for (int i = 0; i < 500; ++i) {
    const char* extra = i % 2 == 0 ? ",\"comfy\":1" : ",\"comfy\":1,\"soft\":2";
    seats += (i > 0 ? "," : "") + SeatJson("g" + std::to_string(i), i, 0, extra);
  }
  EXPECT_THAT(ReadText(OneRow(seats), {}).report.warnings,
              ElementsAre("zones[0].rows[0].seats[0].comfy: unknown key, left out (500 times)",
                          "zones[0].rows[0].seats[1].soft: unknown key, left out (250 times)"));
}

TEST(Ranges, AreCountedInTheReportUpToAHundred) {
  std::string text = "section,row,seat,category\n";
  for (int i = 1; i <= 103; ++i) text += "S,R" + std::to_string(i) + ",1-9/2,C\n";
  const Read read = ReadCsv(text);
  ASSERT_EQ(read.report.ranges.size(), 101u);
  EXPECT_EQ(read.report.ranges[99], "line 101, column 8: 1-9/2 gave 5 seats");
  EXPECT_EQ(read.report.ranges[100], "and 3 ranges more");
}

TEST(BoxOfficeFile, OfEachOtherKindIsReadOrRefusedAsBefore) {
  EXPECT_EQ(ReadCase("snake_hall.csv").refusal, "");
  EXPECT_EQ(ReadCase("cinema_couples.json").refusal, "");
  EXPECT_EQ(ReadCase("standing_only.json").refusal, "zones: the plan has no seats");
}

TEST(WrittenPlans, KeepBlockedSeatsAndAttributes) {
  for (const char* name : {"gallery_broken.json", "arena_wheelchairs.json", "arabic_rtl.csv",
                           "dash_collision.csv", "fullwidth_range.csv"}) {
    const Plan plan = ReadCase(name).plan;
    const Read again = ReadText(PlanToJson(plan), {});
    ASSERT_EQ(again.refusal, "") << name;
    ASSERT_EQ(Places(again.plan), Places(plan)) << name;
    for (std::size_t i = 0; i < plan.seats.size(); ++i) {
      EXPECT_EQ(again.plan.seats[i].blocked, plan.seats[i].blocked);
      EXPECT_EQ(again.plan.seats[i].attributes, plan.seats[i].attributes);
      EXPECT_EQ(again.plan.seats[i].number, plan.seats[i].number);
    }
  }
}

}  // namespace
}  // namespace seathold
