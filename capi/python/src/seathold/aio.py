"""SeatHold for asyncio: the same calls, awaited.

    async with await seathold.aio.open("sqlite:concert.db") as engine:
        hold = await engine.reservations.hold_best(performance, user=7, seats=2)

Calls run in threads of the engine's own, so the loop is never blocked; callers that arrive together
share a transaction. `sync` is the engine beneath.

A task that is cancelled while it waits stops waiting; its call may go on. The CancelledError that
it gets is then a :class:`Cancelled`, which says what is known: `outcome` is REFUSED when the call
had not begun, else UNKNOWN until `call` is done; settle it under `id`, by sending the request again
or by getting it with settle=True. Ids that you do not give are made before the call is sent. A
timeout of asyncio (wait_for) hides that error: give an id of your own where you use one.
"""

import asyncio
import functools
import inspect
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Coroutine, Optional, Type, TypeVar
from uuid import UUID

from . import accounts, catalog, queue, reservations, seats, wallet
from . import engine as _engine
from .errors import EngineClosed, SeatHoldError
from .values import Outcome

if TYPE_CHECKING:
    from typing_extensions import Concatenate, ParamSpec

    P = ParamSpec("P")

R = TypeVar("R")


class Cancelled(asyncio.CancelledError):
    """A wait was cancelled; the call may go on."""

    def __init__(self, call: "Future[Any]", id: Optional[UUID]) -> None:
        super().__init__("the wait was cancelled; the call may go on")
        self.call = call  # its result or exception is the call's
        self.id = id  # of the hold or transfer that was asked for

    @property
    def outcome(self) -> Outcome:
        """What is known now of the request."""
        if self.call.cancelled():
            return Outcome.REFUSED
        if not self.call.done():
            return Outcome.UNKNOWN
        error = self.call.exception()
        if error is None:
            return Outcome.DONE
        return error.outcome if isinstance(error, SeatHoldError) else Outcome.UNKNOWN


class _Async:
    """One part of an engine, awaited."""

    def __init__(self, beneath: Any, pool: ThreadPoolExecutor, sync: _engine.Engine) -> None:
        self._beneath = beneath
        self._pool = pool
        self._sync = sync

    async def _submit(self, work: Callable[[], R], id: Optional[UUID]) -> R:
        if self._sync.closed:
            raise EngineClosed("the engine is closed")
        call = self._pool.submit(work)
        try:
            return await asyncio.wrap_future(call)
        except asyncio.CancelledError:
            call.cancel()  # stops it, if no thread has begun it
            raise Cancelled(call, id) from None

    def __reduce__(self) -> Any:
        """Engines stay in their process."""
        raise TypeError(f"a {type(self).__name__} cannot be pickled")


def _awaited(
    method: "Callable[Concatenate[Any, P], R]",
) -> "Callable[Concatenate[Any, P], Coroutine[Any, Any, R]]":
    parameters = inspect.signature(method).parameters
    # The name of an id that is made when it is not given.
    made = next(
        (n for n in ("id", "payment") if n in parameters and _is_optional(parameters[n])), ""
    )

    @functools.wraps(method)
    async def call(self: _Async, /, *arguments: Any, **named: Any) -> Any:
        if made and named.get(made) is None:
            named[made] = self._sync.new_id()
        work = functools.partial(method, self._beneath, *arguments, **named)
        return await self._submit(work, named.get(made))

    return call


def _is_optional(parameter: inspect.Parameter) -> bool:
    return parameter.default is None and parameter.kind is inspect.Parameter.KEYWORD_ONLY


class Reservations(_Async):
    """Reservations, awaited."""

    hold = _awaited(reservations.Reservations.hold)
    hold_best = _awaited(reservations.Reservations.hold_best)
    confirm = _awaited(reservations.Reservations.confirm)
    cancel = _awaited(reservations.Reservations.cancel)
    refund = _awaited(reservations.Reservations.refund)
    block = _awaited(reservations.Reservations.block)
    unblock = _awaited(reservations.Reservations.unblock)
    get = _awaited(reservations.Reservations.get)
    of_user = _awaited(reservations.Reservations.of_user)
    of_performance = _awaited(reservations.Reservations.of_performance)


