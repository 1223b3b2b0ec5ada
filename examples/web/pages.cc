#include "examples/web/pages.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "examples/web/operations.h"

namespace seathold::web {

const Page* FindPage(std::string_view path) {
  const auto found = std::ranges::find(Pages(), path, &Page::path);
  return found == Pages().end() ? nullptr : &*found;
}

Reply ServePage(const Request& request, const Page& page, const std::string& directory) {
  if (directory.empty()) {
    return Cached(request, page.etag, page.type, Share(std::string(page.text)));
  }
  const std::string_view name = page.path == "/" ? "/index.html" : page.path;
  std::ifstream in(directory + std::string(name), std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return {.status = 200, .type = std::string(page.type), .body = Share(std::move(text))};
}

}  // namespace seathold::web
