"""The functions of seathold.h, and the constants that are of use inside this package only.

Every pointer is passed as void*: addresses that are known already need no object a call. What is
behind them is checked by `tests/test_abi.py`, which compares this file with the header.
"""

import ctypes
from typing import Any, Dict

OK = 0
NO_INDEX = 0xFFFFFFFF
ANY_CATEGORY = 0xFFFFFFFF
ABI_VERSION = 2
BATCH_MAX = 65_536
ROWS_MAX = 10_000
TIME_MAX_US = 253_402_300_799_999_999
PRICE_MAX_MINOR = 62_500_000_000_000
SEATS_PER_HOLD_CAP = 16
TOKEN_SIZE = 96
REFERENCE_SIZE = 208
ID_FROM_TEXT_MAX = 200
BUCKETS = 32
TIMEOUT_DEFAULT = -1

# Flags of requests.
STAFF, NO_SPLIT, EXPECT_TOTAL, SETTLE, ON_SALE_ONLY = 1, 2, 4, 8, 16
# Flags of results and views.
REPLAYED, ALREADY, ADVISORY, CUT, UNCHANGED, ON_SALE, STAFF_HOLD = 1, 2, 4, 8, 16, 32, 64
# Flags of codes.
OUTCOME_MASK, RETRYABLE = 3, 4
# Flags of options.
OPEN_CREATE, OPEN_SWEEPER_THREAD, OPEN_MANUAL_CLOCK, OPEN_TEST_CHEAP_HASH = 1, 2, 4, 8
OPEN_READ_ONLY, OPEN_NEW_KEYS = 16, 32

# Arguments and result: i int32_t, I uint32_t, q int64_t, Q uint64_t, z size_t, p any pointer,
# s a text that is not ours to free. The last argument of most is the error.
PROTOTYPES: Dict[str, str] = {
    "version": ":I",
    "abi_version": ":I",
    "has_feature": "pz:i",
    "build_info": "pzpp:i",
    "code_count": ":z",
    "code_at": "zpp:i",
    "code_text": "i:s",
    "outcome_name": "I:s",
    "feed_kind_name": "I:s",
    "bucket_bound_us": "I:Q",
    "id_format": "ppp:i",
    "id_parse": "pzpp:i",
    "id_from_text": "pzpp:i",
    "currency_digits": "pzpp:i",
    "money_format": "qppzpp:i",
    "options_init": "pzp:i",
    "open": "ppp:i",
    "close": "Qqp:i",
    "sweep": "QIpqp:i",
    "verify": "Qppzpqp:i",
    "backup": "Qpzqp:i",
    "keys_rotate": "Qp:i",
    "stats_read": "Qpzpp:i",
    "histogram_list": "Qpzpp:i",
    "log_poll": "Qpzpp:i",
    "clock_read": "Qpp:i",
    "clock_set": "Qqp:i",
    "clock_accept": "Qqqp:i",
    "id_new": "Qpzp:i",
    "venue_import": "Qipzpzppzpqp:i",
    "venue_make": "Qpzpqp:i",
    "venue_plan": "QQpzpqp:i",
    "venue_list": "Qpzpqp:i",
    "show_add": "Qpzpqp:i",
    "show_list": "Qpzpqp:i",
    "performance_add": "Qpzpqp:i",
    "performance_list": "QQIpzpqp:i",
    "performance_sale_set": "QQiqp:i",
    "seat_list": "QQpzpqp:i",
    "seat_find": "QQpzpqp:i",
    "seat_read": "QQpzpqp:i",
    "seat_id": "QI:Q",
    "hold": "Qpzpzpzppzpqp:i",
    "hold_best": "Qpzpzppzpqp:i",
    "confirm": "Qpzpzpqp:i",
    "cancel": "Qpzpqp:i",
    "refund": "Qpzpqp:i",
    "block": "QQpzpzpqp:i",
    "unblock": "QQpzpqp:i",
    "hold_get": "QQpIpqp:i",
    "hold_list_user": "QQQppzpqp:i",
    "hold_list_performance": "QQppzpqp:i",
    "map_read": "QQppzppqp:i",
    "map_changes": "QQppzppqp:i",
    "availability_read": "QQpqp:i",
    "feed_poll": "QQQpzpqqp:i",
    "feed_trim": "QQQqp:i",
    "queue_join": "Qpzpqp:i",
    "queue_poll": "Qpzpqp:i",
    "queue_admit": "QQIpqp:i",
    "queue_leave": "Qpzpqp:i",
    "queue_revoke": "QQQqp:i",
    "queue_stats": "QQpqp:i",
    "charge": "Qpzpzpqp:i",
    "withdraw": "Qpzpzpqp:i",
    "balance_read": "QQppqp:i",
    "statement_read": "QQpQpzpqp:i",
    "transfer_get": "QpIpqp:i",
    "account_register": "Qpzpzpqp:i",
    "account_login": "Qpzpzpzpppqp:i",
    "account_authenticate": "Qpzppqp:i",
    "account_password_change": "QQpzpzqp:i",
    "account_disable": "QQqp:i",
    "account_erase": "QQqp:i",
    "account_user_for": "Qpzpqp:i",
}

_TYPES: Dict[str, Any] = {
    "i": ctypes.c_int32,
    "I": ctypes.c_uint32,
    "q": ctypes.c_int64,
    "Q": ctypes.c_uint64,
    "z": ctypes.c_size_t,
    "p": ctypes.c_void_p,
    "s": ctypes.c_char_p,
}


def declare(library: ctypes.CDLL) -> None:
    """Tells ctypes the types of every function. AttributeError: the library lacks one."""
    for name, prototype in PROTOTYPES.items():
        arguments, result = prototype.split(":")
        function = getattr(library, "seathold_" + name)
        function.argtypes = [_TYPES[letter] for letter in arguments]
        function.restype = _TYPES[result]
