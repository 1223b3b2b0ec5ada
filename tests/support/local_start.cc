#include "tests/support/local_start.h"

#include <fmt/format.h>

#include <chrono>

namespace seathold::testing {

void SetStart(PerformanceSpec* spec, TimeUs at) {
  using std::chrono::days, std::chrono::floor, std::chrono::microseconds;
  spec->starts_at = at;
  spec->local_date = "2036-12-31";
  spec->local_time = "19:30";
  if (at.value == 0) return;
  const std::chrono::sys_time<microseconds> time{microseconds(at.value)};
  const std::chrono::year_month_day date{floor<days>(time)};
  const std::chrono::hh_mm_ss of_day{time - floor<days>(time)};
  spec->local_date =
      fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  spec->local_time = fmt::format("{:02}:{:02}", of_day.hours().count(), of_day.minutes().count());
}

}  // namespace seathold::testing
