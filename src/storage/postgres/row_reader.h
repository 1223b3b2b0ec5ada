// Reads one row of a result in binary form, column by column.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include "seathold/adapter/records.h"
#include "src/storage/columns.h"
#include "src/storage/json_lists.h"
#include "src/storage/postgres/libpq.h"
#include "src/storage/postgres/params.h"

namespace seathold::postgres {

// `ok` turns false at the first value that we would not have written, and `column` then counts it:
// the database was damaged or edited.
class RowReader {
 public:
  RowReader(const PGresult* result, int row) : result_(result), row_(row) {}

  bool ok() const { return ok_; }
  int column() const { return bad_; }

  void Read(Uuid* id) {
    const int i = next_++;
    *id = Uuid{};
    if (Pq().getisnull(result_, row_, i) != 0) return;
    const std::string_view bytes = Bytes(i);
    if (bytes.size() != id->size()) return Refuse(i);
    std::memcpy(id->data(), bytes.data(), bytes.size());
  }
  template <class Tag, class Rep>
  void Read(Id<Tag, Rep>* id) {
    Read(&id->value);
  }
  void Read(TimeUs* time) { Read(&time->value); }
  void Read(Sequence* sequence) { Read(&sequence->value); }
  void Read(double* value) { *value = std::bit_cast<double>(Int64()); }
  void Read(std::int64_t* value) { *value = Int64(); }
  void Read(std::uint64_t* value) { *value = static_cast<std::uint64_t>(Int64()); }
  void Read(std::uint32_t* value) {
    *value = static_cast<std::uint32_t>(Number(std::numeric_limits<std::uint32_t>::max()));
  }
  void Read(bool* value) { *value = Number(1) != 0; }
  void Read(Code* code) {
    const int i = next_;
    *code = static_cast<Code>(Number(std::numeric_limits<std::int32_t>::max()));
    if (FindCode(*code) == nullptr) Refuse(i);
  }
  template <class T>
  requires std::is_enum_v<T>
  void Read(T* value) { *value = static_cast<T>(Number(LastOf(T{}))); }
  void Read(std::string* text) {
    const int i = next_++;
    if (!UnescapeNul(Bytes(i), text)) Refuse(i);
  }
  void Read(Currency* currency) {
    const int i = next_++;
    *currency = Currency{};
    if (Bytes(i).empty()) return;
    const auto parsed = CurrencyOfLetters(Bytes(i));
    if (!parsed) return Refuse(i);
    *currency = *parsed;
  }
  template <List T>
  void Read(T* list) {
    const int i = next_++;
    if (!ReadJson(Bytes(i), list)) Refuse(i);
  }

 private:
  std::string_view Bytes(int column) const {
    return {Pq().getvalue(result_, row_, column),
            static_cast<std::size_t>(Pq().getlength(result_, row_, column))};
  }
  std::int64_t Int64() {
    const int i = next_++;
    const std::string_view bytes = Bytes(i);
    if (bytes.size() != 8) {
      Refuse(i);
      return 0;
    }
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(value);
  }
  // A number from 0 to `last`.
  std::int64_t Number(std::int64_t last) {
    const int i = next_;
    const std::int64_t value = Int64();
    if (value >= 0 && value <= last) return value;
    Refuse(i);
    return 0;
  }
  void Refuse(int column) {
    if (ok_) bad_ = column;
    ok_ = false;
  }

  const PGresult* const result_;
  const int row_;
  int next_ = 0;
  bool ok_ = true;
  int bad_ = -1;
};

}  // namespace seathold::postgres
