"""Batches: arrays in, arrays out."""

import unittest
from array import array

from hall import EUR, PRICE, HallTest

import seathold
from seathold import HoldRef, Money
from seathold.batch import (
    BestBatch,
    CancelBatch,
    ChargeBatch,
    ConfirmBatch,
    HoldBatch,
    JoinBatch,
    LeaveBatch,
    PollBatch,
    RefundBatch,
    WithdrawBatch,
    admitted,
)


class Batches(HallTest):
    def hold_batch(self, n: int) -> HoldBatch:
        """Request i of user i + 1 is for the seats 2 i and 2 i + 1."""
        batch = HoldBatch(self.engine, n, seats_each=2)
        batch.new_ids()
        batch.set("user", range(1, n + 1))
        batch.set("performance", self.evening)
        batch.set_seats([self.hall.seat(i) for i in range(2 * n)])
        return batch

    def test_each_request_is_answered_at_its_place(self) -> None:
        self.sell.hold(self.evening, 99, self.hall.seats(3))
        batch = self.hold_batch(100)
        self.assertEqual(batch.run(), seathold.SeatTaken.code)
        self.assertEqual([i for i, code in enumerate(batch.codes) if code], [1])
        error = batch.error(1)
        assert isinstance(error, seathold.SeatTaken)
        self.assertEqual([c.seat for c in error.conflicts], self.hall.seats(3))
        self.assertEqual(error.id, batch.id(1))
        with self.assertRaises(seathold.SeatTaken):
            batch.hold(1)
        hold = batch.hold(2)
        self.assertEqual((hold.user, hold.total), (3, Money(2 * PRICE, EUR)))
        self.assertEqual(self.sell.get(self.evening, hold.id).state, hold.state)
        self.assertEqual(sum(batch.answers("total_minor")), 99 * 2 * PRICE)

    def test_arrays_of_any_kind_fill_a_column(self) -> None:
        batch = self.hold_batch(4)
        for values in ([1, 2, 3, 4], (1, 2, 3, 4), range(1, 5), array("Q", [1, 2, 3, 4])):
            batch.set("user", 9)
            batch.set("user", values)
            self.assertEqual(batch.column("user").tolist(), [1, 2, 3, 4])
        batch.set("user", memoryview(array("L", [5, 6])))
        self.assertEqual(batch.column("user").tolist(), [5, 6, 3, 4])
        self.assertEqual(batch.requests[1].user, 6)
        for bad in ([1] * 5, [-1], [2**64], array("I", [1])):
            with self.assertRaises(seathold.InvalidArgument):
                batch.set("user", bad)
        with self.assertRaises(seathold.InvalidArgument):
            batch.set("id", 1)
        with self.assertRaises(seathold.InvalidArgument):
            batch.set_ids(bytes(16))

    def test_a_numpy_array_fills_a_column(self) -> None:
        try:
            import numpy
        except ImportError:
            self.skipTest("numpy is not installed")
        batch = self.hold_batch(4)
        batch.set("user", numpy.arange(1, 5, dtype=numpy.uint64))
        self.assertEqual(batch.column("user").tolist(), [1, 2, 3, 4])
        self.assertEqual(numpy.asarray(batch.codes).tolist(), [0, 0, 0, 0])

    def test_a_batch_is_used_again_and_in_part(self) -> None:
        batch = self.hold_batch(10)
        self.assertEqual(batch.run(3), 0)
        self.assertEqual(self.engine.seats.availability(self.evening).held, 6)
        self.assertEqual(batch.run(), 0)
        self.assertEqual([batch.hold(i).replayed for i in range(4)], [True, True, True, False])
        self.assertEqual(batch.run(0), 0)
        for n in (-1, 11):
            with self.assertRaises(seathold.InvalidArgument):
                batch.run(n)
        for capacity in (0, 65_537):
            with self.assertRaises(seathold.InvalidArgument):
                HoldBatch(self.engine, capacity)

    def test_a_malformed_request_is_refused_alone(self) -> None:
        batch = self.hold_batch(3)
        batch.requests[1].reserved = 1
        self.assertEqual(batch.run(), seathold.InvalidArgument.code)
        self.assertEqual(list(batch.codes), [0, seathold.InvalidArgument.code, 0])
        self.assertIn("reserved", str(batch.error(1)))

    def test_ticket_types_go_with_the_seats(self) -> None:
        batch = self.hold_batch(2)
        batch.set_seats(self.hall.seats(0, 1, 2, 3), [0, 0, 0, 5])
        batch.run()
        self.assertEqual(list(batch.codes), [0, seathold.UnknownTicketType.code])
        batch.set_seats(self.hall.seats(4, 5, 6, 7), 0)
        batch.new_ids()
        self.assertEqual(batch.run(), 0)

    def test_conflicts_can_be_left_out(self) -> None:
        self.sell.hold(self.evening, 99, self.hall.seats(0))
        batch = HoldBatch(self.engine, 1, conflicts=False)
        batch.new_ids()
        batch.set("user", 1)
        batch.set("performance", self.evening)
        batch.set_seats(self.hall.seats(0))
        batch.run()
        self.assertIsInstance(batch.error(0), seathold.SeatTaken)
        with self.assertRaises(seathold.InvalidArgument):
            batch.conflicts(0)

    def test_a_sale_from_charge_to_refund(self) -> None:
        n = 50
        charge = ChargeBatch(self.engine, n, EUR)
        charge.new_ids()
        charge.set("user", range(1, n + 1))
        charge.set("amount_minor", 2 * PRICE)
        charge.set_references(["card"])
        self.assertEqual(charge.run(), 0)
        self.assertEqual(self.engine.wallet.statement(n, EUR)[0].reference, "card")

        best = BestBatch(self.engine, n)
        best.new_ids()
        best.set("user", range(1, n + 1))
        best.set("performance", self.evening)
        best.set("seats_n", 2)
        self.assertEqual(best.run(), 0)
        holds = [best.hold(i) for i in range(n)]
        self.assertEqual(len({t.seat for hold in holds for t in hold.seats}), 2 * n)

        confirm = ConfirmBatch(self.engine, n)
        confirm.new_ids()
        confirm.set_holds(holds)
        self.assertEqual(confirm.run(), 0)
        self.assertEqual(confirm.receipt(n - 1).balance, Money(0, EUR))
        self.expect_clean(sold=2 * n)

        refund = RefundBatch(self.engine, n)
        refund.new_ids()
        refund.set_holds(holds)
        self.assertEqual(refund.run(), 0)
        withdraw = WithdrawBatch(self.engine, n, EUR)
        withdraw.new_ids()
        withdraw.set("user", range(1, n + 1))
        withdraw.set("amount_minor", [2 * PRICE] * (n - 1) + [2 * PRICE + 1])
        self.assertEqual(withdraw.run(), seathold.InsufficientFunds.code)
        self.assertEqual(sum(1 for code in withdraw.codes if code), 1)
        self.expect_clean(sold=0)

    def test_references_and_cancellations(self) -> None:
        batch = self.hold_batch(3)
        batch.run()
        holds = [batch.hold(i) for i in range(3)]
        confirm = ConfirmBatch(self.engine, 2)
        confirm.new_ids()
        confirm.set_holds(holds[:2])
        confirm.set_references(["card 1", "card 1"])
        self.assertEqual(confirm.run(), seathold.ReferenceUsed.code)
        self.assertEqual(list(confirm.codes), [0, seathold.ReferenceUsed.code])
        with self.assertRaises(seathold.InvalidArgument):
            confirm.set_references(["one for all"])
        cancel = CancelBatch(self.engine, 3)
        cancel.set_holds([*holds[:2], HoldRef(self.evening, holds[2].id, 77)])
        cancel.run()
        kinds = [type(cancel.error(i)) for i in range(3)]
        self.assertEqual(kinds, [seathold.HoldConfirmed, type(None), seathold.NotHoldOwner])


