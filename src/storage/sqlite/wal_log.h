// What a write-ahead log says of itself, read without SQLite, which knows a log only through the
// file that it lies beside. Format: https://www.sqlite.org/fileformat2.html#walformat
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "seathold/status.h"

namespace seathold::sqlite {

// Page `number` as the log has committed it, first and last: its frames from the front, as far as
// their checksums hold.
struct CommittedPage {
  bool any = false;                       // something is committed in the log
  std::vector<std::uint8_t> first, page;  // empty: but not this page
};
// What cannot be opened or read has committed nothing. Throws std::bad_alloc only.
CommittedPage ReadCommittedPage(const std::string& wal_path, std::uint32_t number);

// The values of the only row of a table that fits on one page, whose root that is: integers as they
// are, blobs and texts as their bytes. Empty where the page is no such table.
struct RowValue {
  std::int64_t integer = 0;
  std::span<const std::uint8_t> bytes;
};
std::vector<RowValue> OnlyRow(std::span<const std::uint8_t> page);

}  // namespace seathold::sqlite
