// From a log to the layer that it stands for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/storage/journal/overlay.h"

namespace seathold::journal {

// Records are gathered first and then put on what is below them, so that it is read in bulk.
class Recovery {
 public:
  // kStorageCorrupt where the text is none of ours.
  Status Add(std::uint64_t number, std::span<const std::uint8_t> text);
  // What was added, over the database that `below` shows. kStorageCorrupt where it does not fit.
  Status Fill(StorageUnit* below, Layer* layer) const;

 private:
  struct Record {
    std::uint64_t number = 0;
    TimeUs mark;
    ChangeSet changes;
  };
  std::vector<Record> records_;
};

}  // namespace seathold::journal
