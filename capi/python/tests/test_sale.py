"""Selling: holds, expiry, payments, refunds, blocks, looking at seats."""

from datetime import datetime, timedelta, timezone
from uuid import UUID

from hall import EUR, PRICE, Hall, HallTest

import seathold
from seathold import HoldRef, HoldState, Money, SaleState, SeatState, TransferKind
from seathold.batch import BestBatch

MICROSECOND = timedelta(microseconds=1)


class Holds(HallTest):
    def test_holds_the_seats_asked_for_until_the_deadline(self) -> None:
        before = self.engine.now()
        hold = self.sell.hold(self.evening, 7, self.hall.seats(3, 4))
        self.assertEqual([ticket.seat for ticket in hold.seats], self.hall.seats(3, 4))
        self.assertEqual(hold.total, Money(2 * PRICE, EUR))
        self.assertEqual(hold.expires_at, before + timedelta(minutes=5))
        self.assertEqual(hold.state, HoldState.HELD)
        self.assertIsInstance(hold.id, UUID)
        self.assertEqual(hold.id.version, 7)

    def test_lists_every_seat_in_the_way_and_holds_none(self) -> None:
        first = self.sell.hold(self.evening, 7, self.hall.seats(0, 1))
        self.sell.block(self.evening, self.hall.seats(2), "pillar")
        with self.assertRaises(seathold.SeatTaken) as raised:
            self.sell.hold(self.evening, 8, self.hall.seats(0, 1, 2, 3))
        found = {c.seat: (c.blocked, c.free_at) for c in raised.exception.conflicts}
        self.assertEqual(
            found,
            {
                self.hall.seat(0): (False, first.expires_at),
                self.hall.seat(1): (False, first.expires_at),
                self.hall.seat(2): (True, None),
            },
        )
        self.assertEqual(raised.exception.code, 701)
        self.assertTrue(raised.exception.retryable)
        self.assertEqual(raised.exception.outcome, seathold.Outcome.REFUSED)
        self.assertEqual(self.engine.seats.availability(self.evening).held, 2)

    def test_is_over_at_its_deadline_and_not_a_microsecond_before(self) -> None:
        self.hall.charge(7)
        early, late = (self.sell.hold(self.evening, 7, [seat]) for seat in self.hall.seats(0, 1))
        self.engine.set_clock(early.expires_at - MICROSECOND)
        self.assertEqual(self.sell.confirm(early).total, Money(PRICE, EUR))
        self.engine.set_clock(late.expires_at)
        with self.assertRaises(seathold.HoldExpired):
            self.sell.confirm(late)
        self.assertEqual(self.engine.wallet.balance(7, EUR), Money(PRICE, EUR))
        self.sell.hold(self.evening, 8, self.hall.seats(1))
        self.expect_clean(sold=1)

    def test_sweep_rolls_back_what_is_over(self) -> None:
        hold = self.sell.hold(self.evening, 7, self.hall.seats(0))
        self.assertEqual(self.engine.sweep(), 0)
        self.engine.advance_clock(timedelta(minutes=5))
        self.assertEqual(self.engine.sweep(), 1)
        view = self.sell.get(self.evening, hold.id)
        self.assertEqual(view.state, HoldState.EXPIRED)
        self.assertEqual(view.ended_at, hold.expires_at)

    def test_ttl_is_a_timedelta_or_seconds(self) -> None:
        now = self.engine.now()
        for ttl in (timedelta(seconds=90), 90, 90.0):
            hold = self.sell.hold(self.evening, 7, self.hall.seats(0), ttl=ttl)
            self.assertEqual(hold.expires_at, now + timedelta(seconds=90))
            self.sell.cancel(hold)
        with self.assertRaises(seathold.HoldTooLong):
            self.sell.hold(self.evening, 7, self.hall.seats(0), ttl=timedelta(minutes=6))
        with self.assertRaises(seathold.InvalidArgument):
            self.sell.hold(self.evening, 7, self.hall.seats(0), ttl=0)

    def test_the_same_id_again_is_a_replay(self) -> None:
        key = self.engine.new_id()
        first = self.sell.hold(self.evening, 7, self.hall.seats(0), id=key)
        again = self.sell.hold(self.evening, 7, self.hall.seats(0), id=key)
        self.assertEqual((first.replayed, again.replayed), (False, True))
        self.assertEqual(again.expires_at, first.expires_at)
        with self.assertRaises(seathold.IdempotencyMismatch) as raised:
            self.sell.hold(self.evening, 7, self.hall.seats(1), id=key)
        self.assertEqual(raised.exception.id, key)

    def test_arguments_that_no_field_can_have_are_refused(self) -> None:
        seats = self.hall.seats(0)
        for user, wish in ((-1, seats), (2**64, seats), (7, [-1]), (7, [2**64]), (7, [])):
            with self.assertRaises(seathold.InvalidArgument):
                self.sell.hold(self.evening, user, wish)
        with self.assertRaises(seathold.TooManySeats):
            self.sell.hold(self.evening, 7, self.hall.seats(*range(17)))
        with self.assertRaises(seathold.DuplicateSeat):
            self.sell.hold(self.evening, 7, self.hall.seats(0, 0))
        with self.assertRaises(LookupError):
            self.sell.hold(99, 7, seats)
        with self.assertRaises(ValueError):
            self.sell.hold(self.evening, 0, seats)

    def test_ticket_types_have_prices_of_their_own(self) -> None:
        prices = [
            seathold.Price("Category A", PRICE),
            seathold.Price("Category A", 1_000, ticket_type=2, name="child"),
        ]
        matinee = self.engine.catalog.add_performance(
            self.hall.show,
            self.hall.venue,
            date="2037-01-01",
            time="11:00",
            currency=EUR,
            prices=prices,
        )
        a, b = self.hall.seats(0, 1)
        hold = self.sell.hold(matinee, 7, [a, (b, 2)])
        self.assertEqual(hold.total, Money(PRICE + 1_000, EUR))
        view = self.sell.get(matinee, hold.id)
        self.assertEqual(
            [(s.ticket_type, s.price.minor) for s in view.seats], [(0, PRICE), (2, 1_000)]
        )
        with self.assertRaises(seathold.UnknownTicketType):
            self.sell.hold(matinee, 7, [(self.hall.seat(2), 5)])


