// The fair gate of the writers of one database: a lock file with open-file-description locks.
//
// Two bytes are enough: to write, a process takes `next`, then `turn`, then lets `next` go. Who has
// just written must take `next` again, and cannot while somebody who waits holds it; so the one who
// waits comes first. A third byte, shared by everyone who has the database open, tells an opener
// whether it is alone. The kernel releases all of them with the process.
//
// A gate is fairness and not safety: BEGIN IMMEDIATE is what excludes. Used by one thread at a
// time.
#pragma once

#include <string>

#include "seathold/status.h"
#include "seathold/time.h"
#include "src/storage/sqlite/db_files.h"

namespace seathold::sqlite {

class Gate {
 public:
  Gate() = default;
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Creates or opens the lock file, mode 0600, no symbolic link followed.
  Status Open(const std::string& path);
  void Close();
  // Waits for this process's turn; kBusy at the deadline. Without Open: at once.
  Status Enter(Deadline deadline);
  void Leave();
  // Whether nobody else has joined; who asks keeps others from joining until Close.
  // REQUIRES: inside the gate, joined.
  bool StayAlone();
  // Joins those who have the database open. REQUIRES: inside the gate. *alone: nobody else has.
  // kNotOwner where one of them stays alone.
  Status Join(bool* alone);
  // Parts from them, before its connections are closed: who is joined has some. Any thread.
  void Part();
  // Which file it is. REQUIRES: open.
  FileIdentity identity() const;

 private:
  int file_ = -1;
  bool inside_ = false;
};

}  // namespace seathold::sqlite
