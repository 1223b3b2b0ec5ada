#include "src/storage/postgres/schema.h"

#include <type_traits>

#include "src/storage/postgres/row_reader.h"
#include "src/storage/postgres/schema_sql.h"
#include "src/storage/postgres/table_sql.h"

namespace seathold::postgres {
namespace {

// The lines of CREATE TABLE for a record's columns.
class TableLines {
 public:
  std::string text;

  template <class T>
  void key(const char* name, const T& value) {
    Add(name, value, true);
  }
  template <class T>
  void fixed(const char* name, const T& value) {
    Add(name, value, false);
  }
  template <class T>
  void field(const char* name, const T& value) {
    Add(name, value, false);
  }

 private:
  template <class T>
  void Add(const char* name, const T&, bool is_key) {
    constexpr Type kType = TypeOf<T>();
    const std::string column = '"' + std::string(name) + '"';
    text += column + ' ' + NameOf(kType);
    if (is_key || kType != Type::kBytea) text += " NOT NULL";
    if constexpr (std::is_same_v<T, bool>) {
      text += " CHECK (" + column + " BETWEEN 0 AND 1)";
    } else if constexpr (std::is_enum_v<T> && !std::is_same_v<T, Code>) {
      text += " CHECK (" + column + " BETWEEN 0 AND " + std::to_string(LastOf(T{})) + ")";
    }
    text += ", ";
  }
};

// Room in each page for the next versions of rows that change: their indexes stay as they are.
// All seats of a page are held and paid within minutes of each other, so theirs is for all of them.
template <class R>
constexpr const char* RoomForUpdates() {
  return std::is_same_v<R, SeatRecord> ? " WITH (fillfactor = 45)" : " WITH (fillfactor = 70)";
}

template <class R>
std::string CreateTableSql() {
  TableLines lines;
  const R none{};
  R::Columns(none, lines);
  const ColumnNames names = ColumnsOf<R>();
  return std::string("CREATE TABLE ") + R::kTable + " (" + lines.text + "PRIMARY KEY (" +
         JoinColumns(names.keys, "", ", ") + "))" +
         (names.fields.empty() ? "" : RoomForUpdates<R>());
}

template <class... Records>
void AddTables(RecordList<Records...>, std::vector<std::string>* sql) {
  (sql->push_back(CreateTableSql<Records>()), ...);
}

const Sql kIsThereSql{
    "SELECT (to_regclass('control') IS NOT NULL)::int::bigint, "
    "(to_regnamespace($1) IS NOT NULL)::int::bigint"};
const Sql kVersionSql{"SELECT schema_version, oldest_writer FROM control"};
const Sql kBeginSql{"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"};

constexpr int kTriesMax = 5;

void QueueBegin(Connection* connection, const std::string& schema) {
  connection->Queue(kBeginSql);
  Params params;
  params.Add(schema);
  connection->Queue(kSetPathSql, params);
}

std::int64_t IntAt(const PGresult* result, int column) {
  RowReader reader(result, 0);
  std::int64_t value = 0;
  for (int i = 0; i <= column; ++i) reader.Read(&value);
  return value;
}

struct There {
  bool control = false, schema = false;
};

Status LookAround(Connection* connection, const std::string& schema, Deadline deadline,
                  There* there) {
  std::vector<ResultPtr> results;
  QueueBegin(connection, schema);
  Params params;
  params.Add(schema);
  connection->Queue(kIsThereSql, params);
  connection->Queue(kRollbackSql);
  const Status status = connection->Run(Phase::kOpen, deadline, &results);
  if (status.ok()) *there = {IntAt(results[2].get(), 0) == 1, IntAt(results[2].get(), 1) == 1};
  return status;
}

Status CheckVersion(Connection* connection, const std::string& schema, Deadline deadline) {
  std::vector<ResultPtr> results;
  QueueBegin(connection, schema);
  connection->Queue(kVersionSql);
  connection->Queue(kRollbackSql);
  if (Status s = connection->Run(Phase::kOpen, deadline, &results); !s.ok()) return s;
  if (Pq().ntuples(results[2].get()) != 1) return Status(Code::kStorageCorrupt, "no control row");
  return IntAt(results[2].get(), 1) > kSchemaVersion ? Status(Code::kNewerSchema) : Status();
}

// Makes everything or nothing. Of two that begin at the same moment one meets the other's control
// table, as an error.
Status Create(Connection* connection, const std::string& schema, const There& there,
              Deadline deadline) {
  QueueBegin(connection, schema);
  // A name that ParseTarget checked. Asking for one that is there takes a right of its own.
  if (!there.schema) connection->Queue({"CREATE SCHEMA " + schema});
  for (const std::string& sql : CreationSql()) connection->Queue({sql});
  if (Status status = connection->Run(Phase::kOpen, deadline); !status.ok()) {
    connection->Queue(kRollbackSql);
    (void)connection->Run(Phase::kOpen, deadline);
    return status;
  }
  connection->Queue(kCommitSql);
  return connection->Run(Phase::kOpen, deadline);
}

}  // namespace

const Sql kSetPathSql{"SELECT set_config('search_path', $1 || ', pg_temp', true)", "set_path"};

std::vector<std::string> CreationSql() {
  std::vector<std::string> sql(std::begin(kControlSql), std::end(kControlSql));
  AddTables(AllRecords{}, &sql);
  sql.insert(sql.end(), std::begin(kConstraintsSql), std::end(kConstraintsSql));
  sql.insert(sql.end(), std::begin(kViewsSql), std::end(kViewsSql));
  return sql;
}

Status PrepareSchema(Connection* connection, const std::string& schema, bool create,
                     Deadline deadline) {
  Status status;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    There there;
    status = LookAround(connection, schema, deadline, &there);
    if (!status.ok()) return status;
    if (there.control) return CheckVersion(connection, schema, deadline);
    if (!create) return Status(Code::kCannotOpen, "no database of ours in schema " + schema);
    status = Create(connection, schema, there, deadline);
    if (!status.ok() && !(status == Code::kBusy && connection->usable())) return status;
  }
  return status;
}

}  // namespace seathold::postgres
