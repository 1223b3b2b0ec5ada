#include "examples/cli/demo/demo.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

#include "examples/cli/demo/act_four.h"
#include "examples/cli/demo/act_one.h"
#include "examples/cli/demo/crash.h"
#include "examples/cli/demo/crowd.h"
#include "examples/cli/demo/naive_office.h"
#include "examples/cli/demo/report.h"
#include "examples/cli/demo/rush.h"
#include "examples/cli/demo/rush_view.h"
#include "examples/cli/demo/sale_film.h"
#include "examples/cli/demo/sale_record.h"
#include "examples/cli/demo/seathold_office.h"
#include "examples/cli/demo/workspace.h"
#include "examples/cli/place.h"
#include "seathold/adapter/parts.h"
#include "seathold/engine.h"

namespace seathold::demo {
namespace {

constexpr TimeUs kOpening{1'768'471'200 * kUsPerSecond};  // 2026-01-15 10:00 UTC
constexpr int kAccountsMax = 200, kBuyersPerAccount = 100;
constexpr int kBuyersMax = 1'000'000, kThreadsMax = 64, kKillsMax = 1'000;
constexpr int kExitHolds = 0, kExitBroken = 1, kExitRefused = 2, kExitFailed = 3;
constexpr int kExitInterrupted = 130;

StopFlag stop_asked{false};
void AskToStop(int) { stop_asked = true; }

// Ctrl-C ends the demo between two steps instead of in the middle of one.
class Interrupts {
 public:
  Interrupts() {
    stop_asked = false;
    struct sigaction action {};
    action.sa_handler = AskToStop;
    sigaction(SIGINT, &action, &old_int_);
    sigaction(SIGTERM, &action, &old_term_);
  }
  ~Interrupts() {
    sigaction(SIGINT, &old_int_, nullptr);
    sigaction(SIGTERM, &old_term_, nullptr);
  }
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

 private:
  struct sigaction old_int_ {
  }, old_term_{};
};

int Threads(const DemoOptions& options) {
  if (options.threads > 0) return options.threads;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 2, 8);
}

Status Check(const DemoOptions& options) {
  const auto refuse = [](const char* text) { return Status(Code::kInvalidArgument, text); };
  if (options.buyers < 1 || options.buyers > kBuyersMax) return refuse("buyers: 1 .. 1,000,000");
  if (options.threads < 0 || options.threads > kThreadsMax) return refuse("threads: 1 .. 64");
  if (options.kills < 0 || options.kills > kKillsMax) return refuse("kills: 0 .. 1,000");
  return Status();
}

std::string TimeOfDay(TimeUs time) {
  const std::time_t seconds = static_cast<std::time_t>(time.value / kUsPerSecond);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:02}:{:02}:{:02} UTC", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string SvgPath(const DemoOptions& options) {
  if (!options.svg.empty()) return options.svg;
  const std::filesystem::path db = cli::PathOf(cli::StorageUri(options.db));
  return (db.parent_path() / "seathold-demo.svg").string();
}

// Another hall in a schema of its own: its sale goes by another clock.
std::string CrashSchemaOf(const std::string& uri) {
  const std::size_t schema = uri.find("schema=");
  if (schema == std::string::npos) {
    return uri + (uri.find('?') == std::string::npos ? '?' : '&') + "schema=seathold_crash";
  }
  std::string crash = uri;
  return crash.insert(std::min(uri.find('&', schema), uri.size()), "_crash");
}

class Demo {
 public:
  Demo(const DemoOptions& options, Hall hall, Workspace space, Console& console)
      : options_(options),
        hall_(std::move(hall)),
        space_(std::move(space)),
        console_(console),
        clock_(std::make_shared<ManualClock>(kOpening)) {
    report_.seed = options.seed;
    report_.buyers = options.buyers;
    report_.threads = Threads(options);
    report_.hall = hall_.plan().name;
    report_.currency = hall_.currency();
    report_.seats = hall_.seats();
  }

  int Run() {
    const std::int64_t began_ns = MonotonicNs();
    const Status status = RunActs();
    report_.wall_s = static_cast<double>(MonotonicNs() - began_ns) / 1e9;
    if (engine_ != nullptr) TellClosing(engine_->Close());
    if (stop_asked) return Interrupted();
    if (!status.ok()) {
      console_.Keep();
      std::fprintf(stderr, "seathold demo: %s\n", status.text().c_str());
      return kExitFailed;
    }
    TellVerdict(report_, console_);
    if (options_.json) std::printf("%s\n", ToJson(report_).c_str());
    return report_.books_hold() ? kExitHolds : kExitBroken;
  }

 private:
  Status RunActs() {
    using Act = Status (Demo::*)();
    for (const Act act : {&Demo::Open, &Demo::ActOne, &Demo::Prepare, &Demo::ActTwo,
                          &Demo::ActThree, &Demo::ActFour, &Demo::Textbook}) {
      if (stop_asked) return Status();
      if (Status status = (this->*act)(); !status.ok()) return status;
    }
    return Status();
  }

