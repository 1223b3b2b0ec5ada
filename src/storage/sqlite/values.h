// One value <-> one column. Numbers are INTEGER (64-bit unsigned ones as the same bits, so ids with
// the top bit set are negative), 128-bit ids BLOB of 16 bytes (outside keys NULL for "none"), text
// TEXT, currencies TEXT of three letters, lists JSON text.
//
// Order: SQLite compares INTEGER as signed. No scan orders by a column whose top bit may be set
// (users are only ever compared for equality), so both storages answer in one order.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "seathold/adapter/records.h"
#include "src/storage/columns.h"
#include "src/storage/json_lists.h"

namespace seathold::sqlite {

// Binds the values of one row, without copying: what is bound must stay where it is until the
// statement was stepped.
class Binder {
 public:
  explicit Binder(sqlite3_stmt* statement) : statement_(statement) {}

  int code() const { return code_; }
  // Back to the first parameter, for the next row.
  void Restart() {
    next_ = 1;
    scratch_.clear();
  }

  void BindKey(const Uuid& id) {
    Check(sqlite3_bind_blob(statement_, next_++, id.data(), 16, nullptr));
  }
  template <class Tag>
  void BindKey(const Id<Tag, Uuid>& id) {
    BindKey(id.value);
  }
  template <class T>
  void BindKey(const T& value) {
    Bind(value);
  }

  void Bind(const Uuid& id) {
    if (id == Uuid{}) {
      Check(sqlite3_bind_null(statement_, next_++));
    } else {
      BindKey(id);
    }
  }
  template <class Tag, class Rep>
  void Bind(const Id<Tag, Rep>& id) {
    Bind(id.value);
  }
  void Bind(const TimeUs& time) { Bind(time.value); }
  void Bind(const Sequence& sequence) { Bind(sequence.value); }
  void Bind(const std::string& text) { BindText(text); }
  void Bind(const Currency& currency) { BindText(currency.text()); }
  void Bind(double value) { Check(sqlite3_bind_double(statement_, next_++, value)); }
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void Bind(T value) {
    Check(sqlite3_bind_int64(statement_, next_++, static_cast<sqlite3_int64>(value)));
  }
  // At most one list a row: its text lives in the scratch buffer.
  template <List T>
  void Bind(const T& list) {
    assert(scratch_.empty());
    WriteJson(list, &scratch_);
    BindText(scratch_);
  }

 private:
  void BindText(std::string_view text) {
    // A null pointer would be NULL, not the empty text.
    const char* data = text.data() == nullptr ? "" : text.data();
    Check(sqlite3_bind_text64(statement_, next_++, data, text.size(), nullptr, SQLITE_UTF8));
  }
  void Check(int code) {
    if (code != SQLITE_OK) code_ = code;
  }

  sqlite3_stmt* statement_;
  int next_ = 1;
  int code_ = SQLITE_OK;
  std::string scratch_;
};

// Gives one value to a statement that reads from bound_rows, in the same forms, without copying but
// for lists: what is given must stay where it is.
class ColumnGiver {
 public:
  explicit ColumnGiver(sqlite3_context* to) : to_(to) {}

  void GiveKey(const Uuid& id) const { sqlite3_result_blob(to_, id.data(), 16, SQLITE_STATIC); }
  template <class Tag>
  void GiveKey(const Id<Tag, Uuid>& id) const {
    GiveKey(id.value);
  }
  template <class T>
  void GiveKey(const T& value) const {
    Give(value);
  }

  void Give(const Uuid& id) const {
    if (id != Uuid{}) GiveKey(id);  // else NULL
  }
  template <class Tag, class Rep>
  void Give(const Id<Tag, Rep>& id) const {
    Give(id.value);
  }
  void Give(const TimeUs& time) const { Give(time.value); }
  void Give(const Sequence& sequence) const { Give(sequence.value); }
  void Give(const std::string& text) const { GiveText(text, SQLITE_STATIC); }
  void Give(const Currency& currency) const { GiveText(currency.text(), SQLITE_TRANSIENT); }
  void Give(double value) const { sqlite3_result_double(to_, value); }
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void Give(T value) const { sqlite3_result_int64(to_, static_cast<sqlite3_int64>(value)); }
  template <List T>
  void Give(const T& list) const {
    std::string text;
    WriteJson(list, &text);
    GiveText(text, SQLITE_TRANSIENT);
  }

 private:
  void GiveText(std::string_view text, sqlite3_destructor_type lives) const {
    // A null pointer would be NULL, not the empty text.
    const char* data = text.data() == nullptr ? "" : text.data();
    sqlite3_result_text64(to_, data, text.size(), lives, SQLITE_UTF8);
  }

  sqlite3_context* const to_;
};

// Reads one row. `ok` turns false at the first value that we would not have written, and `column`
// then counts it: the file was damaged or edited.
class ColumnReader {
 public:
  explicit ColumnReader(sqlite3_stmt* statement) : statement_(statement) {}

  bool ok() const { return ok_; }
  int column() const { return bad_; }

  void Read(Uuid* id) {
    const int i = next_++;
    if (sqlite3_column_type(statement_, i) == SQLITE_NULL) {
      *id = Uuid{};
      return;
    }
    const void* data = sqlite3_column_blob(statement_, i);
    if (data == nullptr || sqlite3_column_bytes(statement_, i) != 16) return Refuse(i);
    std::memcpy(id->data(), data, 16);
  }
  template <class Tag, class Rep>
  void Read(Id<Tag, Rep>* id) {
    Read(&id->value);
  }
  void Read(TimeUs* time) { Read(&time->value); }
  void Read(Sequence* sequence) { Read(&sequence->value); }
  void Read(double* value) { *value = sqlite3_column_double(statement_, next_++); }
  void Read(std::int64_t* value) { *value = sqlite3_column_int64(statement_, next_++); }
  void Read(std::uint64_t* value) {
    *value = static_cast<std::uint64_t>(sqlite3_column_int64(statement_, next_++));
  }
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
  void Read(std::string* text) { text->assign(Text()); }
  void Read(Currency* currency) {
    const int i = next_;
    const std::string_view text = Text();
    *currency = Currency{};
    if (text.empty()) return;
    const auto parsed = CurrencyOfLetters(text);
    if (!parsed) return Refuse(i);
    *currency = *parsed;
  }
  template <List T>
  void Read(T* list) {
    const int i = next_;
    if (!ReadJson(Text(), list)) Refuse(i);
  }

 private:
  // A number from 0 to `last`.
  std::int64_t Number(std::int64_t last) {
    const int i = next_++;
    const std::int64_t value = sqlite3_column_int64(statement_, i);
    if (value >= 0 && value <= last) return value;
    Refuse(i);
    return 0;
  }
  std::string_view Text() {
    const int i = next_++;
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, i));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, i));
    return data == nullptr ? std::string_view() : std::string_view(data, size);
  }
  void Refuse(int column) {
    if (ok_) bad_ = column;
    ok_ = false;
  }

  sqlite3_stmt* statement_;
  int next_ = 0;
  bool ok_ = true;
  int bad_ = -1;
};

}  // namespace seathold::sqlite
