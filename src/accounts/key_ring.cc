#include "src/accounts/key_ring.h"

#include <algorithm>
#include <cassert>
#include <optional>

#include "src/util/bytes.h"

namespace seathold {
namespace {

constexpr std::array<std::string_view, kKeyPurposes> kPurposeNames = {
    "seathold/access-token", "seathold/place-token", "seathold/pass"};
constexpr std::string_view kExternalIdName = "seathold/external-id";
constexpr std::string_view kAddressName = "seathold/address";

class Subkey {
 public:
  Subkey(std::span<const std::uint8_t> secret, std::string_view purpose)
      : bytes_(HmacKey(secret).Sign(purpose)) {}
  ~Subkey() { WipeMemory(bytes_.data(), bytes_.size()); }
  Subkey(const Subkey&) = delete;
  Subkey& operator=(const Subkey&) = delete;

  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  Mac bytes_;
};

Status BadHostKeys(const char* why) { return Status(Code::kInvalidArgument, why); }

Status CheckHostKeys(const HostKeys& host) {
  if (host.keys.empty()) return BadHostKeys("no signing key");
  if (host.keys.size() > kKeysMax) return BadHostKeys("more than 16 signing keys");
  std::vector<std::uint32_t> ids;
  for (const HostKey& key : host.keys) {
    if (key.id == 0) return BadHostKeys("a signing key has the id 0");
    if (key.secret.size() < kKeyBytesMin) return BadHostKeys("a signing key is under 32 bytes");
    if (std::ranges::find(ids, key.id) != ids.end()) return BadHostKeys("a key id is used twice");
    ids.push_back(key.id);
  }
  if (std::ranges::find(ids, host.current) == ids.end()) {
    return BadHostKeys("the current key is none of the keys");
  }
  if (!host.stable.empty() && host.stable.size() < kKeyBytesMin) {
    return BadHostKeys("the stable key is under 32 bytes");
  }
  return Status();
}

Status CheckOwner(const std::string& path, const FileKeys& set, const KeyOwner& owner) {
  if (owner.pair.empty() || set.pair == owner.pair) return Status();
  if (set.pair.empty() && owner.takes_unpaired) return Status();
  return Status(Code::kWrongFile,
                "key file " + path +
                    ": belongs to another database; put the keys of this one there (cp -p "
                    "KEYS_OF_THIS_DATABASE " +
                    path + "), or move it away and open with new keys (--new-keys)");
}

}  // namespace

// Immutable once it is installed.
struct KeyRing::Table {
  struct ReadyKey {
    explicit ReadyKey(std::span<const std::uint8_t> secret)
        : purposes{HmacKey(Subkey(secret, kPurposeNames[0]).bytes()),
                   HmacKey(Subkey(secret, kPurposeNames[1]).bytes()),
                   HmacKey(Subkey(secret, kPurposeNames[2]).bytes())} {}

    std::array<HmacKey, kKeyPurposes> purposes;
  };

  void Add(std::uint32_t id, std::span<const std::uint8_t> secret) {
    ids.push_back(id);
    keys.push_back(std::make_unique<const ReadyKey>(secret));
  }
  void SetCurrent(std::uint32_t id) {
    current = static_cast<std::size_t>(std::ranges::find(ids, id) - ids.begin());
    assert(current < ids.size());
  }
  void SetStable(std::span<const std::uint8_t> secret) {
    external_id.emplace(Subkey(secret, kExternalIdName).bytes());
    address.emplace(Subkey(secret, kAddressName).bytes());
  }

