#!/bin/sh
# g++ 12.2.0 on Debian 12 (libstdc++-12-dev and libgcc-12-dev 12.2.0-14+deb12u1, glibc 2.36): linking
# libstdc++ and libgcc into a shared library, which is done so that it runs on older systems, makes it
# need a NEWER glibc than linking them dynamically. The archives were compiled against this
# glibc and call what it offers: arc4random (std::random_device, 2.36) and _dl_find_object (the
# unwinder, 2.35). Linked dynamically, the same library needs what its own code calls.
#
# Seen: a library that throws and that draws from std::random_device needs glibc 2.36 with
# -static-libstdc++ -static-libgcc, and 2.34 or older without.
#
# So a Python wheel that carries its own C++ library is not the more portable one.
set -eu
. "$(dirname "$0")/unpack.sh"
case $(g++ -dumpfullversion) in 12.2.*) ;; *) echo "this is about g++ 12.2" >&2; exit 2 ;; esac

cat >"$root/draw.cc" <<'CC'
#include <random>
#include <stdexcept>
extern "C" unsigned draw(unsigned most) {
  if (most == 0) throw std::invalid_argument("nothing to draw from");
  return std::random_device()() % most;
}
CC
newest() { readelf --version-info --wide "$1" | sed -n 's/.*Name: GLIBC_2\.\([0-9]*\).*/\1/p' | sort -n | tail -n 1; }
g++ -shared -fPIC -O2 "$root/draw.cc" -o "$root/dynamic.so"
g++ -shared -fPIC -O2 -static-libstdc++ -static-libgcc "$root/draw.cc" -o "$root/static.so"
dynamic=$(newest "$root/dynamic.so")
dynamic=${dynamic:-0}  # it calls nothing of glibc's by itself
expect "linked dynamically: 2.34 or older is enough" yes "$([ "$dynamic" -le 34 ] && echo yes || echo "no: 2.$dynamic")"
expect "linked statically: newest version needed" 2.36 "2.$(newest "$root/static.so")"
expect "by arc4random" GLIBC_2.36 "$(objdump -T "$root/static.so" | sed -n 's/.*(\(GLIBC_[0-9.]*\)) arc4random$/\1/p')"
