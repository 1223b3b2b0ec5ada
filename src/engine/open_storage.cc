#include "src/engine/open_storage.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "src/engine/uri.h"
#include "src/sqlite/file.h"
#include "src/storage/journal/journal_storage.h"

namespace seathold {
namespace {

constexpr std::string_view kJournalOn = "?journal=on", kJournalOff = "?journal=off";
// Without a thread a caller settles a half that is full: of this size, in a tenth of a second.
constexpr std::uint64_t kHalfBytesInline = 1 << 20;
// How long an opener waits for another one that takes a log in.
constexpr std::int64_t kSettleWaitMs = 1'000, kSettleStepMs = 20;

struct SqlitePlace {
  std::string path;
  bool journal = false;
};

Result<SqlitePlace> ParseSqlite(std::string rest) {
  SqlitePlace place;
  for (const std::string_view option : {kJournalOn, kJournalOff}) {
    if (!rest.ends_with(option)) continue;
    place.journal = option == kJournalOn;
    rest.resize(rest.size() - option.size());
    break;
  }
  if (rest.empty()) return Status(Code::kInvalidArgument, "storage 'sqlite:' names no file");
  if (Status s = CheckSqlitePath("storage", rest); !s.ok()) return s;
  place.path = std::move(rest);
  return place;
}

std::unique_ptr<Storage> MakeSqlite(const SqlitePlace& place, bool threads) {
  auto storage = NewSqliteStorage({.path = place.path, .vfs = ""});
  if (!place.journal) return storage;
  JournalOptions options;
  options.settler_thread = threads;
  if (!threads) options.half_bytes = kHalfBytesInline;
  return NewJournalStorage(std::move(storage), options);
}

// Opening a journal takes in what its log holds, and closing it leaves a database without one.
Status SettleLeftLog(const std::string& path, std::int64_t busy_ms) {
  const auto storage = MakeSqlite({.path = path, .journal = true}, false);
  const auto opened = storage->Open({.create = false, .busy_ms = busy_ms});
  if (!opened.ok()) return opened.status();
  const Status settled = storage->Maintain(Deadline::After({busy_ms}));
  const Status closed = storage->Close();
  return settled.ok() ? closed : settled;
}

bool HasLog(const std::string& path) {
  return sqlite::IdentityOf(path + "-log") != sqlite::FileIdentity();
}

// Of several that come after a crash one takes the log in, and the others wait for it: it owns the
// database a moment longer than its log is there.
Result<StorageInfo> OpenWithoutJournal(const std::string& path, const StorageOptions& how,
                                       Storage* storage) {
  const Deadline waits = Deadline::After({std::min(how.busy_ms, kSettleWaitMs)});
  while (true) {
    Status status = HasLog(path) ? SettleLeftLog(path, how.busy_ms) : Status();
    if (status.ok()) {
      auto opened = storage->Open(how);
      if (!(opened.status() == Code::kNotOwner) || waits.passed()) return opened;
      // A journal without its log: who opens it as one knows what to say.
      if (!HasLog(path)) status = SettleLeftLog(path, how.busy_ms);
    }
    if (!status.ok() && (!(status == Code::kNotOwner) || waits.passed())) return status;
    if (!status.ok()) std::this_thread::sleep_for(std::chrono::milliseconds(kSettleStepMs));
  }
}

}  // namespace

Result<std::unique_ptr<Storage>> MakeStorage(const std::string& uri, bool threads) {
  const Uri parts = SplitUri(uri);
  if (parts.scheme == "memory" && parts.rest.empty()) return NewMemoryStorage();
  if (parts.scheme == "sqlite") {
    const auto place = ParseSqlite(parts.rest);
    if (!place.ok()) return place.status();
    return MakeSqlite(*place, threads);
  }
  if (parts.scheme == "postgresql" || parts.scheme == "postgres") {
    return NewPostgresStorage({.uri = uri});
  }
  return UnknownUri("storage", uri);
}

Result<StorageInfo> OpenStorage(const std::string& uri, const StorageOptions& how, bool threads,
                                std::unique_ptr<Storage>* out) {
  const Uri parts = SplitUri(uri);
  if (parts.scheme != "sqlite") {
    auto storage = MakeStorage(uri, threads);
    if (!storage.ok()) return storage.status();
    *out = std::move(storage).value();
    return (*out)->Open(how);
  }
  auto place = ParseSqlite(parts.rest);
  if (!place.ok()) return place.status();
  if (how.read_only) place->journal = false;  // who changes nothing keeps none
  *out = MakeSqlite(*place, threads);
  if (place->journal || how.read_only) return (*out)->Open(how);
  return OpenWithoutJournal(place->path, how, out->get());
}

}  // namespace seathold