class Lines(HallTest):
    show = {"requires_pass": True, "active_max": 3}

    def test_a_crowd_joins_polls_holds_and_leaves(self) -> None:
        join = JoinBatch(self.engine, 5)
        join.set("show", self.hall.show)
        join.set("user", range(1, 6))
        self.assertEqual(join.run(), 0)
        self.assertEqual(admitted(join), [0, 1, 2])
        places = [join.place(i) for i in range(5)]

        hold = HoldBatch(self.engine, 3)
        hold.new_ids()
        hold.set("user", range(1, 4))
        hold.set("performance", self.evening)
        hold.set_seats(self.hall.seats(0, 1, 2))
        hold.set_passes([places[1].pass_, places[1].pass_, places[2].pass_])
        hold.run()
        self.assertEqual(list(hold.codes), [seathold.PassInvalid.code, 0, 0])

        leave = LeaveBatch(self.engine, 2)
        leave.set_tokens([places[0].token, "nonsense"])
        leave.run()
        self.assertEqual(list(leave.codes), [0, seathold.TokenInvalid.code])
        self.engine.queue.admit(self.hall.show, 5)
        poll = PollBatch(self.engine, 5)
        poll.set_tokens([place.token for place in places])
        poll.run()
        self.assertIsInstance(poll.error(0), seathold.PassSpent)
        self.assertEqual(admitted(poll)[-1], 3)
        self.assertEqual(poll.place(4).state, seathold.PlaceState.WAITING)


class Memory(unittest.TestCase):
    def test_a_thousand_in_one_call_are_as_a_thousand_calls(self) -> None:
        with seathold.open("memory:", manual_clock=True) as engine:
            venue = engine.catalog.make_venue("H", rows=40, seats_per_row=25, categories=1)
            show = engine.catalog.add_show("S")
            dates = [
                engine.catalog.add_performance(
                    show, venue, date="2036-12-31", time=time, currency=EUR,
                    prices={"Category A": PRICE},
                )
                for time in ("18:00", "21:00")
            ]  # fmt: skip
            batch = HoldBatch(engine, 1_000)
            batch.new_ids()
            batch.set("user", [i % 400 + 1 for i in range(1_000)])
            batch.set("performance", dates[0])
            batch.set_seats([engine.catalog.seat_id(venue, i * 7 % 900) for i in range(1_000)])
            batch.run()
            codes = []
            for i in range(1_000):
                seat = batch.seats[i].seat
                try:
                    engine.reservations.hold(dates[1], batch.requests[i].user, [seat])
                    codes.append(0)
                except seathold.SeatHoldError as error:
                    codes.append(error.code)
            self.assertEqual(list(batch.codes), codes)
            self.assertEqual(codes.count(0), 900)
