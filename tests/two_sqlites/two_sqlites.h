// A second SQLite in this process, as a host program has one: this executable carries its own copy
// (libsqlite3.a), and the shared library is loaded beside it, with symbols that nobody else sees.
//
// Which locks a copy of SQLite takes is settled once a process, so every scenario runs in children;
// the process of the test itself opens no database with its own copy.
#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

#include "src/sqlite/private_locks.h"
#include "tests/processes/hall.h"
#include "tests/storage/sqlite_tools.h"

namespace seathold::testing {

enum class Locks { kPosix, kPrivate };

inline void Use(Locks locks) {
  if (locks == Locks::kPosix) return;
  const Status status = sqlite::UsePrivateLocks();
  ASSERT_TRUE(status.ok()) << status.text();
}

class HostSqlite {
 public:
  HostSqlite() : library_(dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL)) {
    EXPECT_NE(library_, nullptr) << dlerror();
    Find("sqlite3_open_v2", &open);
    Find("sqlite3_close", &close);
    Find("sqlite3_exec", &exec);
    Find("sqlite3_vfs_find", &vfs_find);
  }
  HostSqlite(const HostSqlite&) = delete;
  HostSqlite& operator=(const HostSqlite&) = delete;

  decltype(&sqlite3_open_v2) open = nullptr;
  decltype(&sqlite3_close) close = nullptr;
  decltype(&sqlite3_exec) exec = nullptr;
  decltype(&sqlite3_vfs_find) vfs_find = nullptr;

 private:
  template <class Function>
  void Find(const char* name, Function* function) {
    *function = library_ == nullptr ? nullptr : reinterpret_cast<Function>(dlsym(library_, name));
    ASSERT_NE(*function, nullptr) << name;
  }

  void* const library_;  // stays loaded, as a host's does
};

inline HostSqlite& Host() {
  static HostSqlite host;
  return host;
}

// A connection of the host's SQLite. It waits for nothing.
class HostConnection {
 public:
  explicit HostConnection(const std::string& path) {
    EXPECT_EQ(Host().open(path.c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK) << path;
  }
  ~HostConnection() { EXPECT_EQ(Host().close(db_), SQLITE_OK); }
  HostConnection(const HostConnection&) = delete;
  HostConnection& operator=(const HostConnection&) = delete;

  // An SQLite result code; the first value of the last row in *value.
  int Run(const std::string& sql, std::string* value = nullptr) {
    const auto keep = [](void* into, int, char** values, char**) {
      if (into != nullptr && values[0] != nullptr) *static_cast<std::string*>(into) = values[0];
      return 0;
    };
    return Host().exec(db_, sql.c_str(), keep, value, nullptr);
  }
  std::string Ask(const std::string& sql) {
    std::string value;
    EXPECT_EQ(Run(sql, &value), SQLITE_OK) << sql;
    return value;
  }

 private:
  sqlite3* db_ = nullptr;
};

// What a report or a curious operator does.
inline std::string OpenReadAndClose(const std::string& path) {
  return HostConnection(path).Ask("SELECT count(*) FROM venues");
}

inline std::unique_ptr<Storage> OpenStorage(const std::string& path) {
  auto storage = NewSqliteStorage(SqliteAt(path));
  const auto opened = storage->Open({});
  EXPECT_TRUE(opened.ok()) << opened.status().text();
  return storage;
}

}  // namespace seathold::testing
