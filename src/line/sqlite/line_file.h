// The file of the SQLite line: one connection, its tables, and reads and writes of whole lines.
//
// No rule of a line is here, and no lock: the caller serialises (SqliteLine's gate). A file that
// cannot be read answers kLineLost. What it says is believed: whoever edits it by hand writes the
// line, and should rather remove the file.
//
// `synchronous=NORMAL`: a power loss may take back the latest commits, and with them sequences that
// were given out and would be given to others; so a line counts as lost after another boot, which
// costs nothing while it runs. Where a boot cannot be told from another, every commit is synced.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "seathold/adapter/line.h"
#include "src/line/line_rules.h"
#include "src/sqlite/connection.h"
#include "src/sqlite/file.h"

namespace seathold {

// A line as stored, but for its entries.
struct LineHead {
  LineNumbers numbers;
  std::int64_t boot = 0;      // in which it was made; 0: cannot be told
  std::int64_t version = 0;   // raised by every change of an entry
  std::int64_t log_from = 0;  // changes after this version are in the log
  std::int64_t log_rows = 0;
};

// The database that a line's file belongs to; as in SqliteLineOptions.
struct LineOwner {
  std::string pair;
  bool read_only = false;
};

class LineFile {
 public:
  LineFile(std::string path, LineOwner owner);
  ~LineFile() = default;
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // False also after an I/O error or damage: what the connection has cached may be wrong.
  bool connected() const { return connection_.has_value() && !failed_; }
  // Opens the file; makes it (0600) and its tables when absent. Errors: kCannotOpen, kReadOnly,
  // kWrongFile, kNewerSchema, kStorageFull, kBusy, kLineLost (it is no line file: Discard, then
  // again).
  Status Connect(Deadline deadline);
  void Disconnect();
  // Whether the path no longer names the file that is open, or that file shrank.
  bool Moved();
  // Sets a file that cannot be read aside as `<path>.damaged`, so that Connect makes a new one.
  Status Discard();

  Status BeginWrite(Deadline deadline);
  Status BeginRead(Deadline deadline);
  Status Commit(Deadline deadline);
  void Rollback();

  // Moves when anybody else has committed.
  Status DataVersion(std::int64_t* version);

  // nullopt: there is no line.
  Status ReadHead(ShowId show, std::optional<LineHead>* head);
  Status WriteHead(ShowId show, const LineHead& head);
  Status DropLine(ShowId show);

  using RowSink = std::function<bool(const LineRow&)>;  // false: stop, the line is lost
  Status ReadEntries(ShowId show, const RowSink& sink);
  using ChangeSink = std::function<void(Sequence, const std::optional<LineRow>&)>;
  Status ReadChanges(ShowId show, std::int64_t after_version, const ChangeSink& sink);

  Status WriteEntry(ShowId show, const LineRow& row);
  Status DropEntry(ShowId show, Sequence sequence);
  Status WriteHeard(ShowId show, const WaiterAt& waiter);
  Status LogChange(ShowId show, std::int64_t version, Sequence sequence);
  Status ClearLog(ShowId show);

  std::int64_t boot() const { return boot_; }

 private:
  using Values = std::initializer_list<std::int64_t>;

  Status Checked(int code);
  Status ConnectOnce();
  Status MakeFile();
  Status OpenConnection();
  Status Inspect(bool* empty);
  Status CheckOwner();
  Status Configure();
  Status MakeTables();
  Status WriteTables();
  Status Execute(const char* sql);
  Status Run(const std::string& sql, Values values);

  const std::string path_;
  const LineOwner owner_;
  const std::int64_t boot_;
  std::optional<sqlite::Connection> connection_;
  bool failed_ = false;
  Deadline deadline_;  // of the connecting in progress
  sqlite::FileIdentity identity_;
  std::int64_t bytes_ = 0;
};

}  // namespace seathold
