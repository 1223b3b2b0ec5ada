// The control row: who may use this database, and the engine time and commit count that ride in
// every writing transaction.
#pragma once

#include <cstdint>

#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold::sqlite {

class Connection;

struct Control {
  bool shared = false;
  std::uint32_t schema = 0;
  std::uint32_t oldest_writer = 0;
  TimeUs time_mark;
  std::uint64_t commits = 0;
  std::uint64_t writer = 0;
};

// Reads the row; with it the transaction's snapshot begins. An SQLite result code; a row that is
// not there is SQLITE_CORRUPT.
int ReadControl(Connection* connection, Control* control);
// kNotOwner, kNewerSchema, or ok.
Status CheckControl(const Control& control);
// Notes engine time (it never goes back) and that `writer` commits.
int WriteControl(Connection* connection, TimeUs mark, std::uint64_t writer);

}  // namespace seathold::sqlite
