// What adapters over SQL read out of the records' column lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "seathold/adapter/records.h"

namespace seathold {

struct ColumnNames {
  std::vector<std::string> all, keys, fields;

  template <class T>
  void key(const char* name, const T&) {
    all.emplace_back(name), keys.emplace_back(name);
  }
  template <class T>
  void fixed(const char* name, const T&) {
    all.emplace_back(name);
  }
  template <class T>
  void field(const char* name, const T&) {
    all.emplace_back(name), fields.emplace_back(name);
  }
};

template <class R>
ColumnNames ColumnsOf() {
  ColumnNames names;
  const R row{};
  R::Columns(row, names);
  return names;
}

// "a", "b", "c" with `between` between them and `after` after each.
std::string JoinColumns(const std::vector<std::string>& names, const char* after,
                        const char* between);

// The highest number of an enum's last name; what lies beyond it was not written by us.
constexpr std::int64_t LastOf(SeatState) { return 3; }
constexpr std::int64_t LastOf(HoldState) { return 5; }
constexpr std::int64_t LastOf(Tender) { return 2; }
constexpr std::int64_t LastOf(TransferKind) { return 4; }
constexpr std::int64_t LastOf(LedgerSide) { return 3; }
constexpr std::int64_t LastOf(FeedKind) { return 7; }
constexpr std::int64_t LastOf(SequenceName) { return 4; }

// No record has more columns.
inline constexpr std::size_t kColumnsMax = 24;

// Columns that hold a list (json_lists.h).
template <class T>
concept List = std::is_same_v<T, HoldSeats> || std::is_same_v<T, Ordinals> ||
    std::is_same_v<T, std::vector<LiveHold>>;

// Reads a record's columns, each by `from.Read(&value)`.
template <class Reader>
struct ReadAll {
  Reader& from;
  template <class T>
  void key(const char*, T& value) {
    from.Read(&value);
  }
  template <class T>
  void fixed(const char*, T& value) {
    from.Read(&value);
  }
  template <class T>
  void field(const char*, T& value) {
    from.Read(&value);
  }
};
template <class Reader>
ReadAll(Reader&) -> ReadAll<Reader>;

}  // namespace seathold
