// What SQLite answers, in the codes of a line. The only place where the two meet.
#pragma once

#include <string>
#include <string_view>

#include "seathold/status.h"

namespace seathold {

// `code` is an (extended) SQLite result code. The line is advisory, so nothing here is fatal:
// damage is a lost line, an I/O error is busy (the connection is opened again by the next call).
Status LineStatus(int code, std::string_view what);

// The same for a file that could not be made: `error_number` is an errno.
Status LineFileStatus(int error_number, const std::string& path);

}  // namespace seathold