class Best(HallTest):
    def test_seats_side_by_side(self) -> None:
        hold = self.sell.hold_best(self.evening, 7, 4)
        ordinals = [ticket.seat - self.hall.seat(0) for ticket in hold.seats]
        self.assertEqual(ordinals, list(range(ordinals[0], ordinals[0] + 4)))

    def test_all_held_says_when_and_sold_out_is_final(self) -> None:
        small = Hall(self.engine, rows=1, row=4)
        hold = self.sell.hold_best(small.evening, 7, 4)
        with self.assertRaises(seathold.AllHeld) as raised:
            self.sell.hold_best(small.evening, 8, 1)
        self.assertEqual(raised.exception.next_release_at, hold.expires_at)
        self.hall.charge(7, 4 * PRICE)
        self.sell.confirm(hold)
        with self.assertRaises(seathold.SoldOut):
            self.sell.hold_best(small.evening, 8, 1)
        self.assertEqual(self.engine.seats.availability(small.evening).state, SaleState.SOLD_OUT)

    def test_no_split_is_not_sold_out(self) -> None:
        small = Hall(self.engine, rows=1, row=3)
        self.sell.hold(small.evening, 7, small.seats(1))
        with self.assertRaises(seathold.NoAdjacentSeats):
            self.sell.hold_best(small.evening, 8, 2, split=False)
        self.assertEqual(len(self.sell.hold_best(small.evening, 8, 2).seats), 2)


    def test_too_few_says_how_many(self) -> None:
        small = Hall(self.engine, rows=1, row=4)
        self.sell.hold(small.evening, 7, small.seats(0))
        with self.assertRaises(seathold.NotEnoughSeats) as raised:
            self.sell.hold_best(small.evening, 8, 4)
        self.assertEqual(raised.exception.seats_free, 3)
        batch = BestBatch(self.engine, 1)
        batch.new_ids()
        for field, value in (("performance", small.evening), ("user", 8), ("seats_n", 4)):
            batch.set(field, value)
        batch.run()
        error = batch.error(0)
        assert error is not None
        self.assertEqual(error.seats_free, 3)


class Lapses(HallTest):
    def test_a_hold_that_has_lapsed_reads_as_expired_though_nobody_swept(self) -> None:
        hold = self.sell.hold(self.evening, 7, self.hall.seats(0))
        self.engine.set_clock(hold.expires_at)
        for view in (
            self.sell.get(self.evening, hold.id),
            *self.sell.of_user(7),
            *self.sell.of_performance(self.evening),
        ):
            self.assertEqual(view.state, HoldState.EXPIRED)
            self.assertEqual(view.seconds_left, 0)
        with self.assertRaises(seathold.HoldExpired):
            self.sell.hold(self.evening, 7, self.hall.seats(0), id=hold.id)


