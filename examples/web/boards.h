// Live maps: one board a performance, looked at once for all who watch it.
//
// A board reads the map at most every `poll_ms`/2 and keeps what changed from one reading to the
// next as a frame, ready to be sent. Every version that a browser is ever told is a version of its
// board, so frames from one version on are exactly what that browser misses; where they no longer
// reach back that far it is told to load the map again. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "examples/web/http.h"
#include "seathold/engine.h"
#include "src/util/mutex.h"

namespace seathold::web {

std::string VersionText(const MapVersion& version);  // "<feed>-<lapse>"

// The map of one reading, as getMap tells it.
struct Look {
  std::string version;
  SharedText body;
};

class Boards {
 public:
  static constexpr std::size_t kFramesMax = 1'024;         // of one board
  static constexpr std::size_t kFrameBytesMax = 2u << 20;  // likewise
  static constexpr std::int64_t kForgetAfterMs = 300'000;  // without anybody who looks

  // `post` runs work on the thread that streams live on.
  Boards(Engine& engine, std::int64_t poll_ms, std::function<void(std::function<void()>)> post);
  ~Boards();  // as Stop

  // As new as poll_ms/2. Errors: as ReservationSystem::Map.
  Result<Look> Show(PerformanceId performance);
  // Likewise; nothing where that would have to be read first. Does not wait.
  std::optional<Look> Glance(PerformanceId performance);
  // From `version` on. On the thread of streams, with a performance that Show has shown.
  void Watch(PerformanceId performance, std::string_view version, std::shared_ptr<Stream> stream);
  // Ends the polling. Safe to call twice.
  void Stop();

  std::uint64_t frames_total() const { return frames_total_; }

 private:
  struct Frame {
    std::string version;  // that it leads to
    SharedText text;
  };
  struct Viewer {
    std::shared_ptr<Stream> stream;
    std::uint64_t next = 0;  // number of the frame that it gets next
  };
  struct Board {
    explicit Board(PerformanceId performance) : id(performance) {}
    const PerformanceId id;
    std::atomic<std::size_t> watched{0};
    std::atomic<std::int64_t> asked_ns{0};
    // Never held while storage is asked: the thread of streams takes it.
    Mutex mutex;
    CondVar read;                            // a reading has ended
    bool reading GUARDED_BY(mutex) = false;  // somebody is at it
    std::shared_ptr<const SeatMap> map GUARDED_BY(mutex);
    std::int64_t read_ns GUARDED_BY(mutex) = 0;
    Look look GUARDED_BY(mutex);
    std::deque<Frame> frames GUARDED_BY(mutex);
    std::size_t frame_bytes GUARDED_BY(mutex) = 0;
    std::uint64_t first_frame GUARDED_BY(mutex) = 0;  // number of frames.front()
    std::vector<Viewer> viewers;                      // on the thread of streams
  };
  using BoardRef = std::shared_ptr<Board>;

  BoardRef Find(PerformanceId performance);  // null where there is none yet
  BoardRef Make(PerformanceId performance);
  Status Read(const BoardRef& board, std::int64_t at_least_ms_old);
  void Take(const BoardRef& board, std::shared_ptr<const SeatMap> map);
  static bool BeginReading(Board& board, std::int64_t at_least_ms_old);
  static bool IsNewer(const Board& board, std::int64_t than_ms) REQUIRES(board.mutex);
  static void Add(Board& board, Frame frame) REQUIRES(board.mutex);
  static void Deliver(Board& board);
  static bool CatchUp(Board& board, Viewer* viewer);
  void Poll();
  void ForgetTheUnwatched();

  Engine& engine_;
  const std::int64_t poll_ms_;
  const std::function<void(std::function<void()>)> post_;
  std::atomic<std::uint64_t> frames_total_{0};
  Mutex mutex_;
  CondVar wake_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::unordered_map<PerformanceId, BoardRef> boards_ GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace seathold::web
