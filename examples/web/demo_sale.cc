#include "examples/web/demo_sale.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "examples/cli/demo/counter.h"
#include "examples/cli/demo/rush.h"
#include "examples/cli/demo/seathold_office.h"
#include "examples/web/wire.h"
#include "src/util/mutex.h"

namespace seathold::web {
namespace {

constexpr int kStepsMax = 2 * 3'600 / demo::kStepSeconds;
constexpr std::uint32_t kInsideMax = 400;

class Crowd final : public DemoSale {
 public:
  Crowd(Engine& engine, demo::Hall hall, const DemoSaleOptions& options)
      : engine_(engine), options_(options), hall_(std::move(hall)) {}
  ~Crowd() override { Stop(); }

  Status Open() {
    const auto shows = engine_.catalog().ListShows();
    if (!shows.ok()) return shows.status();
    if (!shows->empty()) return Status();
    const auto programme =
        demo::Announce(engine_, hall_, {.title = "Winter journey", .active_max = kInsideMax});
    if (!programme.ok()) return programme.status();
    programme_ = *programme;
    if (Status status = engine_.catalog().SetSale(programme_.tomorrow, true); !status.ok()) {
      return status;
    }
    password_ = HexText(engine_.NewId());
    const auto staff = engine_.accounts().Register(options_.staff_email, password_);
    if (!staff.ok()) return staff.status();
    office_ = std::make_unique<demo::SeatholdOffice>(engine_, hall_, programme_);
    thread_ = std::thread([this] { Run(); });
    return Status();
  }

  const std::string& staff_password() const override { return password_; }

  void Stop() override {
    {
      const MutexLock lock(mutex_);
      stopping_ = true;
      wake_.NotifyAll();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  // Steps of the sale at their time on the clock. A step that fails is left out: a crowd that
  // thins is no reason to stop the host.
  void Run() {
    demo::RushOptions rush;
    rush.buyers = options_.buyers;
    rush.seed = options_.seed;
    std::uint64_t funded = 0;
    std::int64_t funded_minor = 0;
    if (!demo::FundWallets(*office_, hall_, rush, &funded, &funded_minor).ok()) return;
    demo::Counter counter(*office_, hall_, kStepsMax);
    for (int i = 0; i < options_.buyers; ++i) {
      const auto buyer = static_cast<std::uint32_t>(i);
      counter.Expect(options_.seed, buyer, demo::HostUser(buyer), "");
    }
    for (int step = 0; step < kStepsMax && Pause(); ++step) {
      if (!office_->Tick(engine_.Now()).ok()) continue;
      const auto map = office_->Look();
      if (map.ok()) counter.Serve(step, engine_.Now(), **map);
    }
  }

  // False when it is over.
  bool Pause() {
    const auto step_ms = static_cast<std::int64_t>(demo::kStepSeconds * 1'000 / options_.speed);
    const Deadline next = Deadline::After({.timeout_ms = step_ms});
    const MutexLock lock(mutex_);
    while (!stopping_ && wake_.Wait(mutex_, next)) {
    }
    return !stopping_;
  }

  Engine& engine_;
  const DemoSaleOptions options_;
  const demo::Hall hall_;
  demo::Programme programme_;
  std::string password_;
  std::unique_ptr<demo::SeatholdOffice> office_;
  Mutex mutex_;
  CondVar wake_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<DemoSale>> DemoSale::Start(Engine& engine, const DemoSaleOptions& options) {
  auto hall = demo::Hall::Open("");
  if (!hall.ok()) return hall.status();
  auto crowd = std::make_unique<Crowd>(engine, std::move(*hall), options);
  if (Status status = crowd->Open(); !status.ok()) return status;
  return std::unique_ptr<DemoSale>(std::move(crowd));
}

}  // namespace seathold::web
