#!/bin/sh
# ICU 72.1 (Debian 12: libicu72 72.1-3+deb12u1) has a call for the number of digits behind a
# currency's point, and its documentation speaks of ISO 4217. The digits are CLDR's, which follow
# what people write, not the standard's: of Serbia's dinar, Afghanistan's afghani, Lebanon's pound and
# Iraq's dinar no digit is left, where ISO 4217 lists 2, 2, 2 and 3. Nothing tells the two apart;
# most currencies agree, and later releases change others. Browsers and Node format prices by it.
#
# Seen, and the same for cash: EUR 2, CLF 4, RSD 0, AFN 0, LBP 0, IQD 0; HUF 2, for cash 0.
#
# So an amount in a standard's minor units (payment providers, ledgers) that is scaled by ICU's
# digits comes out a hundred or a thousand times too large. Digits must come from one table, and be
# handed to the formatter with the amount.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack libicu72=72.1-3+deb12u1 libicu-dev=72.1-3+deb12u1

cat >"$root/digits.c" <<'C'
#include <stdio.h>
#include <unicode/ucurr.h>
int main(int count, char** codes) {
  for (int i = 1; i < count; ++i) {
    UErrorCode error = U_ZERO_ERROR;
    UChar code[4] = {codes[i][0], codes[i][1], codes[i][2], 0};
    printf("%d%d\n", ucurr_getDefaultFractionDigits(code, &error),
           ucurr_getDefaultFractionDigitsForUsage(code, UCURR_USAGE_CASH, &error));
    if (U_FAILURE(error)) return 2;
  }
  return 0;
}
C
gcc -I"$include" "$root/digits.c" "$libraries/libicui18n.so.72" "$libraries/libicuuc.so.72" \
  -Wl,-rpath,"$libraries" -o "$root/digits"
set -- $("$root/digits" EUR CLF RSD AFN LBP IQD HUF)
expect "digits of EUR, and in cash" 22 "$1"
expect "digits of CLF, and in cash" 44 "$2"
expect "digits of RSD (ISO 4217: 2), and in cash" 00 "$3"
expect "digits of AFN (ISO 4217: 2), and in cash" 00 "$4"
expect "digits of LBP (ISO 4217: 2), and in cash" 00 "$5"
expect "digits of IQD (ISO 4217: 3), and in cash" 00 "$6"
expect "digits of HUF (ISO 4217: 2), and in cash" 20 "$7"
