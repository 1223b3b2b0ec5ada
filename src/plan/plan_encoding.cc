#include "src/plan/plan_encoding.h"

#include <algorithm>
#include <cstdint>

#include "src/plan/plan_draft.h"
#include "src/util/text.h"

namespace seathold {
namespace {

Status Unread(std::string_view what) {
  return InvalidPlan("line 1, column 1", std::string(what) + ": " + std::string(kSaveAsUtf8));
}

bool IsHigh(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsLow(char32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

Result<std::string_view> DecodeUtf16(std::string_view bytes, bool big_endian,
                                     std::string* storage) {
  const auto unit_at = [&](std::size_t at) {
    const auto one = static_cast<std::uint8_t>(bytes[at]);
    const auto two = static_cast<std::uint8_t>(bytes[at + 1]);
    return static_cast<char32_t>(big_endian ? one << 8 | two : two << 8 | one);
  };
  storage->clear();
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    char32_t point = at + 1 < bytes.size() ? unit_at(at) : 0xDC00;
    const bool pair = IsHigh(point) && at + 3 < bytes.size() && IsLow(unit_at(at + 2));
    if (pair) point = 0x10000 + ((point - 0xD800) << 10) + (unit_at(at += 2) - 0xDC00);
    if (!pair && (IsHigh(point) || IsLow(point))) {
      const auto lines = std::ranges::count(*storage, '\n');
      return InvalidPlan("line " + std::to_string(lines + 1), "half a character of UTF-16");
    }
    AppendUtf8(*storage, point);
  }
  return std::string_view(*storage);
}

}  // namespace

Result<std::string_view> DecodePlanText(std::string_view bytes, std::string* storage) {
  using std::string_view_literals::operator""sv;
  if (bytes.starts_with("\xEF\xBB\xBF"sv)) return bytes.substr(3);
  if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv)) {
    return Unread("UTF-32");
  }
  if (bytes.starts_with("\xFF\xFE"sv)) return DecodeUtf16(bytes.substr(2), false, storage);
  if (bytes.starts_with("\xFE\xFF"sv)) return DecodeUtf16(bytes.substr(2), true, storage);
  // Both forms open with ASCII.
  const bool nul = bytes.size() >= 2 && (bytes[0] == '\0') != (bytes[1] == '\0');
  if (nul) return Unread("UTF-16 without a byte order mark");
  return bytes;
}

}  // namespace seathold
