#include "src/accounts/email.h"

#include <algorithm>

#include "src/util/text.h"

namespace seathold {

Result<std::string> CanonicalEmail(std::string_view email) {
  if (!IsCleanText(email, kEmailBytesMax)) return Status(Code::kInvalidText, "e-mail address");
  const std::size_t at = email.find('@');
  const bool one = at != email.npos && email.find('@', at + 1) == email.npos;
  const bool sides = one && at > 0 && at + 1 < email.size();
  if (!sides || email.find(' ') != email.npos) {
    return Status(Code::kInvalidArgument, "an e-mail address is written name@host, without spaces");
  }
  std::string canonical(email);
  std::ranges::transform(canonical, canonical.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return canonical;
}

}  // namespace seathold
