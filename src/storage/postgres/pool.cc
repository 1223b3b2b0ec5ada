#include "src/storage/postgres/pool.h"

#include <utility>

namespace seathold::postgres {

void Pool::Start(Target target, std::unique_ptr<Connection> first) {
  const MutexLock lock(mutex_);
  target_ = std::move(target);
  open_ = true;
  idle_.reserve(kReadersMax + 1);
  idle_.push_back(std::move(first));
}

Status Pool::Take(Access access, Deadline deadline, std::unique_ptr<Connection>* connection,
                  bool* used) {
  {
    const MutexLock lock(mutex_);
    while (open_ && !HasOne(access)) {
      if (!moved_.Wait(mutex_, deadline)) break;
    }
    if (!open_) return Status(Code::kClosed);
    if (!HasOne(access)) return Status(Code::kBusy);
    access == Access::kWrite ? writer_out_ = true : ++readers_out_ > 0;
    *used = !idle_.empty();
    if (*used) {
      *connection = std::move(idle_.back());
      idle_.pop_back();
      return Status();
    }
  }
  auto opened = Connection::Open(target_, deadline);
  if (opened.ok()) {
    *connection = std::move(opened).value();
    return Status();
  }
  Give(access, nullptr);
  // It was there once: what cannot be had now may come back.
  if (opened.code() == Code::kCannotOpen) {
    return Status(Code::kBusy, std::string(opened.status().detail()));
  }
  return opened.status();
}

void Pool::Give(Access access, std::unique_ptr<Connection> connection) {
  const MutexLock lock(mutex_);
  access == Access::kWrite ? writer_out_ = false : --readers_out_ > 0;
  if (connection && connection->usable()) idle_.push_back(std::move(connection));
  moved_.NotifyAll();
}

Status Pool::Close(Deadline deadline, std::unique_ptr<Connection>* last) {
  const MutexLock lock(mutex_);
  open_ = false;
  moved_.NotifyAll();
  while (writer_out_ || readers_out_ > 0) {
    if (!moved_.Wait(mutex_, deadline)) return Status(Code::kBusy);
  }
  if (!idle_.empty()) *last = std::move(idle_.back());
  idle_.clear();
  return Status();
}

void Pool::Abandon() {
  for (auto& connection : idle_) (void)connection.release();
  idle_.clear();
}

}  // namespace seathold::postgres
