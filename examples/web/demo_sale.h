// A hall with a sale on, and thousands of buyers who want its seats: the people of `seathold demo`,
// in real time, in this process. Beside them a visitor buys.
#pragma once

#include <memory>
#include <string>

#include "seathold/engine.h"

namespace seathold::web {

struct DemoSaleOptions {
  int buyers = 3'000;
  double speed = 1;  // seconds of the sale in a second
  std::uint64_t seed = 1;
  std::string staff_email;  // of the account that the demo makes
};

class DemoSale {
 public:
  // Opens the demonstration's programme (demo_programme.h), adds an account of staff with a
  // password of its own where there is none, and lets the crowd in. Null where the database has
  // shows of somebody else's: nothing is added and nobody comes. Errors: the engine's. `engine`
  // must outlive it.
  static Result<std::unique_ptr<DemoSale>> Start(Engine& engine, const DemoSaleOptions& options);
  virtual ~DemoSale() = default;  // as Stop

  virtual const std::string& staff_password() const = 0;  // empty where the account was there
  // The crowd goes home. Safe to call twice.
  virtual void Stop() = 0;
};

}  // namespace seathold::web
