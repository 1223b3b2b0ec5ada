#include "src/redis/pool.h"

namespace seathold {

RedisPool::RedisPool(RedisOptions server) : server_(std::move(server)) {
  const MutexLock lock(mutex_);
  idle_.reserve(kConnectionsMax);  // giving back never needs memory
}

bool RedisPool::WaitForPlace(Deadline deadline) {
  const MutexLock lock(mutex_);
  while (leased_ == kConnectionsMax) {
    if (!given_back_.Wait(mutex_, deadline) && leased_ == kConnectionsMax) return false;
  }
  ++leased_;
  return true;
}

// The latest that was given back, so that what a quiet hour has left over is closed by the server.
std::unique_ptr<RedisConnection> RedisPool::TakeIdle() {
  const MutexLock lock(mutex_);
  if (idle_.empty()) return nullptr;
  auto taken = std::move(idle_.back());
  idle_.pop_back();
  return taken;
}

void RedisPool::GiveBack(std::unique_ptr<RedisConnection> sound, bool broken) {
  {
    const MutexLock lock(mutex_);
    --leased_;
    if (sound != nullptr) idle_.push_back(std::move(sound));
    if (broken) idle_.clear();  // they may be as dead: of several that hang each costs a timeout
  }
  given_back_.NotifyOne();
}

RedisPool::Turn::~Turn() {
  if (!has_place_) return;
  const bool broken = used_ && !sound_;
  if (broken) connection_.reset();
  pool_->GiveBack(std::move(connection_), broken);
}

Status RedisPool::Turn::Wait(Deadline deadline) {
  has_place_ = pool_->WaitForPlace(deadline);
  return has_place_ ? Status() : Status(Code::kBusy, "redis: all connections are in use");
}

bool RedisPool::Turn::HasIdle() {
  while (connection_ == nullptr) {
    connection_ = pool_->TakeIdle();
    if (connection_ == nullptr) return false;
    if (!connection_->IsQuiet()) connection_.reset();
  }
  return true;
}

Status RedisPool::Turn::Connect(Deadline deadline) {
  used_ = true;
  if (HasIdle()) return Status();
  auto made = RedisConnection::Connect(pool_->server_, deadline);
  if (!made.ok()) return made.status();
  connection_ = std::move(made).value();
  return Status();
}

}  // namespace seathold
