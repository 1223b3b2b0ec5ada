// SEATHOLD_SANITIZED: 1 when compiled for AddressSanitizer or ThreadSanitizer, by g++ or clang.
// SEATHOLD_SANITIZED_ADDRESS: 1 for AddressSanitizer, which UndefinedBehaviorSanitizer comes with.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SEATHOLD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SEATHOLD_SANITIZED 1
#endif
#endif
#ifndef SEATHOLD_SANITIZED
#define SEATHOLD_SANITIZED 0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SEATHOLD_SANITIZED_ADDRESS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEATHOLD_SANITIZED_ADDRESS 1
#endif
#endif
#ifndef SEATHOLD_SANITIZED_ADDRESS
#define SEATHOLD_SANITIZED_ADDRESS 0
#endif
