// What the control row notes of the write-ahead log, so that a log that belongs to another state of
// the file is never replayed into it, and one that was lost is told.
//
// SQLite replays any log that lies beside a file: an older copy put in the place of a database that
// crashed would become a mixture of both. So the row carries
//   copy   drawn anew by every backup and restore,
//   life   raised by every clean close,
//   wal    0 = closed cleanly, no log belongs to the file; 1 = a log is in use; 2 = and the file
//          itself, without the log, says so.
// An opener that finds a log compares the row in the file alone with the row in the log alone,
// before SQLite sees both. Every commit writes the row; what a mixture of a file and a foreign log
// says, if it can be read at all, proves nothing. The first commits of a life write 1 and copy the
// log into the file; once that is done, commits write 2. A file that says 0 is thus never the one
// that a log with a 2 was written upon. And a log begins upon a file that has every commit before
// it: an older copy of the same life, taken while it was in use, lacks some.
#pragma once

#include <cstdint>
#include <string>

#include "seathold/status.h"

namespace seathold::sqlite {

class Connection;
class DbFiles;
struct Core;

struct WalNote {
  bool known = false;  // a row was there
  std::string pair, copy;
  std::int64_t life = 0, commits = 0;
  int wal = 0;
  std::uint32_t root = 0;  // the page of the row
};

// The row of `connection`'s view. A database of release 0.1 has no copy, life 0 and wal 0; one that
// cannot be read, or has no row yet, leaves `known` false. kOutOfMemory, and no other error.
Status ReadWalNote(Connection* connection, WalNote* note);
// kWrongFile: what is committed in the log that lies beside the file was not written upon it.
// Changes nothing. Others may have both open, and write.
Status CheckFoundLog(const DbFiles& files);

// The last words of whoever closes a database that nobody else has open: the file is whole without
// a log. REQUIRES: inside the gate; no transaction. What fails leaves the note as it was.
void NoteClosed(Core* core, Connection* writer);
// A copy becomes a database of its own life, which no log belongs to.
int NoteCopied(Connection* connection);

}  // namespace seathold::sqlite
