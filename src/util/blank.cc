#include "src/util/blank.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

namespace seathold {
namespace {

bool ShowsNothing(utf8proc_int32_t point) {
  // Fillers of Hangul and the empty Braille cell: letters and a symbol by category, blanks on
  // paper.
  static constexpr std::array<utf8proc_int32_t, 5> kFillers = {0x115F, 0x1160, 0x3164, 0xFFA0,
                                                               0x2800};
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
      return true;
    default:
      return std::ranges::find(kFillers, point) != kFillers.end();
  }
}

}  // namespace

bool IsBlank(std::string_view text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (auto left = static_cast<utf8proc_ssize_t>(text.size()); left > 0;) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t size = utf8proc_iterate(bytes, left, &point);
    if (size <= 0 || !ShowsNothing(point)) return false;
    bytes += size;
    left -= size;
  }
  return true;
}

}  // namespace seathold
