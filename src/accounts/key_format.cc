#include "src/accounts/key_format.h"

#include <algorithm>
#include <charconv>

#include "src/accounts/hmac_key.h"
#include "src/util/base64url.h"

namespace seathold {
namespace {

constexpr std::string_view kFirstLine = "seathold-keys 1";
constexpr std::size_t kPairDigits = 32;
constexpr std::string_view kComment =
    "# Secret: whoever reads this can sign in as anybody. Keep it 0600, back it up apart.";

bool HasKey(const FileKeys& set, std::uint32_t id) {
  return std::ranges::any_of(set.keys, [id](const FileKey& key) { return key.id == id; });
}

std::uint32_t NewKeyId(const FileKeys& set, Entropy& entropy) {
  std::array<std::uint8_t, 4> bytes;
  entropy.Fill(bytes);
  std::uint32_t id = 0;
  for (const std::uint8_t byte : bytes) id = id << 8 | byte;
  while (id == 0 || HasKey(set, id)) ++id;  // ends: a set has at most kKeysMax ids
  return id;
}

// A time that is ahead is a clock's that was wrong: it counts from now.
std::int64_t RetiredBy(const FileKey& key, std::int64_t now_s) {
  return key.retired_s == 0 ? now_s : std::min(key.retired_s, now_s);
}

Status TooManyKeys(std::int64_t left_s) {
  const std::int64_t hours = (left_s + 3'599) / 3'600;
  return Status(Code::kTooManyKeys, "the oldest of 16 goes in " + std::to_string(hours) + " h")
      .RetryAfterMs(left_s * 1'000);
}

// One pass over the lines; remembers what is wrong, never what was read.
class Parser {
 public:
  explicit Parser(FileKeys& set) : set_(set) {}

  const char* Line(std::string_view line) {
    if (++number_ == 1) return line == kFirstLine ? nullptr : "the first line is another";
    if (Take(line, "# pair ")) return Pair(line);
    if (Take(line, "# retired ")) return Retired(line);
    if (line.starts_with('#')) return nullptr;
    if (set_.current != 0) return "text after the current key";
    if (Take(line, "stable ")) return Stable(line);
    if (Take(line, "key ")) return Key(line);
    if (Take(line, "current ")) return Current(line);
    return "not a line of a key file";
  }
  int number() const { return number_; }
  const char* Missing() const {
    if (set_.stable.bytes().empty()) return "no stable key";
    return set_.current == 0 ? "no current key" : nullptr;
  }

 private:
  static bool Take(std::string_view& line, std::string_view word) {
    if (!line.starts_with(word)) return false;
    line.remove_prefix(word.size());
    return true;
  }
  const char* Pair(std::string_view text) {
    if (!set_.pair.empty()) return "a second pair id";
    const bool hex = text.find_first_not_of("0123456789abcdef") == text.npos;
    if (text.size() != kPairDigits || !hex) return "not a pair id";
    set_.pair = text;
    return nullptr;
  }
  const char* Retired(std::string_view text) {
    const std::uint32_t id = ParseKeyId(text.substr(0, 8));
    const auto key = std::ranges::find(set_.keys, id, &FileKey::id);
    if (key == set_.keys.end() || text.size() < 10 || text[8] != ' ') return "not a retired key";
    text.remove_prefix(9);
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, key->retired_s);
    return error == std::errc() && at == end && key->retired_s > 0 ? nullptr : "not a time";
  }
  const char* Stable(std::string_view text) {
    if (!set_.stable.bytes().empty()) return "a second stable key";
    return set_.stable.Parse(text) ? nullptr : "not a key of 32 to 64 bytes";
  }
  const char* Key(std::string_view text) {
    const std::uint32_t id = ParseKeyId(text.substr(0, 8));
    if (id == 0 || text.size() < 9 || text[8] != ' ') return "not a key id";
    if (HasKey(set_, id)) return "a key id is used twice";
    if (set_.keys.size() == kKeysMax) return "too many keys";
    FileKey& key = set_.keys.emplace_back();
    key.id = id;
    return key.secret.Parse(text.substr(9)) ? nullptr : "not a key of 32 to 64 bytes";
  }
  const char* Current(std::string_view text) {
    const std::uint32_t id = ParseKeyId(text);
    if (id == 0 || !HasKey(set_, id)) return "the current key is none of the keys above";
    set_.current = id;
    return nullptr;
  }

  FileKeys& set_;
  int number_ = 0;
};

}  // namespace

Secret::~Secret() { WipeMemory(bytes_.data(), bytes_.size()); }

Secret Secret::Random(Entropy& entropy) {
  Secret secret;
  secret.size_ = kKeyBytesMin;
  entropy.Fill(std::span(secret.bytes_).first(secret.size_));
  return secret;
}

bool Secret::Parse(std::string_view text) {
  const auto size = DecodeBase64UrlTo(text, bytes_);
  if (!size || *size < kKeyBytesMin) return false;
  size_ = *size;
  return true;
}

SecretText::~SecretText() { WipeMemory(text.data(), text.capacity()); }

FileKeys NewFileKeys(Entropy& entropy) {
  FileKeys set;
  set.stable = Secret::Random(entropy);
  (void)AddCurrentKey(set, entropy, TimeUs{});  // there is room
  return set;
}

Status AddCurrentKey(FileKeys& set, Entropy& entropy, TimeUs now) {
  const std::int64_t now_s = now.value / kUsPerSecond;
  const bool full = set.keys.size() == kKeysMax;
  // The current one is the newest, unless somebody wrote the file by hand.
  const std::ptrdiff_t oldest = full && set.keys.front().id == set.current ? 1 : 0;
  if (full) {
    const FileKey& key = set.keys[static_cast<std::size_t>(oldest)];
    const std::int64_t left_s = RetiredBy(key, now_s) + kKeyLifeS - now_s;
    if (left_s > 0) return TooManyKeys(left_s);
  }
  FileKey key;
  key.id = NewKeyId(set, entropy);
  key.secret = Secret::Random(entropy);
  set.keys.reserve(set.keys.size() + 1);
  for (FileKey& old : set.keys) old.retired_s = RetiredBy(old, now_s);
  if (full) set.keys.erase(set.keys.begin() + oldest);
  set.current = key.id;
  set.keys.push_back(key);
  return Status();
}

std::string KeyIdText(std::uint32_t id) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text(8, '0');
  for (std::size_t i = 8; i-- > 0; id >>= 4) text[i] = kHex[id & 15];
  return text;
}

std::uint32_t ParseKeyId(std::string_view text) {
  if (text.size() != 8) return 0;
  std::uint32_t id = 0;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return 0;
    id = id << 4 | static_cast<std::uint32_t>(digit ? c - '0' : c - 'a' + 10);
  }
  return id;
}

