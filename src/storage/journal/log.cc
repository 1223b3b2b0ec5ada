#include "src/storage/journal/log.h"

#include <algorithm>
#include <cstring>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace seathold::journal {
namespace {

constexpr char kMagic[16] = "SeatHold log 1\n";
constexpr std::size_t kPairBytes = 32;

// Page 0. Numbers stand as the machines that we run on keep them: low byte first.
struct Page {
  char magic[16];
  std::uint32_t schema;
  std::uint32_t unused;
  std::uint64_t half_bytes;
  std::uint64_t base;
  char pair[kPairBytes];
  std::uint64_t check;  // of all before it
};
static_assert(sizeof(Page) == 80 && std::endian::native == std::endian::little);

struct Head {
  std::uint64_t check;  // of the number, the length and the text
  std::uint64_t number;
  std::uint64_t size;
};
static_assert(sizeof(Head) == Log::kHeadBytes);

std::uint64_t CheckOf(const void* data, std::size_t size, std::uint64_t seed) {
  return XXH3_64bits_withSeed(data, size, seed);
}

std::uint64_t CheckOf(const Page& page) { return CheckOf(&page, offsetof(Page, check), 0); }

std::uint64_t SeedOf(const std::string& pair) { return CheckOf(pair.data(), pair.size(), 0); }

Status Wrong(const char* what) { return Status(Code::kWrongFile, what); }
Status Corrupt(const char* what) { return Status(Code::kStorageCorrupt, what); }

Page PageOf(const LogName& name, std::uint64_t file_bytes = 0, std::uint64_t base = 0) {
  Page page{};
  std::memcpy(page.magic, kMagic, sizeof kMagic);
  page.schema = name.schema;
  page.half_bytes = (file_bytes - std::min(file_bytes, Log::kPageBytes)) / 2;
  page.base = base;
  std::memcpy(page.pair, name.pair.data(), std::min(name.pair.size(), kPairBytes));
  page.check = CheckOf(page);
  return page;
}

// Whoever made this file was cut off before a log was begun in it, or while it was: at most the
// start of its page is there.
bool WasNeverBegun(const Page& page, const Page& whole) {
  const auto bytes_of = [](const Page& of) {
    return std::span(reinterpret_cast<const std::uint8_t*>(&of), sizeof of);
  };
  const auto [at, unused] = std::ranges::mismatch(bytes_of(page), bytes_of(whole));
  return at != bytes_of(page).end() &&
         std::all_of(at, bytes_of(page).end(), [](std::uint8_t byte) { return byte == 0; });
}

Status CheckPage(const Page& page, const LogName& name, std::uint64_t file_bytes) {
  if (std::memcmp(page.magic, kMagic, sizeof kMagic) != 0) return Wrong("the log is no log");
  if (page.check != CheckOf(page)) return Corrupt("the first page of the log is damaged");
  if (std::memcmp(page.pair, PageOf(name).pair, kPairBytes) != 0) {
    return Wrong("the log is another database's");
  }
  if (page.schema != name.schema) {
    return Status(Code::kNewerSchema,
                  "the log was written by another release: open the database once with that one");
  }
  if (Log::FileBytes(page.half_bytes) != file_bytes) return Corrupt("the log has lost its length");
  return Status();
}

}  // namespace

struct Log::Run {
  std::vector<std::uint8_t> half;
  std::vector<Record> records;
  std::uint64_t end = 0;  // where the last one ends

  std::uint64_t first() const { return records.empty() ? 0 : records.front().number; }
  std::uint64_t last() const { return records.empty() ? 0 : records.back().number; }
  void DropLast() {
    end -= FrameBytes(records.back().text.size());
    records.pop_back();
  }
};

// The record that begins at `at`, if one does, and has this number at least.
std::optional<Log::Record> Log::FindAt(std::span<const std::uint8_t> half, std::uint64_t at,
                                       std::uint64_t least, std::uint64_t seed) {
  Head head;
  if (half.size() < sizeof head || at > half.size() - sizeof head) return std::nullopt;
  std::memcpy(&head, half.data() + at, sizeof head);
  const std::uint64_t room = half.size() - at - sizeof head;
  if (head.number < least || head.size > room) return std::nullopt;
  const std::uint8_t* const checked = half.data() + at + sizeof head.check;
  const std::uint64_t bytes = sizeof head - sizeof head.check + head.size;
  if (CheckOf(checked, bytes, seed) != head.check) return std::nullopt;
  return Record{head.number, half.subspan(at + sizeof head, head.size)};
}

Result<std::unique_ptr<Log>> Log::Begin(std::unique_ptr<LogFile> file, const LogName& name,
                                        std::uint64_t settled) {
  const Page page = PageOf(name, file->size(), settled);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&page);
  Status status = file->Write(0, {bytes, sizeof page});
  if (status.ok()) status = file->Sync();
  if (!status.ok()) return status;
  std::unique_ptr<Log> log(new Log(std::move(file), page.half_bytes, SeedOf(name.pair)));
  log->last_ = settled;
  return log;
}

