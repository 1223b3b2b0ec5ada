package seathold_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"seathold"
)

// Two buyers want the same seats.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	engine, err := seathold.Open(seathold.Options{Storage: "memory:"}) // or "sqlite:concert.db"
	check(err)
	defer engine.Close()

	eur := seathold.Currency{'E', 'U', 'R'}
	barn, err := engine.AddHall(ctx, seathold.Hall{Name: "Barn", Rows: 10, SeatsPerRow: 12,
		Categories: 1})
	check(err)
	show, err := engine.AddShow(ctx, seathold.Show{Title: "Winter journey"})
	check(err)
	evening, err := engine.AddPerformance(ctx, seathold.Performance{Show: show, Venue: barn,
		LocalDate: "2036-12-31", LocalTime: "19:30", Currency: eur,
		Prices: []seathold.Price{{Category: "Category A", PriceMinor: 4500}}})
	check(err)

	const ann, bob = 7, 8 // your own numbers for them
	_, err = engine.Charge(ctx, seathold.Charge{ID: engine.NewID(), User: ann,
		Amount: seathold.Money{Minor: 10000, Currency: eur}})
	check(err)

	best := seathold.Best{ID: engine.NewID(), User: ann, Performance: evening, SeatsN: 2,
		Category: seathold.AnyCategory}
	held, seats, err := engine.HoldBest(ctx, best)
	check(err)
	fmt.Println("ann holds", len(seats), "seats for", held.Total())

	_, err = engine.Hold(ctx, seathold.Hold{ID: engine.NewID(), User: bob, Performance: evening,
		Seats: seats})
	var refused *seathold.Error
	if errors.As(err, &refused) && refused.Code == seathold.ErrSeatTaken {
		fmt.Println("bob is refused:", len(refused.Conflicts), "seats are in the way")
	}

	paid, err := engine.Confirm(ctx, seathold.Confirm{Hold: best.ID, Payment: engine.NewID(),
		Performance: evening, User: ann, Expected: held.Total()})
	check(err)
	fmt.Println("ann paid", paid.Total(), "and has", paid.Balance(), "left")

	audit, err := engine.Verify(ctx)
	check(err)
	fmt.Println("clean books:", audit.Clean)
	// Output:
	// ann holds 2 seats for 90.00 EUR
	// bob is refused: 2 seats are in the way
	// ann paid 90.00 EUR and has 10.00 EUR left
	// clean books: true
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Many requests in one call; the batch keeps its memory for the next.
func ExampleEngine_HoldBatch() {
	engine, err := seathold.Open(seathold.Options{Storage: "memory:"})
	check(err)
	defer engine.Close()
	var batch seathold.HoldBatch
	for user := seathold.UserID(1); user <= 3; user++ {
		batch.Add(&seathold.Hold{ID: engine.NewID(), User: user, Performance: 99,
			Seats: []seathold.SeatTicket{{Seat: seathold.SeatIDOf(1, 0)}}})
	}
	check(engine.HoldBatch(context.Background(), &batch))
	for i := range batch.Results {
		fmt.Println(batch.Results[i].Code.Name())
	}
	// Output:
	// SEATHOLD_E_UNKNOWN_PERFORMANCE
	// SEATHOLD_E_UNKNOWN_PERFORMANCE
	// SEATHOLD_E_UNKNOWN_PERFORMANCE
}
