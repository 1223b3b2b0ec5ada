#include "src/util/escaped.h"

#include <fmt/format.h>

namespace seathold {

std::string Escaped(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (const char c : text.substr(0, bytes_max)) {
    if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string Quoted(std::string_view text) { return '"' + Escaped(text) + '"'; }

}  // namespace seathold
