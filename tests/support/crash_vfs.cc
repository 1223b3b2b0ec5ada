#include "tests/support/crash_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace seathold::testing {
namespace crash_vfs_detail {

constexpr std::size_t kSector = 512;
constexpr int kShmLocks = SQLITE_SHM_NLOCK;
constexpr int kCheckpointLock = 1;  // as the format of the WAL's index says

enum class Fate { kUnsynced, kDoubtful, kDurable };

// A write, or with `truncate` a cut (or growth) to `offset`.
struct Change {
  std::size_t offset = 0;
  std::string bytes;
  bool truncate = false;
  Fate fate = Fate::kUnsynced;
};

void Put(std::string* content, std::size_t offset, std::string_view bytes) {
  if (content->size() < offset + bytes.size()) content->resize(offset + bytes.size());
  std::memcpy(content->data() + offset, bytes.data(), bytes.size());
}

void Redo(std::string* content, const Change& change) {
  if (change.truncate) {
    content->resize(change.offset);
  } else {
    Put(content, change.offset, change.bytes);
  }
}

struct Shm {
  std::vector<std::unique_ptr<std::vector<char>>> regions;
  std::array<int, kShmLocks> shared{};
  std::array<const void*, kShmLocks> exclusive{};
};

struct FileState {
  std::string name;
  std::string content;           // as programs see it
  std::string durable;           // as of the last sync without doubt
  std::vector<Change> pending;   // since `durable`, in order
  bool created_durably = false;  // a crash cannot lose it as a whole
  bool deleted = false;          // gone for programs; a crash may bring it back
  int open = 0;
  int shared_locks = 0;
  const void* reserved = nullptr;
  const void* pending_lock = nullptr;
  const void* exclusive = nullptr;
  Shm shm;

  void Settle() {
    if (std::ranges::any_of(pending, [](const Change& c) { return c.fate == Fate::kDoubtful; })) {
      for (Change& change : pending) {
        if (change.fate == Fate::kUnsynced) change.fate = Fate::kDurable;
      }
      return;
    }
    for (const Change& change : pending) Redo(&durable, change);
    pending.clear();
  }
};

// How one crash treats what was not synced.
enum class Loss { kAll, kNothing, kTail, kSomeWrites, kSomeSectors };

void RedoSomeSectors(std::string* content, const Change& change, std::mt19937_64* random) {
  for (std::size_t at = 0; at < change.bytes.size();) {
    const std::size_t room = kSector - (change.offset + at) % kSector;
    const std::size_t size = std::min(room, change.bytes.size() - at);
    if ((*random)() % 2 == 0) {
      Put(content, change.offset + at, std::string_view(change.bytes).substr(at, size));
    }
    at += size;
  }
}

std::string ContentForSure(const FileState& file) {
  std::string content = file.durable;
  for (const Change& change : file.pending) {
    if (change.fate == Fate::kDurable) Redo(&content, change);
  }
  return content;
}

std::string ContentAfterCrash(const FileState& file, std::mt19937_64* random) {
  std::string content = file.durable;
  const auto loss = static_cast<Loss>((*random)() % 5);
  const std::size_t tail = file.pending.empty() ? 0 : (*random)() % (file.pending.size() + 1);
  for (std::size_t i = 0; i < file.pending.size(); ++i) {
    const Change& change = file.pending[i];
    const bool certain = change.fate == Fate::kDurable || loss == Loss::kNothing ||
                         (loss == Loss::kTail && i < tail);
    if (certain || (loss == Loss::kSomeWrites && (*random)() % 2 == 0)) {
      Redo(&content, change);
    } else if (loss == Loss::kSomeSectors && !change.truncate) {
      RedoSomeSectors(&content, change, random);
    }
  }
  return content;
}

}  // namespace crash_vfs_detail

using namespace crash_vfs_detail;  // named: State has fields of its types

class CrashVfs::State {
 public:
  State();
  ~State() { sqlite3_vfs_unregister(&vfs); }

  using FilePtr = std::shared_ptr<FileState>;

