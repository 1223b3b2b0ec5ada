// `is_list(text)` in SQL: whether a text is one of the lists that we write (json_lists.h). Not
// SQLite's json_valid, which says no of a good text where memory is short (3.40).
#pragma once

#include <sqlite3.h>

namespace seathold::sqlite {

// Makes it known to a connection.
int AddIsList(sqlite3* db);

}  // namespace seathold::sqlite
