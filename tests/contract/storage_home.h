// What the storage contract runs on: one stored state, and Storage objects over it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "seathold/adapter/storage.h"

namespace seathold::testing {

class StorageHome {
 public:
  virtual ~StorageHome() = default;
  // A Storage over this state, not opened.
  virtual std::unique_ptr<Storage> Make() = 0;
  // The state outlives the Storage.
  virtual bool durable() const = 0;
};

struct StorageCase {
  std::string name;
  std::function<std::unique_ptr<StorageHome>()> make;
};
inline std::string CaseName(const ::testing::TestParamInfo<StorageCase>& info) {
  return info.param.name;
}
inline void PrintTo(const StorageCase& one, std::ostream* out) { *out << one.name; }

inline Deadline Soon() { return Deadline::After({10'000}); }
inline Deadline In(std::int64_t ms) { return Deadline::After({ms}); }

}  // namespace seathold::testing