class Queue(_Async):
    """The waiting room, awaited."""

    join = _awaited(queue.Queue.join)
    poll = _awaited(queue.Queue.poll)
    leave = _awaited(queue.Queue.leave)
    admit = _awaited(queue.Queue.admit)
    revoke = _awaited(queue.Queue.revoke)
    stats = _awaited(queue.Queue.stats)


class Wallet(_Async):
    """The wallet, awaited."""

    charge = _awaited(wallet.Wallet.charge)
    withdraw = _awaited(wallet.Wallet.withdraw)
    balance = _awaited(wallet.Wallet.balance)
    statement = _awaited(wallet.Wallet.statement)
    transfer = _awaited(wallet.Wallet.transfer)


class Accounts(_Async):
    """Accounts, awaited."""

    register = _awaited(accounts.Accounts.register)
    login = _awaited(accounts.Accounts.login)
    authenticate = _awaited(accounts.Accounts.authenticate)
    change_password = _awaited(accounts.Accounts.change_password)
    disable = _awaited(accounts.Accounts.disable)
    erase = _awaited(accounts.Accounts.erase)
    user_for = _awaited(accounts.Accounts.user_for)


class Catalog(_Async):
    """The catalogue, awaited."""

    make_venue = _awaited(catalog.Catalog.make_venue)
    import_venue = _awaited(catalog.Catalog.import_venue)
    plan = _awaited(catalog.Catalog.plan)
    venues = _awaited(catalog.Catalog.venues)
    add_show = _awaited(catalog.Catalog.add_show)
    shows = _awaited(catalog.Catalog.shows)
    add_performance = _awaited(catalog.Catalog.add_performance)
    performances = _awaited(catalog.Catalog.performances)
    set_sale = _awaited(catalog.Catalog.set_sale)
    seats = _awaited(catalog.Catalog.seats)
    find_seat = _awaited(catalog.Catalog.find_seat)
    name_seat = _awaited(catalog.Catalog.name_seat)


class Seats(_Async):
    """The seats of a performance, awaited. feed() with a long wait keeps a thread busy."""

    map = _awaited(seats.Seats.map)
    changes = _awaited(seats.Seats.changes)
    availability = _awaited(seats.Seats.availability)
    feed = _awaited(seats.Seats.feed)
    trim_feed = _awaited(seats.Seats.trim_feed)


class Engine(_Async):
    """An open engine, awaited. new_id(), now() and the clock are quick: use those of `sync`."""

    def __init__(self, sync: _engine.Engine, threads: int) -> None:
        pool = ThreadPoolExecutor(threads, thread_name_prefix="seathold")
        super().__init__(sync, pool, sync)
        self.sync = sync
        self.catalog = Catalog(sync.catalog, pool, sync)
        self.reservations = Reservations(sync.reservations, pool, sync)
        self.queue = Queue(sync.queue, pool, sync)
        self.wallet = Wallet(sync.wallet, pool, sync)
        self.accounts = Accounts(sync.accounts, pool, sync)
        self.seats = Seats(sync.seats, pool, sync)

    sweep = _awaited(_engine.Engine.sweep)
    verify = _awaited(_engine.Engine.verify)
    backup = _awaited(_engine.Engine.backup)
    stats = _awaited(_engine.Engine.stats)
    histograms = _awaited(_engine.Engine.histograms)

    async def run(self, work: Callable[[], R]) -> R:
        """Anything else that would block, such as `batch.run`, in a thread of the engine."""
        return await self._submit(work, None)

    async def close(self, *, timeout: Optional[float] = None) -> None:
        """Waits for the calls inside and closes it; again is fine."""
        loop = asyncio.get_running_loop()
        # In a thread of the loop's: the engine's own may all be waiting in calls.
        await loop.run_in_executor(None, functools.partial(self.sync.close, timeout=timeout))
        self._pool.shutdown(wait=False)

    async def __aenter__(self) -> "Engine":
        """The engine, closed at the end of the block."""
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        """Closes it."""
        await self.close()


async def open(storage: str = "sqlite:seathold.db", *, threads: int = 16, **options: Any) -> Engine:
    """Opens an engine, with the options of seathold.open(), for at most `threads` calls at once."""
    loop = asyncio.get_running_loop()
    work = functools.partial(_engine.open, storage, **options)
    return Engine(await loop.run_in_executor(None, work), threads)
