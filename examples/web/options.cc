#include "examples/web/options.h"

#include <CLI/CLI.hpp>

#include "examples/cli/place.h"
#include "seathold/engine.h"

namespace seathold::web {
namespace {

void DescribeStorage(CLI::App& app, ProgramOptions* options, std::string* db) {
  EngineOptions& engine = options->host.engine;
  app.add_option("--db", *db,
                 "the database, an SQLite file; or a URI, as postgresql://... or "
                 "'sqlite:FILE?journal=on', which this program then has to itself")
      ->type_name("FILE");
  app.add_option("--claims", engine.claims, "where claims are cached: auto, none, redis://...");
  app.add_option("--line", engine.line, "where waiting lines live: auto, none, redis://...");
  app.add_option("--keys", engine.keys, "the file of signing keys; needed by a server's storage");
  app.add_option("--host-key", options->host.key_file,
                 "the key that signs tickets and roles; made where there is none "
                 "(default: <db>-web-key)");
  app.add_option("--door-file", options->host.door_file,
                 "who came through the door (default: <db>-door)");
  app.add_option("--hold-ms", engine.hold_ttl_ms, "how long a hold lives");
}

void DescribeNetwork(CLI::App& app, ProgramOptions* options) {
  ServerOptions& server = options->host.server;
  app.add_option("--address", server.address, "to listen at; 0.0.0.0 = everywhere")
      ->capture_default_str();
  app.add_option("--port", server.port, "0 = any that is free")->capture_default_str();
  CLI::Option* cert = app.add_option("--tls-cert", server.tls_cert, "a PEM file, with its chain");
  CLI::Option* key = app.add_option("--tls-key", server.tls_key, "a PEM file");
  cert->needs(key);
  key->needs(cert);
  app.add_option("--trusted-proxy", server.trusted_proxies,
                 "an address whose X-Forwarded-For is believed; may be repeated");
  app.add_option("--connections", server.connections_max, "at most, of all")->capture_default_str();
  app.add_option("--connections-per-address", server.connections_per_address_max, "at most")
      ->capture_default_str();
  app.add_option("--logins-per-minute", options->host.logins_per_minute,
                 "logins and registrations of an address; 0 = no limit")
      ->capture_default_str();
  app.add_option("--joins-per-minute", options->host.joins_per_minute,
                 "joins of queues of an address; 0 = no limit")
      ->capture_default_str();
}

void DescribeHost(CLI::App& app, ProgramOptions* options) {
  HostOptions& host = options->host;
  app.add_option("--staff", host.staff, "the e-mail address of an account; may be repeated");
  app.add_option("--operator", host.operators, "likewise; an operator is staff too");
  app.add_flag("--charges", host.charges, "anybody may charge their wallet: a demonstration");
  app.add_option("--threads", host.threads, "for calls of the engine")
      ->check(CLI::Range(1, 1'024))
      ->capture_default_str();
  app.add_option("--poll-ms", host.poll_ms, "how old a live map may be")
      ->check(CLI::Range(20, 10'000))
      ->capture_default_str();
  app.add_option("--stop-ms", host.stop_ms, "how long requests in flight may take at the end")
      ->check(CLI::Range(0, 600'000))
      ->capture_default_str();
  app.add_option("--pages", host.pages_dir, "read the pages from here: for those who write them");
  app.add_option("--log-level", options->log_level, "off, error, warning, info or debug")
      ->check(CLI::IsMember({"off", "error", "warning", "info", "debug"}))
      ->capture_default_str();
  app.add_flag("--demo", options->demo, "sell a hall of its own, to thousands of simulated buyers");
  app.add_option("--demo-buyers", options->demo_buyers)
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  app.add_option("--demo-speed", options->demo_speed, "seconds of their sale in one second")
      ->check(CLI::Range(0.1, 1'000.0))
      ->capture_default_str();
}

// Beside the database, as its own keys are; a database in memory needs none that outlives it.
void Complete(const std::string& db, ProgramOptions* options) {
  HostOptions& host = options->host;
  host.engine.storage = cli::StorageUri(db);
  const std::string path = cli::PathOf(host.engine.storage);
  if (!path.empty() && host.key_file.empty()) host.key_file = path + "-web-key";
  if (!path.empty() && host.door_file.empty()) host.door_file = path + "-door";
  if (options->demo) host.charges = true;
}

}  // namespace

bool ReadOptions(int argc, char** argv, ProgramOptions* options, int* exit_code) {
  CLI::App app("SeatHold's box office for browsers.", "seathold-web");
  app.set_config("--config", "", "a file of these options, as `port = 8080`, one a line");
  app.set_version_flag("--version", "seathold-web " + std::string(Version()));
  std::string db;
  options->host.server.port = 8'080;
  options->host.engine.sweeper_thread = true;
  DescribeStorage(app, options, &db);
  DescribeNetwork(app, options);
  DescribeHost(app, options);
  try {
    app.parse(argc, argv);
    if (db.empty() && !options->demo) {
      throw CLI::RequiredError("--db FILE (or --demo)");
    }
  } catch (const CLI::ParseError& error) {
    *exit_code = app.exit(error);
    return false;
  }
  Complete(db.empty() ? "memory:" : db, options);
  return true;
}

}  // namespace seathold::web