class Repeats(HallTest):
    def test_a_hold_that_is_over_is_raised(self) -> None:
        seats = self.hall.seats(0)
        hold = self.sell.hold(self.evening, 7, seats)
        self.assertTrue(self.sell.hold(self.evening, 7, seats, id=hold.id).replayed)
        self.sell.cancel(hold)
        with self.assertRaises(seathold.HoldCancelled) as raised:
            self.sell.hold(self.evening, 7, seats, id=hold.id)
        self.assertEqual(raised.exception.id, hold.id)
        self.assertEqual(raised.exception.code, seathold.HoldCancelled.code)


class Payments(HallTest):
    def test_money_and_seats_move_together(self) -> None:
        self.hall.charge(7, 10_000)
        hold = self.sell.hold(self.evening, 7, self.hall.seats(0, 1))
        receipt = self.sell.confirm(hold, expected=Money(9_000, EUR))
        self.assertEqual(receipt.total, Money(9_000, EUR))
        self.assertEqual(receipt.balance, Money(1_000, EUR))
        again = self.sell.confirm(hold, payment=receipt.id, expected=Money(9_000, EUR))
        self.assertTrue(again.replayed)
        other = self.sell.confirm(hold)
        self.assertTrue(other.already)
        self.assertEqual(other.id, receipt.id, "the transfer that stands")
        books = self.expect_clean(sold=2)
        self.assertEqual(books.revenue, (Money(9_000, EUR),))

    def test_insufficient_funds_leave_the_hold_alive(self) -> None:
        self.hall.charge(7, PRICE - 1)
        hold = self.sell.hold(self.evening, 7, self.hall.seats(0))
        with self.assertRaises(seathold.InsufficientFunds) as raised:
            self.sell.confirm(hold)
        payment = raised.exception.id
        assert payment is not None
        self.assertEqual(self.engine.wallet.transfer(payment).refused, "InsufficientFunds")
        self.assertEqual(self.sell.get(self.evening, hold.id).state, HoldState.HELD)
        self.hall.charge(7, 1)
        with self.assertRaises(seathold.InsufficientFunds):
            self.sell.confirm(hold, payment=payment)  # the decision is kept under the id
        self.assertEqual(self.sell.confirm(hold).balance, Money(0, EUR))

    def test_a_reference_outside_pays_once_ever(self) -> None:
        first, second = (self.sell.hold(self.evening, 7, [s]) for s in self.hall.seats(0, 1))
        receipt = self.sell.confirm(first, reference="card 4711")
        view = self.engine.wallet.transfer(receipt.id)
        self.assertEqual((view.reference, view.kind), ("card 4711", TransferKind.PAYMENT))
        self.assertEqual(view.tender, seathold.Tender.EXTERNAL)
        self.assertEqual(view.hold, first.id)
        with self.assertRaises(seathold.ReferenceUsed):
            self.sell.confirm(second, reference="card 4711")

    def test_a_price_that_is_not_the_expected_one_is_refused(self) -> None:
        hold = self.sell.hold(self.evening, 7, self.hall.seats(0))
        with self.assertRaises(seathold.PriceMismatch):
            self.sell.confirm(hold, expected=Money(PRICE - 1, EUR))
        with self.assertRaises(seathold.CurrencyMismatch):
            self.sell.confirm(hold, expected=Money(PRICE, "USD"))
        with self.assertRaises(seathold.InvalidArgument):
            self.sell.confirm(hold, expected=Money(PRICE, "euros"))

    def test_a_hold_is_its_owners(self) -> None:
        hold = self.sell.hold(self.evening, 7, self.hall.seats(0))
        with self.assertRaises(seathold.NotHoldOwner):
            self.sell.confirm(HoldRef(self.evening, hold.id, 8))
        with self.assertRaises(seathold.NotHoldOwner):
            self.sell.cancel(HoldRef(self.evening, hold.id, 8))
        self.sell.cancel(hold)
        self.sell.cancel(hold)
        with self.assertRaises(seathold.HoldCancelled):
            self.sell.confirm(hold)

    def test_a_refund_pays_back_and_frees_the_seats(self) -> None:
        self.hall.charge(7)
        hold = self.sell.hold(self.evening, 7, self.hall.seats(0, 1))
        with self.assertRaises(seathold.NotConfirmed):
            self.sell.refund(hold)
        self.sell.confirm(hold)
        refund = self.sell.refund(hold)
        self.assertEqual(refund.balance, Money(2 * PRICE, EUR))
        view = self.sell.get(self.evening, hold.id)
        self.assertEqual((view.state, view.refund), (HoldState.REFUNDED, refund.id))
        kinds = [line.kind.name for line in self.engine.wallet.statement(7, EUR)]
        self.assertEqual(kinds, ["CHARGE", "PAYMENT", "REFUND"])
        with self.assertRaises(seathold.HoldRefunded):
            self.sell.refund(hold)
        self.expect_clean(sold=0)


