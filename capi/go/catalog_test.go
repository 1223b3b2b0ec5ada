package seathold_test

import (
	"bytes"
	"testing"
	"time"

	"seathold"
)

const plan = `section,row,seat,x,y,category,attributes
Stalls,A,1,0,0,Front,
Stalls,A,2,1,0,Front,aisle
Stalls,B,1,0,1,Back,
`

func TestAPlanIsImportedAndWrittenBack(t *testing.T) {
	h := newHall(t)
	how := seathold.ImportOptions{Name: "Club", Zone: "Europe/Vienna"}
	venue, report, err := h.ImportVenue(ctx, seathold.PlanCSV, []byte(plan), how)
	must(t, err)
	same(t, "seats", report.Seats, 3)
	same(t, "categories", report.Categories, 2)
	text, err := h.Plan(ctx, venue)
	must(t, err)
	again, report, err := h.ImportVenue(ctx, seathold.PlanPretixJSON, text, seathold.ImportOptions{})
	must(t, err)
	same(t, "seats", report.Seats, 3)
	second, err := h.Plan(ctx, again)
	must(t, err)
	same(t, "plan", bytes.Equal(second, text), true)

	_, _, err = h.ImportVenue(ctx, seathold.PlanPretixJSON, []byte("{"), seathold.ImportOptions{})
	wants(t, err, seathold.ErrInvalidPlan)
	_, _, err = h.ImportVenue(ctx, 9, []byte(plan), how)
	wants(t, err, seathold.ErrInvalidArgument)
	_, err = h.Plan(ctx, 99)
	wants(t, err, seathold.ErrUnknownVenue)
	venues, err := h.Venues(ctx)
	must(t, err)
	same(t, "venues", len(venues), 3)
	same(t, "zone", venues[1].Zone, "Europe/Vienna")
	same(t, "created", venues[1].CreatedAt(), start)
}

func TestShowsAndDatesAreListedAsTheyWereAdded(t *testing.T) {
	h := newHall(t)
	show := seathold.Show{Title: "Mass", RequiresPass: true, ActiveMax: 5, RatePerS: 2,
		Grace: 90 * time.Second, PassTTL: 7 * time.Minute}
	id, err := h.AddShow(ctx, show)
	must(t, err)
	shows, err := h.Shows(ctx)
	must(t, err)
	same(t, "show", shows[1], seathold.ShowInfo{ID: id, Show: show, CreatedAt: start})

	venue, _, err := h.ImportVenue(ctx, seathold.PlanCSV, []byte(plan),
		seathold.ImportOptions{Name: "Club"})
	must(t, err)
	starts := start.AddDate(0, 1, 0)
	date := seathold.Performance{Show: id, Venue: venue, LocalDate: starts.Format("2006-01-02"),
		LocalTime: starts.Format("15:04"), Currency: eur, UserLimit: 4, HoldTTL: 2 * time.Minute,
		OffSale: true, StartsAt: starts, SaleOpensAt: start.Add(time.Hour),
		SaleEndsAt: start.AddDate(0, 0, 20),
		Prices: []seathold.Price{{Category: "Front", Name: "full", PriceMinor: 100},
			{Category: "Back", Name: "full", PriceMinor: 50},
			{Category: "Back", TicketType: 1, Name: "child", PriceMinor: 10}}}
	performance, err := h.AddPerformance(ctx, date)
	must(t, err)
	dates, err := h.Performances(ctx, id)
	must(t, err)
	if len(dates) != 1 {
		t.Fatalf("%d dates", len(dates))
	}
	got := dates[0]
	same(t, "id", got.ID, performance)
	same(t, "starts", got.StartsAt, date.StartsAt)
	same(t, "opens", got.SaleOpensAt, date.SaleOpensAt)
	same(t, "ends", got.SaleEndsAt, date.SaleEndsAt)
	same(t, "limit", got.UserLimit, 4)
	same(t, "ttl", got.HoldTTL, date.HoldTTL)
	same(t, "currency", got.Currency, eur)
	same(t, "prices", len(got.Prices), 3)
	same(t, "off sale", got.OffSale, true)
	same(t, "seats", got.Seats, 3)
	same(t, "available", got.Availability.Available, 3)
	on, err := h.PerformancesOnSale(ctx, 0)
	must(t, err)
	same(t, "on sale", len(on), 1)
	same(t, "on sale", on[0].ID, h.evening)
}

func TestASaleOpensAndCloses(t *testing.T) {
	h := newHall(t)
	hold := h.held(ann, 0)
	must(t, h.SetSale(ctx, h.evening, false))
	_, err := h.Hold(ctx, h.wish(bob, 1))
	wants(t, err, seathold.ErrSaleNotOpen)
	h.charge(ann, 4500)
	_, err = h.Confirm(ctx, h.payment(ann, hold))
	must(t, err)
	must(t, h.SetSale(ctx, h.evening, true))
	h.held(bob, 1)
	wants(t, h.SetSale(ctx, 99, true), seathold.ErrUnknownPerformance)
}

func TestSeatsHaveNames(t *testing.T) {
	h := newHall(t)
	seat, err := h.FindSeat(ctx, h.evening, "B-3")
	must(t, err)
	info, err := h.Seat(ctx, seat)
	must(t, err)
	same(t, "row", info.Row, "B")
	same(t, "number", info.Number, "3")
	same(t, "category", info.CategoryName, "Category A")
	same(t, "ordinal", info.Ordinal, 22)
	same(t, "id", seathold.SeatIDOf(info.Venue, info.Ordinal), seat)
	same(t, "listed", h.seats[22].Seat, seat)
	same(t, "price", h.seats[22].PriceMinor, 4500)
	_, err = h.FindSeat(ctx, h.evening, "Z-99")
	wants(t, err, seathold.ErrUnknownSeat)
	_, err = h.Seat(ctx, seat+1000)
	wants(t, err, seathold.ErrUnknownSeat)
}

func TestMoreRowsThanTheFirstGuess(t *testing.T) {
	h := newHall(t)
	venue, err := h.AddHall(ctx, seathold.Hall{Name: "Dome", Rows: 60, SeatsPerRow: 100,
		Categories: 1})
	must(t, err)
	date, err := h.AddPerformance(ctx, seathold.Performance{Show: h.show, Venue: venue,
		LocalDate: "2036-12-31", LocalTime: "19:30", Currency: eur,
		Prices: []seathold.Price{{Category: "Category A", PriceMinor: 1}}})
	must(t, err)
	seats, err := h.Seats(ctx, date)
	must(t, err)
	same(t, "seats", len(seats), 6000)
	same(t, "last", seats[5999].Ordinal, 5999)
	for i := 0; i < 40; i++ {
		_, err = h.AddShow(ctx, seathold.Show{Title: "A title as long as titles are"})
		must(t, err)
	}
	shows, err := h.Shows(ctx)
	must(t, err)
	same(t, "shows", len(shows), 41)
}
