#include "examples/web/web_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "examples/web/lots.h"
#include "examples/web/pages.h"
#include "examples/web/routes.h"
#include "seathold/adapter/parts.h"

namespace seathold::web {
namespace {

constexpr int kJsonDepthMax = 8;
constexpr std::size_t kJsonValuesMax = 30'000;
constexpr int kLoginsWaitingMax = 256, kAboutWaitingMax = 64;
// Of the threads a quarter for each kind, two at least: while one of them waits for a commit the
// other gathers the next lot, and what is refused from memory in it is answered at once.
constexpr int kThreadsTogetherLeast = 2, kThreadsTogetherShare = 4;
constexpr std::size_t kLotMax = 256;

SharedText Goodbye() { return Share("event: stop\ndata: {\"retry_ms\":2000}\n\n"); }

Reply Forbidden() { return Problem(403, "forbidden", "this login may not do that"); }

// The bearer's token, empty when there is none.
std::string_view TokenOf(const Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  std::string_view value = request.field("authorization");
  if (!value.starts_with(kScheme)) return "";
  value.remove_prefix(kScheme.size());
  return value;
}

std::string_view NameOf(Method method) {
  static constexpr std::array<std::string_view, kMethods> kNames = {"GET", "HEAD",  "POST",
                                                                    "PUT", "PATCH", "DELETE"};
  return kNames.at(static_cast<std::size_t>(method));
}

class Program final : public WebHost {
 public:
  Program(std::unique_ptr<Engine> engine, const HostOptions& options, HostKey key,
          std::unique_ptr<Door> door, std::shared_ptr<cli::Log> log)
      : log_(std::move(log)),
        engine_(std::move(engine)),
        host_(*engine_, options, key, std::move(door)),
        counts_(Routes().size()),
        work_(options.threads, static_cast<std::size_t>(options.waiting_max)),
        logins_(options.login_threads, kLoginsWaitingMax),
        about_(1, kAboutWaitingMax),
        together_(Routes().size()) {
    for (std::size_t i = 0; i < together_.size(); ++i) {
      if (Routes()[i].lane != Lane::kTogether) continue;
      together_[i] = std::make_unique<Lots<JobRef>>(
          std::max(kThreadsTogetherLeast, options.threads / kThreadsTogetherShare),
          static_cast<std::size_t>(options.waiting_max), kLotMax,
          [this, i](const std::vector<JobRef>& jobs) { DoTogether(Routes()[i], jobs); });
    }
    host_.metrics = [this] { return MetricsText(); };
  }

  ~Program() override { Stop(); }

  Status Listen() {
    ServerOptions options = host_.options.server;
    options.goodbye = Goodbye;
    auto server = Server::Start(options, [this](Request request, Answer answer) {
      Take(std::move(request), std::move(answer));
    });
    if (!server.ok()) return server.status();
    server_ = std::move(*server);
    host_.boards = std::make_unique<Boards>(
        *engine_, host_.options.poll_ms,
        [this](std::function<void()> work) { server_->Post(std::move(work)); });
    ready_ = true;
    return Status();
  }

  Engine& engine() override { return *engine_; }
  std::uint16_t port() const override { return server_->port(); }
  ServerCounts counts() const override { return server_->counts(); }

  void Stop() override {
    if (!server_ || host_.stopping.exchange(true)) return;
    server_->Stop(host_.options.stop_ms);
    work_.Stop();
    for (const auto& lots : together_) {
      if (lots) lots->Stop();
    }
    logins_.Stop();
    about_.Stop();
    host_.boards->Stop();
    server_.reset();
    const Status closed = engine_->Close({.timeout_ms = host_.options.stop_ms});
    if (!closed.ok()) log_->Write(LogLevel::kError, "closing: " + closed.text());
  }

 private:
  struct Job {
    Request request;
    Answer answer;
    Match match;  // its params are pieces of `request.path`
    std::int64_t began_ns = 0;
  };
  using JobRef = std::shared_ptr<Job>;

  // ---- on the server's thread
  // --------------------------------------------------------------------

