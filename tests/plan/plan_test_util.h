// Small plans, and short ways to ask what became of them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/plan.h"

namespace seathold::testing {

inline ImportOptions PretixOptions() { return {}; }

inline ImportOptions CsvOptions() {
  ImportOptions options;
  options.format = PlanFormat::kCsv;
  options.name = "Hall";
  return options;
}

// One seat of one category "A", as a seat of a pretix plan.
inline std::string SeatJson(std::string_view guid, double x, double y = 0,
                            std::string_view extra = "") {
  return "{\"seat_guid\":\"" + std::string(guid) + "\",\"seat_number\":\"" + std::string(guid) +
         "\",\"category\":\"A\",\"position\":{\"x\":" + std::to_string(x) +
         ",\"y\":" + std::to_string(y) + "}" + std::string(extra) + "}";
}

inline std::string RowJson(std::string_view name, std::string_view seats) {
  return "{\"row_number\":\"" + std::string(name) +
         "\",\"position\":{\"x\":0,\"y\":0},\"seats\":[" + std::string(seats) + "]}";
}

inline std::string ZoneJson(std::string_view name, std::string_view rows) {
  return "{\"name\":\"" + std::string(name) + "\",\"position\":{\"x\":0,\"y\":0},\"rows\":[" +
         std::string(rows) + "]}";
}

inline std::string PlanJson(std::string_view zones,
                            std::string_view categories = "{\"name\":\"A\"}") {
  return "{\"name\":\"P\",\"categories\":[" + std::string(categories) + "],\"zones\":[" +
         std::string(zones) + "]}";
}

// A plan of one row.
inline std::string OneRow(std::string_view seats) {
  return PlanJson(ZoneJson("Z", RowJson("1", seats)));
}

inline std::string Csv(std::string_view lines) {
  return "section,row,seat,x,y,category,attributes\n" + std::string(lines);
}

// "" when the plan is accepted, else the detail of kInvalidPlan, or the text of another error.
inline std::string Refusal(std::string_view text, const ImportOptions& options = {}) {
  const auto plan = ParsePlan(text, options, nullptr);
  if (plan.ok()) return "";
  if (plan.code() != Code::kInvalidPlan) return "other error: " + plan.status().text();
  return std::string(plan.status().detail());
}

// "A1:0 A2:1 A3:3": guids and places in the order of the plan.
inline std::string Places(const Plan& plan) {
  std::string out;
  for (const PlanSeat& seat : plan.seats) {
    if (!out.empty()) out += ' ';
    out += seat.guid + ":" + std::to_string(seat.place);
  }
  return out;
}

// Not __FILE__ alone: a compiler cache may have seen the file in another clone.
inline std::filesystem::path SourceRoot() {
  const char* told = std::getenv("SEATHOLD_SOURCE_DIR");
  if (told != nullptr) return told;
  return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
}

// Empty when the file is not there.
inline std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace seathold::testing
