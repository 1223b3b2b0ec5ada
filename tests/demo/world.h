// A small world to sell in: a hall, an engine on a manual clock, a directory that goes with the
// test.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "examples/cli/demo/naive_office.h"
#include "examples/cli/demo/rush.h"
#include "examples/cli/demo/sale_record.h"
#include "examples/cli/demo/seathold_office.h"
#include "seathold/engine.h"

namespace seathold::demo {

class TestDirectory {
 public:
  TestDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "seathold-demo-test-XXXXXX");
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TestDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline Hall SmallHall(int rows, int seats_per_row) {
  Result<Plan> plan = MakePlan("A small hall", rows, seats_per_row);
  EXPECT_TRUE(plan.ok()) << plan.status().text();
  return Hall(std::move(*plan));
}

inline constexpr TimeUs kTestOpening{1'768'471'200 * kUsPerSecond};

}  // namespace seathold::demo