  int Interrupted() {
    console_.Keep();
    std::fprintf(stderr, "seathold demo: stopped; %s\n",
                 options_.db.empty() ? "its temporary files are removed"
                                     : "the database is consistent and stays");
    return kExitInterrupted;
  }

  Status Open() {
    EngineOptions options = EngineFor(space_.storage());
    // Nobody else serves its queue.
    if (OnServer() && options.line == "auto") options.line = "memory:?scope=process";
    options.hash_concurrency = report_.threads;
    EngineParts parts;
    parts.clock = clock_;
    // Keys, salts and ids repeat with the seed, so that the digest does: for a demonstration only.
    if (report_.threads == 1) parts.entropy = NewSeededEntropy(options_.seed);
    Result<std::unique_ptr<Engine>> engine = Engine::Open(options, std::move(parts));
    if (!engine.ok()) return engine.status();
    engine_ = std::move(*engine);
    if (const StorageInfo storage = engine_->stats().storage; !storage.fresh) {
      return Status(Code::kAlreadyExists,
                    storage.description + ": there is something in it; a demo starts with nothing");
    }
    ProgrammeSpec spec{"An evening to remember", hall_.seats()};
    Result<Programme> programme = Announce(*engine_, hall_, spec);
    if (!programme.ok()) return programme.status();
    programme_ = *programme;
    console_.Line(fmt::format(
        "{}  {}, {} seats. {} buyers, seed {}, {} threads.",
        console_.Paint(Tone::kStrong, "seathold demo"), report_.hall, Grouped(report_.seats),
        Grouped(static_cast<std::uint64_t>(options_.buyers)), options_.seed, report_.threads));
    return Status();
  }

  bool OnServer() const { return cli::OnServer(space_.storage()); }
  EngineOptions EngineFor(const std::string& storage) const {
    EngineOptions options = options_.engine;
    options.storage = storage;
    return options;
  }

  // What a figure means depends on these.
  void TellConditions(const std::string& clocks) {
    const Stats stats = engine_->stats();
    console_.Fact("clocks", clocks);
    console_.Fact("kept", fmt::format("{}: {}; claims {}; line {}", stats.storage.description,
                                      stats.storage.durability, stats.claims, stats.line));
  }

  std::string SaleClock() const {
    const TimeUs wall = NewSystemClock()->Now();
    return fmt::format("sale {} (set by the demo; holds expire on it), wall {}",
                       TimeOfDay(clock_->Now()), TimeOfDay(wall));
  }

  Status ActOne() {
    console_.Heading("Act 1", "One buyer");
    TellConditions(SaleClock());
    report_.one = PlayActOne(*engine_, hall_, programme_, console_);
    return report_.one.status;
  }

  RushOptions Buyers() const {
    RushOptions options;
    options.buyers = options_.buyers;
    options.threads = report_.threads;
    options.seed = options_.seed;
    options.accounts = accounts_;
    return options;
  }

  Status Prepare() {
    console_.Heading("Act 2", "The rush");
    TellConditions(SaleClock());
    Preparation& before = report_.before;
    const int people = std::clamp(options_.buyers / kBuyersPerAccount, 1, kAccountsMax);
    Result<std::vector<LoggedIn>> crowd =
        RegisterCrowd(*engine_, people, report_.threads, stop_asked, console_);
    if (!crowd.ok()) return crowd.status();
    accounts_ = std::move(*crowd);
    before.accounts = accounts_.size();
    before.host_users = static_cast<std::uint64_t>(options_.buyers) - before.accounts;
    SeatholdOffice office(*engine_, hall_, programme_);
    if (Status status = FundWallets(office, hall_, Buyers(), &before.funded, &before.funded_minor);
        !status.ok()) {
      return status;
    }
    console_.Fact(
        "buyers",
        fmt::format("{} registered and logged in (Argon2id, real), {} are users "
                    "of the host; {} wallets charged with {}",
                    Grouped(before.accounts), Grouped(before.host_users), Grouped(before.funded),
                    MoneyText(Money{before.funded_minor, hall_.currency()})));
    before.data_bytes = DataBytes();
    return Status();
  }

  Status ActTwo() {
    SeatholdOffice office(*engine_, hall_, programme_);
    report_.rush = Rush(office, *clock_, options_.film.empty() ? nullptr : &reel_);
    if (stop_asked || !report_.rush.status.ok()) return report_.rush.status;
    report_.stats = engine_->stats();
    report_.data_bytes = DataBytes();
    TellRush(report_, console_);
    return Status();
  }

  // What the data takes: a plain copy has no WAL, whose length says what a checkpoint left over.
  std::uint64_t DataBytes() {
    const std::string copy = space_.Scratch("copy.db");
    std::error_code error;
    std::filesystem::remove(copy, error);
    if (!engine_->Backup(copy).ok()) return engine_->stats().bytes_on_disk;  // no file to copy
    const std::uintmax_t bytes = std::filesystem::file_size(copy, error);
    std::filesystem::remove(copy, error);
    return error ? 0 : bytes;
  }

