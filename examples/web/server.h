// The HTTP server: one thread that carries every connection and stream, on Boost.Asio and Beast.
//
//   auto server = Server::Start({.port = 8080}, handler);
//   ...
//   (*server)->Stop(10'000);
//
// What the handler does it does elsewhere: the thread never waits. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "examples/web/http.h"
#include "seathold/status.h"

namespace seathold::web {

struct ServerOptions {
  std::string address = "127.0.0.1";  // to listen at
  std::uint16_t port = 0;             // 0 = any that is free
  std::string tls_cert, tls_key;      // PEM files; both or neither
  // Whose X-Forwarded-For is believed: addresses of proxies. Connections of theirs have no limit an
  // address.
  std::vector<std::string> trusted_proxies = {};

  std::size_t connections_max = 20'000;
  std::size_t connections_per_address_max = 200;
  std::size_t header_bytes_max = 16 << 10;
  std::size_t body_bytes_max = 256 << 10;
  std::size_t stream_bytes_max = 64 << 10;  // queued for one reader of events

  std::int64_t idle_ms = 60'000;       // between requests
  std::int64_t request_ms = 10'000;    // from the first byte of a request to its last
  std::int64_t write_ms = 30'000;      // for a reply, or for one batch of events
  std::int64_t heartbeat_ms = 15'000;  // a stream that had nothing to tell

  // The last words of a stream when the server stops.
  std::function<SharedText()> goodbye = nullptr;
};

// Counts since the start, and how things stand.
struct ServerCounts {
  std::uint64_t connections = 0, streams = 0;  // open
  std::uint64_t accepted_total = 0;
  std::uint64_t turned_away_total = 0;   // for a limit
  std::uint64_t malformed_total = 0;     // requests that break the rules of framing
  std::uint64_t timed_out_total = 0;     // closed for being slow or idle
  std::uint64_t slow_streams_total = 0;  // told to load the map anew
};

class Server {
 public:
  // Errors: kInvalidArgument (the address, a certificate, a key), kCannotOpen (the port).
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options, Handler handler);
  virtual ~Server() = default;  // as Stop(0)

  virtual std::uint16_t port() const = 0;
  virtual ServerCounts counts() const = 0;
  // Runs it on the server's thread; dropped once the server has stopped.
  virtual void Post(std::function<void()> work) = 0;
  // Takes no more connections, ends streams with the goodbye, lets requests in flight finish, at
  // most `grace_ms`; then closes what is left. Safe to call twice.
  virtual void Stop(std::int64_t grace_ms) = 0;
};

}  // namespace seathold::web
