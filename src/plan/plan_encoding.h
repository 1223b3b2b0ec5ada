// The bytes of a file as UTF-8. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "seathold/status.h"

namespace seathold {

// What to do about a file in another encoding, for the end of an error.
inline constexpr std::string_view kSaveAsUtf8 = "save the file as UTF-8 (in Excel: \"CSV UTF-8\")";

// UTF-16 is told by its byte order mark and converted into *storage, which the text given back then
// lies in; everything else comes back as it is, without a mark. kInvalidPlan: UTF-32, UTF-16
// without a mark, or UTF-16 that breaks off or has half a character (with its line).
Result<std::string_view> DecodePlanText(std::string_view bytes, std::string* storage);

}  // namespace seathold