class Looking(HallTest):
    def test_map_changes_and_counts(self) -> None:
        first = self.engine.seats.map(self.evening)
        assert first is not None
        self.assertEqual((len(first), first.available), (200, 200))
        self.assertIsNone(self.engine.seats.map(self.evening, known=first.version))
        self.sell.hold(self.evening, 7, self.hall.seats(5))
        self.sell.block(self.evening, self.hall.seats(9), "pillar")
        second = self.engine.seats.map(self.evening, known=first.version)
        assert second is not None
        self.assertEqual(second[5], SeatState.HELD)
        self.assertEqual(second[9], SeatState.BLOCKED)
        self.assertEqual(second[199], SeatState.AVAILABLE)
        with self.assertRaises(IndexError):
            second[200]
        changes, reached = self.engine.seats.changes(self.evening, first.version)
        self.assertEqual(dict(changes), {5: SeatState.HELD, 9: SeatState.BLOCKED})
        self.assertEqual(reached, second.version)
        counts = self.engine.seats.availability(self.evening)
        self.assertEqual((counts.available, counts.held, counts.blocked), (198, 1, 1))

    def test_the_feed_tells_every_event_once_in_order(self) -> None:
        hold = self.sell.hold(self.evening, 7, self.hall.seats(0, 1))
        self.sell.cancel(hold)
        events = self.engine.seats.feed(self.evening)
        self.assertEqual(
            [(e.counter, e.kind.name) for e in events], [(1, "HELD"), (2, "CANCELLED")]
        )
        self.assertEqual(events[0].expires_at, hold.expires_at)
        self.assertEqual(events[0].seats, tuple(self.hall.seats(0, 1)))
        self.assertEqual(self.engine.seats.feed(self.evening, after=2), [])
        self.engine.seats.trim_feed(self.evening, 1)
        with self.assertRaises(seathold.FeedTruncated):
            self.engine.seats.feed(self.evening)

    def test_blocks_answer_seat_by_seat(self) -> None:
        self.sell.hold(self.evening, 7, self.hall.seats(0))
        taken, blocked = self.sell.block(self.evening, self.hall.seats(0, 1), "pillar")
        self.assertIsInstance(taken, seathold.SeatTaken)
        self.assertIsNone(blocked)
        self.assertEqual(self.sell.unblock(self.evening, self.hall.seats(1)), [None])
        with self.assertRaises(seathold.UnknownPerformance):
            for error in self.sell.block(99, self.hall.seats(0), "pillar"):
                if error is not None:
                    raise error

    def test_lists_of_holds_go_on_where_they_ended(self) -> None:
        holds = [self.sell.hold(self.evening, 7, [seat]) for seat in self.hall.seats(0, 1, 2)]
        begin = self.sell.of_user(7, limit=2)
        rest = self.sell.of_user(7, after=begin[-1])
        self.assertEqual([view.id for view in begin + rest], sorted(hold.id for hold in holds))
        everyone = self.sell.of_performance(self.evening, after=begin[-1].id)
        self.assertEqual(everyone, rest)


