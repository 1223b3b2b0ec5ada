#include "src/util/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

namespace seathold {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Length of the UTF-8 sequence at `at`, or 0.
std::size_t SequenceLength(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(at);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[at + i])) return 0;
  }
  const std::uint8_t second = byte(at + 1);
  if (lead == 0xE0 && second < 0xA0) return 0;  // overlong
  if (lead == 0xED && second > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && second < 0x90) return 0;  // overlong
  if (lead == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  return length;
}

bool IsC0(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Beyond C0, which IsCleanText refuses. A name stands in other people's lines: what breaks them, or
// turns the direction of what follows it, is no part of a name.
bool SteersText(char32_t c) {
  return (c >= 0x80 && c < 0xA0) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

// A dash that looks like "-": swung ones and the mark of a long vowel do not.
bool LooksLikeHyphen(char32_t c) {
  constexpr std::u32string_view kOthers = U"~\u02DC\u2053\u223C\u301C\u3030\u30FC\uFF5E\uFF70";
  return IsDash(c) && kOthers.find(c) == kOthers.npos;
}

struct Freed {
  void operator()(utf8proc_uint8_t* text) const { std::free(text); }
};

std::optional<std::string> Mapped(std::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                 static_cast<utf8proc_option_t>(options));
  if (size == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (size < 0) return std::nullopt;
  const std::unique_ptr<utf8proc_uint8_t, Freed> owned(mapped);
  return std::string(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
}

// Of U+11A7, which utf8proc 2.8 drops behind a Hangul syllable as if it were "no final consonant".
std::size_t CountLosable(std::string_view text) {
  constexpr std::string_view kLosable = "\xE1\x86\xA7";
  std::size_t count = 0;
  for (auto at = text.find(kLosable); at != text.npos; at = text.find(kLosable, at + 1)) ++count;
  return count;
}

int OptionsOf(TextForm form) {
  constexpr int kAlways = UTF8PROC_STABLE | UTF8PROC_REJECTNA;
  switch (form) {
    case TextForm::kComposed:
      return kAlways | UTF8PROC_COMPOSE;
    case TextForm::kDecomposed:
      return kAlways | UTF8PROC_DECOMPOSE;
    case TextForm::kFolded:
      return kAlways | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
  }
  return kAlways;
}

Status Refused(const char* why) { return Status(Code::kInvalidText, why); }

Status TooLong(std::size_t bytes_max) {
  return Status(Code::kInvalidText, "longer than " + std::to_string(bytes_max) + " bytes");
}

}  // namespace

bool IsCleanText(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && IsUtf8(text) && std::ranges::none_of(text, IsC0);
}

bool IsUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = SequenceLength(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::optional<std::string> Normalized(std::string_view text, TextForm form) {
  if (form != TextForm::kFolded && IsAscii(text)) return std::string(text);
  if (!IsUtf8(text)) return std::nullopt;
  std::optional<std::string> normal = Mapped(text, OptionsOf(form));
  if (form == TextForm::kFolded && normal) {
    // Folding may leave marks out of order for the next one: U+0345 becomes a letter.
    normal = Mapped(*normal, OptionsOf(form));
  }
  if (normal && CountLosable(*normal) != CountLosable(text)) return std::nullopt;
  return normal;
}

Result<std::string> TakeText(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) return TooLong(bytes_max);
  if (!IsUtf8(text)) return Refused("not UTF-8");
  if (std::ranges::any_of(text, IsC0)) return Refused("a control character");
  if (IsAscii(text)) return std::string(text);
  if (std::ranges::any_of(CodePoints(text), SteersText)) return Refused("a control character");
  std::optional<std::string> taken = Normalized(text, TextForm::kComposed);
  if (!taken) return Refused("a character that Unicode 15.0 does not know, or cannot keep");
  if (taken->size() > bytes_max) return TooLong(bytes_max);
  return *std::move(taken);
}

Status TakeInPlace(std::string* text, std::size_t bytes_max, std::string_view what) {
  Result<std::string> taken = TakeText(*text, bytes_max);
  if (!taken.ok()) {
    return Status(taken.code(), std::string(what).append(": ").append(taken.status().detail()));
  }
  *text = *std::move(taken);
  return Status();
}

bool SameText(std::string_view kept, std::string_view taken) {
  return kept == taken || Normalized(kept, TextForm::kComposed) == taken;
}

std::string LookupForm(std::string_view text) {
  if (IsAscii(text) && IsLookupForm(text)) return std::string(text);
  constexpr int kOptions = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_REJECTNA | UTF8PROC_IGNORE;
  const auto seen = IsUtf8(text) ? Mapped(text, kOptions) : std::nullopt;
  if (!seen || CountLosable(*seen) != CountLosable(text)) return std::string(text);
  std::string form;
  bool blank = false;
  for (const char32_t c : CodePoints(*seen)) {
    if (IsSpace(c)) {
      blank = true;
      continue;
    }
    if (blank && !form.empty()) form += ' ';
    blank = false;
    const auto digit = DigitValue(c);
    AppendUtf8(form, digit ? U'0' + static_cast<char32_t>(*digit) : LooksLikeHyphen(c) ? U'-' : c);
  }
  return form;
}

bool IsLookupForm(std::string_view text) {
  if (!IsAscii(text)) return LookupForm(text) == text;
  const bool ends = !text.starts_with(' ') && !text.ends_with(' ');
  return ends && text.find("  ") == text.npos && std::ranges::none_of(text, IsC0);
}

bool IsBlank(std::string_view text) {
  constexpr char32_t kEmptyBraille = 0x2800;  // a symbol by its category, a blank on paper
  return std::ranges::all_of(CodePoints(text), [](char32_t c) {
    return IsSpace(c) || IsInvisible(c) || c == kEmptyBraille;
  });
}

std::string_view TrimmedText(std::string_view text) {
  const auto is_space_at = [&](std::size_t at) {
    const std::size_t length = SequenceLength(text, at);
    return length > 0 && IsSpace(CodePoints(text.substr(at, length))[0]) ? length : 0;
  };
  while (!text.empty() && is_space_at(0) > 0) text.remove_prefix(is_space_at(0));
  while (!text.empty()) {
    std::size_t last = text.size() - 1;
    while (last > 0 && IsContinuation(text[last])) --last;
    if (is_space_at(last) != text.size() - last) break;
    text = text.substr(0, last);
  }
  return text;
}

std::u32string CodePoints(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = SequenceLength(text, at);
    const auto lead = static_cast<std::uint8_t>(text[at]);
    char32_t point = length == 0 ? 0xFFFD : length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      point = point << 6 | (static_cast<std::uint8_t>(text[at + i]) & 0x3Fu);
    }
    points.push_back(point);
    at += std::max<std::size_t>(length, 1);
  }
  return points;
}