  RushResult Rush(BoxOffice& office, ManualClock& clock, FilmReel* reel) {
    RushView view(console_, hall_);
    RushResult result =
        RunRush(office, hall_, Buyers(), clock, stop_asked, [&](const RushMoment& moment) {
          view.Show(moment);
          if (reel != nullptr) reel->Take(moment);
        });
    view.Finish();
    return result;
  }

  Status ActThree() {
    if (options_.kills == 0) return Status();
    console_.Heading("Act 3", "kill -9");
    console_.Fact("clocks", "sale = wall, the system's; the process is killed, not the machine");
    CrashOptions options;
    options.engine = EngineFor(OnServer() ? CrashSchemaOf(space_.storage())
                                          : "sqlite:" + space_.Scratch("crash.db") +
                                                (options_.journal ? "?journal=on" : ""));
    options.engine.line = "none";
    if (!OnServer()) options.engine.keys = "auto";  // beside the file, which is another
    options.seed = options_.seed;
    options.kills = options_.kills;
    report_.crash = PlayCrashAct(options, stop_asked, console_);
    if (stop_asked || !report_.crash->status.ok()) return report_.crash->status;
    console_.Fact("in all",
                  fmt::format("{} acknowledged, {} found", Grouped(report_.crash->acknowledged()),
                              Grouped(report_.crash->found())));
    return Status();
  }

  Status ActFour() {
    console_.Heading("Act 4", "The audit");
    TellConditions(SaleClock());
    const std::int64_t began_ns = MonotonicNs();
    Result<AuditReport> verified = engine_->Verify({.timeout_ms = 60'000});
    if (!verified.ok()) return verified.status();
    report_.audit_s = static_cast<double>(MonotonicNs() - began_ns) / 1e9;
    report_.audit = *std::move(verified);
    Result<SaleRecord> record = ReadSale(*engine_, programme_.tonight, hall_.seats());
    if (!record.ok()) return record.status();
    report_.damage = Assess(hall_, *record);
    report_.digest = DigestOf(*record, report_.rush.tally.refusals, report_.one.answers);
    report_.stats = engine_->stats();
    const std::string svg = SvgPath(options_);
    if (Status status = WriteSvg(hall_, report_, svg); !status.ok()) return status;
    report_.svg = svg;
    if (!options_.film.empty()) {
      if (Status status = WriteFilm(hall_, report_, reel_.frames(), options_.film); !status.ok()) {
        return status;
      }
      report_.film = options_.film;
    }
    TellAudit(report_, console_);
    return Status();
  }

  Status Textbook() {
    if (!options_.naive) return Status();
    console_.Heading("And the textbook way",
                     "SELECT free, then UPDATE; a lock with a TTL; a sweeper");
    console_.Fact("kept",
                  "plain SQLite, every commit synced; the same buyers, money and clock steps");
    Result<std::unique_ptr<NaiveStore>> store =
        NaiveStore::Create(space_.Scratch("textbook.db"), hall_.seats());
    if (!store.ok()) return store.status();
    ManualClock clock(kOpening);
    NaiveOffice office(**store, hall_, clock, hall_.seats());
    std::uint64_t funded = 0;
    std::int64_t funded_minor = 0;
    if (Status status = FundWallets(office, hall_, Buyers(), &funded, &funded_minor);
        !status.ok()) {
      return status;
    }
    NaiveReport naive;
    naive.rush = Rush(office, clock, nullptr);
    if (stop_asked || !naive.rush.status.ok()) return naive.rush.status;
    Result<SaleRecord> record = (*store)->ReadSale();
    if (!record.ok()) return record.status();
    naive.damage = Assess(hall_, *record);
    report_.naive = std::move(naive);
    TellNaive(report_, console_);
    return Status();
  }

  void TellClosing(const Status& closed) {
    if (!closed.ok()) std::fprintf(stderr, "seathold demo: closing: %s\n", closed.text().c_str());
  }

  const DemoOptions options_;
  const Hall hall_;
  const Workspace space_;  // outlives the engine
  Console& console_;
  std::shared_ptr<ManualClock> clock_;
  std::unique_ptr<Engine> engine_;
  Programme programme_;
  std::vector<LoggedIn> accounts_;
  Report report_;
  FilmReel reel_;
};

int Refuse(const Status& status, int exit_code) {
  std::fprintf(stderr, "seathold demo: %s\n", status.text().c_str());
  return exit_code;
}

}  // namespace

int RunDemo(const DemoOptions& options) {
  if (Status status = Check(options); !status.ok()) return Refuse(status, kExitRefused);
  Result<Hall> hall = Hall::Open(options.venue);
  if (!hall.ok()) return Refuse(hall.status(), kExitRefused);
  Result<Workspace> space = Workspace::Open(options.db, options.journal);
  if (!space.ok()) return Refuse(space.status(), kExitRefused);
  ConsoleTraits traits = LookAtStdout();
  traits.quiet = options.json;
  Console console(traits);
  Interrupts interrupts;
  return Demo(options, std::move(*hall), std::move(*space), console).Run();
}

}  // namespace seathold::demo
