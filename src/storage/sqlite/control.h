// The control row: who may use this database, and the engine time and commit count that ride in
// every writing transaction.
#pragma once

#include <cstdint>
#include <string>

#include "seathold/adapter/storage.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold::sqlite {

class Connection;

// What `wal` says; see wal_note.h.
inline constexpr int kWalNone = 0, kWalInUse = 1, kWalNoted = 2;

struct Control {
  bool shared = false, journal = false;  // who may use it: everybody, or who owns it
  std::uint32_t schema = 0;
  std::uint32_t oldest_writer = 0;
  TimeUs time_mark;
  std::uint64_t commits = 0;
  std::uint64_t writer = 0;
  int wal = kWalNone;
  std::uint64_t settled = 0;
};

// Reads the row; with it the transaction's snapshot begins. An SQLite result code; a row that is
// not there is SQLITE_CORRUPT.
int ReadControl(Connection* connection, Control* control);
// kNotOwner, kNewerSchema, or ok. `owned`: nobody else has the database open.
Status CheckControl(const Control& control, bool owned);
// Notes engine time (it never goes back), that `writer` commits, and that the WAL is in use (`wal`,
// which only rises here).
int WriteControl(Connection* connection, TimeUs mark, std::uint64_t writer, int wal);

// As above, but engine time is `mark` from here on, whatever it was.
int ResetControl(Connection* connection, TimeUs mark, std::uint64_t writer, int wal);

// REQUIRES: written before in this transaction.
int WriteJournalNote(Connection* connection, const JournalNote& note);

// What the row says of the database as a whole, for opening it.
struct Identity {
  std::string pair;        // hexadecimal
  std::string created_by;  // "seathold 0.1.0"
  std::uint64_t commits = 0;
};
int ReadIdentity(Connection* connection, Identity* identity);

}  // namespace seathold::sqlite
