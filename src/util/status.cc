#include "seathold/status.h"

#include <algorithm>
#include <array>

namespace seathold {
namespace {

constexpr auto kCodes = std::to_array<CodeInfo>({
#define SEATHOLD_CODE_ROW(name, number, outcome, retryable, text) \
  {Code::name, Outcome::outcome, retryable, #name, text},
    SEATHOLD_CODES(SEATHOLD_CODE_ROW)
#undef SEATHOLD_CODE_ROW
});
static_assert(std::ranges::is_sorted(kCodes, {}, &CodeInfo::code));

}  // namespace

const CodeInfo* FindCode(Code code) {
  const auto it = std::ranges::lower_bound(kCodes, code, {}, &CodeInfo::code);
  return it != kCodes.end() && it->code == code ? &*it : nullptr;
}

std::size_t CodeCount() { return kCodes.size(); }
const CodeInfo& CodeAt(std::size_t index) { return kCodes.at(index); }

Outcome Status::outcome() const { return FindCode(code_)->outcome; }
bool Status::retryable() const { return FindCode(code_)->retryable; }

std::string Status::text() const {
  std::string out(FindCode(code_)->text);
  if (detail_) out.append(": ").append(*detail_);
  return out;
}

}  // namespace seathold
