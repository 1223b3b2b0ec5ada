#include "tests/redis/redis_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace seathold::testing {

std::uint16_t FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket, generic, size) != 0 || ::getsockname(socket, generic, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  ::close(socket);
  return ntohs(address.sin_port);
}

bool HasRedisServer() {
  static const bool has = std::system("command -v redis-server >/dev/null 2>&1") == 0;
  return has;
}

RedisServer::RedisServer(std::vector<std::string> settings) : settings_(std::move(settings)) {
  std::string pattern = (std::filesystem::temp_directory_path() / "seathold-redis-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  port_ = FreePort();
  Start();
}

RedisServer::~RedisServer() {
  Kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string RedisServer::Uri(const std::string& rest) const {
  return "redis://127.0.0.1:" + std::to_string(port_) + rest;
}

RedisOptions RedisServer::Options(std::int64_t timeout_ms) const {
  RedisOptions options;
  options.host = "127.0.0.1";
  options.port = port_;
  options.timeout_ms = timeout_ms;
  return options;
}

void RedisServer::Start() {
  const std::string file = folder_ + "/conf";  // a sentinel keeps what it learns there
  std::ofstream(file, std::ios::app).flush();
  std::vector<std::string> words{"redis-server", file,
                                 "--port",       std::to_string(port_),
                                 "--bind",       "127.0.0.1",
                                 "--dir",        folder_,
                                 "--logfile",    folder_ + "/log",
                                 "--save",       "",
                                 "--appendonly", "no",
                                 "--daemonize",  "no"};
  words.insert(words.end(), settings_.begin(), settings_.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  process_ = ::fork();
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it does not outlive a test that crashes
    ::execvp("redis-server", arguments.data());
    ::_exit(127);
  }
  const Deadline patience = Deadline::After({20'000});
  while (!Answers()) {
    if (patience.passed()) throw std::runtime_error("redis-server does not start: " + folder_);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

bool RedisServer::Answers() {
  return RedisConnection::Connect(Options(1'000), Deadline::After({1'000})).ok();
}

void RedisServer::Kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void RedisServer::Stop() {
  ::kill(process_, SIGSTOP);
  ::waitpid(process_, nullptr, WUNTRACED);
}

void RedisServer::Continue() { ::kill(process_, SIGCONT); }

void RedisServer::Follow(RedisServer& master) {
  master.Ask({"CONFIG", "SET", "repl-diskless-sync-delay", "0"});
  Ask({"REPLICAOF", "127.0.0.1", std::to_string(master.port_)});
  const Deadline patience = Deadline::After({20'000});
  while (Text({"INFO", "replication"}).find("master_link_status:up") == std::string::npos) {
    if (patience.passed()) throw std::runtime_error("the replica does not follow");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

RedisReply RedisServer::Ask(std::initializer_list<std::string_view> words) {
  const Deadline deadline = Deadline::After({20'000});
  auto connection = RedisConnection::Connect(Options(20'000), deadline);
  if (!connection.ok()) throw std::runtime_error(connection.status().text());
  std::string command;
  AppendRedisCommand({words.begin(), words.size()}, &command);
  std::vector<RedisReply> replies;
  const Status status = (*connection)->Exchange(command, 1, deadline, &replies);
  if (!status.ok()) throw std::runtime_error(status.text());
  return replies[0];
}

}  // namespace seathold::testing
