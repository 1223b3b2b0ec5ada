// Names that nobody can read.
#pragma once

#include <string_view>

namespace seathold {

// Whether `text` shows nothing: it is empty, or all of it is white space, invisible characters or
// letters that are drawn as blanks. REQUIRES: IsCleanText.
bool IsBlank(std::string_view text);

}  // namespace seathold
