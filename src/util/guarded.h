// The edge that no exception crosses: what runs inside answers with a Status.
#pragma once

#include <exception>
#include <new>
#include <system_error>

#include "seathold/status.h"

namespace seathold {

// What was thrown, as a Status. REQUIRES: inside a handler. Once storage has committed nothing may
// be thrown any more, or this would deny what has happened.
inline Status CaughtStatus() noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  } catch (const std::system_error& error) {  // a thread of ours found no room for its stack
    const bool short_of_it = error.code() == std::errc::resource_unavailable_try_again ||
                             error.code() == std::errc::not_enough_memory;
    return Status(short_of_it ? Code::kOutOfMemory : Code::kInternal);
  } catch (const std::exception& error) {
    try {
      return Status(Code::kInternal, error.what());
    } catch (...) {
      return Status(Code::kInternal);
    }
  } catch (...) {
    return Status(Code::kInternal);
  }
}

// Runs `fn`, which returns a Status; nothing thrown gets past.
template <class Fn>
Status Guarded(Fn&& fn) noexcept {
  try {
    return fn();
  } catch (...) {
    return CaughtStatus();
  }
}

}  // namespace seathold
