// Tells a waiting line what has committed: how long an admitted buyer counts, and who is through.
//
// What the line could not be told in time is owed, and told with a later batch or before the next
// admission: a line that was busy for a moment does not keep the place of one who has paid until
// that pass is over. What a crash forgets, or is beyond the bound, ends with its pass and its hold.
// Thread-safe.
#pragma once

#include <vector>

#include "seathold/adapter/line.h"
#include "seathold/adapter/storage.h"
#include "src/mirror/directory.h"
#include "src/util/mutex.h"
#include "src/waiting_room/line_epochs.h"

namespace seathold {

class LineWriter {
 public:
  LineWriter(Line& line, const LineEpochs& epochs, const Directory& directory)
      : line_(line), epochs_(epochs), directory_(directory) {}

  // Takes down what the line must hear of `committed`. By the leader of a batch, in commit order.
  void Owe(const ChangeSet& committed);
  // Storage has noted that the place of `entry` is given up.
  void OweLeave(ShowId show, const LineEntry& entry);
  // Tells the line all that is owed. What an error leaves untold stays owed. Errors: the line's,
  // but for kLineLost: a new line learns from storage who is through.
  Status Tell(Deadline deadline);

 private:
  static constexpr std::size_t kOwedMax = 65'536;  // 4.5 MiB
  static constexpr std::size_t kToldAtOnceMax = 4'096;

  struct Owed {
    ShowId show;
    bool through = false;  // the place is free; else it is kept for a hold
    LineEntry entry;
  };
  using Run = std::span<const Owed>;

  void Add(ShowId show, bool through, const LineEntry& entry) REQUIRES(mutex_);
  static Run NextRun(Run owed);
  Status TellRun(Run run, Deadline deadline);

  Line& line_;
  const LineEpochs& epochs_;
  const Directory& directory_;
  Mutex mutex_{LockRank::kLineWriter};  // not held while the line is told
  std::vector<Owed> owed_ GUARDED_BY(mutex_);
};

}  // namespace seathold
