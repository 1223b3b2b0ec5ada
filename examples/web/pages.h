// The pages and openapi.json, compiled into the program: no path that comes in reaches a file
// system. Thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "examples/web/http.h"

namespace seathold::web {

struct Page {
  std::string_view path;  // as it is asked for: "/hall.js"; "/" is index.html
  std::string_view type;
  std::string etag;  // strong, with its quotes
  std::string_view text;
};

// In no order; made by embed.cmake from examples/web/pages.
std::span<const Page> Pages();
const Page& OpenapiPage();

// nullptr where there is none.
const Page* FindPage(std::string_view path);
// `directory` empty: as compiled in; else the file of that page in it as it is now.
Reply ServePage(const Request& request, const Page& page, const std::string& directory);

}  // namespace seathold::web
