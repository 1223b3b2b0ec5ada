#!/bin/sh
# Howard Hinnant's date 3.0.1 (Debian 12: libdate-tz3 3.0.1+ds-5), built as Debian does to read the
# machine's time zone files, knows no daylight saving after 2037: a TZif file lists transitions up to
# then and ends in a line with the rule for all later years, and that line is not read. Nothing is
# said: Berlin's summer of 2038 is at +1 h, and 02:30 in the night that has no 02:30 is taken for a
# unique time. Python's zoneinfo reads the same file and does use the rule.
#
# Seen: Berlin on 1 July 2037: 7200 s, 2038: 3600 s; 2037-03-29 02:30 nonexistent, 2038-03-28 02:30
# unique; zoneinfo on 1 July 2038: 7200 s.
#
# So a time after 2037, in a zone that has ever changed its offset, is not to be computed with it.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack libdate-tz3=3.0.1+ds-5 libhowardhinnant-date-dev=3.0.1+ds-5

cat >"$root/zone.cc" <<'CC'
#include <date/tz.h>
#include <iostream>
int main() {
  using namespace date;
  const time_zone* berlin = locate_zone("Europe/Berlin");
  for (int y : {2037, 2038}) {
    std::cout << berlin->get_info(sys_days(year(y) / July / 1)).offset.count() << '\n';
  }
  const auto gap = std::chrono::hours(2) + std::chrono::minutes(30);
  for (local_days night : {local_days(year(2037) / March / 29), local_days(year(2038) / March / 28)}) {
    const auto result = berlin->get_info(night + gap).result;
    std::cout << (result == local_info::nonexistent ? "nonexistent" : "unique") << '\n';
  }
}
CC
g++ -std=c++17 -DUSE_OS_TZDB=1 -DHAS_STRING_VIEW=1 -DONLY_C_LOCALE=1 -I"$include" "$root/zone.cc" \
  "$libraries/libdate-tz.so.3" -Wl,-rpath,"$libraries" -o "$root/zone"
set -- $("$root/zone")
expect "date: Berlin, 1 July 2037" 7200 "$1"
expect "date: Berlin, 1 July 2038" 3600 "$2"
expect "date: Berlin, 29 March 2037 02:30" nonexistent "$3"
expect "date: Berlin, 28 March 2038 02:30" unique "$4"
expect "zoneinfo: Berlin, 1 July 2038" 7200 "$(python3 -c '
from datetime import datetime
from zoneinfo import ZoneInfo
print(int(datetime(2038, 7, 1, tzinfo=ZoneInfo("Europe/Berlin")).utcoffset().total_seconds()))')"
