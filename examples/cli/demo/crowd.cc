#include "examples/cli/demo/crowd.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "examples/cli/demo/patience.h"
#include "examples/cli/demo/rush_view.h"

namespace seathold::demo {
namespace {

Result<LoggedIn> Enrol(Engine& engine, int person) {
  const std::string email = fmt::format("buyer-{:04}@example.org", person);
  const std::string password = fmt::format("seat by the aisle {:04}", person);
  Result<UserId> user = engine.accounts().Register(email, password, kPatient);
  if (!user.ok()) return user.status();
  Result<AccessToken> access = engine.accounts().Login(email, password, kPatient);
  if (!access.ok()) return access.status();
  return LoggedIn{access->user, access->token};
}

}  // namespace

Result<std::vector<LoggedIn>> RegisterCrowd(Engine& engine, int people, int threads,
                                            const StopFlag& stop, Console& console) {
  std::vector<LoggedIn> crowd(static_cast<std::size_t>(people));
  std::vector<Status> failed(static_cast<std::size_t>(threads));
  std::atomic<int> next{0}, done{0}, running{threads};
  const auto work = [&](Status* status) {
    for (int person; !stop && status->ok() && (person = next++) < people; ++done) {
      Result<LoggedIn> logged_in = Enrol(engine, person);
      if (logged_in.ok())
        crowd[static_cast<std::size_t>(person)] = *logged_in;
      else
        *status = logged_in.status();
    }
    --running;
  };
  std::vector<std::thread> workers;
  for (Status& status : failed) workers.emplace_back(work, &status);
  WorkView view(console, "accounts", static_cast<std::uint64_t>(people));
  while (running > 0) {
    view.Show(static_cast<std::uint64_t>(done.load()));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (std::thread& worker : workers) worker.join();
  view.Show(static_cast<std::uint64_t>(done.load()), true);
  for (const Status& status : failed) {
    if (!status.ok()) return status;
  }
  return crowd;
}

}  // namespace seathold::demo