  void Take(Request request, Answer answer) {
    if (!ready_) return answer(Safe(RetryAfter(1, Problem(503, "busy", "the host is starting"))));
    auto job = std::make_shared<Job>();
    job->request = std::move(request);
    job->answer = std::move(answer);
    job->match = FindRoute(job->request.method, job->request.path);
    job->began_ns = MonotonicNs();
    if (!job->match.route) return job->answer(NoRoute(job->request, job->match));
    const Route& route = Routes()[*job->match.route];
    if (const int wait_s = OverRate(route.rate, job->request.address); wait_s > 0) {
      ++host_.throttled_total;
      return job->answer(
          Safe(RetryAfter(wait_s, Problem(429, "throttled", "too many attempts; wait"))));
    }
    if (Glance(route, *job) || Submit(route, job)) return;
    ++host_.rejected_total;
    job->answer(Safe(RetryAfter(1, Problem(503, "busy", "busy; nothing was done"))));
  }

  bool Submit(const Route& route, const JobRef& job) {
    if (route.lane == Lane::kTogether) return together_[*job->match.route]->Submit(job);
    return PoolOf(route.lane).Submit([this, job] { Do(*job); });
  }

  WorkPool& PoolOf(Lane lane) {
    if (lane == Lane::kAbout) return about_;
    return lane == Lane::kLogin ? logins_ : work_;
  }

  // Whether it could be answered at once. Not where requests are logged: a log may have to wait.
  bool Glance(const Route& route, Job& job) {
    if (route.glance == nullptr || log_->Writes(LogLevel::kInfo)) return false;
    Call call(job.request, job.match.params);
    std::optional<Reply> reply = route.glance(host_, call);
    if (!reply) return false;
    Finish(route, job, std::move(*reply));
    return true;
  }

  Reply NoRoute(const Request& request, const Match& match) const {
    if (!match.allowed.empty()) {
      Reply reply = Problem(405, "method_not_allowed", "this address has no such method");
      reply.fields.emplace_back("Allow", match.allowed);
      return Safe(std::move(reply));
    }
    const Page* page = FindPage(request.path);
    if (page == nullptr) return Safe(Problem(404, "not_found", "there is nothing at this address"));
    const bool reads = request.method == Method::kGet || request.method == Method::kHead;
    if (reads) return Safe(ServePage(request, *page, host_.options.pages_dir));
    Reply reply = Problem(405, "method_not_allowed", "this address has no such method");
    reply.fields.emplace_back("Allow", "GET, HEAD");
    return Safe(std::move(reply));
  }

  int OverRate(Rate rate, const std::string& address) {
    switch (rate) {
      case Rate::kLogins:
        return host_.logins.Take(address, MonotonicNs());
      case Rate::kJoins:
        return host_.joins.Take(address, MonotonicNs());
      case Rate::kNone:
        break;
    }
    return 0;
  }

  // ---- on a thread that may wait
  // -----------------------------------------------------------------

  void Do(Job& job) {
    const Route& route = Routes()[*job.match.route];
    Reply reply;
    try {
      Call call(job.request, std::move(job.match.params));
      std::optional<Reply> refused = Prepare(route, &call);
      reply = refused ? std::move(*refused) : route.handle(host_, call);
    } catch (const std::exception& error) {
      reply = Failed(route, error);
    }
    Finish(route, job, std::move(reply));
  }

  void DoTogether(const Route& route, const std::vector<JobRef>& jobs) {
    std::vector<Turn> all;
    all.reserve(jobs.size());
    try {
      std::vector<Turn*> ready;
      for (const JobRef& job : jobs) {
        Turn& turn = all.emplace_back(Turn{{job->request, job->match.params}, {}});
        std::optional<Reply> refused = Prepare(route, &turn.call);
        if (refused) {
          turn.reply = std::move(*refused);
        } else {
          ready.push_back(&turn);
        }
      }
      if (!ready.empty()) route.handle_together(host_, ready);
    } catch (const std::exception& error) {
      all.clear();
      const Reply failed = Failed(route, error);
      for (const JobRef& job : jobs) Finish(route, *job, failed);
      return;
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) Finish(route, *jobs[i], std::move(all[i].reply));
  }

  Reply Failed(const Route& route, const std::exception& error) {
    log_->Write(LogLevel::kError, fmt::format("{}: {}", route.operation, error.what()));
    return Problem(Status(Code::kInternal));
  }

