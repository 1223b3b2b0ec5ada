// Where a demo keeps its files: a temporary directory that goes with it, or beside the database
// that was asked for.
#pragma once

#include <string>

#include "seathold/status.h"

namespace seathold::demo {

class Workspace {
 public:
  // `journal`: in front of its database. Errors: kAlreadyExists (`db`), kCannotOpen.
  static Result<Workspace> Open(const std::string& db, bool journal = false);
  ~Workspace();
  Workspace(Workspace&& other) noexcept;
  Workspace& operator=(Workspace&&) = delete;

  // The URI of the storage that the sale lives in.
  const std::string& storage() const { return storage_; }
  // A path for another file, gone with the workspace.
  std::string Scratch(const std::string& name) const { return directory_ + "/" + name; }

 private:
  Workspace() = default;

  std::string directory_, storage_;
};

}  // namespace seathold::demo
