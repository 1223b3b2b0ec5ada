#include "examples/web/qr_code.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <iterator>
#include <memory>

namespace seathold::web {
namespace {

constexpr int kQuiet = 4;  // modules around it

// Dark modules of a row that touch are one piece of the path.
std::string PathOf(const QRcode& code) {
  std::string path;
  for (int y = 0; y < code.width; ++y) {
    const unsigned char* row = code.data + static_cast<std::ptrdiff_t>(y) * code.width;
    for (int x = 0; x < code.width; ++x) {
      const int first = x;
      while (x < code.width && (row[x] & 1) != 0) ++x;
      if (x == first) continue;
      fmt::format_to(std::back_inserter(path), "M{} {}h{}v1h-{}z", first + kQuiet, y + kQuiet,
                     x - first, x - first);
    }
  }
  return path;
}

}  // namespace

std::string QrSvg(const std::string& text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), QRcode_free);
  if (!code) return "";
  const int side = code->width + 2 * kQuiet;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" "
      "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{0}v{0}H0z\"/>"
      "<path d=\"{1}\"/></svg>",
      side, PathOf(*code));
}

}  // namespace seathold::web
