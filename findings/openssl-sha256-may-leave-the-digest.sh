#!/bin/sh
# OpenSSL 3.0.22 (Debian 12: libssl3 3.0.22-1~deb12u2): since 3.0 the one-shot SHA256(data, n, out) allocates a
# context; where it finds no memory it answers NULL and leaves `out` as it was. The function used to be
# unable to fail, so hardly anybody looks at what it answers. SHA256_Init, _Update and _Final, which are
# deprecated, allocate nothing. RAND_bytes allocates as well, at its first use in every thread.
#
# Seen: without memory SHA256 answers NULL (1 = yes) and the digest is the zeros that were there (1); the
# three low-level calls give the digest (1); RAND_bytes in a new thread answers 0.
#
# So a key looked up by such a digest may be what lay on the stack.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack libssl3=3.0.22-1~deb12u2 libssl-dev=3.0.22-1~deb12u2

cat >"$root/digest.c" <<'C'
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* Before the C library's: a heap that gives nothing while this is set. */
static int empty;
void* __libc_malloc(size_t);
void* malloc(size_t size) { return empty ? NULL : __libc_malloc(size); }

static int drawn;
static void* Draw(void* bytes) {
  empty = 1;
  drawn = RAND_bytes(bytes, 16);
  empty = 0;
  return NULL;
}
int main(void) {
  const unsigned char text[] = "ann@example.org";
  unsigned char right[32], one[32] = {0}, three[32] = {0}, zeros[32] = {0}, bytes[16];
  SHA256_CTX context;
  pthread_t thread;
  SHA256(text, sizeof text, right);
  empty = 1;
  const int none = SHA256(text, sizeof text, one) == NULL;
  SHA256_Init(&context);
  SHA256_Update(&context, text, sizeof text);
  SHA256_Final(three, &context);
  empty = 0;
  pthread_create(&thread, NULL, Draw, bytes);
  pthread_join(thread, NULL);
  printf("%d %d %d %d\n", none, memcmp(one, zeros, 32) == 0, memcmp(three, right, 32) == 0, drawn);
  return 0;
}
C
cc -I"$include" -I"$include/$(basename "$libraries")" "$root/digest.c" "$libraries/libcrypto.so.3" \
  -Wl,-rpath,"$libraries" -lpthread -o "$root/digest"
set -- $("$root/digest")
expect "SHA256 without memory answers NULL" 1 "$1"
expect "and leaves the digest as it was" 1 "$2"
expect "SHA256_Init, _Update and _Final give it" 1 "$3"
expect "RAND_bytes in a new thread" 0 "$4"
