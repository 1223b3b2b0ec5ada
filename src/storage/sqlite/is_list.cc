#include "src/storage/sqlite/is_list.h"

#include <new>

#include "src/storage/json_lists.h"

namespace seathold::sqlite {
namespace {

bool IsList(std::string_view text) {
  HoldSeats seats;
  Ordinals ordinals;
  std::vector<LiveHold> live;
  return ReadJson(text, &seats) || ReadJson(text, &ordinals) || ReadJson(text, &live);
}

void Call(sqlite3_context* to, int, sqlite3_value** values) try {
  if (sqlite3_value_type(values[0]) != SQLITE_TEXT) return sqlite3_result_int(to, 0);
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  if (text == nullptr) return sqlite3_result_error_nomem(to);
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
  sqlite3_result_int(to, IsList({text, size}) ? 1 : 0);
} catch (const std::bad_alloc&) {
  sqlite3_result_error_nomem(to);
}

}  // namespace

int AddIsList(sqlite3* db) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
  return sqlite3_create_function_v2(db, "is_list", 1, kFlags, nullptr, &Call, nullptr, nullptr,
                                    nullptr);
}

}  // namespace seathold::sqlite
