// What a Redis server answers, and what its errors mean to us.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/status.h"

namespace seathold {

struct RedisReply {
  enum class Kind : std::uint8_t { kNil, kInteger, kText, kArray, kError };

  Kind kind = Kind::kNil;
  std::int64_t integer = 0;       // kInteger
  std::string text;               // kText (a status, too), kError
  std::vector<RedisReply> items;  // kArray
};

// A text that is a number from its first character to its last.
template <class Number>
bool ReadNumber(std::string_view text, Number* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && end == text.data() + text.size();
}

// The first word of an error decides; the rest of the text differs between releases, and between an
// error from inside a script and one from outside.
std::string_view FirstWord(std::string_view text);

// kBusy: a reply that is none to what was asked.
Status NotAsked();

// An error reply as ours, with its text as detail. kBusy: the server will answer again, here or
// after connecting anew. kOutOfMemory: it may take no more. kCannotOpen: it does not let us in.
// kUnsupported: it is part of a cluster, or too old. kInternal: anything else, such as a key of
// another type.
Status FromRedisError(std::string_view text);

}  // namespace seathold
