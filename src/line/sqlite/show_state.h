// What a process keeps of one show's line.
#pragma once

#include <cstdint>
#include <optional>

#include "src/line/line_rules.h"
#include "src/line/sqlite/line_file.h"
#include "src/util/shared_mutex.h"

namespace seathold {

// A state of the file: data_version means something on one connection only.
struct FileState {
  std::int64_t connection = -1;
  std::int64_t data_version = -1;

  bool operator==(const FileState&) const = default;
};

// One line as this process knows it. Lock order: gate, then mutex. The image agrees with the file
// whenever the mutex is free, but for heartbeats and the passing of time.
struct ShowState {
  SharedMutex mutex;  // shared by polls at a time that the image has seen
  std::optional<LineImage> image GUARDED_BY(mutex);
  std::int64_t checked_ns GUARDED_BY(mutex) = 0;  // when it was last seen to be current
  std::int64_t flushed_us GUARDED_BY(mutex) = 0;  // engine time of the last flush
  std::int64_t flush_retry_ns GUARDED_BY(mutex) = 0;
  std::int64_t stored_served_us GUARDED_BY(mutex) = 0;

  // Guarded by the gate.
  LineHead head;
  bool heard_stored = false;  // the last write took along the last of a round of heartbeats
  bool known = false;         // image, or its absence, is what the file said at:
  FileState seen;
  FileState heard_at;  // of the last look at others' heartbeats
  // The newest that the file is known to have held; outlives the image.
  std::uint64_t newest_epoch = 0;
  std::int64_t newest_version = 0;
};

}  // namespace seathold
