#include "examples/web/server.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <future>
#include <map>
#include <thread>
#include <unordered_map>

#include "examples/web/session.h"
#include "seathold/time.h"

namespace seathold::web {
namespace {

namespace net = boost::asio;
using net::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr auto kTick = std::chrono::milliseconds(100);
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

class AsioServer final : public Server, SessionOwner {
 public:
  AsioServer(const ServerOptions& options, Handler handler)
      : options_(options), handler_(std::move(handler)) {}
  ~AsioServer() override { Stop(0); }

  Status Open() {
    if (Status status = LoadTls(); !status.ok()) return status;
    ErrorCode error;
    const net::ip::address address = net::ip::make_address(options_.address, error);
    if (error) return Status(Code::kInvalidArgument, "no address: " + options_.address);
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
    if (error) return Status(Code::kCannotOpen, "cannot listen: " + error.message());
    port_ = acceptor_.local_endpoint().port();
    Accept();
    Tick();
    thread_ = std::thread([this] { Run(); });
    return Status();
  }

  std::uint16_t port() const override { return port_; }

  ServerCounts counts() const override {
    if (stopped_) return {};
    auto copy = std::make_shared<std::promise<ServerCounts>>();
    auto result = copy->get_future();
    net::post(io_, [this, copy] { copy->set_value(tally_); });
    if (result.wait_for(std::chrono::seconds(1)) != std::future_status::ready) return {};
    return result.get();
  }

  void Post(std::function<void()> work) override { net::post(io_, std::move(work)); }

  void Stop(std::int64_t grace_ms) override {
    if (!thread_.joinable()) return;
    Post([this, grace_ms] { WindDown(grace_ms); });
    thread_.join();
    stopped_ = true;
  }

 private:
  const ServerOptions& options() const override { return options_; }
  const Handler& handler() const override { return handler_; }
  ServerCounts& tally() override { return tally_; }
  bool stopping() const override { return stopping_; }

  void Forget(const SessionBase* session) override {
    const auto found = sessions_.find(session);
    if (found == sessions_.end()) return;
    if (const auto peer = by_address_.find(found->second.peer);
        peer != by_address_.end() && --peer->second == 0) {
      by_address_.erase(peer);
    }
    sessions_.erase(found);
    tally_.connections = sessions_.size();
  }

  Status LoadTls() {
    if (options_.tls_cert.empty() && options_.tls_key.empty()) return Status();
    tls_ = std::make_unique<net::ssl::context>(net::ssl::context::tls_server);
    ErrorCode error;
    tls_->set_options(net::ssl::context::default_workarounds | net::ssl::context::no_tlsv1 |
                          net::ssl::context::no_tlsv1_1 | net::ssl::context::no_compression,
                      error);
    if (!error) tls_->use_certificate_chain_file(options_.tls_cert, error);
    if (error) return Status(Code::kInvalidArgument, "the certificate: " + error.message());
    tls_->use_private_key_file(options_.tls_key, net::ssl::context::pem, error);
    if (error) return Status(Code::kInvalidArgument, "the key: " + error.message());
    return Status();
  }

  // What a handler of an operation throws ends that connection at most, never the thread.
  void Run() {
    for (;;) {
      try {
        io_.run();
        return;
      } catch (const std::exception&) {
      }
    }
  }

  void Accept() {
    acceptor_.async_accept([this](ErrorCode error, tcp::socket socket) {
      if (stopping_) return;
      if (!error) {
        Accept();  // first: whatever becomes of this one, the next may come
        return Admit(std::move(socket));
      }
      // Without a pause a process that is out of descriptors tries a million times a second.
      pause_.expires_after(kAcceptPause);
      pause_.async_wait([this](ErrorCode ended) {
        if (!ended) Accept();
      });
    });
  }

  void Admit(tcp::socket socket) {
    ErrorCode error;
    const tcp::endpoint peer = socket.remote_endpoint(error);
    if (error) return;
    std::string address = peer.address().to_string();
    std::size_t& of_address = by_address_[address];
    const bool proxy =
        std::ranges::find(options_.trusted_proxies, address) != options_.trusted_proxies.end();
    const bool crowded = !proxy && of_address >= options_.connections_per_address_max;
    if (crowded || sessions_.size() >= options_.connections_max) {
      if (of_address == 0) by_address_.erase(address);
      ++tally_.turned_away_total;
      return;
    }
    ++of_address;
    ++tally_.accepted_total;
    socket.set_option(tcp::no_delay(true), error);
    auto session = NewSession(std::move(socket), tls_.get(), this, address);
    sessions_.emplace(session.get(), Entry{session, std::move(address)});
    tally_.connections = sessions_.size();
    session->Start();
  }

  // One timer for all connections: a deadline of an operation cannot be moved once it is pending,
  // and ten thousand timers are ten thousand timers.
  void Tick() {
    tick_.expires_after(kTick);
    tick_.async_wait([this](ErrorCode error) {
      if (error) return;
      Tick();  // first, likewise
      const std::int64_t now_ns = MonotonicNs();
      for (const auto& session : Everybody()) session->Tick(now_ns);
      if (stopping_ && (sessions_.empty() || now_ns >= stop_by_ns_)) Finish();
    });
  }

  std::vector<std::shared_ptr<SessionBase>> Everybody() const {
    std::vector<std::shared_ptr<SessionBase>> all;
    all.reserve(sessions_.size());
    for (const auto& [key, entry] : sessions_) all.push_back(entry.session);
    return all;
  }

  void WindDown(std::int64_t grace_ms) {
    stopping_ = true;
    stop_by_ns_ = MonotonicNs() + grace_ms * 1'000'000;
    ErrorCode ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (const auto& session : Everybody()) session->WindDown();
  }

  void Finish() {
    for (const auto& session : Everybody()) session->Close();
    io_.stop();
  }

  struct Entry {
    std::shared_ptr<SessionBase> session;
    std::string peer;
  };

  const ServerOptions options_;
  const Handler handler_;
  std::unique_ptr<net::ssl::context> tls_;
  mutable net::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  net::steady_timer tick_{io_}, pause_{io_};
  std::uint16_t port_ = 0;
  // On the server's thread from here on.
  std::unordered_map<const SessionBase*, Entry> sessions_;
  std::unordered_map<std::string, std::size_t> by_address_;
  ServerCounts tally_;
  bool stopping_ = false;
  std::int64_t stop_by_ns_ = 0;
  // On anybody's.
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Handler handler) {
  auto server = std::make_unique<AsioServer>(options, std::move(handler));
  if (Status status = server->Open(); !status.ok()) return status;
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace seathold::web
