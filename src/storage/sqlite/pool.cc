#include "src/storage/sqlite/pool.h"

#include <new>
#include <utility>

namespace seathold::sqlite {

void ConnectionPool::Start(Opener open_reader, std::unique_ptr<DbConnection> writer) {
  const MutexLock lock(mutex_);
  open_reader_ = std::move(open_reader);
  writer_ = std::move(writer);
  idle_readers_.reserve(kReadersMax);
  refusal_ = Code::kOk;
  poisoned_ = false;
}

bool ConnectionPool::HasOne(Access access) const {
  return access == Access::kWrite ? !writer_out_ : readers_out_ < kReadersMax;
}

Status ConnectionPool::WaitForOne(Access access, Deadline deadline) {
  while (true) {
    if (refusal_ != Code::kOk) return Status(refusal_);
    if (HasOne(access)) return Status();
    if (deadline.passed()) return Status(Code::kBusy);
    (void)moved_.Wait(mutex_, deadline);
  }
}

Status ConnectionPool::Take(Access access, Deadline deadline,
                            std::unique_ptr<DbConnection>* connection) {
  {
    const MutexLock lock(mutex_);
    if (Status status = WaitForOne(access, deadline); !status.ok()) return status;
    if (access == Access::kWrite) {
      writer_out_ = true;
      *connection = std::move(writer_);
      return Status();
    }
    ++readers_out_;
    if (!idle_readers_.empty()) {
      *connection = std::move(idle_readers_.back());
      idle_readers_.pop_back();
      return Status();
    }
  }
  return OpenReader(deadline, connection);
}

Status ConnectionPool::OpenReader(Deadline deadline, std::unique_ptr<DbConnection>* connection) {
  Status status(Code::kOutOfMemory);
  try {
    auto opened = open_reader_(deadline);
    status = opened.status();
    if (opened.ok()) *connection = std::move(opened).value();
  } catch (const std::bad_alloc&) {
  }
  if (!status.ok()) Give(Access::kRead, nullptr);
  return status;
}

void ConnectionPool::Give(Access access, std::unique_ptr<DbConnection> connection) {
  std::unique_ptr<DbConnection> to_close;  // closed outside the lock
  // A reader that was left in the middle, by an exception or for want of memory, is of no use.
  const bool stuck = access == Access::kRead && connection && !connection->Rollback();
  const MutexLock lock(mutex_);
  if (poisoned_ && connection) connection->KeepWalOnClose();
  if (poisoned_ || stuck) to_close = std::move(connection);
  if (access == Access::kWrite) {
    writer_out_ = false;
    writer_ = std::move(connection);
  } else {
    --readers_out_;
    if (connection) idle_readers_.push_back(std::move(connection));
  }
  moved_.NotifyAll();
}

void ConnectionPool::Poison(Code code) {
  // Closed outside the lock. Moved, not copied: this runs where there may be no memory.
  std::vector<std::unique_ptr<DbConnection>> readers;
  std::unique_ptr<DbConnection> writer;
  const MutexLock lock(mutex_);
  if (refusal_ != Code::kOk) return;
  refusal_ = code;
  poisoned_ = true;
  for (auto& reader : idle_readers_) reader->KeepWalOnClose();
  readers.swap(idle_readers_);
  if (writer_) writer_->KeepWalOnClose();
  writer = std::move(writer_);
  moved_.NotifyAll();
}

Status ConnectionPool::Close(Deadline deadline, std::unique_ptr<DbConnection>* writer) {
  std::vector<std::unique_ptr<DbConnection>> readers;
  const MutexLock lock(mutex_);
  refusal_ = Code::kClosed;
  moved_.NotifyAll();
  while (writer_out_ || readers_out_ > 0) {
    if (!moved_.Wait(mutex_, deadline) && (writer_out_ || readers_out_ > 0)) {
      return Status(Code::kBusy);  // a unit of work is still in flight; no text: destructors ask
    }
  }
  readers.swap(idle_readers_);
  *writer = std::move(writer_);
  return Status();
}

bool ConnectionPool::CloseInherited() {
  // Another thread of the parent may have held the lock when it forked; then nobody ever lets it
  // go.
  if (!mutex_.try_lock()) return false;
  const bool idle = !writer_out_ && readers_out_ == 0;
  if (idle) {
    for (auto& reader : idle_readers_) reader->KeepWalOnClose();
    if (writer_) writer_->KeepWalOnClose();
    idle_readers_.clear();
    writer_.reset();
  }
  mutex_.unlock();
  return idle;
}

void ConnectionPool::Abandon() {
  (void)writer_.release();
  for (auto& reader : idle_readers_) (void)reader.release();
  idle_readers_.clear();
}

}  // namespace seathold::sqlite
