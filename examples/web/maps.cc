#include <fmt/format.h>

#include <algorithm>

#include "examples/web/operations.h"
#include "examples/web/wire.h"

namespace seathold::web {
namespace {

constexpr std::string_view kJson = "application/json";

// When a browser whose stream was cut comes back, in milliseconds: browsers wait as they are told,
// without jitter of their own.
int RetryMs(std::uint64_t seed) { return 1'500 + static_cast<int>(seed * 2'654'435'761u % 3'000); }

Reply MapReply(const Request& request, const Look& look) {
  return Cached(request, fmt::format("\"{}\"", look.version), kJson, look.body);
}

}  // namespace

Reply Cached(const Request& request, const std::string& etag, std::string_view type,
             SharedText body) {
  Reply reply;
  reply.fields = {{"ETag", etag}, {"Cache-Control", "no-cache"}};
  const std::string_view have = request.field("if-none-match");
  if (have == "*" || have.find(etag) != std::string_view::npos) {
    reply.status = 304;
    return reply;
  }
  reply.type = type;
  reply.body = std::move(body);
  return reply;
}

Reply GetHall(Host& host, Call& call) {
  const PerformanceId id{call.PathId("performance")};
  if (!call.ok()) return call.wrong();
  const auto facts = host.performances.Get(id);
  if (!facts.ok()) return Problem(facts.status());
  return Cached(call.request, (*facts)->hall_etag, kJson, (*facts)->hall);
}

Reply GetMap(Host& host, Call& call) {
  const PerformanceId id{call.PathId("performance")};
  if (!call.ok()) return call.wrong();
  const auto look = host.boards->Show(id);
  if (!look.ok()) return Problem(look.status());
  return MapReply(call.request, *look);
}

std::optional<Reply> GlanceAtMap(Host& host, Call& call) {
  const PerformanceId id{call.PathId("performance")};
  const auto look = call.ok() ? host.boards->Glance(id) : std::nullopt;
  if (!look) return std::nullopt;
  return MapReply(call.request, *look);
}

Reply GetEvents(Host& host, Call& call) {
  const PerformanceId id{call.PathId("performance")};
  if (!call.ok()) return call.wrong();
  if (const auto look = host.boards->Show(id); !look.ok()) return Problem(look.status());
  const std::string_view last = call.request.field("last-event-id");
  const std::string_view after = call.Query("after");
  Reply reply;
  reply.type = "text/event-stream";
  reply.fields.emplace_back("X-Accel-Buffering", "no");  // nginx would keep events to itself
  reply.stream = [&host, id, version = std::string(last.empty() ? after : last)](
                     std::shared_ptr<Stream> stream) {
    static std::uint64_t seed = 0;  // on the thread of streams alone
    stream->Send(Share(fmt::format("retry: {}\n\n", RetryMs(++seed))));
    host.boards->Watch(id, version, std::move(stream));
  };
  return reply;
}

}  // namespace seathold::web