void AppendUtf8(std::string& out, char32_t code_point) {
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

// The digits of a script stand in order and in one block, and where blocks touch each is of ten:
// the distance from the first of them tells the value.
std::optional<int> DigitValue(char32_t code_point) {
  if (code_point < 0x80) {
    if (code_point < U'0' || code_point > U'9') return std::nullopt;
    return static_cast<int>(code_point - U'0');
  }
  const auto is_digit = [](char32_t c) {
    return utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_ND;
  };
  if (!is_digit(code_point)) return std::nullopt;
  int before = 0;
  while (is_digit(code_point - 1 - static_cast<char32_t>(before))) ++before;
  return before % 10;
}

bool IsDash(char32_t code_point) {
  // What Unicode does not count among the dashes and people do: the tilde and its wide forms, the
  // soft hyphen (Word's), the mark of a long vowel and the line of a box (East Asian keyboards).
  constexpr std::u32string_view kMore =
      U"~\u00AD\u02D7\u02DC\u2043\u2053\u207B\u208B\u2212\u223C\u2500\u2501\u30FC\uFF5E\uFF70";
  if (code_point < 0x80) return code_point == U'-' || code_point == U'~';
  return utf8proc_category(static_cast<utf8proc_int32_t>(code_point)) == UTF8PROC_CATEGORY_PD ||
         kMore.find(code_point) != kMore.npos;
}

bool IsSpace(char32_t code_point) {
  if (code_point < 0x80) return code_point == U' ' || code_point == U'\t';
  return utf8proc_category(static_cast<utf8proc_int32_t>(code_point)) == UTF8PROC_CATEGORY_ZS;
}

bool IsInvisible(char32_t code_point) {
  if (code_point < 0x80) return false;
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point))->ignorable != 0;
}

}  // namespace seathold
