#include "src/storage/postgres/params.h"

namespace seathold::postgres {
namespace {

constexpr char kEscape = '\x1A';

}  // namespace

void EscapeNul(std::string_view text, std::string* out) {
  constexpr std::string_view kEscaped("\0\x1A", 2);
  for (;;) {
    const std::size_t at = text.find_first_of(kEscaped);
    out->append(text.substr(0, at));
    if (at == text.npos) return;
    out->push_back(kEscape);
    out->push_back(text[at] == '\0' ? '0' : kEscape);
    text.remove_prefix(at + 1);
  }
}

bool UnescapeNul(std::string_view text, std::string* out) {
  out->clear();
  for (;;) {
    const std::size_t at = text.find(kEscape);
    out->append(text.substr(0, at));
    if (at == text.npos) return true;
    text.remove_prefix(at + 1);
    if (text.empty() || (text[0] != '0' && text[0] != kEscape)) return false;
    out->push_back(text[0] == '0' ? '\0' : kEscape);
    text.remove_prefix(1);
  }
}

void Array::AppendTo(std::string* out) const {
  AppendBig<std::int32_t>(size_ == 0 ? 0 : 1, out);  // dimensions
  AppendBig<std::int32_t>(has_null_ ? 1 : 0, out);
  AppendBig<std::uint32_t>(static_cast<std::uint32_t>(type_), out);
  if (size_ == 0) return;
  AppendBig<std::uint32_t>(static_cast<std::uint32_t>(size_), out);
  AppendBig<std::int32_t>(1, out);  // the first subscript
  out->append(elements_);
}

ParamArrays::ParamArrays(const Params& params) {
  const std::size_t count = params.begins_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begins = params.begins_[i];
    const std::size_t ends = i + 1 < count ? params.begins_[i + 1] : params.bytes_.size();
    values.push_back(params.bytes_.data() + begins);
    lengths.push_back(static_cast<int>(ends - begins));
    formats.push_back(1);
  }
}

}  // namespace seathold::postgres
