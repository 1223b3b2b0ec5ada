// PostgreSQL as a Storage.
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "seathold/adapter/storage.h"
#include "src/storage/postgres/audit.h"
#include "src/storage/postgres/core.h"
#include "src/storage/postgres/row_reader.h"
#include "src/storage/postgres/schema.h"

namespace seathold {
namespace {

using postgres::Core;
using postgres::Pq;

// Close waits this long for units in flight.
constexpr std::int64_t kDrainMs = 10'000;
constexpr std::int64_t kLastWordsMs = 1'000;
constexpr std::int64_t kSizeMs = 1'000;

const postgres::Sql kAboutSql{
    "SELECT encode(pair, 'hex'), (SELECT sum(commits)::bigint FROM writers), "
    "current_setting('server_version'), current_setting('fsync'), "
    "current_setting('full_page_writes'), pg_backend_pid()::bigint "
    "FROM control"};
const postgres::Sql kSizeSql{
    "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = to_regnamespace($1)"};
const postgres::Sql kNothingSql{"SELECT"};

// A reading connection for as long as this lives.
class Lease {
 public:
  explicit Lease(Core* core) : core_(core) {}
  ~Lease() {
    if (taken_) core_->pool.Give(Access::kRead, std::move(connection_));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  // Runs `ask(connection)`, which changes nothing, once more if the connection had been lost before
  // it was taken.
  template <class Ask>
  Status Run(Deadline deadline, const Ask& ask) {
    for (;;) {
      bool used = false;
      Status status = core_->pool.Take(Access::kRead, deadline, &connection_, &used);
      if (!status.ok()) return status;
      taken_ = true;
      status = ask(connection_.get());
      if (status.ok() || connection_->usable() || !used) return status;
      taken_ = false;
      core_->pool.Give(Access::kRead, nullptr);
      connection_.reset();
    }
  }

 private:
  Core* const core_;
  std::unique_ptr<postgres::Connection> connection_;
  bool taken_ = false;
};

// Runs one statement in a snapshot of its own and gives its result.
Status AskOnce(postgres::Connection* connection, const postgres::Target& target,
               std::int64_t writer, const postgres::Sql& sql, const postgres::Params& params,
               Deadline deadline, postgres::ResultPtr* begin, postgres::ResultPtr* result) {
  const Deadline cut = postgres::WithAllowance(deadline);
  std::vector<postgres::ResultPtr> results;
  postgres::QueueBegin(connection, target, Access::kRead, deadline, writer);
  connection->Queue(sql, params);
  Status status = connection->Run(postgres::Phase::kWork, cut, &results);
  if (status.ok()) {
    *begin = std::move(results[postgres::kBeginStatements - 1]);
    *result = std::move(results[postgres::kBeginStatements]);
  }
  if (connection->usable()) {
    connection->Queue(postgres::kRollbackSql);
    (void)connection->Run(postgres::Phase::kWork, cut);
  }
  return status;
}

class PostgresStorage final : public Storage {
 public:
  explicit PostgresStorage(PostgresOptions options) : options_(std::move(options)) {}
  ~PostgresStorage() override {
    if (core_ && core_->fork.forked()) {
      core_->pool.Abandon();
      (void)core_.release();
    } else if (!Close().ok()) {
      (void)core_.release();  // a unit still leans on it
    }
  }

  Result<StorageInfo> Open(const StorageOptions& how) override {
    if (core_ && !closed_) return Status(Code::kCannotOpen, "this storage is open already");
    try {
      return OpenIt(how);
    } catch (const std::bad_alloc&) {
      return Code::kOutOfMemory;
    }
  }

  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    if (Status status = Usable(); !status.ok()) return status;
    return postgres::BeginUnit(core_.get(), access, deadline);
  }

  Result<std::uint64_t> ForeignCommits(Deadline deadline) override {
    if (Status status = Usable(); !status.ok()) return status;
    postgres::Control control;
    Lease lease(core_.get());
    const Status status = lease.Run(deadline, [&](postgres::Connection* connection) {
      postgres::ResultPtr begin, nothing;
      const Status asked = AskOnce(connection, core_->pool.target(), core_->writer, kNothingSql, {},
                                   deadline, &begin, &nothing);
      return asked.ok() ? postgres::ReadControl(begin.get(), &control) : asked;
    });
    if (!status.ok()) return status;
    return control.foreign_commits;
  }

  Status Audit(TimeUs now, AuditReport* report, Deadline deadline) override {
    if (Status status = Usable(); !status.ok()) return status;
    try {
      Lease lease(core_.get());
      return lease.Run(deadline, [&](postgres::Connection* connection) {
        return postgres::AuditDatabase(connection, core_->pool.target(), now, report, deadline);
      });
    } catch (const std::bad_alloc&) {
      return Status(Code::kOutOfMemory);
    }
  }

