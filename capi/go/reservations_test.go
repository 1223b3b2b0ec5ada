package seathold_test

import (
	"errors"
	"testing"
	"time"

	"seathold"
)

func TestHoldTellsPriceAndDeadline(t *testing.T) {
	h := newHall(t)
	wish := h.wish(ann, 3, 4)
	result, err := h.Hold(ctx, wish)
	must(t, err)
	same(t, "state", result.State, seathold.HoldHeld)
	same(t, "total", result.Total(), seathold.Money{Minor: 9000, Currency: eur})
	same(t, "total as text", result.Total().String(), "90.00 EUR")
	same(t, "deadline", result.ExpiresAt(), start.Add(5*time.Minute))
	same(t, "replayed", result.Replayed(), false)

	again, err := h.Hold(ctx, wish)
	must(t, err)
	same(t, "replayed", again.Replayed(), true)
	same(t, "held", h.clean().Held, 2)
}

func TestARefusedHoldNamesEverySeatInTheWay(t *testing.T) {
	h := newHall(t)
	codes, err := h.Block(ctx, h.evening, []seathold.SeatID{h.seats[9].Seat}, "pillar")
	must(t, err)
	same(t, "block", codes[0], 0)
	h.held(ann, 3, 4, 5, 6, 7, 8) // more than an error has room for

	_, err = h.Hold(ctx, h.wish(bob, 2, 3, 4, 5, 6, 7, 8))
	wants(t, err, seathold.ErrSeatTaken)
	var refused *seathold.Error
	errors.As(err, &refused)
	if len(refused.Conflicts) != 6 {
		t.Fatalf("%d conflicts", len(refused.Conflicts))
	}
	for i, conflict := range refused.Conflicts {
		same(t, "seat", conflict.Seat, h.seats[3+i].Seat)
		same(t, "reason", conflict.Reason, seathold.ErrSeatTaken)
		same(t, "free at", conflict.FreeAt(), start.Add(5*time.Minute))
	}
	_, err = h.Hold(ctx, h.wish(bob, 9))
	wants(t, err, seathold.ErrSeatBlocked)
	errors.As(err, &refused)
	same(t, "free at", refused.Conflicts[0].FreeAt().IsZero(), true)
}

func TestAHoldEndsAtItsDeadlineAndNotBefore(t *testing.T) {
	h := newHall(t)
	h.charge(ann, 20000)
	late, early := h.held(ann, 0), h.held(ann, 1)
	must(t, h.Advance(5*time.Minute-time.Microsecond))
	_, err := h.Confirm(ctx, h.payment(ann, early))
	must(t, err)
	must(t, h.Advance(time.Microsecond))
	_, err = h.Confirm(ctx, h.payment(ann, late))
	wants(t, err, seathold.ErrHoldExpired)
	view, err := h.GetHold(ctx, h.evening, late)
	must(t, err)
	same(t, "state", view.State, seathold.HoldExpired)
	h.held(bob, 0)
}

func TestAPartOfAMillisecondIsNotLost(t *testing.T) {
	h := newHall(t)
	for ttl, want := range map[time.Duration]time.Duration{
		time.Second: time.Second, time.Second + 1: time.Second + time.Millisecond} {
		wish := h.wish(ann, int(ttl%2))
		wish.TTL = ttl
		result, err := h.Hold(ctx, wish)
		must(t, err)
		same(t, "deadline", result.ExpiresAt(), start.Add(want))
	}
}

func TestBestSeatsAreSideBySide(t *testing.T) {
	h := newHall(t)
	best := seathold.Best{ID: h.NewID(), User: ann, Performance: h.evening, SeatsN: 3,
		Category: seathold.AnyCategory, NoSplit: true, TTL: 90 * time.Second}
	result, seats, err := h.HoldBest(ctx, best)
	must(t, err)
	same(t, "deadline", result.ExpiresAt(), start.Add(90*time.Second))
	if len(seats) != 3 || seats[1].Seat != seats[0].Seat+1 || seats[2].Seat != seats[0].Seat+2 {
		t.Errorf("seats %v", seats)
	}
	best.ID, best.Category = h.NewID(), 5
	_, seats, err = h.HoldBest(ctx, best)
	if err == nil || seats != nil {
		t.Errorf("a category that is not there: %v, %v", seats, err)
	}
}

