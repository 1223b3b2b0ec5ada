// A Storage in front of a Storage: commits go into a log, which is synced once a batch, and from
// there into the storage behind it. How, and why no commit can be lost or seen twice: README.md in
// this folder.
#pragma once

#include <cstdint>
#include <memory>

#include "seathold/adapter/storage.h"
#include "src/storage/journal/log_file.h"

namespace seathold {

struct JournalOptions {
  // Of each of the log's two halves; what is not settled yet takes at most both, and some 22 times
  // that in memory. 4 KiB at least.
  std::uint64_t half_bytes = 8 << 20;
  // A thread settles one half while the other one fills. Without it whoever fills a half does.
  bool settler_thread = true;
  // For tests; null = the file that the storage says.
  std::shared_ptr<journal::LogPlace> place;
};

// `below`: a storage that takes notes of a journal (StorageUnit::NoteJournal) and says where a log
// may be (StorageInfo::log_path). Errors of Open beside its own: kUnsupported (it does neither),
// kWrongFile (the log is another's), kStorageCorrupt (the log is damaged, gone, or does not go with
// the storage). Opened to read only there is no journal: what one left open is kNotOwner.
std::unique_ptr<Storage> NewJournalStorage(std::unique_ptr<Storage> below,
                                           const JournalOptions& options);

}  // namespace seathold
