// Reads the members of a JSON object into variables and says what is wrong with them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "seathold/status.h"
#include "src/util/json.h"

namespace seathold::capi {

// Reads one object. Names that were not asked for are refused by Done, so ask for all of them. A
// variable whose member is absent stays as it is.
class JsonFields {
 public:
  explicit JsonFields(const Json& object, std::string at = "")
      : object_(object), at_(std::move(at)) {
    if (!object.is_object()) Fail("", "an object is wanted");
  }

  JsonFields& Text(std::string_view name, std::string* out);
  JsonFields& Bool(std::string_view name, bool* out);
  // An integer of T's range.
  template <class T>
  JsonFields& Integer(std::string_view name, T* out) {
    if (const Json* value = Member(name)) {
      const auto number = value->AsInt64();
      if (!number || !std::in_range<T>(*number)) return Fail(name, "an integer in range is wanted");
      *out = static_cast<T>(*number);
    }
    return *this;
  }
  // The elements of an array; nothing where it is absent.
  const std::vector<Json>& Items(std::string_view name);
  JsonFields& Required(std::string_view name);

  Status Done();

 private:
  const Json* Member(std::string_view name);
  JsonFields& Fail(std::string_view name, const char* wanted);

  const Json& object_;
  const std::string at_;
  std::vector<std::string_view> asked_;
  Status status_;
};

// A text that may be empty, which stands for an object without members.
Result<Json> ParseObject(std::string_view text);

}  // namespace seathold::capi
