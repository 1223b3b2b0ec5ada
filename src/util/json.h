// A JSON value: parsed from text that nobody vouches for, or built and printed in insertion order.
// The one door to the JSON library, which stays in json.cc. Plain values: distinct objects may be
// used from distinct threads; nothing here throws but std::bad_alloc, and Parse not even that.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "seathold/status.h"

namespace seathold {

struct JsonLimits {
  int depth_max = 64;  // levels of arrays and objects
  std::size_t bytes_max = std::size_t{256} << 20;
  std::size_t values_max = 20'000'000;  // bounds memory: three bytes of text can cost 70 of it
};

class Json {
 public:
  enum class Kind : std::uint8_t { kNull, kBool, kInteger, kDouble, kString, kArray, kObject };
  struct Member;

  // Refuses, as kInvalidArgument with the place ("line 2, column 7: ..." or "zones[3].name: ..."):
  // malformed JSON, a NUL, text after the value, invalid UTF-8, a key used twice in one object, a
  // number too large for a double, anything past the limits. kOutOfMemory. A leading byte order
  // mark is skipped.
  static Result<Json> Parse(std::string_view text, const JsonLimits& limits = {});

  static Json Object();
  static Json Array();

  Json();
  Json(std::nullptr_t);         // NOLINT: implicit on purpose, here and below
  Json(const char* text);       // NOLINT
  Json(std::string_view text);  // NOLINT
  Json(std::string text);       // NOLINT
  Json(double number);          // NOLINT: null unless finite, JSON has no other way to say it
  Json(std::same_as<bool> auto truth) : Json(Truth{truth}) {}  // NOLINT
  template <std::integral T>
  requires(!std::same_as<T, bool>) Json(T number) : Json(Number(number)) {}  // NOLINT
  Json(const Json&);
  Json(Json&&) noexcept;
  Json& operator=(const Json&);
  Json& operator=(Json&&) noexcept;
  ~Json();

  // The same members in the same order. An integer never equals a double.
  bool operator==(const Json& other) const;

  Kind kind() const;
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_string() const { return kind() == Kind::kString; }
  bool is_number() const { return kind() == Kind::kInteger || kind() == Kind::kDouble; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_object() const { return kind() == Kind::kObject; }

  // Nothing when the value is of another kind, or out of the type's range. 3.0 is no integer.
  std::optional<bool> AsBool() const;
  std::optional<std::int64_t> AsInt64() const;
  std::optional<std::uint64_t> AsUint64() const;
  std::optional<double> AsDouble() const;  // of any number; always finite
  const std::string* AsString() const;

  const std::vector<Json>& items() const;      // of an array; empty for every other kind
  const std::vector<Member>& members() const;  // of an object, in order; empty for every other kind
  const Json* Find(std::string_view key) const;  // nullptr when absent or no object

  // REQUIRES: an object (Set) or an array (Push). Set overwrites. Both return *this.
  Json& Set(std::string_view key, Json value);
  Json& Push(Json value);

  // On one line, or over several with `indent` spaces a level. Bytes that are no UTF-8 come out as
  // U+FFFD, so that the text always parses.
  std::string Dump(int indent = -1) const;

 private:
  struct Truth {
    bool value;
  };
  using Integer = std::variant<std::int64_t, std::uint64_t>;
  friend class JsonReader;

  explicit Json(Truth truth);
  explicit Json(Integer number);
  template <std::integral T>
  static Integer Number(T number) {
    if constexpr (std::is_signed_v<T>) return Integer(static_cast<std::int64_t>(number));
    return Integer(static_cast<std::uint64_t>(number));
  }
  void DumpTo(std::string& out, int indent, int level) const;

  // In the order of Kind, but that an integer has two forms: uint64_t only above int64_t's range.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string,
               std::vector<Json>, std::vector<Member>>
      value_;
};

struct Json::Member {
  std::string key;
  Json value;

  bool operator==(const Member& other) const = default;
};

// ".name", "[3]" or "[\"odd key\"]": one step of the place of a value, for error texts.
std::string JsonPathKey(std::string_view key);
std::string JsonPathIndex(std::size_t index);

}  // namespace seathold
