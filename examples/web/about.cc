#include "examples/web/operations.h"
#include "examples/web/pages.h"
#include "examples/web/wire.h"

namespace seathold::web {
namespace {

constexpr std::string_view kPlain = "text/plain; charset=utf-8";

}  // namespace

Reply GetOpenapi(Host&, Call& call) {
  const Page& page = OpenapiPage();
  return Cached(call.request, page.etag, "application/json", Share(std::string(page.text)));
}

Reply GetMetrics(Host& host, Call&) {
  return {.status = 200,
          .type = "text/plain; version=0.0.4; charset=utf-8",
          .body = Share(host.metrics())};
}

Reply GetHealth(Host&, Call&) {
  return {.status = 200, .type = std::string(kPlain), .body = Share("ok\n")};
}

// Storage is asked, as a sale would ask it.
Reply GetReady(Host& host, Call&) {
  const bool ready = !host.stopping && host.engine.catalog().ListShows().ok();
  return {.status = ready ? 200 : 503,
          .type = std::string(kPlain),
          .body = Share(ready ? "ready\n" : "not ready\n")};
}

}  // namespace seathold::web
