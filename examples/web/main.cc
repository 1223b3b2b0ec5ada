#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>

#include "examples/web/demo_sale.h"
#include "examples/web/options.h"
#include "examples/web/web_host.h"

namespace seathold::web {
namespace {

constexpr std::string_view kDemoStaff = "staff@example.org";
constexpr rlim_t kOtherDescriptors = 256;  // of storage, logs and the like

// A connection is a descriptor: as many as the machine allows, and no more connections than those.
void RaiseDescriptors(ServerOptions* server) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= kOtherDescriptors) return;
  server->connections_max =
      std::min<std::size_t>(server->connections_max, limit.rlim_cur - kOtherDescriptors);
}

int Fail(const Status& status) {
  fmt::print(stderr, "seathold-web: {}\n", status.text());
  return 1;
}

// What is printed is for people and scripts alike; the log goes to standard error.
void Announce(const ProgramOptions& options, const WebHost& host, const DemoSale* demo) {
  const bool tls = !options.host.server.tls_cert.empty();
  fmt::print("seathold-web {} at {}://{}:{}/\n", Version(), tls ? "https" : "http",
             options.host.server.address, host.port());
  if (options.demo && demo == nullptr) {
    fmt::print("no demonstration: the database has shows of its own\n");
  } else if (options.demo) {
    const std::string& password = demo->staff_password();
    fmt::print("staff: {} {}\n", kDemoStaff,
               password.empty() ? "with the password of its first start" : "password: " + password);
  }
  std::fflush(stdout);
}

int Main(int argc, char** argv) {
  ProgramOptions options;
  int exit_code = 0;
  if (!ReadOptions(argc, argv, &options, &exit_code)) return exit_code;
  RaiseDescriptors(&options.host.server);
  if (options.demo) options.host.operators.emplace_back(kDemoStaff);
  // Blocked before the first thread is made, so that only sigwait below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  const auto log = std::make_shared<cli::Log>(options.log_level);
  auto host = WebHost::Start(options.host, log);
  if (!host.ok()) return Fail(host.status());
  std::unique_ptr<DemoSale> demo;
  if (options.demo) {
    auto started = DemoSale::Start((*host)->engine(), {.buyers = options.demo_buyers,
                                                       .speed = options.demo_speed,
                                                       .staff_email = std::string(kDemoStaff)});
    if (!started.ok()) return Fail(started.status());
    demo = std::move(*started);
  }
  Announce(options, **host, demo.get());
  int signal = 0;
  sigwait(&signals, &signal);
  log->Write(LogLevel::kInfo, "stopping");
  if (demo) demo->Stop();
  (*host)->Stop();
  return 0;
}

}  // namespace
}  // namespace seathold::web

int main(int argc, char** argv) {
  try {
    return seathold::web::Main(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "seathold-web: {}\n", error.what());
    return 1;
  }
}
