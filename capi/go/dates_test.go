package seathold_test

import (
	"strings"
	"testing"
	"time"

	"seathold"
)

func viennaClub(t *testing.T, h *hall) seathold.Performance {
	t.Helper()
	venue, err := h.AddHall(ctx, seathold.Hall{Name: "Club", Rows: 1, SeatsPerRow: 2, Categories: 1,
		Zone: "Europe/Vienna"})
	must(t, err)
	return seathold.Performance{Show: h.show, Venue: venue, LocalDate: "2036-12-31",
		LocalTime: "19:30", Currency: eur,
		Prices: []seathold.Price{{Category: "Category A", PriceMinor: 4500}}}
}

func TestADateThatIsNoneIsRefusedByTheNameOfItsField(t *testing.T) {
	h := newHall(t)
	good := viennaClub(t, h)
	refused := func(named string, change func(p *seathold.Performance)) {
		t.Helper()
		wrong := good
		change(&wrong)
		_, err := h.AddPerformance(ctx, wrong)
		wants(t, err, seathold.ErrInvalidArgument)
		if err == nil || !strings.Contains(err.Error(), named) {
			t.Errorf("%v does not name %s", err, named)
		}
	}
	for _, date := range []string{"2027-02-30", "2026-13-31", "0000-00-00", "hello", ""} {
		refused("local_date", func(p *seathold.Performance) { p.LocalDate = date })
	}
	for _, clock := range []string{"24:00", "23:60", "8pm", "99:99", ""} {
		refused("local_time", func(p *seathold.Performance) { p.LocalTime = clock })
	}
	refused("does not exist", func(p *seathold.Performance) {
		p.LocalDate, p.LocalTime = "2036-03-30", "02:30"
	})
	refused("starts_at", func(p *seathold.Performance) {
		p.StartsAt = time.Date(2036, 12, 31, 16, 30, 0, 0, time.UTC)
	})
	for _, far := range []int{1969, 10_000, 400_000, -400_000} {
		refused("starts_at", func(p *seathold.Performance) {
			p.StartsAt = time.Date(far, 1, 1, 0, 0, 0, 0, time.UTC)
		})
	}
	refused("sale_ends_at", func(p *seathold.Performance) {
		p.SaleEndsAt = time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC)
	})
	refused(`currency "ZZZ"`, func(p *seathold.Performance) {
		p.Currency = seathold.Currency{'Z', 'Z', 'Z'}
	})
}

func TestTheStartIsOnTheClockOfTheVenue(t *testing.T) {
	h := newHall(t)
	id, err := h.AddPerformance(ctx, viennaClub(t, h))
	must(t, err)
	dates, err := h.Performances(ctx, 0)
	must(t, err)
	last := dates[len(dates)-1]
	same(t, "id", last.ID, id)
	same(t, "start", last.StartsAt, time.Date(2036, 12, 31, 18, 30, 0, 0, time.UTC))
	same(t, "local", last.StartsLocal.Format(time.RFC3339), "2036-12-31T19:30:00+01:00")
}

func TestAZoneThatIsNoneIsRefused(t *testing.T) {
	h := newHall(t)
	for _, zone := range []string{"Mars/Base", "CEST", "localtime"} {
		_, err := h.AddHall(ctx, seathold.Hall{Name: "X", Rows: 1, SeatsPerRow: 1, Zone: zone})
		wants(t, err, seathold.ErrInvalidArgument)
		if err == nil || !strings.Contains(err.Error(), zone) {
			t.Errorf("%v does not name %s", err, zone)
		}
	}
	venues, err := h.Venues(ctx)
	must(t, err)
	same(t, "zone", venues[0].Zone, "UTC")
}

func TestWhatOnlyAQueueHasIsRefusedWithoutOne(t *testing.T) {
	h := newHall(t)
	for _, show := range []seathold.Show{{ActiveMax: 5}, {RatePerS: 5}, {Grace: 5 * time.Second},
		{PassTTL: 5 * time.Second}} {
		show.Title = "Rush"
		_, err := h.AddShow(ctx, show)
		wants(t, err, seathold.ErrInvalidArgument)
	}
	_, err := h.AddShow(ctx, seathold.Show{Title: " \u3000"})
	wants(t, err, seathold.ErrInvalidArgument)
}

func TestCurrenciesAreThoseOfISO4217(t *testing.T) {
	for code, digits := range map[string]int{"EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4, "XTS": 2} {
		currency, err := seathold.ParseCurrency(code)
		must(t, err)
		got, err := currency.Digits()
		must(t, err)
		same(t, code, got, digits)
	}
	for _, bad := range []string{"ZZZ", "HRK", "XXX", "XAU"} {
		_, err := seathold.ParseCurrency(bad)
		wants(t, err, seathold.ErrInvalidArgument)
		var stored seathold.Currency
		must(t, stored.UnmarshalText([]byte(bad)))
		same(t, "stored", stored.String(), bad)
		_, err = stored.Digits()
		wants(t, err, seathold.ErrInvalidArgument)
	}
	yen, _ := seathold.ParseCurrency("JPY")
	same(t, "yen", seathold.Money{Minor: 4500, Currency: yen}.String(), "4500 JPY")
}
