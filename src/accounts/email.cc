#include "src/accounts/email.h"

#include <algorithm>

#include "src/util/text.h"

namespace seathold {
namespace {

Status CheckShape(std::string_view email) {
  const std::size_t at = email.find('@');
  const bool one = at != email.npos && email.find('@', at + 1) == email.npos;
  const bool sides = one && at > 0 && at + 1 < email.size();
  if (sides && std::ranges::none_of(CodePoints(email), IsSpace)) return Status();
  return Status(Code::kInvalidArgument, "an e-mail address is written name@host, without spaces");
}

std::string InLowerAscii(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

Status Unfit(std::string_view why) {
  return Status(Code::kInvalidText, "e-mail address: " + std::string(why));
}

}  // namespace

Result<std::string> CanonicalEmail(std::string_view email) {
  const auto taken = TakeText(email, kEmailBytesMax);
  if (!taken.ok()) return Unfit(taken.status().detail());
  if (Status shape = CheckShape(*taken); !shape.ok()) return shape;
  if (std::ranges::any_of(CodePoints(*taken), IsInvisible)) {
    return Unfit("a character that shows nothing");
  }
  auto folded = Normalized(*taken, TextForm::kFolded);
  if (!folded || folded->size() > kEmailBytesMax) return Unfit("longer than 254 bytes");
  return *std::move(folded);
}

std::vector<std::string> EmailForms(std::string_view email) {
  std::vector<std::string> forms;
  const auto add = [&](std::string form) {
    if (std::ranges::find(forms, form) == forms.end()) forms.push_back(std::move(form));
  };
  if (auto canonical = CanonicalEmail(email); canonical.ok()) add(*std::move(canonical));
  if (!IsCleanText(email, kEmailBytesMax) || email.find('@') == email.npos) return forms;
  add(InLowerAscii(std::string(email)));
  for (const TextForm form : {TextForm::kComposed, TextForm::kDecomposed}) {
    if (auto other = Normalized(email, form)) add(InLowerAscii(*std::move(other)));
  }
  return forms;
}

}  // namespace seathold
