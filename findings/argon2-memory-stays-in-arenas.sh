#!/bin/sh
# libargon2 20171227 (Debian 12: 0~20171227-0.3+deb12u1) on glibc 2.36: after the first 19 MiB block
# is freed, malloc serves blocks of that size from the heaps of its arenas instead of mapping them
# (the threshold for mapping grows with what is freed), so every thread that hashes keeps
# its own block after it has ended, and malloc_trim(0) does not give them back.
# A login server's memory is then (threads that ever hashed) x 19 MiB, however few hash at a time.
#
# Seen: 4 threads at once, two hashes each (m=19456, t=2, p=1), all joined: over 50 MiB more resident
# than before, and the same after malloc_trim(0). With allocate_cbk over mmap: less than 4.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack libargon2-1=0~20171227-0.3+deb12u1 libargon2-dev=0~20171227-0.3+deb12u1

cat >"$root/hash.c" <<'C'
#include <argon2.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int mapped;
static int Map(uint8_t** memory, size_t bytes) {
  *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return *memory == MAP_FAILED ? -1 : 0;
}
static void Unmap(uint8_t* memory, size_t bytes) { munmap(memory, bytes); }

static pthread_barrier_t together;
static void* Hash(void* unused) {
  uint8_t out[32], salt[16] = "0123456789abcde", password[] = "a long enough secret";
  argon2_context context = {.out = out, .outlen = sizeof out, .pwd = password,
      .pwdlen = sizeof password - 1, .salt = salt, .saltlen = sizeof salt, .t_cost = 2,
      .m_cost = 19456, .lanes = 1, .threads = 1, .version = ARGON2_VERSION_NUMBER};
  if (mapped) { context.allocate_cbk = Map; context.free_cbk = Unmap; }
  for (int round = 0; round < 2; ++round) {  /* the first free raises the threshold */
    pthread_barrier_wait(&together);
    if (argon2id_ctx(&context) != ARGON2_OK) abort();
    context.pwd = password;
    context.pwdlen = sizeof password - 1;
  }
  return unused;
}
static long Resident(void) {
  long pages = 0;
  FILE* statm = fopen("/proc/self/statm", "r");
  if (fscanf(statm, "%*d %ld", &pages) != 1) abort();
  fclose(statm);
  return pages * sysconf(_SC_PAGESIZE) >> 20;
}
int main(int argc, char** argv) {
  pthread_t threads[4];
  mapped = argc > 1 && strcmp(argv[1], "mapped") == 0;
  pthread_barrier_init(&together, NULL, 4);
  const long before = Resident();
  for (int i = 0; i < 4; ++i) pthread_create(&threads[i], NULL, Hash, NULL);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  const long after = Resident() - before;
  malloc_trim(0);
  printf("%ld %ld\n", after, Resident() - before);
  return 0;
}
C
cc -O1 -pthread -I"$include" "$root/hash.c" "$libraries/libargon2.so.1" -Wl,-rpath,"$libraries" -o "$root/hash"
over() { [ "$1" -gt "$2" ] && echo yes || echo "no: $1 MiB"; }
set -- $("$root/hash")
expect "malloc: over 50 MiB stay after the threads" yes "$(over "$1" 50)"
expect "malloc: and after malloc_trim(0)" yes "$(over "$2" 50)"
set -- $("$root/hash" mapped)
expect "mmap: 4 MiB or more stay" "no: $1 MiB" "$(over "$1" 4)"
