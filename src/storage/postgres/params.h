// The parameters of a statement, in PostgreSQL's binary form. One value <-> one column:
//
//   numbers, points in time   bigint; 64-bit unsigned ones as the same bits, so ids with the top
//   bit
//                             set are negative
//   128-bit ids               bytea of 16 bytes; outside keys NULL for "none"
//   text, currencies          text, which takes no NUL: see EscapeNul
//   lists                     json, as json_lists.h writes them
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "seathold/adapter/records.h"
#include "src/storage/columns.h"
#include "src/storage/json_lists.h"

namespace seathold::postgres {

// The server's numbers of the types we use, and of the arrays of each.
enum class Type : std::uint32_t { kBytea = 17, kInt8 = 20, kText = 25, kJson = 114, kFloat8 = 701 };
constexpr std::uint32_t ArrayOf(Type type) {
  switch (type) {
    case Type::kBytea:
      return 1001;
    case Type::kInt8:
      return 1016;
    case Type::kText:
      return 1009;
    case Type::kJson:
      return 199;
    case Type::kFloat8:
      return 1022;
  }
  return 0;
}
constexpr const char* NameOf(Type type) {
  switch (type) {
    case Type::kBytea:
      return "bytea";
    case Type::kInt8:
      return "bigint";
    case Type::kText:
      return "text";
    case Type::kJson:
      return "json";
    case Type::kFloat8:
      return "double precision";
  }
  return "";
}

template <class T>
constexpr Type TypeOf() {
  if constexpr (std::is_same_v<T, Uuid> || std::is_same_v<T, HoldId> ||
                std::is_same_v<T, TransferId>) {
    return Type::kBytea;
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, Currency>) {
    return Type::kText;
  } else if constexpr (std::is_same_v<T, double>) {
    return Type::kFloat8;
  } else if constexpr (List<T>) {
    return Type::kJson;
  } else {
    return Type::kInt8;
  }
}

// Text without NUL, and back: U+001A stands before a 0 for a NUL, and before itself. No text that
// rules let through has either; storage keeps what it is given.
void EscapeNul(std::string_view text, std::string* out);
bool UnescapeNul(std::string_view text, std::string* out);

template <std::integral Number>
void AppendBig(Number value, std::string* out) {
  for (int shift = 8 * static_cast<int>(sizeof value) - 8; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(static_cast<std::make_unsigned_t<Number>>(value) >> shift));
  }
}

// The bytes of one value, without their length. False: NULL.
struct Encode {
  std::string* out;

  bool Key(const Uuid& id) const {
    out->append(reinterpret_cast<const char*>(id.data()), id.size());
    return true;
  }
  template <class Tag>
  bool Key(const Id<Tag, Uuid>& id) const {
    return Key(id.value);
  }
  template <class T>
  bool Key(const T& value) const {
    return Value(value);
  }

  bool Value(const Uuid& id) const { return id != Uuid{} && Key(id); }
  template <class Tag, class Rep>
  bool Value(const Id<Tag, Rep>& id) const {
    return Value(id.value);
  }
  bool Value(const TimeUs& time) const { return Value(time.value); }
  bool Value(const Sequence& sequence) const { return Value(sequence.value); }
  bool Value(const std::string& text) const {
    EscapeNul(text, out);
    return true;
  }
  bool Value(const Currency& currency) const {
    out->append(currency.text());
    return true;
  }
  bool Value(double value) const { return Value(std::bit_cast<std::int64_t>(value)); }
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  bool Value(T value) const {
    AppendBig(static_cast<std::int64_t>(value), out);
    return true;
  }
  template <List T>
  bool Value(const T& list) const {
    WriteJson(list, out);
    return true;
  }
};

// One column of many rows.
class Array {
 public:
  explicit Array(Type type) : type_(type) {}

  template <class T>
  void AddKey(const T& value) {
    Begin();
    End(Encode{&elements_}.Key(value));
  }
  template <class T>
  void Add(const T& value) {
    Begin();
    End(Encode{&elements_}.Value(value));
  }

  Type type() const { return type_; }
  std::size_t size() const { return size_; }
  void AppendTo(std::string* out) const;

 private:
  void Begin() {
    begins_ = elements_.size();
    elements_.append(4, '\xFF');  // the length of NULL is -1
    ++size_;
  }
  void End(bool present) {
    if (!present) {
      has_null_ = true;
      return;
    }
    const auto length = static_cast<std::uint32_t>(elements_.size() - begins_ - 4);
    for (std::size_t i = 0; i < 4; ++i) {
      elements_[begins_ + i] = static_cast<char>(length >> (24 - 8 * i));
    }
  }

  const Type type_;
  std::string elements_;
  std::size_t begins_ = 0, size_ = 0;
  bool has_null_ = false;
};

class Params {
 public:
  template <class T>
  void Add(const T& value) {
    Begin(static_cast<std::uint32_t>(TypeOf<T>()));
    (void)Encode{&bytes_}.Value(value);
  }
  // An id that is never NULL.
  template <class T>
  void AddKey(const T& value) {
    Begin(static_cast<std::uint32_t>(TypeOf<T>()));
    (void)Encode{&bytes_}.Key(value);
  }
  void Add(const Array& array) {
    Begin(ArrayOf(array.type()));
    array.AppendTo(&bytes_);
  }

  const std::vector<std::uint32_t>& types() const { return types_; }

 private:
  friend struct ParamArrays;

  void Begin(std::uint32_t type) {
    types_.push_back(type);
    begins_.push_back(bytes_.size());
  }

  std::vector<std::uint32_t> types_;
  std::vector<std::size_t> begins_;
  std::string bytes_;
};

// As libpq takes them; points into `params`.
struct ParamArrays {
  explicit ParamArrays(const Params& params);
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

}  // namespace seathold::postgres