  // Also on the server's thread.
  void Finish(const Route& route, Job& job, Reply reply) {
    const std::int64_t took_ns = MonotonicNs() - job.began_ns;
    counts_[*job.match.route].Count(reply.status, took_ns);
    Log(route, job.request, reply.status, took_ns);
    job.answer(Safe(std::move(reply)));
  }

  // Who it is and what it says; a reply where that is refused.
  std::optional<Reply> Prepare(const Route& route, Call* call) {
    if (route.who != Role::kAnyone) {
      if (const Status status = LookWho(call); !status.ok()) return Problem(status);
      if (call->role < route.who) return Forbidden();
    }
    const bool has_body = route.method != Method::kGet && route.method != Method::kDelete;
    if (has_body && !call->request.body.empty()) {
      const JsonLimits limits{kJsonDepthMax, host_.options.server.body_bytes_max, kJsonValuesMax};
      Result<Json> body = Json::Parse(call->request.body, limits);
      if (!body.ok()) {
        return Problem(400, "malformed", "the body is no JSON that is taken",
                       body.status().detail());
      }
      call->body = std::move(*body);
    }
    return std::nullopt;
  }

  // The engine judges the token, also where the role beside it is forged.
  Status LookWho(Call* call) {
    const auto bearer = host_.key.OpenBearer(TokenOf(call->request));
    if (!bearer) return Status(Code::kAccessDenied);
    const auto who = engine_->accounts().Authenticate(bearer->access_token);
    if (!who.ok()) return who.status();
    call->who = *who;
    call->role = bearer->role;
    return Status();
  }

  // Never the query, a header or a body: they may hold what is nobody's business.
  void Log(const Route& route, const Request& request, int status, std::int64_t took_ns) {
    const LogLevel level = status >= 500 ? LogLevel::kWarning : LogLevel::kInfo;
    if (!log_->Writes(level)) return;
    log_->Write(level, "request",
                fmt::format(" operation={} method={} path={} status={} us={} address={}",
                            route.operation, NameOf(request.method), cli::Quoted(request.path),
                            status, took_ns / 1'000, request.address));
  }

  std::string MetricsText() {
    Gauges gauges;
    gauges.server = server_->counts();
    gauges.engine = engine_->stats();
    gauges.frames_total = host_.boards->frames_total();
    gauges.work_waiting = work_.waiting();
    for (const auto& lots : together_) {
      if (lots) gauges.work_waiting += lots->waiting();
    }
    gauges.logins_waiting = logins_.waiting();
    gauges.throttled_total = host_.throttled_total;
    gauges.rejected_total = host_.rejected_total;
    std::string out;
    TellGauges(gauges, &out);
    out +=
        "# HELP seathold_web_requests_total Requests by operation.\n"
        "# TYPE seathold_web_requests_total counter\n";
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      counts_[i].TellRequests(Routes()[i].operation, &out);
    }
    out +=
        "# HELP seathold_web_request_seconds From the request to its answer.\n"
        "# TYPE seathold_web_request_seconds histogram\n";
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      counts_[i].TellSeconds(Routes()[i].operation, &out);
    }
    return out;
  }

  const std::shared_ptr<cli::Log> log_;
  const std::unique_ptr<Engine> engine_;
  Host host_;
  std::vector<OperationCounts> counts_;  // by route
  WorkPool work_, logins_, about_;
  std::vector<std::unique_ptr<Lots<JobRef>>> together_;  // by route; null where it is not of those
  std::unique_ptr<Server> server_;
  std::atomic<bool> ready_ = false;
};

}  // namespace

Result<std::unique_ptr<WebHost>> WebHost::Start(const HostOptions& options,
                                                std::shared_ptr<cli::Log> log) {
  EngineParts parts;
  parts.log = log;
  auto engine = Engine::Open(options.engine, std::move(parts));
  if (!engine.ok()) return engine.status();
  const auto key = HostKey::Open(options.key_file);
  if (!key.ok()) return key.status();
  auto door = Door::Open(options.door_file);
  if (!door.ok()) return door.status();
  auto program = std::make_unique<Program>(std::move(*engine), options, *key, std::move(*door),
                                           std::move(log));
  if (Status status = program->Listen(); !status.ok()) return status;
  return std::unique_ptr<WebHost>(std::move(program));
}

}  // namespace seathold::web