func TestAllHeldSaysUntilWhen(t *testing.T) {
	h := openHall(t, seathold.Show{}, seathold.Options{MaxSeatsPerHold: 16})
	for i := 0; i < len(h.seats); i += 10 {
		h.held(seathold.UserID(100+i), i, i+1, i+2, i+3, i+4, i+5, i+6, i+7, i+8, i+9)
	}
	result, _, err := h.HoldBest(ctx, seathold.Best{ID: h.NewID(), User: ann,
		Performance: h.evening, SeatsN: 1, Category: seathold.AnyCategory})
	wants(t, err, seathold.ErrAllHeld)
	same(t, "next release", result.NextReleaseAt(), start.Add(5*time.Minute))
	counts, err := h.Availability(ctx, h.evening)
	must(t, err)
	same(t, "state", counts.State, seathold.SaleAllHeld)
	same(t, "held", counts.Held, uint32(len(h.seats)))
	same(t, "on sale", counts.OnSale(), true)
}

func TestTooFewSaysHowMany(t *testing.T) {
	h := openHall(t, seathold.Show{}, seathold.Options{MaxSeatsPerHold: 16})
	for i := 0; i < len(h.seats)-10; i += 10 {
		h.held(seathold.UserID(100+i), i, i+1, i+2, i+3, i+4, i+5, i+6, i+7, i+8, i+9)
	}
	result, _, err := h.HoldBest(ctx, seathold.Best{ID: h.NewID(), User: ann,
		Performance: h.evening, SeatsN: 11, Category: seathold.AnyCategory})
	wants(t, err, seathold.ErrNotEnoughSeats)
	same(t, "free", result.SeatsFree, 10)
}

func TestARepeatedHoldThatIsOverIsAnError(t *testing.T) {
	h := newHall(t)
	hold := seathold.Hold{ID: h.NewID(), User: ann, Performance: h.evening,
		Seats: []seathold.SeatTicket{{Seat: h.seats[3].Seat}}}
	first, err := h.Hold(ctx, hold)
	must(t, err)
	again, err := h.Hold(ctx, hold)
	must(t, err)
	same(t, "replayed", again.Replayed(), true)
	must(t, h.SetClock(first.ExpiresAt()))
	over, err := h.Hold(ctx, hold)
	wants(t, err, seathold.ErrHoldExpired)
	same(t, "state", over.State, seathold.HoldExpired)
}

func TestConfirmSellsSeatsAndMovesMoneyTogether(t *testing.T) {
	h := newHall(t)
	hold := h.held(ann, 3, 4)
	poor := h.payment(ann, hold)
	_, err := h.Confirm(ctx, poor)
	wants(t, err, seathold.ErrInsufficientFunds)
	h.charge(ann, 10000)
	_, err = h.Confirm(ctx, poor)
	wants(t, err, seathold.ErrInsufficientFunds) // decided under its id

	pay := h.payment(ann, hold)
	pay.Expected = seathold.Money{Minor: 1, Currency: eur}
	_, err = h.Confirm(ctx, pay)
	wants(t, err, seathold.ErrPriceMismatch)
	pay.Payment, pay.Expected.Minor = h.NewID(), 9000
	paid, err := h.Confirm(ctx, pay)
	must(t, err)
	same(t, "paid", paid.Total().Minor, 9000)
	same(t, "left", paid.Balance(), seathold.Money{Minor: 1000, Currency: eur})
	replay, err := h.Confirm(ctx, pay)
	must(t, err)
	same(t, "replayed", replay.Replayed(), true)
	other, err := h.Confirm(ctx, h.payment(ann, hold))
	must(t, err)
	same(t, "already", other.Already(), true)
	same(t, "the transfer that stands", other.Payment, pay.Payment)

	audit := h.clean()
	same(t, "sold", audit.Sold, 2)
	same(t, "revenue", audit.Revenue[0], seathold.Amount{Currency: eur, Minor: 9000})
}

