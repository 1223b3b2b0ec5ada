// A connection to PostgreSQL through libpq: statements prepared when first used, values in binary.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "bench/hall.h"

namespace seathold::sale {

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Rows = std::unique_ptr<PGresult, FreeResult>;

// The bytes of values as the server has them.
template <class T>
void AppendBinary(T value, std::string* out) {
  for (int shift = 8 * static_cast<int>(sizeof value) - 8; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift));
  }
}
inline void AppendBinary(const Uuid& id, std::string* out) {
  out->append(reinterpret_cast<const char*>(id.data()), id.size());
}

// One column of many rows: uuid or bigint.
template <class T>
class Column {
 public:
  Column() {
    for (const std::uint32_t word : {1u, 0u, kType, 0u, 1u}) AppendBinary(word, &bytes_);
  }
  void Add(const T& value) {
    AppendBinary(static_cast<std::uint32_t>(sizeof value), &bytes_);
    AppendBinary(value, &bytes_);
    ++count_;
  }
  std::string bytes() const {
    std::string bytes = bytes_, count;
    AppendBinary(count_, &count);
    return bytes.replace(12, 4, count);
  }

 private:
  static constexpr std::uint32_t kType = sizeof(T) == 16 ? 2950 : 20;  // the server's numbers
  std::string bytes_;
  std::uint32_t count_ = 0;
};

class Session {
 public:
  explicit Session(const std::string& uri) : connection_(PQconnectdb(uri.c_str())) {
    if (PQstatus(connection_) != CONNECTION_OK) Fail();
    PQsetNoticeProcessor(
        connection_, [](void*, const char*) {}, nullptr);
  }
  ~Session() { PQfinish(connection_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Exec(const std::string& sql) { (void)Judge(Rows(PQexec(connection_, sql.c_str()))); }
  // The text's address names the statement. Null: a row with that key is there already.
  template <class... Values>
  Rows Run(const char* sql, const Values&... values) {
    const std::string texts[] = {Binary(values)..., ""};
    const char* pointers[sizeof...(values) + 1];
    int lengths[sizeof...(values) + 1], formats[sizeof...(values) + 1];
    for (std::size_t i = 0; i <= sizeof...(values); ++i) {
      pointers[i] = texts[i].data();
      lengths[i] = static_cast<int>(texts[i].size());
      formats[i] = 1;
    }
    const std::string name = std::to_string(reinterpret_cast<std::uintptr_t>(sql));
    if (prepared_.insert(sql).second) {
      (void)Judge(Rows(PQprepare(connection_, name.c_str(), sql, 0, nullptr)));
    }
    return Judge(Rows(PQexecPrepared(connection_, name.c_str(), sizeof...(values), pointers,
                                     lengths, formats, 1)));
  }

 private:
  template <class T>
  static std::string Binary(const Column<T>& column) {
    return column.bytes();
  }
  template <class T>
  static std::string Binary(const T& value) {
    std::string text;
    AppendBinary(value, &text);
    return text;
  }
  Rows Judge(Rows rows) {
    const ExecStatusType status = PQresultStatus(rows.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return rows;
    const char* code = PQresultErrorField(rows.get(), PG_DIAG_SQLSTATE);
    if (code != nullptr && std::string_view(code) == "23505") return nullptr;
    Fail();
    return nullptr;
  }
  void Fail() {
    bench::Check(Status(Code::kInternal, PQerrorMessage(connection_)), "PostgreSQL by hand");
  }

  PGconn* const connection_;
  std::unordered_set<const char*> prepared_;
};

}  // namespace seathold::sale
