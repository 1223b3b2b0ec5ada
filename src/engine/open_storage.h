// From a storage's URI to the storage.
#pragma once

#include <memory>
#include <string>

#include "seathold/adapter/storage.h"

namespace seathold {

// "memory:", "sqlite:PATH", "sqlite:PATH?journal=on", "postgresql://...". Errors: kInvalidArgument,
// kUnsupported. `threads`: it may have one of its own.
Result<std::unique_ptr<Storage>> MakeStorage(const std::string& uri, bool threads);

// Makes it and opens it. A database whose last owner kept a journal and died is brought up to date
// first, unless it is opened to read only (kNotOwner).
Result<StorageInfo> OpenStorage(const std::string& uri, const StorageOptions& how, bool threads,
                                std::unique_ptr<Storage>* out);

}  // namespace seathold
