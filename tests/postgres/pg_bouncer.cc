#include "tests/postgres/pg_bouncer.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/postgres/pg_server.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

std::string FindBouncer() {
  for (const char* folder : {"/usr/sbin", "/usr/bin", "/usr/local/bin"}) {
    const std::string path = std::string(folder) + "/pgbouncer";
    if (fs::exists(path)) return path;
  }
  return "";
}

bool WriteSettings(const std::string& folder, const std::string& server_sockets, int pool_size) {
  std::ofstream(folder + "/users") << "\"postgres\" \"\"\n";
  std::ofstream(folder + "/ini")
      << "[databases]\n* = host=" << server_sockets
      << " port=5432\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = " << folder
      << "\nlisten_port = 5432\nauth_type = trust\nauth_file = " << folder
      << "/users\npool_mode = transaction\n"
      << "max_client_conn = 200\nserver_login_retry = 0.05\ndefault_pool_size = " << pool_size
      << "\n";
  return GiveToServer(folder) && GiveToServer(folder + "/users") && GiveToServer(folder + "/ini");
}

}  // namespace

std::unique_ptr<PgBouncer> PgBouncer::Start(const std::string& server_sockets, int pool_size,
                                            std::string* why_not) {
  const std::string program = FindBouncer();
  if (program.empty()) {
    *why_not = "no PgBouncer is installed (Debian: pgbouncer)";
    return nullptr;
  }
  std::string folder = (fs::temp_directory_path() / "seathold-pool-XXXXXX").string();
  *why_not = "PgBouncer did not start";
  if (mkdtemp(folder.data()) == nullptr || !WriteSettings(folder, server_sockets, pool_size)) {
    return nullptr;
  }
  const pid_t pid = LaunchServer({program, folder + "/ini"}, folder + "/log");
  std::unique_ptr<PgBouncer> bouncer(new PgBouncer(folder, pid));
  const auto target = postgres::ParseTarget("postgresql:///postgres?user=postgres&host=" + folder);
  const Deadline deadline = Soon();
  while (!deadline.passed()) {
    if (postgres::Connection::Open(*target, deadline).ok()) return bouncer;
    usleep(10'000);
  }
  return nullptr;
}

PgBouncer::PgBouncer(std::string folder, pid_t pid) : folder_(std::move(folder)), pid_(pid) {}

PgBouncer::~PgBouncer() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

}  // namespace seathold::testing
