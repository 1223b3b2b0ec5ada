// A client that speaks HTTP by hand: what a test sends is what goes over the wire. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/util/json.h"

namespace seathold::testing {

struct WebReply {
  int status = 0;  // 0 = the connection ended before a whole reply came
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case
  std::string head, body;

  std::string field(std::string_view name) const;  // empty when there is none
  bool has(std::string_view name) const;
  Json json() const;         // null when it is none
  std::string code() const;  // of a problem
};

class WebConnection {
 public:
  // `receive_bytes` 0: as the machine has it.
  explicit WebConnection(std::uint16_t port, int receive_bytes = 0);
  ~WebConnection();
  WebConnection(WebConnection&& other) noexcept;
  WebConnection(const WebConnection&) = delete;

  bool open() const { return fd_ >= 0; }  // whether it could be made
  void Send(std::string_view text);
  void ShutDownSending();
  void Close();
  // The next reply, within the time; `bodiless` for HEAD.
  WebReply Read(int timeout_ms = 10'000, bool bodiless = false);
  // What comes until `text` has come, the time is over or the other side ends.
  std::string ReadUntil(std::string_view text, int timeout_ms = 10'000);
  // Whether the other side ends the connection within the time; what it says until then is dropped.
  bool Ends(int timeout_ms);

 private:
  bool More(std::int64_t until_ns);

  int fd_ = -1;
  bool ended_ = false;
  std::string in_;
};

struct WebAsk {
  std::string method = "GET", path;
  std::string body = {};
  std::string token = {};
  std::vector<std::string> fields = {};  // "Name: value"
};
std::string RequestText(const WebAsk& ask);
// On a connection of its own.
WebReply Ask(std::uint16_t port, const WebAsk& ask);

}  // namespace seathold::testing
