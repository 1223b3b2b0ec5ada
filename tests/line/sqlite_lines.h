// Lines in files of their own, and what tests of them do over and over.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <string>
#include <vector>

#include "src/line/sqlite/sqlite_line.h"
#include "tests/line/temp_dir.h"

namespace seathold::testing {

inline constexpr ShowId kShow{7};
inline constexpr TimeUs kNow{1'700'000'000'000'000};

inline LineConfig Config(std::uint32_t active_max, std::uint64_t epoch = 1) {
  LineConfig config;
  config.epoch = epoch;
  config.active_max = active_max;
  return config;
}

inline std::unique_ptr<Line> MustOpen(const std::string& path, std::int64_t max_age_ms = 0) {
  auto line = NewSqliteLine(path, {.max_age_ms = max_age_ms});
  EXPECT_TRUE(line.ok()) << line.status().text();
  return line.ok() ? std::move(line.value()) : nullptr;
}

inline LineEntry Join(Line& line, std::uint64_t user, std::uint64_t epoch = 1, TimeUs now = kNow) {
  LineEntry entry{.user = UserId{user}};
  const Status status = line.Join(kShow, epoch, {&entry, 1}, now, {});
  EXPECT_TRUE(status.ok()) << status.text();
  return entry;
}

inline LineEntry Poll(Line& line, LineEntry entry, std::uint64_t epoch = 1, TimeUs now = kNow) {
  const Status status = line.Poll(kShow, epoch, {&entry, 1}, now, {});
  EXPECT_TRUE(status.ok()) << status.text();
  return entry;
}

inline void Sql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  sqlite3_busy_timeout(db, 5'000);
  char* error = nullptr;
  ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error << sql;
  sqlite3_close(db);
}

// Every call on the line says that it is lost, and nobody is admitted.
inline void ExpectLost(Line& line, std::uint64_t epoch, LineEntry known) {
  std::uint32_t admitted = 0;
  LineStats stats;
  LineEntry fresh{.user = UserId{99'999}};
  EXPECT_EQ(line.Join(kShow, epoch, {&fresh, 1}, kNow, {}).code(), Code::kLineLost);
  EXPECT_EQ(line.Poll(kShow, epoch, {&known, 1}, kNow, {}).code(), Code::kLineLost);
  EXPECT_EQ(line.Admit(kShow, epoch, 100, kNow, {}, &admitted).code(), Code::kLineLost);
  EXPECT_EQ(admitted, 0u);
  EXPECT_EQ(line.Keep(kShow, epoch, {&known, 1}, {}).code(), Code::kLineLost);
  EXPECT_EQ(line.Leave(kShow, epoch, {&known, 1}, {}).code(), Code::kLineLost);
  EXPECT_EQ(line.Stats(kShow, kNow, &stats, {}).code(), Code::kLineLost);
}

// The line of the next epoch, with everybody back: the old order, ahead of a newcomer.
inline void ExpectRebuilt(Line& line, std::uint64_t epoch, std::vector<LineEntry> tokens) {
  LineConfig config = Config(2, epoch);
  config.missing_active = 2;
  config.missing_until = AddMs(kNow, 900'000);
  ASSERT_TRUE(line.OpenLine(kShow, config, kNow, {}).ok());
  const LineEntry newcomer = Join(line, 88'888, epoch);
  EXPECT_EQ(newcomer.state, LineState::kWaiting);
  for (std::size_t i = tokens.size(); i-- > 0;) {
    if (tokens[i].state == LineState::kAdmitted) tokens[i].reclaim_until = tokens[i].admitted_until;
    (void)Poll(line, tokens[i], epoch);
  }
  std::uint64_t ahead = 0;
  for (const LineEntry& token : tokens) {
    const LineEntry back = Poll(line, token, epoch);
    EXPECT_EQ(back.state, token.state);
    if (back.state == LineState::kWaiting) {
      EXPECT_EQ(back.ahead, ahead++);
    }
  }
  EXPECT_EQ(Poll(line, newcomer, epoch).ahead, ahead);
  LineStats stats;
  ASSERT_TRUE(line.Stats(kShow, kNow, &stats, {}).ok());
  EXPECT_EQ(stats.active, 2u);
  EXPECT_EQ(stats.missing, 0u);
}

}  // namespace seathold::testing