void FormatKeys(const FileKeys& set, SecretText& out) {
  out.text.reserve(kKeyFileBytesMax);  // growing would leave copies behind
  const auto line = [&](std::string_view word, std::string_view rest) {
    out.text.append(word).append(rest).push_back('\n');
  };
  const auto secret = [&](std::string_view word, const Secret& value) {
    std::array<char, Base64UrlSize(kFileKeyBytesMax)> encoded;
    EncodeBase64UrlTo(value.bytes(), encoded.data());
    line(word, {encoded.data(), Base64UrlSize(value.bytes().size())});
    WipeMemory(encoded.data(), encoded.size());
  };
  line(kFirstLine, "");
  line(kComment, "");
  if (!set.pair.empty()) line("# pair ", set.pair);
  secret("stable ", set.stable);
  for (const FileKey& key : set.keys) {
    secret("key " + KeyIdText(key.id) + " ", key.secret);
    if (key.retired_s == 0) continue;
    line("# retired ", KeyIdText(key.id) + " " + std::to_string(key.retired_s));
  }
  line("current ", KeyIdText(set.current));
}

std::string ParseKeys(std::string_view text, FileKeys& set) {
  Parser parser(set);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const char* wrong = end == text.npos ? "the last line has no end"  // a cut file
                                         : parser.Line(text.substr(0, end));
    if (wrong != nullptr) {
      const int number = parser.number() + (end == text.npos ? 1 : 0);
      return "line " + std::to_string(number) + ": " + wrong;
    }
    text.remove_prefix(end + 1);
  }
  const char* missing = parser.Missing();
  return missing != nullptr ? missing : "";
}

}  // namespace seathold
