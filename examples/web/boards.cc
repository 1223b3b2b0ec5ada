#include "examples/web/boards.h"

#include <fmt/format.h>

#include <algorithm>

#include "examples/web/wire.h"
#include "seathold/time.h"

namespace seathold::web {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr int kTidyTurns = 25;

SharedText ReloadText() {
  static const SharedText text = Share("event: reload\ndata: {}\n\n");
  return text;
}

std::string CountsText(const SeatMap& map) {
  return fmt::format(R"("free":{},"held":{},"sold":{},"blocked":{})", map.available, map.held,
                     map.sold, map.blocked);
}

SharedText BodyOf(const SeatMap& map, const std::string& version) {
  std::string letters(map.seats, 'f');
  for (std::uint32_t i = 0; i < map.seats; ++i) letters[i] = LetterOf(map.at(i));
  return Share(
      fmt::format(R"({{"performance":"{}","version":"{}","seats":"{}",{},"next_release_at":{}}})",
                  map.performance.value, version, letters, CountsText(map),
                  InstantOrNull(map.next_release_at).Dump()));
}

std::string FrameText(const SeatMap& before, const SeatMap& after, const std::string& version) {
  std::string changes;
  for (std::size_t byte = 0; byte < after.bits.size(); ++byte) {
    if (before.bits[byte] == after.bits[byte]) continue;
    const auto first = static_cast<std::uint32_t>(byte * 4);
    for (std::uint32_t i = first; i < std::min(first + 4, after.seats); ++i) {
      if (before.at(i) == after.at(i)) continue;
      changes += fmt::format("{}[{},\"{}\"]", changes.empty() ? "" : ",", i, LetterOf(after.at(i)));
    }
  }
  return fmt::format("id: {}\nevent: seats\ndata: {{\"changes\":[{}],{}}}\n\n", version, changes,
                     CountsText(after));
}

}  // namespace

std::string VersionText(const MapVersion& version) {
  return fmt::format("{}-{}", version.feed, version.lapse.value);
}

Boards::Boards(Engine& engine, std::int64_t poll_ms,
               std::function<void(std::function<void()>)> post)
    : engine_(engine), poll_ms_(poll_ms), post_(std::move(post)), thread_([this] { Poll(); }) {}

Boards::~Boards() { Stop(); }

void Boards::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    wake_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

Boards::BoardRef Boards::Find(PerformanceId performance) {
  const MutexLock lock(mutex_);
  const auto found = boards_.find(performance);
  return found == boards_.end() ? nullptr : found->second;
}

Boards::BoardRef Boards::Make(PerformanceId performance) {
  const MutexLock lock(mutex_);
  BoardRef& board = boards_[performance];
  if (!board) board = std::make_shared<Board>(performance);
  return board;
}

// Reading and telling are apart: who reads, a poll or somebody's getMap, numbers the frame, and the
// thread of streams hands out frames by number.
Status Boards::Read(const BoardRef& board, std::int64_t at_least_ms_old) {
  if (!BeginReading(*board, at_least_ms_old)) return Status();
  auto map = engine_.reservations().Map(board->id);
  if (map.ok()) Take(board, std::move(*map));
  const MutexLock lock(board->mutex);
  board->reading = false;
  board->read.NotifyAll();
  return map.status();
}

// One at a time; who comes meanwhile waits for what that one finds. False: what is there is new
// enough.
bool Boards::BeginReading(Board& board, std::int64_t at_least_ms_old) {
  const MutexLock lock(board.mutex);
  while (board.reading) board.read.Wait(board.mutex, Deadline{});
  if (IsNewer(board, at_least_ms_old)) return false;
  board.reading = true;
  board.read_ns = MonotonicNs();
  return true;
}

bool Boards::IsNewer(const Board& board, std::int64_t than_ms) {
  return board.map && MonotonicNs() - board.read_ns < than_ms * kNsPerMs;
}

void Boards::Take(const BoardRef& board, std::shared_ptr<const SeatMap> map) {
  std::shared_ptr<const SeatMap> before;
  {
    const MutexLock lock(board->mutex);
    before = board->map;
  }
  if (before && before->version == map->version) return;
  const std::string version = VersionText(map->version);
  // The first reading has nothing to tell, and is a version to come back with all the same.
  Frame frame{version, Share(before ? FrameText(*before, *map, version) : "")};
  Look look{version, BodyOf(*map, version)};
  {
    const MutexLock lock(board->mutex);
    board->map = std::move(map);
    board->look = std::move(look);
    Add(*board, std::move(frame));
  }
  ++frames_total_;
  if (board->watched > 0) post_([board] { Deliver(*board); });
}

