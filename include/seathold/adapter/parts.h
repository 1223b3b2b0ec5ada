// Parts of an engine that a host brings itself.
//
//   auto clock = std::make_shared<seathold::ManualClock>();
//   auto engine = seathold::Engine::Open({.storage = "memory:"}, {.clock = clock});
//
// Each adapter has a contract suite in tests/contract that a host can run on its own.
#pragma once

#include <memory>

#include "seathold/adapter/claim_cache.h"
#include "seathold/adapter/entropy.h"
#include "seathold/adapter/line.h"
#include "seathold/adapter/storage.h"
#include "seathold/clock.h"
#include "seathold/log.h"

namespace seathold {

// Null = made from the options.
struct EngineParts {
  std::unique_ptr<Storage> storage;
  std::unique_ptr<ClaimCache> claims;
  std::unique_ptr<Line> line;
  std::shared_ptr<Clock> clock;  // shared: a test keeps a hand on a manual clock
  std::unique_ptr<Entropy> entropy;
  std::shared_ptr<LogSink> log;  // shared: one sink may serve many engines
};

}  // namespace seathold
