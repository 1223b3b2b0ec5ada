// Opening a database: its files, the first schema or a migration, and a look at what a crash left.
#pragma once

#include "seathold/adapter/storage.h"
#include "src/storage/sqlite/core.h"

namespace seathold::sqlite {

// Opens `path` into a fresh `core`. On failure nothing stays open.
Result<StorageInfo> OpenDatabase(const SqliteOptions& options, const StorageOptions& how,
                                 Core* core);

}  // namespace seathold::sqlite
