// The keys that sign access tokens, place tokens and passes, and that hash external ids.
//
// A ring holds at most kKeysMax keys by 32-bit id. One is current: it signs; the others only verify
// what they signed before a rotation. Each key is never used itself: for each purpose a subkey is
// derived, HMAC-SHA256(key, "seathold/<purpose>"), so that a MAC made for one purpose is worthless
// for another.
//
// External ids are hashed under the *stable* key, which no rotation touches: the hashes are stored,
// and a rotated key would lose the users behind them. Losing it (the key file) has the same
// effect.
//
// Thread rule: everything may be called from any thread at any time. Readers take no lock: they see
// one immutable table or the next one. A replaced table (11 KiB a rotation) lives as long as the
// ring, so that a key found is good until then; it is wiped with the ring. Of a key file
// only hash states stay in memory. Key material is never printed; no error text holds any of it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/adapter/entropy.h"
#include "seathold/status.h"
#include "src/accounts/hmac_key.h"
#include "src/accounts/key_file.h"
#include "src/util/mutex.h"

namespace seathold {

enum class KeyPurpose : std::uint8_t { kAccess = 0, kPlace = 1, kPass = 2 };
inline constexpr std::size_t kKeyPurposes = 3;

// Keys that the host brings. Borrowed for the call.
struct HostKey {
  std::uint32_t id = 0;     // not 0
  std::string_view secret;  // kKeyBytesMin bytes or more, from a cryptographic source
};
struct HostKeys {
  std::vector<HostKey> keys;  // 1 .. kKeysMax, each id once
  std::uint32_t current = 0;
  std::string_view stable;  // as a secret; empty: this host hashes no external ids
};

// The database that a key file belongs to.
struct KeyOwner {
  std::string pair;             // empty: any
  bool takes_unpaired = true;   // a file that names none is this database's, too
  bool pairs_unpaired = false;  // and LoadOrCreate writes so into it; needs a pair
};

// A key made ready for one purpose. Valid as long as its ring.
struct SigningKey {
  std::uint32_t id = 0;
  const HmacKey* mac = nullptr;
};

class KeyRing {
 public:
  // Reads the key file; LoadOrCreate makes one with one key when there is none (two callers at once
  // end with the same file). `owner` tells whose file it is: one that names another database is
  // kWrongFile, before a byte of it is written. Errors: kInvalidArgument (path), then as
  // ReadKeyFile and CreateKeyFile, kWrongFile.
  static Result<std::unique_ptr<KeyRing>> LoadOrCreate(const std::string& path, Entropy& entropy,
                                                       const KeyOwner& owner = {});
  static Result<std::unique_ptr<KeyRing>> Load(const std::string& path, const KeyOwner& owner = {});
  // kInvalidArgument: no key, too many, an id that is 0 or used twice, a secret that is too short,
  // a current id that is none of them.
  static Result<std::unique_ptr<KeyRing>> FromHost(const HostKeys& host);
  // For storage that is memory itself: the keys end with the ring.
  static std::unique_ptr<KeyRing> InMemory(Entropy& entropy);

  // Adds a key to the file and makes it current. Returns its id. Running rings see it at their next
  // ReloadIfChanged. Errors: as RotateKeyFile.
  static Result<std::uint32_t> Rotate(const std::string& path, Entropy& entropy, TimeUs now);
  // The same for this ring, seen at once. kUnsupported for the host's keys.
  Result<std::uint32_t> Rotate(Entropy& entropy, TimeUs now);

  // Takes over a key file that changed; true when it did. One system call when it did not (call it
  // about once a second, and when a token names an unknown key: another process may have rotated;
  // then at most ten times a second, or forged ids would buy system calls). On an error, which is
  // as ReadKeyFile, the keys in memory stay in use. Without a file: false.
  Result<bool> ReloadIfChanged();

  SigningKey current(KeyPurpose purpose) const;
  // nullptr for an id that is not in the ring. In memory only.
  const HmacKey* Find(std::uint32_t id, KeyPurpose purpose) const;
  std::vector<std::uint32_t> key_ids() const;  // oldest first
  // kUnsupported when the host brought no stable key.
  Result<Mac> HashExternalId(std::string_view external_id) const;
  // Of an e-mail address, for counting failed logins without keeping it. Under the stable key, too.
  Result<Mac> HashAddress(std::string_view address) const;

  ~KeyRing();
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

 private:
  struct Table;

  KeyRing();
  void Install(std::unique_ptr<const Table> table) REQUIRES(mutex_);
  static std::unique_ptr<const Table> TableOf(const FileKeys& set);

  std::string path_;   // constant; empty: no file
  KeyOwner owner_;     // constant
  bool host_ = false;  // constant
  std::atomic<const Table*> table_{nullptr};
  mutable Mutex mutex_;
  std::vector<std::unique_ptr<const Table>> tables_ GUARDED_BY(mutex_);  // the last one is in use
  FileKeys memory_ GUARDED_BY(mutex_);  // what a ring without a file rotates
  KeyFileStamp stamp_ GUARDED_BY(mutex_);
};

}  // namespace seathold