  // False: the operation fails with `fault`.
  bool Allow(DiskFault::Op op, const FileState& file) {
    if (!armed || fault.op != op || (!fault.spared.empty() && fault.spared == file.name)) {
      return true;
    }
    ++seen;
    const bool fails = fault.forever ? seen >= fault.nth : seen == fault.nth;
    hit = hit || fails;
    return !fails;
  }
  void Announce() { Call(before_change); }
  void Call(const std::function<void()>& which) {
    std::function<void()> callback;
    {
      const std::lock_guard lock(mutex);
      callback = which;
    }
    if (callback) callback();
  }

  mutable std::mutex mutex;
  std::map<std::string, FilePtr> files;
  std::vector<std::pair<std::string, FilePtr>> ghosts;  // deleted, not durably
  DiskFault fault;
  bool armed = false, hit = false;
  int seen = 0, writes = 0, syncs = 0, checkpoints = 0;
  std::int64_t sync_ms = 0;
  std::function<void()> before_change, before_sync;
  std::string name;
  sqlite3_vfs vfs{};
};

namespace {

struct Handle {
  sqlite3_file base;
  CrashVfs::State* state;
  CrashVfs::State::FilePtr* file;
  int level;
  unsigned shm_shared, shm_exclusive;
};

Handle* Of(sqlite3_file* file) { return reinterpret_cast<Handle*>(file); }
FileState& FileOf(sqlite3_file* file) { return **Of(file)->file; }

void DropFileLocks(Handle* handle, int level) {
  FileState& file = **handle->file;
  if (level < SQLITE_LOCK_RESERVED && file.reserved == handle) file.reserved = nullptr;
  if (level < SQLITE_LOCK_PENDING && file.pending_lock == handle) file.pending_lock = nullptr;
  if (level < SQLITE_LOCK_EXCLUSIVE && file.exclusive == handle) file.exclusive = nullptr;
  if (level < SQLITE_LOCK_SHARED && handle->level >= SQLITE_LOCK_SHARED) --file.shared_locks;
  handle->level = std::min(handle->level, level);
}

void DropShmLocks(Handle* handle) {
  Shm& shm = (*handle->file)->shm;
  for (int i = 0; i < kShmLocks; ++i) {
    if ((handle->shm_shared & (1u << i)) != 0) --shm.shared[static_cast<std::size_t>(i)];
    if ((handle->shm_exclusive & (1u << i)) != 0) {
      shm.exclusive[static_cast<std::size_t>(i)] = nullptr;
    }
  }
  handle->shm_shared = handle->shm_exclusive = 0;
}

int CloseFile(sqlite3_file* file) {
  Handle* handle = Of(file);
  const std::lock_guard lock(handle->state->mutex);
  DropShmLocks(handle);
  DropFileLocks(handle, SQLITE_LOCK_NONE);
  // The shared memory goes with the last who has it open, as with a process that ends.
  if (--FileOf(file).open == 0) FileOf(file).shm = Shm();
  delete handle->file;
  return SQLITE_OK;
}

int ReadFile(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  const std::lock_guard lock(Of(file)->state->mutex);
  const std::string& content = FileOf(file).content;
  const auto want = static_cast<std::size_t>(size);
  const auto at = std::min(static_cast<std::size_t>(offset), content.size());
  const std::size_t has = std::min(want, content.size() - at);
  std::memcpy(to, content.data() + at, has);
  std::memset(static_cast<char*>(to) + has, 0, want - has);
  return has == want ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

void DoWrite(FileState* file, std::size_t offset, std::string_view bytes) {
  Put(&file->content, offset, bytes);
  file->pending.push_back({offset, std::string(bytes), false, Fate::kUnsynced});
}

int WriteFile(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  CrashVfs::State* state = Of(file)->state;
  state->Announce();
  const std::lock_guard lock(state->mutex);
  ++state->writes;
  const std::string_view bytes(static_cast<const char*>(from), static_cast<std::size_t>(size));
  const auto at = static_cast<std::size_t>(offset);
  if (state->Allow(DiskFault::Op::kWrite, FileOf(file))) {
    DoWrite(&FileOf(file), at, bytes);
    return SQLITE_OK;
  }
  if (state->fault.half) DoWrite(&FileOf(file), at, bytes.substr(0, bytes.size() / 2));
  return state->fault.kind == DiskFault::Kind::kFull ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int TruncateFile(sqlite3_file* file, sqlite3_int64 size) {
  CrashVfs::State* state = Of(file)->state;
  state->Announce();
  const std::lock_guard lock(state->mutex);
  if (!state->Allow(DiskFault::Op::kTruncate, FileOf(file))) return SQLITE_IOERR_TRUNCATE;
  const auto to = static_cast<std::size_t>(size);
  FileOf(file).content.resize(to);
  FileOf(file).pending.push_back({to, "", true, Fate::kUnsynced});
  return SQLITE_OK;
}

int SyncFile(sqlite3_file* file, int) {
  CrashVfs::State* state = Of(file)->state;
  state->Announce();
  state->Call(state->before_sync);
  std::int64_t wait_ms = 0;
  {
    const std::lock_guard lock(state->mutex);
    wait_ms = state->sync_ms;
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));
  const std::lock_guard lock(state->mutex);
  ++state->syncs;
  FileState& own = FileOf(file);
  if (!state->Allow(DiskFault::Op::kSync, own)) {
    for (Change& change : own.pending) {
      if (change.fate == Fate::kUnsynced) change.fate = Fate::kDoubtful;
    }
    return SQLITE_IOERR_FSYNC;
  }
  own.Settle();
  // The first sync of a new file syncs its folder too, as SQLite's own VFS does.
  if (!own.created_durably) state->ghosts.clear();
  own.created_durably = true;
  return SQLITE_OK;
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  const std::lock_guard lock(Of(file)->state->mutex);
  *size = static_cast<sqlite3_int64>(FileOf(file).content.size());
  return SQLITE_OK;
}

int LockFile(sqlite3_file* f, int level) {
  Handle* handle = Of(f);
  const std::lock_guard lock(handle->state->mutex);
  FileState& file = FileOf(f);
  if (handle->level >= level) return SQLITE_OK;
  const auto others = [&](const void* owner) { return owner != nullptr && owner != handle; };
  if (level == SQLITE_LOCK_SHARED) {
    if (others(file.pending_lock) || others(file.exclusive)) return SQLITE_BUSY;
    ++file.shared_locks;
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (others(file.reserved)) return SQLITE_BUSY;
    file.reserved = handle;
  } else {
    if (others(file.pending_lock) || others(file.exclusive)) return SQLITE_BUSY;
    file.pending_lock = handle;
    if (level == SQLITE_LOCK_EXCLUSIVE) {
      if (file.shared_locks > 1) return SQLITE_BUSY;
      file.exclusive = handle;
    }
  }
  handle->level = level;
  return SQLITE_OK;
}

int UnlockFile(sqlite3_file* file, int level) {
  const std::lock_guard lock(Of(file)->state->mutex);
  DropFileLocks(Of(file), level);
  // A try at EXCLUSIVE that failed leaves PENDING behind without having raised the level.
  if (FileOf(file).pending_lock == Of(file)) FileOf(file).pending_lock = nullptr;
  return SQLITE_OK;
}

int IsReserved(sqlite3_file* file, int* reserved) {
  const std::lock_guard lock(Of(file)->state->mutex);
  *reserved = FileOf(file).reserved != nullptr;
  return SQLITE_OK;
}

int ControlFile(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int SectorSize(sqlite3_file*) { return 4'096; }
int Characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int MapShm(sqlite3_file* file, int region, int size, int extend, void volatile** to) {
  const std::lock_guard lock(Of(file)->state->mutex);
  auto& regions = FileOf(file).shm.regions;
  const auto index = static_cast<std::size_t>(region);
  *to = nullptr;
  if (index >= regions.size() && extend == 0) return SQLITE_OK;
  while (index >= regions.size()) {
    regions.push_back(std::make_unique<std::vector<char>>(static_cast<std::size_t>(size)));
  }
  *to = regions[index]->data();
  return SQLITE_OK;
}

int LockShm(sqlite3_file* file, int offset, int n, int flags) {
  Handle* handle = Of(file);
  const std::lock_guard lock(handle->state->mutex);
  Shm& shm = FileOf(file).shm;
  const bool take = (flags & SQLITE_SHM_LOCK) != 0, alone = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  if (take && alone && offset == kCheckpointLock && n == 1) ++handle->state->checkpoints;
  for (int i = offset; take && i < offset + n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const int own = (handle->shm_shared >> i) & 1u;
    const bool excluded = shm.exclusive[at] != nullptr && shm.exclusive[at] != handle;
    if (excluded || (alone && shm.shared[at] > own)) return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    unsigned& mask = alone ? handle->shm_exclusive : handle->shm_shared;
    const bool had = (mask & (1u << i)) != 0;
    if (had == take) continue;
    mask ^= 1u << i;
    if (alone) {
      shm.exclusive[at] = take ? handle : nullptr;
    } else {
      shm.shared[at] += take ? 1 : -1;
    }
  }
  return SQLITE_OK;
}

void Barrier(sqlite3_file*) { std::atomic_thread_fence(std::memory_order_seq_cst); }

int UnmapShm(sqlite3_file* file, int) {
  const std::lock_guard lock(Of(file)->state->mutex);
  DropShmLocks(Of(file));
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {
    2,        CloseFile,  ReadFile,   WriteFile,   TruncateFile, SyncFile,        FileSize,
    LockFile, UnlockFile, IsReserved, ControlFile, SectorSize,   Characteristics, MapShm,
    LockShm,  Barrier,    UnmapShm,   nullptr,     nullptr,
};

CrashVfs::State* StateOf(sqlite3_vfs* vfs) { return static_cast<CrashVfs::State*>(vfs->pAppData); }

int OpenFile(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  CrashVfs::State* state = StateOf(vfs);
  const std::lock_guard lock(state->mutex);
  Handle* handle = Of(file);
  *handle = Handle{};
  CrashVfs::State::FilePtr found;
  if (name == nullptr) {
    found = std::make_shared<FileState>();
  } else {
    const auto it = state->files.find(name);
    if (it != state->files.end()) found = it->second;
    if (!found && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    if (!found) {
      found = state->files[name] = std::make_shared<FileState>();
      found->name = name;
    }
  }
  ++found->open;
  handle->state = state;
  handle->file = new CrashVfs::State::FilePtr(found);
  handle->base.pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int DeleteFile(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  CrashVfs::State* state = StateOf(vfs);
  state->Announce();
  const std::lock_guard lock(state->mutex);
  const auto it = state->files.find(name);
  if (it == state->files.end()) return SQLITE_IOERR_DELETE_NOENT;
  if (sync_folder == 0) state->ghosts.emplace_back(name, it->second);
  state->files.erase(it);
  return SQLITE_OK;
}

int AccessFile(sqlite3_vfs* vfs, const char* name, int, int* result) {
  CrashVfs::State* state = StateOf(vfs);
  const std::lock_guard lock(state->mutex);
  *result = state->files.contains(name);
  return SQLITE_OK;
}

int FullPath(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}
int Randomness(sqlite3_vfs*, int size, char* out) {
  return sqlite3_vfs_find(nullptr)->xRandomness(sqlite3_vfs_find(nullptr), size, out);
}
int Sleep(sqlite3_vfs*, int us) {
  std::this_thread::sleep_for(std::chrono::microseconds(us));
  return us;
}
int CurrentTime(sqlite3_vfs*, double* out) {
  return sqlite3_vfs_find(nullptr)->xCurrentTime(sqlite3_vfs_find(nullptr), out);
}
int LastError(sqlite3_vfs*, int, char*) { return 0; }

std::atomic<int> next_name{0};

}  // namespace

CrashVfs::State::State() : name("crash-" + std::to_string(next_name++)) {
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = 512;
  vfs.zName = name.c_str();
  vfs.pAppData = this;
  vfs.xOpen = OpenFile;
  vfs.xDelete = DeleteFile;
  vfs.xAccess = AccessFile;
  vfs.xFullPathname = FullPath;
  vfs.xRandomness = Randomness;
  vfs.xSleep = Sleep;
  vfs.xCurrentTime = CurrentTime;
  vfs.xGetLastError = LastError;
  sqlite3_vfs_register(&vfs, 0);
}

CrashVfs::CrashVfs() : state_(std::make_unique<State>()) {}
CrashVfs::~CrashVfs() = default;

const std::string& CrashVfs::name() const { return state_->name; }

CrashImage CrashVfs::Crash(std::uint64_t seed) const {
  const std::lock_guard lock(state_->mutex);
  std::mt19937_64 random(seed);
  CrashImage image;
  for (const auto& [name, file] : state_->ghosts) {
    if (random() % 2 == 0) image.files[name] = ContentAfterCrash(*file, &random);
  }
  for (const auto& [name, file] : state_->files) {
    if (!file->created_durably && random() % 2 == 0) continue;
    image.files[name] = ContentAfterCrash(*file, &random);
  }
  return image;
}

CrashImage CrashVfs::Now() const {
  const std::lock_guard lock(state_->mutex);
  CrashImage image;
  for (const auto& [name, file] : state_->files) image.files[name] = file->content;
  return image;
}

void CrashVfs::Load(const CrashImage& image) {
  const std::lock_guard lock(state_->mutex);
  state_->files.clear();
  state_->ghosts.clear();
  for (const auto& [name, content] : image.files) {
    auto file = std::make_shared<FileState>();
    file->name = name;
    file->content = file->durable = content;
    file->created_durably = true;
    state_->files[name] = std::move(file);
  }
}

CrashImage CrashVfs::Synced() const {
  const std::lock_guard lock(state_->mutex);
  CrashImage image;
  for (const auto& [name, file] : state_->ghosts) image.files[name] = ContentForSure(*file);
  for (const auto& [name, file] : state_->files) {
    if (file->created_durably) image.files[name] = ContentForSure(*file);
  }
  return image;
}

void CrashVfs::TakeOver(const CrashVfs& killed) {
  const std::scoped_lock lock(state_->mutex, killed.state_->mutex);
  const auto copy = [](const FileState& file) {
    auto taken = std::make_shared<FileState>();
    taken->name = file.name;
    taken->content = file.content;
    taken->durable = file.durable;
    taken->pending = file.pending;
    taken->created_durably = file.created_durably;
    return taken;
  };
  state_->files.clear();
  state_->ghosts.clear();
  for (const auto& [name, file] : killed.state_->files) state_->files[name] = copy(*file);
  for (const auto& [name, file] : killed.state_->ghosts) {
    state_->ghosts.emplace_back(name, copy(*file));
  }
}

void CrashVfs::Inject(const DiskFault& fault) {
  const std::lock_guard lock(state_->mutex);
  state_->fault = fault;
  state_->armed = true;
  state_->hit = false;
  state_->seen = 0;
}

void CrashVfs::ClearFault() {
  const std::lock_guard lock(state_->mutex);
  state_->armed = false;
}

bool CrashVfs::fault_hit() const {
  const std::lock_guard lock(state_->mutex);
  return state_->hit;
}

void CrashVfs::HangSyncs(std::int64_t ms) {
  const std::lock_guard lock(state_->mutex);
  state_->sync_ms = ms;
}

void CrashVfs::BeforeEveryChange(std::function<void()> callback) {
  const std::lock_guard lock(state_->mutex);
  state_->before_change = std::move(callback);
}

void CrashVfs::BeforeEverySync(std::function<void()> callback) {
  const std::lock_guard lock(state_->mutex);
  state_->before_sync = std::move(callback);
}

int CrashVfs::checkpoints() const {
  const std::lock_guard lock(state_->mutex);
  return state_->checkpoints;
}

int CrashVfs::writes() const {
  const std::lock_guard lock(state_->mutex);
  return state_->writes;
}

int CrashVfs::syncs() const {
  const std::lock_guard lock(state_->mutex);
  return state_->syncs;
}

}  // namespace seathold::testing
