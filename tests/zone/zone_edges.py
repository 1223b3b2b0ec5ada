"""Prints what Python's zoneinfo makes of local times: "ZONE SECONDS FIRST SECOND" a line.

For every zone from 1970 to 2037: the seconds round every change of its clock, and a noon a year.
SECONDS are since 1970 on the zone's clock; FIRST and SECOND are the offsets with fold 0 and 1, which
differ where the clock skips a time (FIRST is less) or repeats it.
"""

import sys
from datetime import datetime, timedelta, timezone

try:
    from zoneinfo import ZoneInfo, available_timezones
except ImportError:
    sys.exit("python3 has no zoneinfo")

EPOCH = datetime(1970, 1, 1)
UTC_EPOCH = EPOCH.replace(tzinfo=timezone.utc)
END = int((datetime(2038, 1, 1) - EPOCH).total_seconds())
STEP = 20 * 86_400  # what changes there and back within it is not looked at


def offset_at(zone, utc_s):
    at = (UTC_EPOCH + timedelta(seconds=utc_s)).astimezone(zone)
    return int(at.utcoffset().total_seconds())


def changes(zone):
    """(first second of a new offset, the old one, the new one)"""
    before = offset_at(zone, 0)
    for until in range(STEP, END, STEP):
        after = offset_at(zone, until)
        if after == before:
            continue
        low, high = until - STEP, until
        while high - low > 1:
            middle = (low + high) // 2
            if offset_at(zone, middle) == before:
                low = middle
            else:
                high = middle
        yield high, before, after
        before = after


def local_times(zone):
    for year in range(1970, 2038):
        yield int((datetime(year, 6, 15, 12) - EPOCH).total_seconds())
    for at, before, after in changes(zone):
        for edge in (at + before, at + after):
            yield from (edge - 1, edge)
        yield at + (before + after) // 2


def lines():
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for local_s in local_times(zone):
            naive = EPOCH + timedelta(seconds=local_s)
            first, second = (
                int(naive.replace(tzinfo=zone, fold=fold).utcoffset().total_seconds())
                for fold in (0, 1)
            )
            yield f"{name} {local_s} {first} {second}\n"


sys.stdout.writelines(lines())
