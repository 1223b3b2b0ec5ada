// QR codes as drawings. Thread-safe.
#pragma once

#include <string>

namespace seathold::web {

// A self-contained <svg>, black on white, with the quiet zone that readers want. Empty where the
// text is too long for a code.
std::string QrSvg(const std::string& text);

}  // namespace seathold::web
