// Where storages, claims and lines are, as options say it.
#pragma once

#include <string>
#include <string_view>

#include "seathold/status.h"

namespace seathold {

// "scheme:rest"; a text of another form has neither.
struct Uri {
  std::string scheme, rest;
};
Uri SplitUri(const std::string& uri);

// The answer to a URI that nobody knows. `what` it is of: "storage".
Status UnknownUri(const char* what, const std::string& uri);

// What other programs read behind "sqlite:" and this one does not: it would be a file of that name,
// and a new one.
Status CheckSqlitePath(const char* what, std::string_view path);

}  // namespace seathold
