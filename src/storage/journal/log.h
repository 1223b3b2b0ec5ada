// The log of a journal: numbered records in a file of two halves.
//
//   page 0          what the log is of: its database, its schema, the number it began behind
//   half 0, half 1  records, one behind the other from the start of the half, 8-byte aligned:
//                   check (XXH3, seeded with the pair id), number, length, text
//
// Records are written into one half until the next does not fit, then into the other, whose records
// must be settled by then. Numbers have no gap. So a half holds one run of numbers, behind it lies
// what an earlier turn left, with lower numbers, and the end of the log is where the next number is
// not. One record at a time is written and synced: the last may be torn, all others are whole.
//
// A record without text says that what has its number was too long for the log, and is in the
// database alone. The last one may have been cut off before the database had that, and is dropped.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seathold/status.h"
#include "src/storage/journal/log_file.h"

namespace seathold::journal {

// Which log this is.
struct LogName {
  std::string pair;          // of its database
  std::uint32_t schema = 0;  // the records are that release's
};

// Used by one thread at a time.
class Log {
 public:
  static constexpr std::uint64_t kPageBytes = 4'096;
  static constexpr std::uint64_t kHeadBytes = 24;
  static std::uint64_t FileBytes(std::uint64_t half_bytes) { return kPageBytes + 2 * half_bytes; }

  // A log without records, whose first one will be `settled` + 1, in a file of zeros.
  static Result<std::unique_ptr<Log>> Begin(std::unique_ptr<LogFile> file, const LogName& name,
                                            std::uint64_t settled);

  using Take = std::function<Status(std::uint64_t number, std::span<const std::uint8_t> text)>;
  // Finds a log and gives its records beyond `settled` to `take`, in order. The last one may never
  // have been synced, though it can be read: it is written and synced again first.
  // Errors: kWrongFile (not a log of this database), kStorageCorrupt (a record is damaged or
  // missing), kNewerSchema, and those of LogFile. A file that nobody began a log in is null.
  static Result<std::unique_ptr<Log>> Find(std::unique_ptr<LogFile> file, const LogName& name,
                                           std::uint64_t settled, const Take& take);

  std::uint64_t last() const { return last_; }  // the number of the latest record
  std::uint64_t bytes() const { return file_->size(); }
  // Whether a text of `size` bytes fits into the present half; and whether it does into any.
  bool Fits(std::uint64_t size) const { return at_ + FrameBytes(size) <= half_bytes_; }
  bool FitsAnHalf(std::uint64_t size) const { return FrameBytes(size) <= half_bytes_; }
  bool AtStartOfHalf() const { return at_ == 0; }
  // Goes on in the other half. REQUIRES: its records are settled.
  void Switch();
  // The next record, in memory; may throw. Without text: the database gets what it would be, and
  // that together with its number. REQUIRES: it fits.
  void Prepare(std::span<const std::uint8_t> text);
  // Writes what was prepared and syncs it. After an error it may be there or not, and the log can
  // only be found again.
  Status Append();
  // The last record is none: the next one takes its number and its place. REQUIRES: just appended,
  // without text.
  void TakeBack();

 private:
  struct Record {
    std::uint64_t number = 0;
    std::span<const std::uint8_t> text;
  };
  struct Run;  // of records in one half

  Log(std::unique_ptr<LogFile> file, std::uint64_t half_bytes, std::uint64_t seed)
      : file_(std::move(file)), half_bytes_(half_bytes), seed_(seed) {}

  static std::uint64_t FrameBytes(std::uint64_t size) { return (kHeadBytes + size + 7) / 8 * 8; }
  std::uint64_t HalfAt(int half) const { return kPageBytes + half * half_bytes_; }
  static std::optional<Record> FindAt(std::span<const std::uint8_t> half, std::uint64_t at,
                                      std::uint64_t least, std::uint64_t seed);
  Status ReadRun(int half, Run* run);
  Status CheckRuns(std::uint64_t base, std::uint64_t settled, const std::array<Run, 2>& runs) const;
  Status SyncTail(const Run& run, int half);

  const std::unique_ptr<LogFile> file_;
  const std::uint64_t half_bytes_, seed_;
  int half_ = 0;
  std::uint64_t at_ = 0;  // where the next record goes in it
  std::uint64_t last_ = 0;
  std::vector<std::uint8_t> frame_;
};

}  // namespace seathold::journal
