// Act 1: one buyer, from the login to the ticket, with every answer shown.
#pragma once

#include <string>
#include <vector>

#include "examples/cli/demo/console.h"
#include "examples/cli/demo/hall.h"
#include "examples/cli/demo/seathold_office.h"
#include "examples/cli/demo/tally.h"

namespace seathold::demo {

struct ActOneResult {
  Status status;  // of the first step that did not answer as it must
  Receipt receipt;
  std::vector<std::string> answers;  // for the digest
};

ActOneResult PlayActOne(Engine& engine, const Hall& hall, const Programme& programme,
                        Console& console);

}  // namespace seathold::demo
