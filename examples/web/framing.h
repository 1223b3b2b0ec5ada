// Where a request ends: the rules of RFC 9112 that keep two readers of one connection, a proxy and
// us, from seeing different requests. Stricter than the parser, which is lenient. Pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "examples/web/http.h"

namespace seathold::web {

// The head of a request, taken apart and not yet believed.
struct Head {
  std::string_view raw;  // as it came, through the empty line
  std::string method, target;
  int minor_version = 1;      // of HTTP/1.x
  std::vector<Field> fields;  // names in lower case
};

// Why a request is refused; the connection is then closed. One status has one code.
struct Refusal {
  int status = 0;  // 0 = it is not
  std::string_view code, why;
};

// How a request goes on, or why it does not.
struct Framing {
  Refusal refused;
  Method method = Method::kGet;
  std::size_t body_bytes = 0;
  bool keep_alive = true;
};

// Whether a head, or what has come of one, has CR LF line ends alone, and no folded line or other
// control character.
bool LinesAreClean(std::string_view raw);

// Refuses, in this order: line ends that are not CR LF, folded lines and other control characters
// (400); a target that is too long (414) or no plain path (400); names of fields that are not
// letters, digits and '-' (400); not exactly one Host (400; HTTP/1.0 may have none);
// Transfer-Encoding in HTTP/1.0, beside Content-Length, twice, or other than "chunked" (400), and a
// chunked body as such (411: with one rule for lengths there is nothing to be confused about); a
// Content-Length that is repeated or not plain digits (400); an expectation (417); a method that no
// operation has (501); a body above `body_max` bytes (413).
Framing Judge(const Head& head, std::size_t body_max);
// Of a head that the parser does not take: a version that is not served (505), or anything (400).
Refusal JudgeUnparsed(std::string_view raw);

// Those that need no head: one that is not clean, one that is too large, one that comes too slowly.
inline constexpr Refusal kNotClean{400, "malformed", "not CR LF, or a control character"};
inline constexpr Refusal kHeadTooLarge{431, "head_too_large", "the head is too large"};
inline constexpr Refusal kTooSlow{408, "request_timeout", "the request took too long to come"};

}  // namespace seathold::web
