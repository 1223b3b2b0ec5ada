package seathold_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"seathold"
)

var (
	eur   = seathold.Currency{'E', 'U', 'R'}
	start = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	ctx   = context.Background()
)

const (
	ann seathold.UserID = 7
	bob seathold.UserID = 8
)

// hall is an engine on a clock that stands still, with one evening of 10 x 20 seats at 45.00 EUR.
type hall struct {
	*seathold.Engine
	t       testing.TB
	show    seathold.ShowID
	evening seathold.PerformanceID
	seats   []seathold.SeatView
}

func openHall(t testing.TB, show seathold.Show, options seathold.Options) *hall {
	t.Helper()
	if options.Storage == "" {
		options.Storage = "memory:"
	}
	options.ManualClock, options.ManualClockStart, options.TestCheapHash = true, start, true
	engine, err := seathold.Open(options)
	must(t, err)
	h := &hall{Engine: engine, t: t}
	t.Cleanup(func() { must(t, engine.Close()) })
	show.Title = "Winter journey"
	h.show, err = engine.AddShow(ctx, show)
	must(t, err)
	venue, err := engine.AddHall(ctx, seathold.Hall{Name: "Barn", Rows: 10, SeatsPerRow: 20,
		Categories: 1})
	must(t, err)
	h.evening, err = engine.AddPerformance(ctx, seathold.Performance{Show: h.show, Venue: venue,
		LocalDate: "2036-12-31", LocalTime: "19:30", Currency: eur,
		Prices: []seathold.Price{{Category: "Category A", Name: "full price", PriceMinor: 4500}}})
	must(t, err)
	h.seats, err = engine.Seats(ctx, h.evening)
	must(t, err)
	return h
}

func newHall(t testing.TB) *hall { return openHall(t, seathold.Show{}, seathold.Options{}) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants fails the test unless err is that code.
func wants(t testing.TB, err error, code seathold.Code) {
	t.Helper()
	if !errors.Is(err, code) {
		t.Fatalf("wanted %v, got %v", code, err)
	}
}

func same[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, wanted %v", what, got, want)
	}
}

// tickets are seats by ordinal, as the default kind.
func (h *hall) tickets(ordinals ...int) []seathold.SeatTicket {
	var seats []seathold.SeatTicket
	for _, i := range ordinals {
		seats = append(seats, seathold.SeatTicket{Seat: h.seats[i].Seat})
	}
	return seats
}

// wish is a hold of those seats under a new id.
func (h *hall) wish(user seathold.UserID, ordinals ...int) seathold.Hold {
	return seathold.Hold{ID: h.NewID(), User: user, Performance: h.evening,
		Seats: h.tickets(ordinals...)}
}

// held holds seats, which must go well.
func (h *hall) held(user seathold.UserID, ordinals ...int) seathold.UUID {
	h.t.Helper()
	wish := h.wish(user, ordinals...)
	_, err := h.Hold(ctx, wish)
	must(h.t, err)
	return wish.ID
}

func (h *hall) charge(user seathold.UserID, minor int64) {
	h.t.Helper()
	_, err := h.Charge(ctx, seathold.Charge{ID: h.NewID(), User: user,
		Amount: seathold.Money{Minor: minor, Currency: eur}, Reference: "card 1"})
	must(h.t, err)
}

func (h *hall) payment(user seathold.UserID, hold seathold.UUID) seathold.Confirm {
	return seathold.Confirm{Hold: hold, Payment: h.NewID(), Performance: h.evening, User: user}
}

// sold is a hold that was paid.
func (h *hall) sold(user seathold.UserID, ordinals ...int) seathold.UUID {
	h.t.Helper()
	h.charge(user, 4500*int64(len(ordinals)))
	hold := h.held(user, ordinals...)
	_, err := h.Confirm(ctx, h.payment(user, hold))
	must(h.t, err)
	return hold
}

func (h *hall) clean() seathold.Audit {
	h.t.Helper()
	audit, err := h.Verify(ctx)
	must(h.t, err)
	if !audit.Clean || len(audit.Findings) > 0 {
		h.t.Errorf("the books are not clean: %v", audit.Findings)
	}
	return audit
}