  std::vector<std::uint32_t> ids;
  std::vector<std::unique_ptr<const ReadyKey>> keys;  // same index
  std::size_t current = 0;
  std::optional<HmacKey> external_id, address;
};

KeyRing::KeyRing() = default;
KeyRing::~KeyRing() = default;

std::unique_ptr<const KeyRing::Table> KeyRing::TableOf(const FileKeys& set) {
  auto table = std::make_unique<Table>();
  for (const FileKey& key : set.keys) table->Add(key.id, key.secret.bytes());
  table->SetCurrent(set.current);
  table->SetStable(set.stable.bytes());
  return table;
}

void KeyRing::Install(std::unique_ptr<const Table> table) {
  tables_.push_back(std::move(table));
  table_.store(tables_.back().get(), std::memory_order_release);
}

Result<std::unique_ptr<KeyRing>> KeyRing::Load(const std::string& path, const KeyOwner& owner) {
  const Result<KeyFileContent> content = ReadKeyFile(path);
  if (!content.ok()) return content.status();
  if (Status status = CheckOwner(path, content->set, owner); !status.ok()) return status;
  std::unique_ptr<KeyRing> ring(new KeyRing);
  ring->path_ = path;
  ring->owner_ = owner;
  const MutexLock lock(ring->mutex_);
  ring->stamp_ = content->stamp;
  ring->Install(TableOf(content->set));
  return ring;
}

Result<std::unique_ptr<KeyRing>> KeyRing::LoadOrCreate(const std::string& path, Entropy& entropy,
                                                       const KeyOwner& owner) {
  if (!StatKeyFile(path)) {
    FileKeys fresh = NewFileKeys(entropy);
    fresh.pair = owner.pair;
    const Result<bool> created = CreateKeyFile(path, fresh);
    if (!created.ok()) return created.status();
  }
  auto ring = Load(path, owner);
  if (!ring.ok() || !owner.pairs_unpaired) return ring;
  const Result<KeyFileContent> content = ReadKeyFile(path);
  if (content.ok() && !content->set.pair.empty()) return ring;
  if (Status status = PairKeyFile(path, owner.pair); !status.ok()) return status;
  return Load(path, owner);
}

Result<std::unique_ptr<KeyRing>> KeyRing::FromHost(const HostKeys& host) {
  if (Status status = CheckHostKeys(host); !status.ok()) return status;
  auto table = std::make_unique<Table>();
  for (const HostKey& key : host.keys) table->Add(key.id, BytesOf(key.secret));
  table->SetCurrent(host.current);
  if (!host.stable.empty()) table->SetStable(BytesOf(host.stable));
  std::unique_ptr<KeyRing> ring(new KeyRing);
  ring->host_ = true;
  const MutexLock lock(ring->mutex_);
  ring->Install(std::move(table));
  return ring;
}

std::unique_ptr<KeyRing> KeyRing::InMemory(Entropy& entropy) {
  std::unique_ptr<KeyRing> ring(new KeyRing);
  const MutexLock lock(ring->mutex_);
  ring->memory_ = NewFileKeys(entropy);
  ring->Install(TableOf(ring->memory_));
  return ring;
}

Result<std::uint32_t> KeyRing::Rotate(const std::string& path, Entropy& entropy, TimeUs now) {
  return RotateKeyFile(path, entropy, now, nullptr);
}

// What may fail for want of memory comes before the file is replaced.
Result<std::uint32_t> KeyRing::Rotate(Entropy& entropy, TimeUs now) {
  if (host_) return Status(Code::kUnsupported, "the host brought these keys, and rotates them");
  const MutexLock lock(mutex_);
  tables_.reserve(tables_.size() + 1);
  std::unique_ptr<const Table> table;
  if (path_.empty()) {
    FileKeys next = memory_;
    if (Status status = AddCurrentKey(next, entropy, now); !status.ok()) return status;
    table = TableOf(next);
    memory_ = std::move(next);
    Install(std::move(table));
    return memory_.current;
  }
  Result<std::uint32_t> id = RotateKeyFile(path_, entropy, now, [&](const FileKeys& next) {
    Status status = CheckOwner(path_, next, owner_);
    if (status.ok()) table = TableOf(next);
    return status;
  });
  // An unknown outcome is a file that is in place: its key may be signed with. The stamp stays: the
  // next look reads the file again, which another process may have rotated since.
  if (id.ok() || id.code() == Code::kOutcomeUnknown) Install(std::move(table));
  return id;
}

Result<bool> KeyRing::ReloadIfChanged() {
  if (path_.empty()) return false;
  const MutexLock lock(mutex_);
  if (StatKeyFile(path_) == stamp_) return false;
  const Result<KeyFileContent> content = ReadKeyFile(path_);
  if (!content.ok()) return content.status();
  if (Status status = CheckOwner(path_, content->set, owner_); !status.ok()) return status;
  Install(TableOf(content->set));
  stamp_ = content->stamp;
  return true;
}

SigningKey KeyRing::current(KeyPurpose purpose) const {
  const Table& table = *table_.load(std::memory_order_acquire);
  const Table::ReadyKey& key = *table.keys[table.current];
  return {table.ids[table.current], &key.purposes[static_cast<std::size_t>(purpose)]};
}

const HmacKey* KeyRing::Find(std::uint32_t id, KeyPurpose purpose) const {
  const Table& table = *table_.load(std::memory_order_acquire);
  for (std::size_t i = table.ids.size(); i-- > 0;) {
    if (table.ids[i] == id) return &table.keys[i]->purposes[static_cast<std::size_t>(purpose)];
  }
  return nullptr;
}

std::vector<std::uint32_t> KeyRing::key_ids() const {
  return table_.load(std::memory_order_acquire)->ids;
}

Result<Mac> KeyRing::HashExternalId(std::string_view external_id) const {
  const Table& table = *table_.load(std::memory_order_acquire);
  if (!table.external_id) {
    return Status(Code::kUnsupported, "hashing external ids needs a stable key from the host");
  }
  return table.external_id->Sign(external_id);
}

Result<Mac> KeyRing::HashAddress(std::string_view address) const {
  const Table& table = *table_.load(std::memory_order_acquire);
  if (!table.address) {
    return Status(Code::kUnsupported, "counting failed logins needs a stable key from the host");
  }
  return table.address->Sign(address);
}

}  // namespace seathold
