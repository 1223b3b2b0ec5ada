#include "src/storage/postgres/rows.h"

#include <charconv>
#include <cstring>

namespace seathold::postgres {

Status UnreadRow(const char* table, const PGresult* result, int column) {
  return Status(Code::kStorageCorrupt, std::string("table ") + table + ", column " +
                                           Pq().fname(result, column) + ": not a value of ours");
}

std::size_t RowsWritten(PGresult* result) {
  const char* const text = Pq().cmdTuples(result);
  std::size_t rows = 0;
  std::from_chars(text, text + std::strlen(text), rows);
  return rows;
}

}  // namespace seathold::postgres
