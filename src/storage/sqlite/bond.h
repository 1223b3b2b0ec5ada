// Binds a database to the gate it is opened through, so that one file has one name.
//
// Gate, -wal and -shm go by the name of the file. Under a second name (a hard link, a mount of the
// file alone, a file that was renamed while it was open) they are others, and both names would sell
// every seat. So whoever opens a database locks a byte of the file itself, far behind the bytes
// that SQLite locks, whose number is made of the gate's identity: a byte of another number is
// another name. The kernel releases it with the process.
//
// The lock is an open file description's and the description is one a file and process, for POSIX
// locks belong to the process: closing any descriptor of the file drops those that SQLite holds on
// it here, a host's own connections included. It is closed with the last bond, or, while somebody
// here still has POSIX locks on the file, when a later bond is tied or untied.
#pragma once

#include <cstdint>
#include <string>

#include "seathold/status.h"
#include "src/storage/sqlite/db_files.h"

namespace seathold::sqlite {

class Bond {
 public:
  Bond() = default;
  ~Bond() { Untie(); }
  Bond(const Bond&) = delete;
  Bond& operator=(const Bond&) = delete;

  // kSecondName when the file is bound to any gate: for a name that has none yet.
  static Status CheckUnbound(const std::string& path);
  // Binds the file to the gate. kSecondName when it is bound to another one; two that bind at once
  // may both hear that. Errors of the file system as FileError says.
  Status Tie(const std::string& path, const FileIdentity& gate);
  // REQUIRES: the connections of whoever tied it are closed. In a fork nothing is left to do.
  void Untie();

 private:
  std::uint64_t file_ = 0;  // in the table of this process; 0 = none
};

}  // namespace seathold::sqlite
