// The door for text that comes from outside: what is taken in, and when two texts are one.
//
// Three steps, each on top of the one before. A text is *clean*: short enough and valid. It is
// *taken* in normal form C, so that a letter typed composed or decomposed is stored as the same
// bytes. And it has a *look-up form*: two names with the same one look the same to a reader, and
// are the same name. All functions are pure and thread-safe; they throw nothing but std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "seathold/status.h"

namespace seathold {

// Valid UTF-8 (no overlong forms, no surrogates), no NUL and no other control character, at most
// `bytes_max` bytes.
bool IsCleanText(std::string_view text, std::size_t bytes_max);
// Valid UTF-8, whatever characters it stands for.
bool IsUtf8(std::string_view text);

enum class TextForm : std::uint8_t {
  kComposed,    // NFC
  kDecomposed,  // NFD
  kFolded,      // NFC with all difference of case gone (Unicode's full case folding)
};
// nullopt: not UTF-8; a code point that Unicode 15.0 does not assign, whose form may thus change
// one day; or a U+11A7 that the library would lose behind a Hangul syllable, so that two texts
// would become one. REQUIRES: a bounded text, since this can cost more than linear time.
std::optional<std::string> Normalized(std::string_view text, TextForm form);

// A name, a label or a title as it is kept: NFC. kInvalidText with the reason, which never repeats
// the text: longer than `bytes_max` bytes as given or as kept; not UTF-8; a control character
// (those of C1, the separators of lines and of paragraphs, and those that turn the direction of
// writing among them); what Normalized refuses.
Result<std::string> TakeText(std::string_view text, std::size_t bytes_max);

// Puts what TakeText makes of it in its place. `what` leads the reason.
Status TakeInPlace(std::string* text, std::size_t bytes_max, std::string_view what);

// Whether a text that was taken is the one that was kept: release 0.1 kept texts as they were
// given.
bool SameText(std::string_view kept, std::string_view taken);

// The form in which names are compared: NFC; without characters that show nothing (zero width
// joiners, marks of direction, soft hyphens, variation selectors); one space for blanks of any kind
// and number, none at the ends; digits of any script as 0 .. 9; dashes as "-", but for swung ones.
// Letters differ still by case, by width and by other compatibility ("µ" and "μ", "ﬁ" and "fi").
// The text itself where it has no normal form. REQUIRES: as Normalized.
std::string LookupForm(std::string_view text);
// Whether LookupForm(text) is that text, told without making one where it is plain ASCII.
bool IsLookupForm(std::string_view text);
// Nothing that a reader could see.
bool IsBlank(std::string_view text);
// Without blanks at its ends, of whatever kind.
std::string_view TrimmedText(std::string_view text);

// The code points of valid UTF-8; U+FFFD for a byte that belongs to none.
std::u32string CodePoints(std::string_view text);
void AppendUtf8(std::string& out, char32_t code_point);
// 0 .. 9 for a decimal digit of any script.
std::optional<int> DigitValue(char32_t code_point);
// A hyphen, dash, minus, swung dash or what else is typed between the ends of a range.
bool IsDash(char32_t code_point);
bool IsSpace(char32_t code_point);
// Shows nothing by itself.
bool IsInvisible(char32_t code_point);

}  // namespace seathold
