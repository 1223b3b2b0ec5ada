// The table of codes, looked up by number.
#include "seathold/status.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace seathold {
namespace {

constexpr auto kCodes = std::to_array<CodeInfo>({
#define SEATHOLD_CODE_ROW(name, number, outcome, retryable, text) \
  {Code::name, Outcome::outcome, retryable, #name, text},
    SEATHOLD_CODES(SEATHOLD_CODE_ROW)
#undef SEATHOLD_CODE_ROW
});
static_assert(std::ranges::is_sorted(kCodes, {}, &CodeInfo::code));

// Where a number stands in kCodes, plus one: every answer is looked up.
constexpr auto kPlaces = [] {
  std::array<std::uint8_t, static_cast<std::size_t>(kCodes.back().code) + 1> places{};
  static_assert(kCodes.size() < 256);
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    places[static_cast<std::size_t>(kCodes[i].code)] = static_cast<std::uint8_t>(i + 1);
  }
  return places;
}();

}  // namespace

const CodeInfo* FindCode(Code code) {
  const auto number = static_cast<std::uint32_t>(code);  // a negative one is beyond the last, too
  if (number >= kPlaces.size() || kPlaces[number] == 0) return nullptr;
  return &kCodes[kPlaces[number] - 1u];
}

std::size_t CodeCount() { return kCodes.size(); }
const CodeInfo& CodeAt(std::size_t index) { return kCodes.at(index); }

std::string_view OutcomeName(Outcome outcome) {
  static constexpr std::array<std::string_view, 4> kNames = {"done", "refused", "busy", "unknown"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

Outcome Status::outcome() const { return FindCode(code_)->outcome; }
bool Status::retryable() const { return FindCode(code_)->retryable; }

void EndWithoutValue(const Status& status) {
  std::fprintf(stderr, "seathold: a value was taken where there is none: %s\n",
               status.text().c_str());
  std::abort();
}

std::string Status::text() const {
  std::string out(FindCode(code_)->text);
  if (detail_) out.append(": ").append(*detail_);
  return out;
}

}  // namespace seathold
