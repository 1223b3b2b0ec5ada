#include "tests/postgres/pg_server.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

std::string why_no_server;

// Where Debian and others keep initdb and postgres, the newest first.
std::string FindPrograms() {
  std::error_code none;
  std::string best;
  int newest = 0;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const int number = atoi(version.path().filename().c_str());
    if (number <= newest || !fs::exists(version.path() / "bin/initdb")) continue;
    newest = number;
    best = version.path() / "bin";
  }
  for (const char* folder : {"/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin"}) {
    if (best.empty() && fs::exists(std::string(folder) + "/initdb")) best = folder;
  }
  return best;
}

const passwd* Server() {
  const passwd* user = getpwnam("postgres");
  return user != nullptr ? user : getpwnam("nobody");
}

// In the child: another user where we are root; ends when the tests do.
void BecomeServer() {
  if (geteuid() == 0) {
    const passwd* user = Server();
    if (user == nullptr || setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 ||
        setuid(user->pw_uid) != 0) {
      _exit(126);
    }
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  (void)setsid();
}

std::unique_ptr<PgServer> MakeShared() {
  const std::string programs = FindPrograms();
  if (programs.empty()) {
    why_no_server = "no PostgreSQL server is installed (Debian: postgresql-15)";
    return nullptr;
  }
  if (const Status status = postgres::LoadLibpq(); !status.ok()) {
    why_no_server = status.text();
    return nullptr;
  }
  std::string folder = (fs::temp_directory_path() / "seathold-pg-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    why_no_server = "no folder for a server";
    return nullptr;
  }
  auto server = std::make_unique<PgServer>(programs, folder);
  if (!server->Start()) {
    why_no_server = "the PostgreSQL server did not start";
    return nullptr;
  }
  return server;
}

}  // namespace

pid_t LaunchServer(const std::vector<std::string>& words, const std::string& log_path) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  BecomeServer();
  const int log = open(log_path.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0644);
  const int none = open("/dev/null", O_RDONLY);
  dup2(none, 0), dup2(log, 1), dup2(log, 2);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  if (chdir("/") == 0) execv(arguments[0], arguments.data());
  _exit(127);
}

bool GiveToServer(const std::string& path) {
  if (geteuid() != 0) return true;
  const passwd* user = Server();
  return user != nullptr && chown(path.c_str(), user->pw_uid, user->pw_gid) == 0;
}

PgServer* PgServer::Shared() {
  static const std::unique_ptr<PgServer> server = MakeShared();
  return server.get();
}

const std::string& PgServer::WhyNot() { return why_no_server; }

PgServer::PgServer(std::string programs, std::string folder)
    : programs_(std::move(programs)),
      folder_(std::move(folder)),
      data_(folder_ + "/data"),
      sockets_(folder_ + "/s") {}

PgServer::~PgServer() {
  Kill9();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

bool PgServer::Init() {
  fs::create_directory(sockets_);
  if (!GiveToServer(folder_) || !GiveToServer(sockets_)) return false;
  const pid_t pid = LaunchServer({programs_ + "/initdb", "-D", data_, "-U", "postgres",
                                  "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"},
                                 folder_ + "/log");
  int status = 0;
  return waitpid(pid, &status, 0) == pid && status == 0;
}

bool PgServer::Answers() const {
  auto target = postgres::ParseTarget(Uri());
  return postgres::Connection::Open(*target, In(1'000)).ok();
}

bool PgServer::Start() {
  if (!fs::exists(data_ + "/PG_VERSION") && !Init()) return false;
  for (int tries = 0; tries < 400; ++tries) {
    int status = 0;
    if (pid_ <= 0 || waitpid(pid_, &status, WNOHANG) == pid_) {  // its memory may be in use yet
      pid_ = LaunchServer(
          {programs_ + "/postgres", "-D", data_, "-k", sockets_, "-c", "listen_addresses=", "-c",
           "shared_buffers=32MB", "-c", "max_connections=60", "-c", "fsync=on", "-c",
           "max_locks_per_transaction=256"},
          folder_ + "/log");
    }
    if (Answers()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
  return false;
}

// To the postmaster, which forks no more once it is stopped, and to all that it forked: each of
// them is a group of its own.
void PgServer::SignalAll(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, SIGSTOP);
  const std::string parent = std::to_string(pid_);
  std::ifstream forked("/proc/" + parent + "/task/" + parent + "/children");
  for (pid_t child = 0; forked >> child;) kill(child, signal);
  kill(pid_, signal);
}

void PgServer::Kill9() {
  if (pid_ <= 0) return;
  SignalAll(SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void PgServer::Freeze() { SignalAll(SIGSTOP); }
void PgServer::Thaw() { SignalAll(SIGCONT); }

std::string PgServer::Uri(const std::string& parameters, const std::string& sockets) const {
  return "postgresql:///postgres?user=postgres&host=" + (sockets.empty() ? sockets_ : sockets) +
         (parameters.empty() ? "" : "&" + parameters);
}

std::vector<std::string> PgServer::Run(const std::string& sql) const {
  const auto connection = Connect(Uri());
  std::vector<std::string> texts;
  if (!connection) return texts;
  connection->Queue({sql});
  std::vector<postgres::ResultPtr> results;
  const Status status = connection->Run(postgres::Phase::kWork, Soon(), &results);
  EXPECT_TRUE(status.ok()) << sql << ": " << status.text();
  if (!status.ok()) return texts;
  for (int row = 0; row < postgres::Pq().ntuples(results[0].get()); ++row) {
    texts.emplace_back(postgres::Pq().getvalue(results[0].get(), row, 0));
  }
  return texts;
}

std::string PgServer::Ask(const std::string& sql) const {
  const auto texts = Run(sql);
  return texts.empty() ? "" : texts[0];
}

std::unique_ptr<postgres::Connection> Connect(const std::string& uri) {
  auto target = postgres::ParseTarget(uri);
  EXPECT_TRUE(target.ok()) << target.status().text();
  auto opened = postgres::Connection::Open(*target, Soon());
  EXPECT_TRUE(opened.ok()) << opened.status().text();
  return opened.ok() ? std::move(opened).value() : nullptr;
}

namespace {

// Schemas of homes that are gone: emptying one is quicker than making one.
std::vector<std::string>& SpareSchemas() {
  static std::vector<std::string> spare;
  return spare;
}

std::string TakeSchema() {
  static int made = 0;
  if (SpareSchemas().empty()) return "hall" + std::to_string(++made);
  const std::string schema = SpareSchemas().back();
  SpareSchemas().pop_back();
  PgServer::Shared()->Run(
      "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables "
      "WHERE schemaname = '" +
      schema +
      "' AND tablename <> 'control' LOOP "
      "EXECUTE 'DELETE FROM " +
      schema + ".' || t; END LOOP; END $$");
  PgServer::Shared()->Run("INSERT INTO " + schema + ".writers VALUES (0, 0, 0, now())");
  return schema;
}

}  // namespace

PostgresHome::PostgresHome() : schema_(TakeSchema()) {}
PostgresHome::~PostgresHome() { SpareSchemas().push_back(schema_); }

std::string PostgresHome::uri(const std::string& parameters, const std::string& sockets) const {
  return PgServer::Shared()->Uri("schema=" + schema_ + (parameters.empty() ? "" : "&" + parameters),
                                 sockets);
}

}  // namespace seathold::testing
