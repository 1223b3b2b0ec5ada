// Text of others inside a text of ours.
#pragma once

#include <string>
#include <string_view>

namespace seathold {

// At most `bytes_max` bytes of `text`, each that is not a printable ASCII character as "\xNN".
std::string Escaped(std::string_view text, std::size_t bytes_max = 100);
// As above, in double quotes.
std::string Quoted(std::string_view text);

}  // namespace seathold
