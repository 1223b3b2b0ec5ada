"""The records of seathold.h, field by field.

`tests/test_abi.py` compares every size, offset and type with the header.
"""

from ctypes import (
    Structure,
    c_char,
    c_char_p,
    c_int32,
    c_int64,
    c_size_t,
    c_uint8,
    c_uint32,
    c_uint64,
)


class Error(Structure):
    """What went wrong, and where."""

    _fields_ = [
        ("code", c_int32),
        ("flags", c_uint32),
        ("index", c_uint32),
        ("message_len", c_uint32),
        ("retry_after_ms", c_int64),
        ("message", c_char * 232),
    ]


class Str(Structure):
    """A text in options: not kept after the call."""

    _fields_ = [
        ("data", c_char_p),
        ("size", c_size_t),
    ]


class Options(Structure):
    """How an engine is opened."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("storage", Str),
        ("claims", Str),
        ("line", Str),
        ("keys", Str),
        ("batch_max", c_int32),
        ("backlog_max", c_int32),
        ("waves_max", c_int32),
        ("max_seats_per_hold", c_int32),
        ("hash_concurrency", c_int32),
        ("log_level", c_int32),
        ("batch_bytes_max", c_int64),
        ("hold_ttl_ms", c_int64),
        ("staff_ttl_max_ms", c_int64),
        ("refusal_max_age_ms", c_int64),
        ("cache_timeout_ms", c_int64),
        ("sweep_full_ms", c_int64),
        ("sweep_every_ms", c_int64),
        ("rebuild_grace_ms", c_int64),
        ("clock_jump_max_ms", c_int64),
        ("manual_clock_start_us", c_int64),
        ("log_bytes_max", c_int64),
    ]


class CodeInfo(Structure):
    """A code and what is known of it."""

    _fields_ = [
        ("code", c_int32),
        ("flags", c_uint32),
        ("name", c_char_p),
        ("text", c_char_p),
    ]


class SeatTicket(Structure):
    """A seat and the kind of ticket it is wanted as; 0 is the default kind."""

    _fields_ = [
        ("seat", c_uint64),
        ("ticket_type", c_uint32),
        ("reserved", c_uint32),
    ]


class HoldRequest(Structure):
    """Hold these seats."""

    _fields_ = [
        ("id", c_uint8 * 16),
        ("user", c_uint64),
        ("performance", c_uint64),
        ("seats_at", c_uint32),
        ("seats_n", c_uint32),
        ("pass_at", c_uint32),
        ("pass_n", c_uint32),
        ("ttl_ms", c_int64),
        ("flags", c_uint32),
        ("reserved", c_uint32),
    ]


class BestRequest(Structure):
    """Hold the best seats there are."""

    _fields_ = [
        ("id", c_uint8 * 16),
        ("user", c_uint64),
        ("performance", c_uint64),
        ("seats_n", c_uint32),
        ("category", c_uint32),
        ("ticket_type", c_uint32),
        ("flags", c_uint32),
        ("pass_at", c_uint32),
        ("pass_n", c_uint32),
        ("ttl_ms", c_int64),
    ]


class HoldResult(Structure):
    """What became of a hold."""

    _fields_ = [
        ("code", c_int32),
        ("flags", c_uint32),
        ("state", c_uint32),
        ("currency", c_char * 4),
        ("total_minor", c_int64),
        ("expires_at_us", c_int64),
        ("next_release_at_us", c_int64),
        ("seats_at", c_uint32),
        ("seats_n", c_uint32),
        ("conflicts_at", c_uint32),
        ("conflicts_n", c_uint32),
        ("seats_free", c_uint32),
        ("reserved", c_uint32),
    ]


class SeatConflict(Structure):
    """A seat that could not be had."""

    _fields_ = [
        ("seat", c_uint64),
        ("reason", c_int32),
        ("reserved", c_uint32),
        ("free_at_us", c_int64),
    ]


class ConfirmRequest(Structure):
    """Pay for a hold."""

    _fields_ = [
        ("hold", c_uint8 * 16),
        ("payment", c_uint8 * 16),
        ("performance", c_uint64),
        ("user", c_uint64),
        ("expected_total_minor", c_int64),
        ("currency", c_char * 4),
        ("tender", c_uint32),
        ("reference_at", c_uint32),
        ("reference_n", c_uint32),
        ("flags", c_uint32),
        ("reserved", c_uint32),
    ]


class PayResult(Structure):
    """What became of a payment or refund."""

    _fields_ = [
        ("code", c_int32),
        ("flags", c_uint32),
        ("payment", c_uint8 * 16),
        ("total_minor", c_int64),
        ("balance_minor", c_int64),
        ("currency", c_char * 4),
        ("reserved", c_uint32 * 5),
    ]


class CancelRequest(Structure):
    """Give a hold back."""

    _fields_ = [
        ("hold", c_uint8 * 16),
        ("performance", c_uint64),
        ("user", c_uint64),
        ("reserved", c_uint64),
    ]


class RefundRequest(Structure):
    """Pay a reservation back."""

    _fields_ = [
        ("id", c_uint8 * 16),
        ("hold", c_uint8 * 16),
        ("performance", c_uint64),
        ("reserved", c_uint64),
    ]


class HoldSeat(Structure):
    """A seat of a hold, at the price that was agreed."""

    _fields_ = [
        ("seat", c_uint64),
        ("price_minor", c_int64),
        ("ticket_type", c_uint32),
        ("reserved", c_uint32),
    ]


class HoldView(Structure):
    """A hold as it stands."""

    _fields_ = [
        ("hold", c_uint8 * 16),
        ("payment", c_uint8 * 16),
        ("refund", c_uint8 * 16),
        ("performance", c_uint64),
        ("user", c_uint64),
        ("created_at_us", c_int64),
        ("expires_at_us", c_int64),
        ("ended_at_us", c_int64),
        ("left_ms", c_int64),
        ("total_minor", c_int64),
        ("currency", c_char * 4),
        ("state", c_uint32),
        ("flags", c_uint32),
        ("seats_n", c_uint32),
        ("seats", HoldSeat * 16),
    ]


class MapVersion(Structure):
    """The version of a map: events seen, and the latest deadline counted as lapsed."""

    _fields_ = [
        ("feed", c_uint64),
        ("lapse_us", c_int64),
    ]


class MapInfo(Structure):
    """What a map says besides its bits."""

    _fields_ = [
        ("version", MapVersion),
        ("performance", c_uint64),
        ("next_release_at_us", c_int64),
        ("seats", c_uint32),
        ("available", c_uint32),
        ("held", c_uint32),
        ("sold", c_uint32),
        ("blocked", c_uint32),
        ("flags", c_uint32),
    ]


class SeatChange(Structure):
    """A seat whose state differs."""

    _fields_ = [
        ("ordinal", c_uint32),
        ("state", c_uint32),
    ]


class Availability(Structure):
    """Counts of a performance."""

    _fields_ = [
        ("state", c_uint32),
        ("flags", c_uint32),
        ("available", c_uint32),
        ("held", c_uint32),
        ("sold", c_uint32),
        ("blocked", c_uint32),
        ("next_release_at_us", c_int64),
    ]


class SeatView(Structure):
    """A seat of a performance."""

    _fields_ = [
        ("seat", c_uint64),
        ("price_minor", c_int64),
        ("ordinal", c_uint32),
        ("state", c_uint32),
    ]


class FeedEvent(Structure):
    """An event of a performance."""

    _fields_ = [
        ("counter", c_uint64),
        ("hold", c_uint8 * 16),
        ("user", c_uint64),
        ("expires_at_us", c_int64),
        ("at_us", c_int64),
        ("kind", c_uint32),
        ("seats_n", c_uint32),
        ("seats", c_uint64 * 16),
    ]


class JoinRequest(Structure):
    """Join a line."""

    _fields_ = [
        ("show", c_uint64),
        ("user", c_uint64),
    ]


class Token(Structure):
    """A place token or a pass: text that ends in a NUL."""

    _fields_ = [
        ("text", c_char * 96),
    ]


class Place(Structure):
    """A place in a waiting line."""

    _fields_ = [
        ("code", c_int32),
        ("flags", c_uint32),
        ("state", c_uint32),
        ("reserved", c_uint32),
        ("sequence", c_uint64),
        ("ahead", c_uint64),
        ("admitted_until_us", c_int64),
        ("token", Token),
        ("pass_", Token),
    ]


class LineStats(Structure):
    """Counts of a waiting line."""

    _fields_ = [
        ("epoch", c_uint64),
        ("waiting", c_uint64),
        ("active", c_uint64),
        ("missing", c_uint64),
        ("joined_total", c_uint64),
        ("admitted_total", c_uint64),
        ("dropped_total", c_uint64),
        ("left_total", c_uint64),
    ]


class ChargeRequest(Structure):
    """Charge a wallet, or withdraw from it."""

    _fields_ = [
        ("id", c_uint8 * 16),
        ("user", c_uint64),
        ("amount_minor", c_int64),
        ("currency", c_char * 4),
        ("reference_at", c_uint32),
        ("reference_n", c_uint32),
        ("reserved", c_uint32),
    ]


class TransferResult(Structure):
    """What became of a charge or withdrawal."""

    _fields_ = [
        ("code", c_int32),
        ("flags", c_uint32),
        ("balance_minor", c_int64),
        ("currency", c_char * 4),
        ("reserved", c_uint32),
    ]


class StatementLine(Structure):
    """A line of a statement."""

    _fields_ = [
        ("line", c_uint64),
        ("id", c_uint8 * 16),
        ("amount_minor", c_int64),
        ("balance_after_minor", c_int64),
        ("performance", c_uint64),
        ("created_at_us", c_int64),
        ("kind", c_uint32),
        ("reference_n", c_uint32),
        ("reference", c_char * 208),
    ]


class TransferView(Structure):
    """A movement of money, or a decision against one."""

    _fields_ = [
        ("id", c_uint8 * 16),
        ("hold", c_uint8 * 16),
        ("user", c_uint64),
        ("performance", c_uint64),
        ("amount_minor", c_int64),
        ("created_at_us", c_int64),
        ("currency", c_char * 4),
        ("code", c_int32),
        ("kind", c_uint32),
        ("tender", c_uint32),
        ("reserved", c_uint32),
        ("reference_n", c_uint32),
        ("reference", c_char * 208),
    ]


class Histogram(Structure):
    """How long calls of one kind took."""

    _fields_ = [
        ("kind", c_uint32),
        ("reserved", c_uint32),
        ("count", c_uint64),
        ("sum_us", c_uint64),
        ("max_us", c_uint64),
        ("buckets", c_uint64 * 32),
    ]
