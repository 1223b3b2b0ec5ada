#include "examples/web/framing.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace seathold::web {
namespace {

constexpr std::size_t kTargetBytesMax = 2'048;
constexpr std::array<std::string_view, kMethods> kMethodNames = {"GET", "HEAD",  "POST",
                                                                 "PUT", "PATCH", "DELETE"};

bool IsAlnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

// The parser takes a folded line for one blank; whoever stands before us may not.
bool LinesAreClean(std::string_view raw) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const auto c = static_cast<unsigned char>(raw[i]);
    if (c == '\r') {
      if (i + 1 < raw.size() && raw[i + 1] != '\n') return false;
      continue;
    }
    if (c == '\n') {
      if (i == 0 || raw[i - 1] != '\r') return false;
      if (i + 1 < raw.size() && (raw[i + 1] == ' ' || raw[i + 1] == '\t')) return false;
      continue;
    }
    if ((c < 0x20 && c != '\t') || c == 0x7F) return false;
  }
  return true;
}

namespace {

bool TargetIsPlain(std::string_view target) {
  return !target.empty() && target.front() == '/' &&
         std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7F && c != '#'; });
}

bool NameIsPlain(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return IsAlnum(c) || c == '-'; });
}

std::vector<std::string_view> ValuesOf(const Head& head, std::string_view name) {
  std::vector<std::string_view> values;
  for (const Field& field : head.fields) {
    if (field.first == name) values.push_back(field.second);
  }
  return values;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

std::string_view CodeOf(int status) {
  switch (status) {
    case 411:
      return "length_required";
    case 413:
      return "content_too_large";
    case 414:
      return "target_too_long";
    case 417:
      return "expectation_failed";
    case 501:
      return "method_not_implemented";
    case 505:
      return "version_not_supported";
    default:
      return "malformed";
  }
}

Framing Refuse(int status, std::string_view why) {
  Framing framing;
  framing.refused = {status, CodeOf(status), why};
  framing.keep_alive = false;
  return framing;
}

Framing JudgeEncoding(const Head& head, const std::vector<std::string_view>& encodings) {
  if (head.minor_version == 0) return Refuse(400, "Transfer-Encoding in HTTP/1.0");
  if (!ValuesOf(head, "content-length").empty()) return Refuse(400, "two rules for one length");
  if (encodings.size() != 1 || !EqualsIgnoringCase(encodings[0], "chunked")) {
    return Refuse(400, "an unknown Transfer-Encoding");
  }
  return Refuse(411, "Content-Length is needed");
}

Framing JudgeLength(const Head& head, std::size_t body_max, Framing framing) {
  const auto lengths = ValuesOf(head, "content-length");
  if (lengths.empty()) return framing;
  const std::string_view text = lengths[0];
  const bool digits =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (lengths.size() != 1 || !digits) return Refuse(400, "not one Content-Length");
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), framing.body_bytes);
  if (parsed.ec != std::errc() || framing.body_bytes > body_max) {
    return Refuse(413, "the body is too large");
  }
  return framing;
}

bool KeepsAlive(const Head& head) {
  if (head.minor_version == 0) return false;
  return std::ranges::none_of(ValuesOf(head, "connection"), [](std::string_view value) {
    return EqualsIgnoringCase(value, "close");
  });
}

}  // namespace

Framing Judge(const Head& head, std::size_t body_max) {
  if (!LinesAreClean(head.raw)) return Refuse(kNotClean.status, kNotClean.why);
  if (head.target.size() > kTargetBytesMax) return Refuse(414, "the target is too long");
  if (!TargetIsPlain(head.target)) return Refuse(400, "the target is no plain path");
  if (!std::ranges::all_of(head.fields, [](const Field& f) { return NameIsPlain(f.first); })) {
    return Refuse(400, "an odd name of a field");
  }
  const std::size_t hosts = ValuesOf(head, "host").size();
  if (hosts > 1 || (hosts == 0 && head.minor_version != 0)) return Refuse(400, "not one Host");
  const auto encodings = ValuesOf(head, "transfer-encoding");
  if (!encodings.empty()) return JudgeEncoding(head, encodings);
  Framing framing = JudgeLength(head, body_max, Framing{});
  if (framing.refused.status == 400) return framing;
  if (!ValuesOf(head, "expect").empty()) return Refuse(417, "no expectation is met");
  const auto method = std::ranges::find(kMethodNames, head.method);
  if (method == kMethodNames.end()) return Refuse(501, "an unknown method");
  if (framing.refused.status != 0) return framing;
  framing.method = static_cast<Method>(method - kMethodNames.begin());
  framing.keep_alive = KeepsAlive(head);
  return framing;
}

// "HTTP/" and a digit, a dot, a digit end the first line of what speaks HTTP at all.
Refusal JudgeUnparsed(std::string_view raw) {
  constexpr std::string_view kName = " HTTP/";
  constexpr std::size_t kBytes = kName.size() + 3;
  const std::string_view line = raw.substr(0, raw.find('\r'));
  if (line.size() > kBytes) {
    const std::string_view last = line.substr(line.size() - kBytes);
    const std::string_view version = last.substr(kName.size());
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool named =
        last.starts_with(kName) && digit(version[0]) && version[1] == '.' && digit(version[2]);
    if (named && version != "1.0" && version != "1.1") {
      return Refuse(505, "only HTTP/1.1 and HTTP/1.0 are served").refused;
    }
  }
  return Refuse(400, "the head is no head of a request").refused;
}

std::string_view Request::field(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &Field::first);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace seathold::web