class Catalogue(HallTest):
    def test_what_was_set_up_can_be_read(self) -> None:
        opens = datetime(2026, 12, 1, 10, tzinfo=timezone.utc)
        evening = self.hall.add_evening(sale_opens_at=opens, user_limit=4, on_sale=False)
        listed = {p.id: p for p in self.engine.catalog.performances(self.hall.show)}
        self.assertEqual(listed[evening].sale_opens_at, opens)
        self.assertEqual(listed[evening].user_limit, 4)
        self.assertEqual(listed[evening].prices[0].minor, PRICE)
        on_sale = self.engine.catalog.performances(on_sale_only=True)
        self.assertEqual([p.id for p in on_sale], [self.evening])
        self.assertEqual(self.engine.catalog.venues()[0].seats, 200)
        self.assertEqual(self.engine.catalog.shows()[0].title, "Winter journey")

    def test_seats_are_found_by_their_names(self) -> None:
        seat = self.engine.catalog.find_seat(self.evening, "B-3")
        self.assertEqual(seat, self.hall.seat(22))
        name = self.engine.catalog.name_seat(seat)
        self.assertEqual((name.row, name.number, name.category_name), ("B", "3", "Category A"))
        seats = self.engine.catalog.seats(self.evening)
        self.assertEqual((len(seats), seats[22].id, seats[22].price_minor), (200, seat, PRICE))
        with self.assertRaises(seathold.UnknownSeat):
            self.engine.catalog.find_seat(self.evening, "Z-99")

    def test_a_plan_goes_out_and_comes_in_again(self) -> None:
        plan = self.engine.catalog.plan(self.hall.venue)
        imported = self.engine.catalog.import_venue(plan, name="Twin", zone="Europe/Vienna")
        self.assertEqual((imported.seats, imported.rows), (200, 10))
        csv = "section,row,seat,x,y,category,attributes\nStalls,A,1,0,0,Best,\n"
        other = self.engine.catalog.import_venue(csv, format=seathold.PlanFormat.CSV, name="One")
        self.assertEqual(other.seats, 1)
        with self.assertRaises(seathold.InvalidPlan):
            self.engine.catalog.import_venue("{", name="None")

    def test_a_closed_sale_starts_no_hold(self) -> None:
        self.engine.catalog.set_sale(self.evening, False)
        with self.assertRaises(seathold.SaleNotOpen):
            self.sell.hold(self.evening, 7, self.hall.seats(0))
        self.engine.catalog.set_sale(self.evening, True)
        self.sell.hold(self.evening, 7, self.hall.seats(0))

    def test_an_object_with_a_flaw_is_refused_with_the_place(self) -> None:
        with self.assertRaisesRegex(seathold.InvalidArgument, "currency"):
            self.engine.catalog.add_performance(
                self.hall.show, self.hall.venue, date="2036-12-31", time="19:30", currency="euro",
                prices={"Category A": 1},
            )  # fmt: skip


class WaitingRoom(HallTest):
    show = {"requires_pass": True, "active_max": 2, "grace": timedelta(seconds=30)}

    def test_a_pass_opens_the_sale_and_a_payment_spends_it(self) -> None:
        queue = self.engine.queue
        places = [queue.join(self.hall.show, user) for user in (1, 2, 3)]
        self.assertEqual([place.admitted for place in places], [True, True, False])
        self.assertEqual((places[2].ahead, places[2].pass_), (0, ""))
        with self.assertRaises(seathold.NotAdmitted):
            self.sell.hold(self.evening, 3, self.hall.seats(0))
        with self.assertRaises(seathold.PassInvalid):
            self.sell.hold(self.evening, 3, self.hall.seats(0), pass_=places[0].pass_)
        hold = self.sell.hold(self.evening, 1, self.hall.seats(0), pass_=places[0].pass_)
        self.sell.confirm(hold, reference="card 1")
        with self.assertRaises(seathold.PassSpent):
            self.sell.hold(self.evening, 1, self.hall.seats(1), pass_=places[0].pass_)
        self.assertEqual(queue.admit(self.hall.show, 10), 1)
        third = queue.poll(places[2].token)
        self.assertTrue(third.admitted)
        self.assertIsNotNone(third.admitted_until)
        self.sell.hold(self.evening, 3, self.hall.seats(1), pass_=third.pass_)

    def test_a_silent_waiter_is_dropped(self) -> None:
        queue = self.engine.queue
        for user in (1, 2):
            queue.join(self.hall.show, user)
        waiting = queue.join(self.hall.show, 3)
        # Time in which nobody served the line is not silence: it is served every five seconds.
        for _ in range(12):
            self.engine.advance_clock(5)
            self.engine.sweep()
        self.assertEqual(queue.poll(waiting.token).state, seathold.PlaceState.ABSENT)

    def test_places_are_given_back_and_taken_away(self) -> None:
        queue = self.engine.queue
        first = queue.join(self.hall.show, 1)
        queue.leave(first.token)
        queue.leave(first.token)
        second = queue.join(self.hall.show, 2)
        queue.revoke(self.hall.show, 2)
        with self.assertRaises(seathold.PassSpent):
            queue.poll(second.pass_)
        self.assertEqual(queue.stats(self.hall.show).active, 0)

    def test_what_is_no_token_is_refused(self) -> None:
        for token in ("", "nonsense", "x" * 95, "x" * 96, "x" * 10_000):
            with self.assertRaises(seathold.TokenInvalid):
                self.engine.queue.poll(token)
        other = self.engine.catalog.add_show("No queue")
        with self.assertRaises(seathold.NoLine):
            self.engine.queue.join(other, 1)


