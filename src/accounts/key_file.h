// The file that keeps the signing keys, `<database>.keys`:
//
//   seathold-keys 1
//   # pair 0123456789abcdef0123456789abcdef   (a comment, so that release 0.1 reads the file, too)
//   # Secret: whoever reads this can sign in as anybody. Keep it 0600, back it up apart.
//   stable <base64url, 32..64 bytes>
//   key 1f2e3d4c <base64url, 32..64 bytes>      one a line, oldest first, at most kKeysMax
//   # retired 1f2e3d4c 1764340000               behind its key: when another became current
//   current 1f2e3d4c
//
// Error texts name the path and the line, never what the line holds. Functions are thread-safe;
// between processes the file changes by link and rename only, so a reader sees all of it or none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/adapter/entropy.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold {

inline constexpr std::size_t kKeysMax = 16;
// For so long after a rotation what the old key signed may be in use: access tokens 15 minutes,
// passes a day, place tokens as long as this. A key is not dropped before. Sixteen keys and two
// weeks: a rotation a day is never refused.
inline constexpr std::int64_t kKeyLifeS = 14 * 86'400;
inline constexpr std::size_t kFileKeyBytesMax = 64;

// Key material in place (nothing to reallocate), wiped on destruction. Copies are wiped too.
class Secret {
 public:
  Secret() = default;
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret();

  static Secret Random(Entropy& entropy);  // 32 bytes
  // False when the text is not base64url of 32 .. 64 bytes.
  bool Parse(std::string_view text);
  std::span<const std::uint8_t> bytes() const { return {bytes_.data(), size_}; }

 private:
  std::array<std::uint8_t, kFileKeyBytesMax> bytes_{};
  std::size_t size_ = 0;
};

struct FileKey {
  std::uint32_t id = 0;  // never 0
  Secret secret;
  std::int64_t retired_s = 0;  // Unix time; 0: current, or retired by release 0.1, which kept none
};

struct FileKeys {
  Secret stable;              // never rotated: hashes made with it are kept in the database
  std::vector<FileKey> keys;  // oldest first
  std::uint32_t current = 0;
  // The pair id of the database that they belong to, 32 hexadecimal digits; empty: not told.
  std::string pair;
};

FileKeys NewFileKeys(Entropy& entropy);
// Adds a key and makes it current; of kKeysMax the oldest goes. kTooManyKeys, and nothing is
// changed: what that one signed may be in use for some time yet (Status::retry_after_ms).
Status AddCurrentKey(FileKeys& set, Entropy& entropy, TimeUs now);

// Eight lower-case hexadecimal digits, and back; 0 for anything else.
std::string KeyIdText(std::uint32_t id);
std::uint32_t ParseKeyId(std::string_view text);

// What tells one state of the file from the next without reading it.
struct KeyFileStamp {
  std::uint64_t device = 0, inode = 0;
  std::int64_t size = 0, modified_ns = 0, changed_ns = 0;

  bool operator==(const KeyFileStamp&) const = default;
};

struct KeyFileContent {
  FileKeys set;
  KeyFileStamp stamp;
};

// kCannotOpen: missing, a symbolic link, not a regular file, readable by group or others,
// malformed, a key id used twice, a short key.
Result<KeyFileContent> ReadKeyFile(const std::string& path);
// The stamp alone: one system call. nullopt when there is nothing to stat.
std::optional<KeyFileStamp> StatKeyFile(const std::string& path);
// Writes a new file, 0600 whatever the umask. True when this call made it, false when there was one
// already, which is left alone. kStorageFull, kOutOfMemory, else kCannotOpen; nothing is left
// behind.
Result<bool> CreateKeyFile(const std::string& path, const FileKeys& set);
// Adds a current key under the file's lock; returns its id. kBusy when another process keeps the
// lock for kKeyLockWaitMs; kTooManyKeys as AddCurrentKey; kOutcomeUnknown when the new file is in
// place but its directory could not be synced; else as ReadKeyFile and CreateKeyFile, and the old
// file is untouched. `prepare` sees the keys before the file is replaced, which its error prevents.
inline constexpr int kKeyLockWaitMs = 2'000;
Result<std::uint32_t> RotateKeyFile(const std::string& path, Entropy& entropy, TimeUs now,
                                    const std::function<Status(const FileKeys&)>& prepare);
// Writes `pair` into a file that names none; one that names another is left alone. Errors as
// RotateKeyFile.
Status PairKeyFile(const std::string& path, const std::string& pair);

}  // namespace seathold
