// Connections, as the server sees them. Included by server.cc and session.cc alone: everything
// else does without Boost.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "examples/web/server.h"

namespace seathold::web {

// What a connection needs of its server. On the server's thread.
class SessionOwner {
 public:
  virtual ~SessionOwner() = default;

  virtual const ServerOptions& options() const = 0;
  virtual const Handler& handler() const = 0;
  virtual ServerCounts& tally() = 0;
  virtual bool stopping() const = 0;
  virtual void Forget(const class SessionBase* session) = 0;
};

// One connection. On the server's thread.
class SessionBase : public std::enable_shared_from_this<SessionBase> {
 public:
  virtual ~SessionBase() = default;

  virtual void Start() = 0;
  // Now and then: closes what is over its time, keeps streams awake.
  virtual void Tick(std::int64_t now_ns) = 0;
  // The server stops: what idles is closed, a stream says goodbye, a request may finish.
  virtual void WindDown() = 0;
  virtual void Close() = 0;
};

// `tls` null: plain. `peer`: the address as text.
std::shared_ptr<SessionBase> NewSession(boost::asio::ip::tcp::socket socket,
                                        boost::asio::ssl::context* tls, SessionOwner* owner,
                                        std::string peer);

}  // namespace seathold::web
