#include "capi/log_ring.h"

#include <array>
#include <cstring>

namespace seathold::capi {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"DEBUG", "INFO", "WARNING", "ERROR"};

// Cuts before a byte that continues a UTF-8 character.
void CutTo(std::string* text, std::size_t bytes) {
  if (text->size() <= bytes) return;
  while (bytes > 0 && (static_cast<unsigned char>((*text)[bytes]) & 0xC0) == 0x80) --bytes;
  text->resize(bytes);
}

}  // namespace

void LogRing::Write(LogLevel level, std::string_view line) noexcept {
  if (level < least_ || bytes_max_ == 0) return;
  try {
    std::string kept(kLevels[static_cast<std::size_t>(level) & 3]);
    kept.append(" ").append(line);
    CutTo(&kept, kLineBytesMax - 1);
    kept += '\n';
    const MutexLock lock(mutex_);
    bytes_ += kept.size();
    lines_.push_back(std::move(kept));
    while (bytes_ > bytes_max_ && !lines_.empty()) {
      bytes_ -= lines_.front().size();
      lines_.pop_front();
      ++lost_;
    }
  } catch (...) {
    const MutexLock lock(mutex_);
    ++lost_;
  }
}

std::string LogRing::Lost() const {
  return "WARNING " + std::to_string(lost_) + " lines of the log were not kept\n";
}

Code LogRing::Take(char* out, std::size_t cap, std::size_t* needed) {
  const MutexLock lock(mutex_);
  std::size_t used = 0;
  const auto take = [&](const std::string& line) {
    if (used + line.size() >= cap) return false;
    std::memcpy(out + used, line.data(), line.size());
    used += line.size();
    return true;
  };
  std::size_t wanted = 0;
  if (lost_ != 0) {
    const std::string line = Lost();
    wanted = line.size();
    if (take(line)) lost_ = 0;
  }
  while (lost_ == 0 && !lines_.empty()) {
    wanted = lines_.front().size();
    if (!take(lines_.front())) break;
    bytes_ -= lines_.front().size();
    lines_.pop_front();
  }
  if (used == 0 && wanted != 0) {
    *needed = wanted;
    return Code::kBufferTooSmall;
  }
  if (cap > 0) out[used] = '\0';
  *needed = used;
  return Code::kOk;
}

}  // namespace seathold::capi
