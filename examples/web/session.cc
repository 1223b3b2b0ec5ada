#include "examples/web/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <ctime>

#include "examples/web/framing.h"
#include "examples/web/wire.h"
#include "seathold/clock.h"
#include "seathold/time.h"

namespace seathold::web {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using net::ip::tcp;
using ErrorCode = boost::system::error_code;
using TlsStream = net::ssl::stream<tcp::socket>;

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::int64_t kHandlingMs = 120'000;  // far beyond what any operation may take
constexpr std::int64_t kLingerMs = 1'000;
constexpr std::size_t kFramesAtOnce = 16;
constexpr int kStreamKernelBytes = 64 << 10;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

std::string DateText() {
  static const std::unique_ptr<Clock> clock = NewSystemClock();
  const std::time_t now = clock->Now().value / kUsPerSecond;
  std::tm tm{};
  gmtime_r(&now, &tm);
  std::array<char, 40> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &tm);
  return std::string(text.data(), size);
}

// Whatever would end the line early would begin a line of somebody else's.
bool IsOneLine(std::string_view value) {
  return std::ranges::none_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::string HeadOf(const Reply& reply, bool keep_alive) {
  const std::string_view reason =
      http::obsolete_reason(http::int_to_status(static_cast<unsigned>(reply.status)));
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", reply.status, reason, DateText());
  if (!reply.type.empty()) head += fmt::format("Content-Type: {}\r\n", reply.type);
  for (const auto& [name, value] : reply.fields) {
    if (IsOneLine(value)) head += fmt::format("{}: {}\r\n", name, value);
  }
  const bool bodiless = reply.status == 204 || reply.status == 304 || reply.stream;
  if (!bodiless) head += fmt::format("Content-Length: {}\r\n", reply.body ? reply.body->size() : 0);
  if (!keep_alive) head += "Connection: close\r\n";
  return head + "\r\n";
}

// False where the parser refuses it.
bool ParseHead(std::string_view raw, Head* head) {
  http::request_parser<http::empty_body> parser;
  parser.header_limit(1u << 20);  // ours is kept before
  parser.body_limit(boost::none);
  parser.skip(true);
  ErrorCode error;
  parser.put(net::buffer(raw.data(), raw.size()), error);
  if (error || !parser.is_header_done()) return false;
  const auto& message = parser.get();
  head->raw = raw;
  head->method = std::string(message.method_string());
  head->target = std::string(message.target());
  head->minor_version = message.version() == 11 ? 1 : 0;
  for (const auto& field : message) {
    head->fields.emplace_back(Lower(field.name_string()), std::string(field.value()));
  }
  return true;
}

// The last address of X-Forwarded-For is the one that our own proxy saw; empty when it is none.
std::string ForwardedFor(std::string_view chain) {
  const std::size_t comma = chain.find_last_of(',');
  std::string_view last = comma == std::string_view::npos ? chain : chain.substr(comma + 1);
  while (!last.empty() && last.front() == ' ') last.remove_prefix(1);
  ErrorCode error;
  const net::ip::address address = net::ip::make_address(std::string(last), error);
  return error ? "" : address.to_string();
}

template <class Socket>
class Session final : public SessionBase, public Stream {
 public:
  template <class... Args>
  Session(SessionOwner* owner, std::string peer, Args&&... socket)
      : owner_(*owner), peer_(std::move(peer)), socket_(std::forward<Args>(socket)...) {}

  void Start() override {
    Expect(owner_.options().request_ms);
    if constexpr (std::is_same_v<Socket, TlsStream>) {
      socket_.async_handshake(net::ssl::stream_base::server, [self = Self()](ErrorCode error) {
        error ? self->Close() : self->Idle();
      });
    } else {
      Idle();
    }
  }

  void Tick(std::int64_t now_ns) override {
    if (deadline_ns_ != 0 && now_ns >= deadline_ns_) {
      ++owner_.tally().timed_out_total;
      return state_ == State::kReading ? Decline(kTooSlow) : Close();
    }
    const std::int64_t silence_ns = now_ns - last_sent_ns_;
    if (state_ == State::kStreaming && !writing_ &&
        silence_ns >= owner_.options().heartbeat_ms * 1'000'000) {
      static const SharedText beat = Share(":\n\n");
      (void)Send(beat);
    }
  }

  void WindDown() override {
    if (state_ == State::kIdle) return Close();
    if (state_ == State::kStreaming) End(Goodbye());
  }

  void Close() override {
    if (state_ == State::kClosed) return;
    const auto self = Self();
    if (streaming_) --owner_.tally().streams;
    state_ = State::kClosed;
    ErrorCode ignored;
    socket_.lowest_layer().close(ignored);
    queue_.clear();
    owner_.Forget(this);
  }

  bool Send(SharedText text) override {
    if (state_ != State::kStreaming || ending_) return true;
    if (queued_bytes_ + text->size() > owner_.options().stream_bytes_max) {
      ++owner_.tally().slow_streams_total;
      return false;
    }
    queued_bytes_ += text->size();
    queue_.push_back(std::move(text));
    Pump();
    return true;
  }

  void End(SharedText text) override {
    if (state_ != State::kStreaming || ending_) return;
    queue_.resize(writing_ ? in_flight_ : 0);
    queued_bytes_ += text->size();
    queue_.push_back(std::move(text));
    ending_ = true;
    Pump();
  }

  bool open() const override { return state_ == State::kStreaming && !ending_; }

 private:
  enum class State : std::uint8_t {
    kOpening,
    kIdle,       // nothing of the next request has come
    kReading,    // some of it has
    kHandling,   // the handler has it
    kReplying,   // its reply is being sent
    kStreaming,  // events
    kLingering,  // ours is said: what the client still sends is read, so that it hears us out
    kClosed,
  };

  std::shared_ptr<Session> Self() {
    return std::static_pointer_cast<Session>(this->shared_from_this());
  }

  void Expect(std::int64_t ms) { deadline_ns_ = MonotonicNs() + ms * 1'000'000; }

  SharedText Goodbye() const {
    return owner_.options().goodbye ? owner_.options().goodbye() : Share("");
  }

  // ---- reading ---------------------------------------------------------------------------------

  void Idle() {
    if (owner_.stopping()) return Close();
    state_ = State::kIdle;
    Expect(owner_.options().idle_ms);
    Read();
  }

  void Read() {
    reading_ = true;
    socket_.async_read_some(net::buffer(chunk_), [self = Self()](ErrorCode error, std::size_t n) {
      self->reading_ = false;
      self->Take(error, n);
    });
  }

  void Take(ErrorCode error, std::size_t bytes) {
    if (state_ == State::kClosed) return;
    // A reader of events has nothing to say; its end of the line means that it is gone.
    if (error || state_ == State::kStreaming) return Close();
    if (state_ == State::kReplying) return;  // it was too slow, and is being told so
    if (state_ == State::kLingering) return Read();
    if (state_ == State::kIdle) {
      state_ = State::kReading;
      Expect(owner_.options().request_ms);
    }
    in_.append(chunk_.data(), bytes);
    Advance();
  }

  void Advance() {
    if (head_bytes_ == 0) {
      const std::size_t end = in_.find(kHeadEnd);
      const std::size_t bytes = end == std::string::npos ? in_.size() : end + kHeadEnd.size();
      if (bytes > owner_.options().header_bytes_max) return Refuse(kHeadTooLarge);
      if (!LinesAreClean({in_.data(), bytes})) return Refuse(kNotClean);
      if (end == std::string::npos) return Read();
      head_bytes_ = bytes;
      if (!Believe()) return;
    }
    if (in_.size() < head_bytes_ + framing_.body_bytes) return Read();
    Handle();
  }

  // Takes the head apart; false, and the refusal is on its way, where it breaks a rule.
  bool Believe() {
    head_ = Head{};
    bool parsed = false;
    try {
      parsed = ParseHead({in_.data(), head_bytes_}, &head_);
    } catch (const std::exception&) {  // the parser throws on fields that are too long for it
    }
    framing_ = parsed ? Judge(head_, owner_.options().body_bytes_max)
                      : Framing{.refused = JudgeUnparsed({in_.data(), head_bytes_})};
    if (framing_.refused.status == 0) return true;
    Refuse(framing_.refused);
    return false;
  }

  void Refuse(const Refusal& refusal) {
    ++owner_.tally().malformed_total;
    Decline(refusal);
  }

  void Decline(const Refusal& refusal) {
    const bool bare = head_bytes_ != 0 && head_.method == "HEAD";
    const Method method = bare ? Method::kHead : Method::kGet;
    framing_ = Framing{.refused = refusal, .method = method, .keep_alive = false};
    Write(Safe(Problem(refusal.status, refusal.code, "this request is not served", refusal.why)));
  }

  void Handle() {
    state_ = State::kHandling;
    Expect(kHandlingMs);
    Request request;
    request.method = framing_.method;
    const std::size_t mark = head_.target.find('?');
    request.path = head_.target.substr(0, mark);
    if (mark != std::string::npos) request.query = head_.target.substr(mark + 1);
    request.fields = std::move(head_.fields);
    request.body = in_.substr(head_bytes_, framing_.body_bytes);
    request.address = ClientAddress(request);
    in_.erase(0, head_bytes_ + framing_.body_bytes);
    head_bytes_ = 0;
    owner_.handler()(std::move(request), [self = Self()](Reply reply) {
      net::post(self->socket_.get_executor(), [self, reply = std::move(reply)]() mutable {
        if (self->state_ == State::kHandling) self->Write(std::move(reply));
      });
    });
  }

  std::string ClientAddress(const Request& request) const {
    const auto& proxies = owner_.options().trusted_proxies;
    const bool proxy = std::ranges::find(proxies, peer_) != proxies.end();
    const std::string told = proxy ? ForwardedFor(request.field("x-forwarded-for")) : "";
    return told.empty() ? peer_ : told;
  }

  // ---- writing ---------------------------------------------------------------------------------

  void Write(Reply reply) {
    state_ = State::kReplying;
    Expect(owner_.options().write_ms);
    const bool keep_alive = framing_.keep_alive && !owner_.stopping() && !reply.stream;
    out_head_ = HeadOf(reply, keep_alive);
    const bool bare = framing_.method == Method::kHead || reply.status == 304 || reply.stream;
    out_body_ = bare ? nullptr : reply.body;
    const std::array<net::const_buffer, 2> parts = {
        net::buffer(out_head_), out_body_ ? net::buffer(*out_body_) : net::const_buffer()};
    net::async_write(socket_, parts,
                     [self = Self(), keep_alive, open = std::move(reply.stream)](
                         ErrorCode error, std::size_t) { self->Wrote(error, keep_alive, open); });
  }

  void Wrote(ErrorCode error, bool keep_alive,
             const std::function<void(std::shared_ptr<Stream>)>& open) {
    out_body_ = nullptr;
    if (state_ == State::kClosed) return;
    if (error) return Close();
    if (open && framing_.method != Method::kHead) return Tell(open);
    if (!keep_alive) return Linger();
    if (in_.empty()) return Idle();
    state_ = State::kReading;
    Expect(owner_.options().request_ms);
    Advance();
  }

  void Linger() {
    ErrorCode ignored;
    socket_.lowest_layer().shutdown(tcp::socket::shutdown_send, ignored);
    state_ = State::kLingering;
    Expect(kLingerMs);
    if (!reading_) Read();
  }

  // ---- events ----------------------------------------------------------------------------------

  void Tell(const std::function<void(std::shared_ptr<Stream>)>& open) {
    state_ = State::kStreaming;
    streaming_ = true;
    ++owner_.tally().streams;
    deadline_ns_ = 0;
    last_sent_ns_ = MonotonicNs();
    std::string().swap(in_);
    std::string().swap(out_head_);
    // Left to itself the kernel keeps megabytes for a reader that does not read.
    ErrorCode ignored;
    socket_.lowest_layer().set_option(net::socket_base::send_buffer_size(kStreamKernelBytes),
                                      ignored);
    Read();
    if (owner_.stopping()) return End(Goodbye());
    open(std::shared_ptr<Stream>(Self(), this));
  }

  void Pump() {
    if (writing_ || queue_.empty()) return;
    in_flight_ = std::min(queue_.size(), kFramesAtOnce);
    std::vector<net::const_buffer> parts;
    for (std::size_t i = 0; i < in_flight_; ++i) parts.push_back(net::buffer(*queue_[i]));
    writing_ = true;
    Expect(owner_.options().write_ms);
    net::async_write(socket_, parts, [self = Self()](ErrorCode error, std::size_t) {
      self->writing_ = false;
      self->Pumped(error);
    });
  }

  void Pumped(ErrorCode error) {
    if (state_ == State::kClosed) return;
    if (error) return Close();
    for (std::size_t i = 0; i < in_flight_; ++i) queued_bytes_ -= queue_[i]->size();
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(in_flight_));
    last_sent_ns_ = MonotonicNs();
    deadline_ns_ = 0;
    if (!queue_.empty()) return Pump();
    if (ending_) Linger();
  }

  SessionOwner& owner_;
  const std::string peer_;
  Socket socket_;
  State state_ = State::kOpening;
  std::int64_t deadline_ns_ = 0;  // 0 = none
  bool reading_ = false;
  std::array<char, 1'024> chunk_;
  std::string in_;              // what has come and is not yet handled
  std::size_t head_bytes_ = 0;  // of the request in `in_`; 0 = its head is not complete
  Head head_;
  Framing framing_;
  std::string out_head_;
  SharedText out_body_;
  // Events.
  bool streaming_ = false, writing_ = false, ending_ = false;
  std::vector<SharedText> queue_;  // the first in_flight_ are being written
  std::size_t in_flight_ = 0, queued_bytes_ = 0;
  std::int64_t last_sent_ns_ = 0;
};

}  // namespace

std::shared_ptr<SessionBase> NewSession(tcp::socket socket, net::ssl::context* tls,
                                        SessionOwner* owner, std::string peer) {
  if (tls != nullptr) {
    return std::make_shared<Session<TlsStream>>(owner, std::move(peer), std::move(socket), *tls);
  }
  return std::make_shared<Session<tcp::socket>>(owner, std::move(peer), std::move(socket));
}

}  // namespace seathold::web
