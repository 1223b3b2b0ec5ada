// Journals in front of an SQLite file as homes for the contract suite.
#pragma once

#include <memory>
#include <string>

#include "src/storage/journal/journal_storage.h"
#include "tests/storage/storage_homes.h"

namespace seathold::testing {

class JournalHome final : public StorageHome {
 public:
  explicit JournalHome(JournalOptions options = {}) : options_(std::move(options)) {}

  std::unique_ptr<Storage> Make() override {
    return NewJournalStorage(NewSqliteStorage(SqliteAt(path())), options_);
  }
  bool durable() const override { return true; }
  std::string path() const { return folder_.File("hall.db"); }
  std::string log_path() const { return path() + "-log"; }

 private:
  TempFolder folder_;
  JournalOptions options_;
};

inline JournalOptions SmallHalves(bool settler_thread) {
  JournalOptions options;
  options.half_bytes = 64 << 10;
  options.settler_thread = settler_thread;
  return options;
}

}  // namespace seathold::testing
