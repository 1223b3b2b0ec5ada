#include "examples/cli/spelling.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace seathold::cli {
namespace {

constexpr std::size_t kSuggestionsMax = 3;
constexpr std::size_t kWordBytesMax = 64;  // no name is longer

// A short word allows one slip, a longer one two.
std::size_t SlipsAllowed(std::string_view known) { return known.size() <= 4 ? 1 : 2; }

}  // namespace

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t exchanged = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, exchanged});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(last, row);
  }
  return last[b.size()];
}

std::vector<std::string> Nearest(std::string_view typed, const std::vector<std::string>& known) {
  if (typed.size() > kWordBytesMax) return {};
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const std::string& name : known) {
    const std::size_t slips = EditDistance(typed, name);
    if (slips <= SlipsAllowed(name)) found.emplace_back(slips, name);
  }
  std::ranges::stable_sort(found, {}, [](const auto& one) { return one.first; });
  std::vector<std::string> names;
  for (auto& [slips, name] : found) {
    if (names.size() == kSuggestionsMax) break;
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

std::string DidYouMean(const std::vector<std::string>& nearest) {
  if (nearest.empty()) return "";
  return fmt::format(" (did you mean {}?)", fmt::join(nearest, " or "));
}

}  // namespace seathold::cli
