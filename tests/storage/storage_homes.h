// The two storages of this project as homes for the contract suite, and a folder that goes away.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/contract/storage_home.h"

namespace seathold::testing {

class TempFolder {
 public:
  TempFolder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "seathold-storage-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string File(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class MemoryHome final : public StorageHome {
 public:
  std::unique_ptr<Storage> Make() override { return NewMemoryStorage(); }
  bool durable() const override { return false; }
};

inline SqliteOptions SqliteAt(const std::string& path) {
  SqliteOptions options;
  options.path = path;
  return options;
}

class SqliteHome final : public StorageHome {
 public:
  std::unique_ptr<Storage> Make() override { return NewSqliteStorage(SqliteAt(path())); }
  bool durable() const override { return true; }
  std::string path() const { return folder_.File("hall.db"); }

 private:
  TempFolder folder_;
};

}  // namespace seathold::testing
