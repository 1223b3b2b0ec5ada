// What the host's code sees of HTTP: a request, a reply, a stream of events. Plain types; what
// carries them is server.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seathold::web {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete };
inline constexpr std::size_t kMethods = 6;

// Text that many connections send at once.
using SharedText = std::shared_ptr<const std::string>;
inline SharedText Share(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

using Field = std::pair<std::string, std::string>;

// One request, complete. Nothing in it is decoded: no address of ours needs an escape.
struct Request {
  Method method = Method::kGet;
  std::string path;           // "/api/shows"
  std::string query;          // "after=7&limit=20", without the '?'
  std::vector<Field> fields;  // names in lower case, in order
  std::string body;
  std::string address;  // of the client, as text; of a proxy's client where the proxy is trusted

  // The first field of that name, empty when there is none.
  std::string_view field(std::string_view name) const;
};

// A connection that only tells: server-sent events. All calls from the server's own thread.
class Stream {
 public:
  virtual ~Stream() = default;

  // Queues text. False, and nothing is queued, where the reader has fallen too far behind.
  virtual bool Send(SharedText text) = 0;
  // Drops what is queued and not yet begun, sends this, closes.
  virtual void End(SharedText text) = 0;
  virtual bool open() const = 0;
};

struct Reply {
  int status = 200;
  std::string type;           // Content-Type; empty = no body
  std::vector<Field> fields;  // further ones; a value with a control character is left out
  SharedText body;            // null = empty
  // Set: the reply is a stream without end, and this is called once its head is sent.
  std::function<void(std::shared_ptr<Stream>)> stream = nullptr;
};

// Answers once, from any thread.
using Answer = std::function<void(Reply)>;
// Called on the server's thread: must not block.
using Handler = std::function<void(Request, Answer)>;

}  // namespace seathold::web
