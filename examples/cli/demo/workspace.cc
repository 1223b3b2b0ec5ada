#include "examples/cli/demo/workspace.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "examples/cli/place.h"

namespace seathold::demo {

namespace fs = std::filesystem;

Result<Workspace> Workspace::Open(const std::string& db, bool journal) {
  std::error_code error;
  const std::string uri = cli::StorageUri(db);
  const std::string path = cli::PathOf(uri);
  if (!path.empty() && fs::exists(path, error)) {
    return Status(Code::kAlreadyExists,
                  path + " exists already; a demo starts with a new database");
  }
  const fs::path base = fs::temp_directory_path(error);
  std::string directory = (error ? fs::path("/tmp") : base) / "seathold-demo-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) {
    return Status(Code::kCannotOpen, directory + ": " + std::strerror(errno));
  }
  Workspace space;
  space.directory_ = std::move(directory);
  space.storage_ = db.empty() ? "sqlite:" + space.Scratch("sale.db") : uri;
  if (journal && !path.empty()) space.storage_ = "sqlite:" + path;
  if (journal) space.storage_ += "?journal=on";
  return space;
}

Workspace::Workspace(Workspace&& other) noexcept
    : directory_(std::exchange(other.directory_, "")), storage_(std::move(other.storage_)) {}

Workspace::~Workspace() {
  if (directory_.empty()) return;
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

}  // namespace seathold::demo
