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

// How a request goes on, or why it is refused.
struct Framing {
  int refused = 0;  // 0, or the status; the connection is then closed
  const char* why = "";
  Method method = Method::kGet;
  std::size_t body_bytes = 0;
  bool keep_alive = true;
};

// Whether a head, or what has come of one, has CR LF line ends alone, and no folded line or other
// control character.
bool LinesAreClean(std::string_view raw);

// Refuses, in this order: line ends that are not CR LF, folded lines and other control characters
// (400); a target that is no plain path (400); names of fields that are not letters, digits and '-'
// (400); not exactly one Host (400; HTTP/1.0 may have none); Transfer-Encoding in HTTP/1.0, beside
// Content-Length, twice, or other than "chunked" (400), and a chunked body as such (411: with one
// rule for lengths there is nothing to be confused about); a Content-Length that is repeated or not
// plain digits (400); an expectation (417); a method that no operation has (501); a body above
// `body_max` bytes (413).
Framing Judge(const Head& head, std::size_t body_max);

}  // namespace seathold::web