// The last frame stays however large it is: the present version is always known.
void Boards::Add(Board& board, Frame frame) {
  board.frame_bytes += frame.text->size();
  board.frames.push_back(std::move(frame));
  while (board.frames.size() > 1 &&
         (board.frames.size() > kFramesMax || board.frame_bytes > kFrameBytesMax)) {
    board.frame_bytes -= board.frames.front().text->size();
    board.frames.pop_front();
    ++board.first_frame;
  }
}

Result<Look> Boards::Show(PerformanceId performance) {
  BoardRef board = Find(performance);
  if (!board) {  // what does not exist gets none
    if (auto map = engine_.reservations().Map(performance); !map.ok()) return map.status();
    board = Make(performance);
  }
  if (Status status = Read(board, poll_ms_ / 2); !status.ok()) return status;
  board->asked_ns = MonotonicNs();
  const MutexLock lock(board->mutex);
  return board->look;
}

std::optional<Look> Boards::Glance(PerformanceId performance) {
  const BoardRef board = Find(performance);
  if (!board) return std::nullopt;
  const MutexLock lock(board->mutex);
  if (board->reading || !IsNewer(*board, poll_ms_ / 2)) return std::nullopt;
  board->asked_ns = MonotonicNs();
  return board->look;
}

void Boards::Watch(PerformanceId performance, std::string_view version,
                   std::shared_ptr<Stream> stream) {
  const BoardRef board = Make(performance);
  Viewer viewer{std::move(stream), 0};
  {
    const MutexLock lock(board->mutex);
    const auto known = std::ranges::find(board->frames, version, &Frame::version);
    if (known == board->frames.end()) return viewer.stream->End(ReloadText());
    // The frame behind the one that led to the version it has.
    viewer.next =
        board->first_frame + static_cast<std::uint64_t>(known - board->frames.begin()) + 1;
  }
  ++board->watched;  // before the look at its frames: whoever adds one from now on tells of it
  if (CatchUp(*board, &viewer)) board->viewers.push_back(std::move(viewer));
  board->watched = board->viewers.size();
}

bool Boards::CatchUp(Board& board, Viewer* viewer) {
  if (!viewer->stream->open()) return false;
  std::vector<SharedText> missing;
  {
    const MutexLock lock(board.mutex);
    if (viewer->next < board.first_frame) {
      viewer->stream->End(ReloadText());
      return false;
    }
    const auto have = static_cast<std::ptrdiff_t>(viewer->next - board.first_frame);
    for (auto frame = board.frames.begin() + have; frame != board.frames.end(); ++frame) {
      missing.push_back(frame->text);
    }
  }
  for (SharedText& text : missing) {
    if (!viewer->stream->Send(std::move(text))) {
      viewer->stream->End(ReloadText());
      return false;
    }
  }
  viewer->next += missing.size();
  return true;
}

void Boards::Deliver(Board& board) {
  std::erase_if(board.viewers, [&](Viewer& viewer) { return !CatchUp(board, &viewer); });
  board.watched = board.viewers.size();
}

void Boards::Poll() {
  for (int turn = 1;; ++turn) {
    std::vector<BoardRef> watched;
    {
      const MutexLock lock(mutex_);
      if (!stopping_) wake_.Wait(mutex_, Deadline::After({.timeout_ms = poll_ms_}));
      if (stopping_) return;
      for (const auto& [id, board] : boards_) {
        if (board->watched > 0) watched.push_back(board);
      }
    }
    // A reading that fails is made again at the next turn; viewers keep what they have.
    for (const BoardRef& board : watched) (void)Read(board, 0);
    if (turn % kTidyTurns != 0) continue;
    for (const BoardRef& board : watched) {  // lets go of those who left a map that stands still
      post_([board] { Deliver(*board); });
    }
    ForgetTheUnwatched();
  }
}

void Boards::ForgetTheUnwatched() {
  const std::int64_t now_ns = MonotonicNs();
  const MutexLock lock(mutex_);
  std::erase_if(boards_, [&](const auto& entry) {
    const Board& board = *entry.second;
    const std::int64_t asked_ns = board.asked_ns;
    return board.watched == 0 && asked_ns != 0 && now_ns - asked_ns > kForgetAfterMs * kNsPerMs;
  });
}

}  // namespace seathold::web
