// What of JSON Schema openapi.json uses: enough to say whether a value is what it promises.
#pragma once

#include <string>

#include "src/util/json.h"

namespace seathold::testing {

// Empty, or where and what is wrong. `document` is what $ref points into. Objects may have no
// member that the schema does not name, unless it says what others are.
std::string Mismatch(const Json& value, const Json& schema, const Json& document,
                     const std::string& place = "$");

}  // namespace seathold::testing
