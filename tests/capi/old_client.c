/* A client of the first release: it carries that release's options, and knows nothing of later
 * ones. Never change what stands here; a library that breaks it breaks every old client. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct first_str {
  const char* data;
  size_t size;
} first_str;

typedef struct first_options {
  uint32_t struct_size, flags;
  first_str storage, claims, line, keys;
  int32_t batch_max, backlog_max, waves_max, max_seats_per_hold, hash_concurrency, log_level;
  int64_t batch_bytes_max, hold_ttl_ms, staff_ttl_max_ms, refusal_max_age_ms, cache_timeout_ms,
      sweep_full_ms, sweep_every_ms, rebuild_grace_ms, clock_jump_max_ms, manual_clock_start_us,
      log_bytes_max;
} first_options;

int32_t seathold_options_init(first_options* options, size_t struct_size, void* error);
int32_t seathold_open(const first_options* options, uint64_t* engine, void* error);
int32_t seathold_close(uint64_t engine, int64_t timeout_ms, void* error);
int32_t seathold_clock_read(uint64_t engine, int64_t* now_us, void* error);

int main(void) {
  struct {
    first_options options;
    unsigned char behind[64];
  } memory;
  uint64_t engine = 0;
  int64_t now_us = 0;
  size_t i;
  memset(&memory, 0xAB, sizeof memory);
  if (sizeof(first_options) != 184) return 10;
  if (seathold_options_init(&memory.options, sizeof memory.options, NULL) != 0) return 11;
  for (i = 0; i < sizeof memory.behind; ++i) {
    if (memory.behind[i] != 0xAB) return 12;
  }
  if (memory.options.hold_ttl_ms != 300000 || memory.options.log_bytes_max != 65536) return 13;
  memory.options.storage.data = "memory:";
  memory.options.storage.size = 7;
  memory.options.flags |= 4; /* the manual clock */
  memory.options.manual_clock_start_us = 1800000000000000;
  if (seathold_open(&memory.options, &engine, NULL) != 0) return 14;
  if (seathold_clock_read(engine, &now_us, NULL) != 0 || now_us != 1800000000000000) return 15;
  return seathold_close(engine, -1, NULL) == 0 ? 0 : 16;
}
