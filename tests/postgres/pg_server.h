// A PostgreSQL server of this test run: made once, on a unix socket in a folder that goes away,
// with fsync on. As root it runs as another user, since the server refuses root. It ends with the
// process, however that ends.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "src/storage/postgres/connection.h"
#include "tests/contract/storage_home.h"

namespace seathold::testing {

// Starts a program that ends with the thread that starts it; as root, as a user who may run
// servers. Its output is added to `log`.
pid_t LaunchServer(const std::vector<std::string>& words, const std::string& log);
// Gives a path to that user. False: there is none.
bool GiveToServer(const std::string& path);

class PgServer {
 public:
  // Started, or nullptr and why not: the tests skip.
  static PgServer* Shared();
  static const std::string& WhyNot();

  PgServer(std::string programs, std::string folder);
  ~PgServer();

  // For libpq: this server, or whoever listens in `sockets` in its place.
  std::string Uri(const std::string& parameters = "", const std::string& sockets = "") const;
  std::string SocketFile() const { return sockets_ + "/.s.PGSQL.5432"; }
  const std::string& sockets() const { return sockets_; }
  const std::string& folder() const { return folder_; }

  bool Start();
  // Every process of it at once, as when the machine loses them.
  void Kill9();
  // Stops and continues every process of it.
  void Freeze();
  void Thaw();

  // One statement by itself, as a person at psql would; gives the first column of each row, as text
  // (cast it). Fails the test on errors.
  std::vector<std::string> Run(const std::string& sql) const;
  std::string Ask(const std::string& sql) const;

 private:
  void SignalAll(int signal);
  bool Init();
  bool Answers() const;

  const std::string programs_, folder_, data_, sockets_;
  pid_t pid_ = -1;
};

// A session of one's own in a test.
std::unique_ptr<postgres::Connection> Connect(const std::string& uri);

// A schema of its own, empty or not there. `parameters` and `sockets` are for every storage over
// it.
class PostgresHome final : public StorageHome {
 public:
  PostgresHome();
  ~PostgresHome() override;
  explicit PostgresHome(std::string parameters, std::string sockets = "") : PostgresHome() {
    parameters_ = std::move(parameters);
    sockets_ = std::move(sockets);
  }
  std::unique_ptr<Storage> Make() override {
    return NewPostgresStorage({.uri = uri(parameters_, sockets_)});
  }
  bool durable() const override { return true; }
  std::string uri(const std::string& parameters = "", const std::string& sockets = "") const;
  const std::string& schema() const { return schema_; }

 private:
  const std::string schema_;
  std::string parameters_, sockets_;
};

}  // namespace seathold::testing
