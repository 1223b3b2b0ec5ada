// What the disk takes for the same bytes, and nothing else: written one behind the other into a
// file whose blocks are there, then fdatasync. It keeps no books.
#include <fcntl.h>
#include <unistd.h>

#include "bench/hall.h"
#include "bench/sale/contestant.h"
#include "bench/sale/forward.h"

namespace seathold::sale {
namespace {

constexpr std::size_t kHoldBytes = 100, kPayBytes = 140;  // as much as our log may take
constexpr std::size_t kFileBytes = 16 << 20;

class Disk final : public Contestant {
 public:
  ~Disk() override { Close(); }
  std::string name() const override { return "disk"; }
  std::string durability() const override { return "fdatasync each call"; }
  bool keeps_books() const override { return false; }
  void Reset(const HallSpec&) override {
    Close();
    file_ = ::open(folder_.File("bytes").c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    Write(0, kFileBytes);
    at_ = 0;
  }
  std::unique_ptr<Caller> NewCaller() override { return std::make_unique<Forward<Disk>>(this); }
  Books Read() override { return {}; }

  void Hold(std::span<const HoldAsk> asks, std::span<Answer> answers) {
    Append(asks.size() * kHoldBytes);
    std::ranges::fill(answers, Answer::kDone);
  }
  void Pay(std::span<const PayAsk> asks, std::span<Answer> answers) {
    Append(asks.size() * kPayBytes);
    std::ranges::fill(answers, Answer::kDone);
  }

 private:
  void Append(std::size_t bytes) {
    if (at_ + bytes > kFileBytes) at_ = 0;
    Write(at_, bytes);
    at_ += bytes;
  }
  void Write(std::size_t at, std::size_t bytes) {
    text_.resize(std::max(text_.size(), bytes), 'x');
    const bool written = ::pwrite(file_, text_.data(), bytes, static_cast<off_t>(at)) ==
                             static_cast<ssize_t>(bytes) &&
                         ::fdatasync(file_) == 0;
    if (!written) bench::Check(Status(Code::kStorageFailed), "writing bytes");
  }
  void Close() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
  }

  const bench::WorkFolder folder_;
  std::string text_;
  int file_ = -1;
  std::size_t at_ = 0;
};

}  // namespace

std::unique_ptr<Contestant> NewDisk() { return std::make_unique<Disk>(); }

}  // namespace seathold::sale
