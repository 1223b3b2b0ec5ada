// Whether a failure to make or grow a file is want of space: SQLite tells it as "cannot open".
#pragma once

#include <string>

namespace seathold {

// Less is left on the disk of `path` than opening a database and its line may take (their -shm
// files alone are 32 KiB each). False where it cannot be told.
bool IsDiskFull(const std::string& path);

}  // namespace seathold
