// Who came through the door: each ticket once. Kept in a file of one line a ticket, so that a
// restart in the evening lets nobody in twice. One host a door: others do not see it. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "examples/web/host_key.h"
#include "seathold/time.h"
#include "src/util/mutex.h"

namespace seathold::web {

class Door {
 public:
  // Reads what is there. Empty: kept in memory alone. kCannotOpen.
  static Result<std::unique_ptr<Door>> Open(const std::string& path);
  ~Door();

  // When this ticket was first seen: zero, and it is noted, when this is the first time. The note
  // is on the disk before the answer. Errors: kStorageFailed (it could not be written; not noted).
  Result<TimeUs> Enter(const TicketName& ticket, TimeUs now);
  // Zero when it was not.
  TimeUs FirstSeen(const TicketName& ticket);

 private:
  Door() = default;
  void Read(const std::string& text);

  Mutex mutex_;
  std::map<TicketName, TimeUs> seen_ GUARDED_BY(mutex_);
  int fd_ = -1;
};

}  // namespace seathold::web
