#!/bin/sh
# utf8proc 2.8.0 (Debian 12: libutf8proc2 2.8.0-1): its NFC deletes U+11A7 after a Hangul syllable
# that ends in a vowel. U+11A7 stands one before the first trailing consonant; composing subtracts
# that base and adds "nothing" to the syllable, so the character is gone. The standard excludes it
# from composition: Python's unicodedata keeps it. Two texts that differ become one.
#
# Seen: U+AC00 U+11A7 (6 bytes) becomes U+AC00 (3 bytes); unicodedata: both stay.
#
# So names or passwords that are compared after NFC by utf8proc need a look for U+11A7 before it.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack libutf8proc2=2.8.0-1 libutf8proc-dev=2.8.0-1

cat >"$root/nfc.c" <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
int main(void) {
  char* text = (char*)utf8proc_NFC((const utf8proc_uint8_t*)"\xEA\xB0\x80\xE1\x86\xA7");
  printf("%zu\n", strlen(text));
  free(text);
  return 0;
}
C
cc -I"$include" "$root/nfc.c" "$libraries/libutf8proc.so.2" -Wl,-rpath,"$libraries" -o "$root/nfc"
expect "utf8proc: bytes of U+AC00 U+11A7 in NFC" 3 "$("$root/nfc")"
expect "unicodedata: the same" 6 "$(python3 -c '
import unicodedata
print(len(unicodedata.normalize("NFC", "\uac00\u11a7").encode()))')"
