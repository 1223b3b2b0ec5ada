// The host: an engine, the server in front of it, and what stands between.
//
//   auto host = WebHost::Start(options, log);
//   ...
//   (*host)->Stop();
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <memory>

#include "examples/cli/log.h"
#include "examples/web/host.h"

namespace seathold::web {

class WebHost {
 public:
  // Opens the engine (its errors), the host's key and door file (kCannotOpen, kKeysMissing), then
  // listens (Server::Start's).
  static Result<std::unique_ptr<WebHost>> Start(const HostOptions& options,
                                                std::shared_ptr<cli::Log> log);
  virtual ~WebHost() = default;  // as Stop

  virtual Engine& engine() = 0;
  virtual std::uint16_t port() const = 0;
  virtual ServerCounts counts() const = 0;
  // Says not ready, ends streams, lets requests in flight finish (stop_ms), closes the engine. Safe
  // to call twice.
  virtual void Stop() = 0;
};

}  // namespace seathold::web
