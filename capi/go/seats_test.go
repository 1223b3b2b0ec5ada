package seathold_test

import (
	"testing"
	"time"

	"seathold"
)

func TestAMapIsKeptUpToDate(t *testing.T) {
	h := newHall(t)
	var m seathold.SeatMap
	must(t, h.ReadMap(ctx, h.evening, &m))
	same(t, "seats", m.Info.Seats, 200)
	same(t, "unchanged", m.Info.Unchanged(), false)
	must(t, h.ReadMap(ctx, h.evening, &m))
	same(t, "unchanged", m.Info.Unchanged(), true)
	before := m.Info.Version

	h.held(ann, 3)
	h.sold(bob, 6)
	_, err := h.Block(ctx, h.evening, []seathold.SeatID{h.seats[9].Seat}, "")
	must(t, err)
	must(t, h.ReadMap(ctx, h.evening, &m))
	want := map[uint32]seathold.SeatState{3: seathold.SeatHeld, 6: seathold.SeatSold,
		9: seathold.SeatBlocked}
	for i := uint32(0); i < m.Info.Seats; i++ {
		same(t, "state", m.State(i), want[i])
	}
	same(t, "available", m.Info.Available, 197)
	same(t, "next release", m.Info.NextReleaseAt(), start.Add(5*time.Minute))

	changes, next, err := h.MapChanges(ctx, h.evening, before)
	must(t, err)
	same(t, "version", next, m.Info.Version)
	same(t, "changes", len(changes), 3)
	for _, change := range changes {
		same(t, "state", change.State, want[change.Ordinal])
	}
	must(t, h.Advance(5*time.Minute))
	must(t, h.ReadMap(ctx, h.evening, &m))
	same(t, "lapsed", m.State(3), seathold.SeatAvailable)
	wants(t, h.ReadMap(ctx, 99, &m), seathold.ErrUnknownPerformance)

	venue, err := h.AddHall(ctx, seathold.Hall{Name: "Dome", Rows: 50, SeatsPerRow: 50,
		Categories: 1})
	must(t, err)
	larger, err := h.AddPerformance(ctx, seathold.Performance{Show: h.show, Venue: venue,
		LocalDate: "2036-12-31", LocalTime: "19:30", Currency: eur,
		Prices: []seathold.Price{{Category: "Category A", PriceMinor: 1}}})
	must(t, err)
	_, err = h.Block(ctx, larger, []seathold.SeatID{seathold.SeatIDOf(venue, 2499)}, "")
	must(t, err)
	must(t, h.ReadMap(ctx, larger, &m))
	same(t, "last seat of a larger hall", m.State(2499), seathold.SeatBlocked)
	must(t, h.ReadMap(ctx, h.evening, &m))
	same(t, "sold, in the same memory", m.State(6), seathold.SeatSold)
}

// Two dates can be at the same version: one's map is no answer for the other.
func TestAMapIsOfItsPerformance(t *testing.T) {
	h := newHall(t)
	dates, err := h.Performances(ctx, h.show)
	must(t, err)
	other, err := h.AddPerformance(ctx, dates[0].Performance)
	must(t, err)
	_, err = h.Block(ctx, h.evening, []seathold.SeatID{h.seats[3].Seat}, "")
	must(t, err)
	_, err = h.Block(ctx, other, []seathold.SeatID{h.seats[4].Seat}, "")
	must(t, err)
	var m seathold.SeatMap
	must(t, h.ReadMap(ctx, h.evening, &m))
	version := m.Info.Version
	must(t, h.ReadMap(ctx, other, &m))
	same(t, "version", m.Info.Version, version)
	same(t, "performance", m.Info.Performance, other)
	same(t, "blocked there", m.State(4), seathold.SeatBlocked)
	same(t, "blocked here", m.State(3), seathold.SeatAvailable)
}

func TestTheFeedTellsEveryEventOnce(t *testing.T) {
	h := newHall(t)
	events, err := h.FeedPoll(ctx, h.evening, 0, 10, 0)
	must(t, err)
	same(t, "events", len(events), 0)
	hold := h.sold(ann, 3, 4)
	events, err = h.FeedPoll(ctx, h.evening, 0, 1, time.Hour)
	must(t, err)
	same(t, "kind", events[0].Kind, seathold.FeedHeld)
	same(t, "hold", events[0].Hold, hold)
	same(t, "seats", len(events[0].Seats()), 2)
	same(t, "seat", events[0].Seats()[1], h.seats[4].Seat)
	same(t, "deadline", events[0].ExpiresAt(), start.Add(5*time.Minute))
	events, err = h.FeedPoll(ctx, h.evening, events[0].Counter, 10, time.Hour)
	must(t, err)
	same(t, "kind", events[0].Kind, seathold.FeedConfirmed)
	same(t, "counter", events[0].Counter, 2)
	must(t, h.FeedTrim(ctx, h.evening, 1))
	_, err = h.FeedPoll(ctx, h.evening, 0, 10, 0)
	wants(t, err, seathold.ErrFeedTruncated)
}

func TestAWaitingPollHearsOfAHold(t *testing.T) {
	h := newHall(t)
	heard := make(chan []seathold.FeedEvent)
	go func() {
		events, _ := h.FeedPoll(ctx, h.evening, 0, 10, time.Hour)
		heard <- events
	}()
	hold := h.held(ann, 3)
	events := <-heard
	if len(events) != 1 || events[0].Hold != hold {
		t.Errorf("heard %v", events)
	}
}