class Users(HallTest):
    def test_a_login_is_good_for_a_while(self) -> None:
        accounts = self.engine.accounts
        user = accounts.register("ann@example.org", "a long enough secret")
        login = accounts.login("ann@example.org", "a long enough secret")
        self.assertEqual(login.user, user)
        self.assertNotIn(login.token, repr(login))
        self.assertEqual(accounts.authenticate(login.token), (user, login.expires_at))
        self.engine.set_clock(login.expires_at + timedelta(minutes=5))  # past the leeway
        with self.assertRaises(seathold.AccessDenied):
            accounts.authenticate(login.token)

    def test_wrong_words_are_told_apart_from_weak_ones(self) -> None:
        accounts = self.engine.accounts
        user = accounts.register("ann@example.org", "a long enough secret")
        with self.assertRaises(seathold.EmailTaken):
            accounts.register("ann@example.org", "a long enough secret")
        with self.assertRaises(seathold.PasswordWeak):
            accounts.register("bob@example.org", "short")
        with self.assertRaises(seathold.BadCredentials):
            accounts.login("ann@example.org", "another long secret")
        accounts.change_password(user, "a long enough secret", "a still longer secret")
        accounts.disable(user)
        with self.assertRaises(seathold.AccountDisabled):
            accounts.login("ann@example.org", "a still longer secret")
        accounts.erase(user)
        with self.assertRaises(seathold.BadCredentials):
            accounts.login("ann@example.org", "a still longer secret")

    def test_text_ids_have_numbers(self) -> None:
        number = self.engine.accounts.user_for("kunde-17/ä")
        self.assertEqual(self.engine.accounts.user_for("kunde-17/ä"), number)
        self.assertNotEqual(self.engine.accounts.user_for("kunde-18"), number)

    def test_wallets(self) -> None:
        wallet = self.engine.wallet
        first = wallet.charge(7, Money(500, EUR), reference="card ü")
        self.assertTrue(wallet.charge(7, Money(500, EUR), reference="card ü", id=first.id).replayed)
        self.assertEqual(wallet.withdraw(7, Money(200, EUR)).balance, Money(300, EUR))
        with self.assertRaises(seathold.InsufficientFunds):
            wallet.withdraw(7, Money(301, EUR))
        with self.assertRaises(seathold.AmountOutOfRange):
            wallet.charge(7, Money(0, EUR))
        with self.assertRaises(seathold.InvalidText):
            wallet.charge(7, Money(1, EUR), reference="\ud800")
        lines = wallet.statement(7, EUR, after=1)
        self.assertEqual([(line.line, line.amount.minor) for line in lines], [(2, -200)])
        self.assertEqual(wallet.statement(7, EUR)[0].reference, "card ü")
        with self.assertRaises(seathold.UnknownTransfer):
            wallet.transfer(self.engine.new_id(), settle=True)


class Values(HallTest):
    def test_money_adds_up_in_one_currency(self) -> None:
        self.assertEqual(Money(4_500, EUR) + Money(1, EUR), Money(4_501, EUR))
        self.assertEqual(2 * Money(4_500, EUR) - Money(1, EUR), Money(8_999, EUR))
        self.assertEqual(str(Money(-4_501, EUR)), "-45.01 EUR")
        with self.assertRaises(ValueError):
            Money(1, EUR) + Money(1, "USD")
        with self.assertRaises(TypeError):
            Money(1, EUR) + 1
        with self.assertRaises(TypeError):
            Money(1, EUR) * 1.5

    def test_points_in_time_are_exact_and_aware(self) -> None:
        moment = datetime(2126, 1, 1, 0, 0, 0, 999_999, tzinfo=timezone.utc)
        self.engine.set_clock(moment)
        self.assertEqual(self.engine.now(), moment)
        with self.assertRaises(ValueError):
            self.engine.set_clock(datetime(2127, 1, 1))
        with self.assertRaises(seathold.InvalidArgument):
            self.engine.set_clock(moment - MICROSECOND)
