"""SeatHold: a box office inside your program.

    with seathold.open("sqlite:concert.db") as engine:
        hold = engine.reservations.hold_best(performance, user=7, seats=2)
        engine.reservations.confirm(hold)

Ids are yours and make every call safe to repeat: after a timeout, a crash or OutcomeUnknown, send
the same request with the same id again. `seathold.aio` is for asyncio, `seathold.batch` for many
requests in one call.
"""

from . import errors
from ._library import currency_digits, has_feature
from ._library import path as library_path
from ._library import version as library_version
from .accounts import Accounts, Login, Principal
from .catalog import Catalog, Imported, Performance, Price, Seat, SeatName, Show, Venue
from .engine import BUCKET_BOUNDS_US, Books, Engine, Finding, Histogram, open
from .errors import *  # noqa: F403
from .queue import LineStats, Place, Queue
from .reservations import Hold, HoldRef, HoldSeat, HoldView, Receipt, Reservations, SeatTicket
from .seats import Availability, FeedEvent, MapVersion, SeatMap, Seats
from .values import Duration, FeedKind, HoldState, Latency, LogLevel, Money, Outcome, PlaceState
from .values import PlanFormat, SaleState, SeatState, Tender, TransferKind, id_from_text
from .wallet import StatementLine, Transfer, TransferView, Wallet

__version__ = "0.2.0"
