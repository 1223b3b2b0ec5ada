"""The same calls, awaited."""

import asyncio
import threading
import unittest

from hall import EUR, PRICE, Hall

import seathold
from seathold import HoldState, Money, Outcome, aio
from seathold.batch import HoldBatch


class Awaited(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.engine = await aio.open("memory:", threads=4, manual_clock=True)
        self.addAsyncCleanup(self.engine.close)
        self.hall = Hall(self.engine.sync)
        self.evening = self.hall.evening

    async def test_a_sale(self) -> None:
        await self.engine.wallet.charge(7, Money(2 * PRICE, EUR))
        hold = await self.engine.reservations.hold_best(self.evening, 7, 2)
        receipt = await self.engine.reservations.confirm(hold)
        self.assertEqual(receipt.balance, Money(0, EUR))
        with self.assertRaises(seathold.SeatTaken):
            await self.engine.reservations.hold(self.evening, 8, [hold.seats[0]])
        self.assertTrue((await self.engine.verify()).clean)

    async def test_many_at_once_sell_each_seat_once(self) -> None:
        async def buy(user: int) -> int:
            try:
                await self.engine.reservations.hold(self.evening, user, [self.hall.seat(user % 50)])
                return 1
            except seathold.SeatTaken:
                return 0

        sold = await asyncio.gather(*(buy(user) for user in range(1, 201)))
        self.assertEqual(sum(sold), 50)

    async def test_the_loop_goes_on_while_a_call_waits(self) -> None:
        waiting = asyncio.create_task(self.engine.seats.feed(self.evening, wait=600))
        # Only a loop that is not blocked gets to the hold, and only the hold ends the waiting.
        hold = await self.engine.reservations.hold(self.evening, 7, self.hall.seats(0))
        self.assertEqual((await waiting)[0].hold, hold.id)

    async def test_a_cancelled_wait_says_what_is_known(self) -> None:
        gate, entered = threading.Event(), threading.Event()

        def slow_hold() -> seathold.Hold:
            entered.set()
            gate.wait()
            return self.engine.sync.reservations.hold(self.evening, 7, self.hall.seats(0), id=key)

        key = self.engine.sync.new_id()
        task = asyncio.create_task(self.engine.run(slow_hold))
        while not entered.is_set():
            await asyncio.sleep(0)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError) as raised:
            await task
        known = raised.exception
        assert isinstance(known, aio.Cancelled)
        self.assertEqual(known.outcome, Outcome.UNKNOWN)
        gate.set()
        hold = await asyncio.wrap_future(known.call)
        self.assertEqual(known.outcome, Outcome.DONE)
        view = await self.engine.reservations.get(self.evening, key, settle=True)
        self.assertEqual((view.id, view.state), (hold.id, HoldState.HELD))

    async def test_a_call_that_had_not_begun_has_no_effect(self) -> None:
        gate = threading.Event()
        blocked = [asyncio.create_task(self.engine.run(gate.wait)) for _ in range(4)]
        task = asyncio.create_task(
            self.engine.reservations.hold(self.evening, 7, self.hall.seats(0))
        )
        await asyncio.sleep(0)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError) as raised:
            await task
        known = raised.exception
        assert isinstance(known, aio.Cancelled)
        self.assertEqual(known.outcome, Outcome.REFUSED)
        gate.set()
        await asyncio.gather(*blocked)
        assert known.id is not None  # made before the call was sent
        with self.assertRaises(seathold.UnknownHold):
            await self.engine.reservations.get(self.evening, known.id, settle=True)

    async def test_a_timeout_of_asyncio_works(self) -> None:
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(self.engine.seats.feed(self.evening, wait=600), 0.01)

    async def test_batches_run_in_a_thread(self) -> None:
        batch = HoldBatch(self.engine.sync, 10)
        batch.new_ids()
        batch.set("user", 7)
        batch.set("performance", self.evening)
        batch.set_seats(self.hall.seats(*range(10)))
        self.assertEqual(await self.engine.run(batch.run), 0)

    async def test_use_after_close_raises(self) -> None:
        async with await aio.open("memory:") as engine:
            pass
        await engine.close()
        with self.assertRaises(seathold.EngineClosed):
            await engine.verify()
        with self.assertRaises(seathold.EngineClosed):
            await engine.catalog.venues()


class Complete(unittest.TestCase):
    def test_every_call_of_the_parts_can_be_awaited(self) -> None:
        parts = ("Reservations", "Queue", "Wallet", "Accounts", "Catalog", "Seats")
        for part in parts:
            names = {n for n in vars(getattr(seathold, part)) if not n.startswith("_")}
            awaited = {n for n in vars(getattr(aio, part)) if not n.startswith("_")}
            self.assertEqual(names - awaited, {"seat_id"} if part == "Catalog" else set(), part)
