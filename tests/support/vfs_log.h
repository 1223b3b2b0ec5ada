// The log of a journal on the disk of a CrashVfs, beside the database: it is lost, torn and refused
// in the same ways.
#pragma once

#include <memory>
#include <string>

#include "src/storage/journal/log_file.h"

namespace seathold::testing {

// `name`: of the file; `vfs`: registered with SQLite for as long as the place is used.
std::unique_ptr<journal::LogPlace> LogOnVfs(const std::string& vfs, const std::string& name);

}  // namespace seathold::testing