  Status Backup(const std::string&, Deadline) override {
    if (Status status = Usable(); !status.ok()) return status;
    return Status(Code::kUnsupported, "back a PostgreSQL database up with pg_dump");
  }

  // The server keeps house by itself.
  Status Maintain(Deadline) override { return Usable(); }

  std::uint64_t bytes_on_disk() const override {
    if (!Usable().ok()) return 0;
    std::int64_t bytes = 0;
    Lease lease(core_.get());
    const Deadline deadline = Deadline::After({kSizeMs});
    const Status status = lease.Run(deadline, [&](postgres::Connection* connection) {
      postgres::ResultPtr begin, result;
      postgres::Params params;
      params.Add(core_->pool.target().schema);
      Status asked = AskOnce(connection, core_->pool.target(), core_->writer, kSizeSql, params,
                             deadline, &begin, &result);
      if (asked.ok()) postgres::RowReader(result.get(), 0).Read(&bytes);
      return asked;
    });
    return status.ok() ? static_cast<std::uint64_t>(bytes) : 0;
  }

  Status Close() override {
    if (!core_ || closed_) return Status();
    if (core_->fork.forked()) return Status(Code::kForked);
    std::unique_ptr<postgres::Connection> last;
    const Status status = core_->pool.Close(Deadline::After({kDrainMs}), &last);
    if (!status.ok()) return status;
    closed_ = true;
    // A courtesy to those who read the row at every turn; who cannot say so is forgotten in a week.
    if (last && core_->registered) {
      (void)postgres::DropWriter(last.get(), core_->pool.target(), core_->writer,
                                 Deadline::After({kLastWordsMs}));
    }
    return Status();
  }

 private:
  Status Usable() const {
    if (!core_) return Status(Code::kClosed);
    return core_->fork.forked() ? Status(Code::kForked) : Status();
  }

  Result<StorageInfo> OpenIt(const StorageOptions& how) {
    if (Status status = postgres::LoadLibpq(); !status.ok()) return status;
    auto target = postgres::ParseTarget(options_.uri);
    if (!target.ok()) return target.status();
    const Deadline deadline = Deadline::After({how.busy_ms});
    // Until it is known who answers, no statement has a name.
    const bool prepare = std::exchange(target->prepare, false);
    auto opened = postgres::Connection::Open(*target, deadline);
    if (!opened.ok()) return opened.status();
    std::unique_ptr<postgres::Connection> connection = std::move(opened).value();
    const bool create = how.create && !how.read_only;
    Status status = postgres::PrepareSchema(connection.get(), target->schema, create, deadline);
    if (!status.ok()) return status;
    auto core = std::make_unique<Core>();
    core->read_only = how.read_only;
    StorageInfo info;
    bool pooled = false;
    status = About(connection.get(), *target, deadline, &info, &pooled);
    if (!status.ok()) return status;
    target->prepare = prepare && !pooled;
    connection->set_prepare(target->prepare);
    core->pool.Start(std::move(target).value(), std::move(connection));
    core_ = std::move(core);
    closed_ = false;
    return info;
  }

  static Status About(postgres::Connection* connection, const postgres::Target& target,
                      Deadline deadline, StorageInfo* info, bool* pooled) {
    postgres::ResultPtr begin, result;
    Status status = AskOnce(connection, target, 0, kAboutSql, {}, deadline, &begin, &result);
    if (!status.ok()) return status;
    postgres::RowReader reader(result.get(), 0);
    std::uint64_t commits = 0;
    std::int64_t session = 0;
    std::string version, fsync, pages;
    reader.Read(&info->pair);
    reader.Read(&commits);
    reader.Read(&version);
    reader.Read(&fsync);
    reader.Read(&pages);
    reader.Read(&session);
    if (!reader.ok()) return Status(Code::kStorageCorrupt, "control");
    info->description = "postgresql " + version + ", " + target.name;
    info->durable = fsync == "on" && pages == "on";
    info->durability = info->durable ? "every commit synced by the server"
                                     : "none (the server runs without fsync or full_page_writes)";
    info->shared = true;
    info->schema = postgres::kSchemaVersion;
    info->fresh = commits == 0;
    *pooled = session != connection->backend_pid();
    return Status();
  }

  const PostgresOptions options_;
  // Written by Open and Close only, which nobody calls beside other calls of the first opening.
  std::unique_ptr<Core> core_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Storage> NewPostgresStorage(const PostgresOptions& options) {
  return std::make_unique<PostgresStorage>(options);
}

}  // namespace seathold
