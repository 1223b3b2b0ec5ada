#include "examples/web/demo_sale.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "examples/cli/demo/counter.h"
#include "examples/cli/demo/rush.h"
#include "examples/cli/demo/seathold_office.h"
#include "examples/web/demo_programme.h"
#include "examples/web/wire.h"
#include "src/util/mutex.h"

namespace seathold::web {
namespace {

constexpr int kStepsMax = 2 * 3'600 / demo::kStepSeconds;

class Crowd final : public DemoSale {
 public:
  Crowd(Engine& engine, demo::Hall hall, const DemoProgramme& found, const DemoSaleOptions& options)
      : engine_(engine),
        options_(options),
        hall_(std::move(hall)),
        programme_(found.programme),
        seed_(found.resumed ? SeedOfThisTime() : options.seed) {}
  ~Crowd() override { Stop(); }

  Status Open() {
    password_ = HexText(engine_.NewId());
    const auto staff = engine_.accounts().Register(options_.staff_email, password_);
    if (staff.code() == Code::kEmailTaken) {
      password_.clear();
    } else if (!staff.ok()) {
      return staff.status();
    }
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
  // The same people as before, so that they find their places in the line again, with other plans:
  // those of the first time would repeat its requests by their ids.
  std::uint64_t SeedOfThisTime() const {
    std::uint64_t seed = 0;
    for (const std::uint8_t byte : engine_.NewId()) seed = seed << 8 | byte;
    return seed;
  }

  // Steps of the sale at their time on the clock. A step that fails is left out: a crowd that
  // thins is no reason to stop the host.
  void Run() {
    demo::RushOptions rush;
    rush.buyers = options_.buyers;
    rush.seed = seed_;
    std::uint64_t funded = 0;
    std::int64_t funded_minor = 0;
    if (!demo::FundWallets(*office_, hall_, rush, &funded, &funded_minor).ok()) return;
    demo::Counter counter(*office_, hall_, kStepsMax);
    for (int i = 0; i < options_.buyers; ++i) {
      const auto buyer = static_cast<std::uint32_t>(i);
      counter.Expect(seed_, buyer, demo::HostUser(buyer), "");
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
  const demo::Programme programme_;
  const std::uint64_t seed_;
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
  const auto found = OpenProgramme(engine, *hall);
  if (!found.ok()) return found.status();
  if (!*found) return std::unique_ptr<DemoSale>();
  auto crowd = std::make_unique<Crowd>(engine, std::move(*hall), **found, options);
  if (Status status = crowd->Open(); !status.ok()) return status;
  return std::unique_ptr<DemoSale>(std::move(crowd));
}

}  // namespace seathold::web
