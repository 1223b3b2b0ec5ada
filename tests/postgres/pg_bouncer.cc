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
  std::unique_ptr<PgBouncer> bouncer(new PgBouncer(program, folder));
  return bouncer->Return() ? std::move(bouncer) : nullptr;
}

PgBouncer::PgBouncer(std::string program, std::string folder)
    : program_(std::move(program)), folder_(std::move(folder)) {}

PgBouncer::~PgBouncer() {
  Kill();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void PgBouncer::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool PgBouncer::Return() {
  pid_ = LaunchServer({program_, folder_ + "/ini"}, folder_ + "/log");
  const auto target = postgres::ParseTarget("postgresql:///postgres?user=postgres&host=" + folder_);
  for (const Deadline deadline = Soon(); !deadline.passed(); usleep(10'000)) {
    if (postgres::Connection::Open(*target, deadline).ok()) return true;
  }
  return false;
}

}  // namespace seathold::testing
