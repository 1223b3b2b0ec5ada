// Every option of an engine through C: its default, its bounds, and its own name where it is out of
// them.
#include <climits>
#include <string>

#include "tests/capi/office.h"

namespace seathold_test {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

// The options as a caller of the header reads them.
struct Number {
  const char* name;
  std::int64_t standard, least, most;
  std::int32_t seathold_options::*narrow = nullptr;
  std::int64_t seathold_options::*wide = nullptr;

  std::int64_t In(const seathold_options& options) const {
    return narrow != nullptr ? options.*narrow : options.*wide;
  }
  void Set(seathold_options* options, std::int64_t value) const {
    if (narrow != nullptr) {
      options->*narrow = static_cast<std::int32_t>(value);
    } else {
      options->*wide = value;
    }
  }
};

using O = seathold_options;
constexpr Number kNumbers[] = {
    {"batch_max", 1'024, 1, 16'384, &O::batch_max},
    {"backlog_max", 65'536, 1, 1'048'576, &O::backlog_max},
    {"waves_max", 4, 1, 16, &O::waves_max},
    {"max_seats_per_hold", 8, 1, 16, &O::max_seats_per_hold},
    {"hash_concurrency", 2, 1, 64, &O::hash_concurrency},
    {"log_level", SEATHOLD_LOG_INFO, 0, 3, &O::log_level},
    {"batch_bytes_max", 4 << 20, 64 << 10, 1 << 30, nullptr, &O::batch_bytes_max},
    {"hold_ttl_ms", 300'000, 1'000, kDayMs, nullptr, &O::hold_ttl_ms},
    {"staff_ttl_max_ms", kDayMs, 300'000, 30 * kDayMs, nullptr, &O::staff_ttl_max_ms},
    {"refusal_max_age_ms", 250, 0, 60'000, nullptr, &O::refusal_max_age_ms},
    {"cache_timeout_ms", 50, 0, 10'000, nullptr, &O::cache_timeout_ms},
    {"sweep_full_ms", 60'000, 1'000, 3'600'000, nullptr, &O::sweep_full_ms},
    {"sweep_every_ms", 1'000, 10, 60'000, nullptr, &O::sweep_every_ms},
    {"rebuild_grace_ms", 30'000, 0, 3'600'000, nullptr, &O::rebuild_grace_ms},
    {"clock_jump_max_ms", 3'600'000, 1'000, 10 * 366 * kDayMs, nullptr, &O::clock_jump_max_ms},
    {"log_bytes_max", 65'536, 0, 16 << 20, nullptr, &O::log_bytes_max},
};

// Empty: it opens. Else what the error says.
std::string Open(const seathold_options& options) {
  seathold_engine engine = 0;
  seathold_error error;
  const seathold_status status = seathold_open(&options, &engine, &error);
  EXPECT_EQ(seathold_close(engine, kWait, nullptr), SEATHOLD_OK);
  if (status == SEATHOLD_OK) return "";
  EXPECT_EQ(status, SEATHOLD_E_INVALID_ARGUMENT) << error.message;
  return error.message;
}

TEST(COptions, HaveTheDefaultsOfTheHeader) {
  seathold_options options;
  ASSERT_EQ(seathold_options_init(&options, sizeof options, nullptr), SEATHOLD_OK);
  EXPECT_EQ(options.struct_size, sizeof options);
  EXPECT_EQ(options.flags, static_cast<std::uint32_t>(SEATHOLD_OPEN_CREATE));
  EXPECT_EQ(options.manual_clock_start_us, 0);
  for (const seathold_str& text : {options.storage, options.claims, options.line, options.keys}) {
    EXPECT_EQ(text.data, nullptr);
    EXPECT_EQ(text.size, 0u);
  }
  for (const Number& number : kNumbers) {
    EXPECT_EQ(number.In(options), number.standard) << number.name;
  }
}

TEST(COptions, OpenAtTheirBoundsAndNameThemselvesOnePast) {
  for (const Number& number : kNumbers) {
    for (const std::int64_t value : {number.least, number.most}) {
      seathold_options options = OptionsFor("memory:");
      options.staff_ttl_max_ms = 30 * kDayMs;  // whose range begins at hold_ttl_ms
      number.Set(&options, value);
      EXPECT_EQ(Open(options), "") << number.name << " = " << value;
    }
    for (const std::int64_t value : {number.least - 1, number.most + 1}) {
      seathold_options options = OptionsFor("memory:");
      number.Set(&options, value);
      EXPECT_NE(Open(options).find(std::string(number.name) + " is "), std::string::npos)
          << number.name << " = " << value << ": " << Open(options);
    }
  }
}

// What an option does, where two of them could be taken for each other.
TEST(COptions, DoWhatTheirNamesSay) {
  seathold_options options = OptionsFor("memory:");
  options.flags |= SEATHOLD_OPEN_MANUAL_CLOCK;
  options.manual_clock_start_us = kStartUs;
  seathold_engine engine = 0;
  ASSERT_EQ(seathold_open(&options, &engine, nullptr), SEATHOLD_OK);
  std::int64_t now_us = 0;
  EXPECT_EQ(seathold_clock_read(engine, &now_us, nullptr), SEATHOLD_OK);
  EXPECT_EQ(now_us, kStartUs);
  EXPECT_EQ(seathold_close(engine, kWait, nullptr), SEATHOLD_OK);
  const std::pair<seathold_str seathold_options::*, const char*> texts[] = {
      {&O::storage, "storage"}, {&O::claims, "claims"}, {&O::line, "line"}, {&O::keys, "keys"}};
  for (const auto& [field, name] : texts) {
    options = OptionsFor("memory:");
    options.*field = {nullptr, 1};
    const std::string told = Open(options);
    EXPECT_NE(told.find(": " + std::string(name) + " is NULL"), std::string::npos) << told;
    if (field == &O::keys) continue;
    options.*field = Str("oracle:x");
    seathold_error error;
    EXPECT_EQ(seathold_open(&options, &engine, &error), SEATHOLD_E_UNSUPPORTED);
    const std::string unknown = ": " + std::string(name) + " 'oracle:'";
    EXPECT_NE(std::string(error.message).find(unknown), std::string::npos) << error.message;
  }
}

TEST(COptions, CreateNothingUnlessTold) {
  seathold_options options = OptionsFor("sqlite:/tmp/seathold-is-not-there.db");
  options.flags &= ~static_cast<std::uint32_t>(SEATHOLD_OPEN_CREATE);
  seathold_engine engine = 0;
  EXPECT_EQ(seathold_open(&options, &engine, nullptr), SEATHOLD_E_CANNOT_OPEN);
  EXPECT_EQ(engine, 0u);
}

}  // namespace
}  // namespace seathold_test
