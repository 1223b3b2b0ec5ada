#include "src/storage/columns.h"

namespace seathold {

std::string JoinColumns(const std::vector<std::string>& names, const char* after,
                        const char* between) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += between;
    text += '"' + name + '"' + after;
  }
  return text;
}

}  // namespace seathold