func TestAPaymentOutsidePaysOnce(t *testing.T) {
	h := newHall(t)
	pay := h.payment(ann, h.held(ann, 3))
	pay.Tender, pay.Reference = seathold.TenderExternal, "provider 81"
	_, err := h.Confirm(ctx, pay)
	must(t, err)
	twice := h.payment(bob, h.held(bob, 4))
	twice.Tender, twice.Reference = pay.Tender, pay.Reference
	_, err = h.Confirm(ctx, twice)
	wants(t, err, seathold.ErrReferenceUsed)
	transfer, err := h.GetTransfer(ctx, pay.Payment)
	must(t, err)
	same(t, "reference", transfer.Reference(), "provider 81")
	same(t, "tender", transfer.Tender, seathold.TenderExternal)
	same(t, "amount", transfer.Amount().Minor, 4500)
	same(t, "hold", transfer.Hold, pay.Hold)
}

func TestCancelAndRefundGiveSeatsBack(t *testing.T) {
	h := newHall(t)
	hold := h.held(ann, 0)
	mine := seathold.CancelRequest{Hold: hold, Performance: h.evening, User: ann}
	theirs := mine
	theirs.User = bob
	wants(t, h.Cancel(ctx, theirs), seathold.ErrNotHoldOwner)
	must(t, h.Cancel(ctx, mine))
	must(t, h.Cancel(ctx, mine))
	reservation := h.sold(bob, 0)
	wants(t, h.Cancel(ctx, seathold.CancelRequest{Hold: reservation, Performance: h.evening,
		User: bob}), seathold.ErrHoldConfirmed)

	back := seathold.RefundRequest{ID: h.NewID(), Hold: reservation, Performance: h.evening}
	refunded, err := h.Refund(ctx, back)
	must(t, err)
	same(t, "back", refunded.Total().Minor, 4500)
	back.ID = h.NewID()
	_, err = h.Refund(ctx, back)
	wants(t, err, seathold.ErrHoldRefunded)
	h.held(ann, 0)
	h.clean()
}

func TestAHoldCanBeLookedUpAndListed(t *testing.T) {
	h := newHall(t)
	first := h.sold(ann, 3, 4)
	h.held(ann, 9)
	h.held(bob, 10)
	view, err := h.SettleHold(ctx, h.evening, first)
	must(t, err)
	same(t, "state", view.State, seathold.HoldConfirmed)
	same(t, "seats", len(view.Seats()), 2)
	same(t, "seat", view.Seats()[1], seathold.HoldSeat{Seat: h.seats[4].Seat, PriceMinor: 4500})
	same(t, "total", view.Total().Minor, 9000)
	same(t, "ended", view.EndedAt(), start)
	_, err = h.GetHold(ctx, h.evening, h.NewID())
	wants(t, err, seathold.ErrUnknownHold)

	var cursor seathold.HoldCursor
	seen := 0
	for {
		page, err := h.HoldsOfUser(ctx, ann, cursor, 1)
		must(t, err)
		if len(page) == 0 {
			break
		}
		seen++
		cursor = seathold.HoldCursor{Performance: page[0].Performance, Hold: page[0].Hold}
		same(t, "user", page[0].User, ann)
	}
	same(t, "holds of ann", seen, 2)
	door, err := h.HoldsOfPerformance(ctx, h.evening, seathold.UUID{}, seathold.RowsMax)
	must(t, err)
	same(t, "holds of the evening", len(door), 3)
	for _, rows := range []int{-1, 0, seathold.RowsMax + 1} {
		_, err = h.HoldsOfPerformance(ctx, h.evening, seathold.UUID{}, rows)
		wants(t, err, seathold.ErrInvalidArgument)
	}
}

func TestBlockReportsSeatBySeat(t *testing.T) {
	h := newHall(t)
	h.held(ann, 1)
	seats := []seathold.SeatID{h.seats[0].Seat, h.seats[1].Seat, h.seats[2].Seat}
	codes, err := h.Block(ctx, h.evening, seats, "")
	must(t, err)
	same(t, "codes", [3]seathold.Code{codes[0], codes[1], codes[2]},
		[3]seathold.Code{0, seathold.ErrSeatTaken, 0})
	_, err = h.Hold(ctx, h.wish(bob, 0))
	wants(t, err, seathold.ErrSeatBlocked)
	_, err = h.Unblock(ctx, h.evening, seats[:1])
	must(t, err)
	h.held(bob, 0)
}