Result<std::unique_ptr<Log>> Log::Find(std::unique_ptr<LogFile> file, const LogName& name,
                                       std::uint64_t settled, const Take& take) {
  Page page{};
  const std::size_t there = std::min<std::uint64_t>(file->size(), sizeof page);
  const Status read = file->Read(0, {reinterpret_cast<std::uint8_t*>(&page), there});
  if (!read.ok()) return read;
  if (WasNeverBegun(page, PageOf(name, file->size(), settled))) return std::unique_ptr<Log>();
  if (Status status = CheckPage(page, name, file->size()); !status.ok()) return status;
  std::unique_ptr<Log> log(new Log(std::move(file), page.half_bytes, SeedOf(name.pair)));
  std::array<Run, 2> runs;
  for (int half : {0, 1}) {
    if (Status status = log->ReadRun(half, &runs[half]); !status.ok()) return status;
  }
  if (Status status = log->CheckRuns(page.base, settled, runs); !status.ok()) return status;
  log->half_ = runs[1].last() > runs[0].last() ? 1 : 0;
  Run& latest = runs[log->half_];
  // All before it was settled first.
  if (latest.last() == settled + 1 && latest.records.back().text.empty()) latest.DropLast();
  log->at_ = latest.end;
  log->last_ = std::max(latest.last(), settled);
  if (Status status = log->SyncTail(latest, log->half_); !status.ok()) return status;
  for (const int half : {1 - log->half_, log->half_}) {
    for (const Record& record : runs[half].records) {
      if (record.number <= settled) continue;
      if (record.text.empty()) return Corrupt("the database is older than its log");
      if (Status status = take(record.number, record.text); !status.ok()) return status;
    }
  }
  return log;
}

Status Log::ReadRun(int half, Run* run) {
  run->half.resize(half_bytes_);
  if (Status status = file_->Read(HalfAt(half), run->half); !status.ok()) return status;
  while (const auto found = FindAt(run->half, run->end, 1, seed_)) {
    if (!run->records.empty() && found->number != run->last() + 1) break;
    run->records.push_back(*found);
    run->end += FrameBytes(found->text.size());
  }
  return Status();
}

// One run that goes on where the database stands, or two, one behind the other; nothing newer
// behind them; and not older than the database.
Status Log::CheckRuns(std::uint64_t base, std::uint64_t settled,
                      const std::array<Run, 2>& runs) const {
  const std::uint64_t last = std::max({base, runs[0].last(), runs[1].last()});
  if (last < settled) return Corrupt("the log is older than its database");
  for (const Run& run : runs) {
    for (std::uint64_t at = run.end; at < run.half.size(); at += 8) {
      if (FindAt(run.half, at, last + 1, seed_)) return Corrupt("a record of the log is damaged");
    }
  }
  std::uint64_t next = settled + 1;
  const int older = runs[0].last() < runs[1].last() ? 0 : 1;
  for (const Run* run : {&runs[older], &runs[1 - older]}) {
    if (run->last() < next) continue;
    if (run->first() > next) return Corrupt("records of the log are missing");
    next = run->last() + 1;
  }
  return Status();
}

// What can be read may be in memory alone, since its sync failed or never was: after a sync that
// failed only what is written again is known to be tried again.
Status Log::SyncTail(const Run& run, int half) {
  if (run.records.empty()) return Status();
  const std::uint64_t from = run.end - FrameBytes(run.records.back().text.size());
  const auto tail = std::span(run.half).subspan(from, run.end - from);
  if (Status status = file_->Write(HalfAt(half) + from, tail); !status.ok()) return status;
  return file_->Sync();
}

void Log::Switch() {
  half_ = 1 - half_;
  at_ = 0;
}

void Log::Prepare(std::span<const std::uint8_t> text) {
  Head head{0, last_ + 1, text.size()};
  frame_.assign(FrameBytes(text.size()), 0);
  std::memcpy(frame_.data(), &head, sizeof head);
  std::copy(text.begin(), text.end(), frame_.begin() + sizeof head);
  head.check = CheckOf(frame_.data() + sizeof head.check,
                       sizeof head - sizeof head.check + text.size(), seed_);
  std::memcpy(frame_.data(), &head.check, sizeof head.check);
}

Status Log::Append() {
  Status status = file_->Write(HalfAt(half_) + at_, frame_);
  if (status.ok()) status = file_->Sync();
  if (!status.ok()) return status;
  at_ += frame_.size();
  ++last_;
  return Status();
}

void Log::TakeBack() {
  at_ -= FrameBytes(0);
  --last_;
}

}  // namespace seathold::journal
