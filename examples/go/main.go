// A thousand goroutines want two seats each of a hall that has 1,600. They wait in line, hold the
// best seats there are, pay (every tenth card fails), and the books are audited at the end.
//
//	go run .                        # sells from memory
//	go run . sqlite:concert.db      # sells from a file
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"seathold"
)

const (
	rows, seatsPerRow = 40, 40
	priceMinor        = 4500
	inside            = 50 // buyers at once
	pollEvery         = 10 * time.Millisecond
	admitEvery        = 5 * time.Millisecond
)

var eur = seathold.Currency{'E', 'U', 'R'}

// hall is an evening that is sold through a queue.
type hall struct {
	*seathold.Engine
	show    seathold.ShowID
	evening seathold.PerformanceID
}

func openHall(ctx context.Context, storage string) (*hall, error) {
	engine, err := seathold.Open(seathold.Options{Storage: storage})
	if err != nil {
		return nil, err
	}
	h := &hall{Engine: engine}
	if err := h.setUp(ctx); err != nil {
		engine.Close()
		return nil, err
	}
	return h, nil
}

func (h *hall) setUp(ctx context.Context) error {
	venue, err := h.AddHall(ctx, seathold.Hall{Name: "Barn", Rows: rows, SeatsPerRow: seatsPerRow,
		Categories: 1})
	if err != nil {
		return err
	}
	h.show, err = h.AddShow(ctx, seathold.Show{Title: "Winter journey", RequiresPass: true,
		ActiveMax: inside})
	if err != nil {
		return err
	}
	h.evening, err = h.AddPerformance(ctx, seathold.Performance{Show: h.show, Venue: venue,
		LocalDate: "2036-12-31", LocalTime: "19:30", Currency: eur,
		Prices: []seathold.Price{{Category: "Category A", PriceMinor: priceMinor}}})
	return err
}

// operate lets buyers in, and ends holds that are over, until the sale has ended.
func (h *hall) operate(ctx context.Context) error {
	ticker := time.NewTicker(admitEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			sweep := func() error { _, err := h.Sweep(ctx, 1000); return err }
			if err := retry(ctx, sweep); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

// retry repeats a call that was busy or whose outcome is unknown: the ids in it make that safe.
func retry(ctx context.Context, call func() error) error {
	for {
		err := call()
		code := seathold.CodeOf(err)
		if code != seathold.ErrBusy && code != seathold.ErrOutcomeUnknown || ctx.Err() != nil {
			return err
		}
	}
}

// wait is the waiting room: it gives the pass of a buyer whose turn it is.
func (h *hall) wait(ctx context.Context, user seathold.UserID) (seathold.Place, error) {
	var place seathold.Place
	err := retry(ctx, func() (err error) { place, err = h.Join(ctx, h.show, user); return err })
	for err == nil && place.State != seathold.PlaceAdmitted {
		select {
		case <-ctx.Done():
			return place, ctx.Err()
		case <-time.After(pollEvery):
			token := place.Token
			err = retry(ctx, func() (err error) { place, err = h.Poll(ctx, token); return err })
		}
	}
	return place, err
}

// leave gives a place back that buys nothing, so that the next one may come in.
func (h *hall) leave(ctx context.Context, place seathold.Place, why error) error {
	if err := retry(ctx, func() error { return h.Leave(ctx, place.Token) }); err != nil {
		return err
	}
	return why
}

// errCard is what a payment provider says.
var errCard = errors.New("the card was declined")

// buy is one buyer. A refusal is an error; what was held by then is given back.
func (h *hall) buy(ctx context.Context, user seathold.UserID, cardWorks bool) error {
	place, err := h.wait(ctx, user)
	if err != nil {
		return err
	}
	best := seathold.Best{ID: h.NewID(), User: user, Performance: h.evening, SeatsN: 2,
		Category: seathold.AnyCategory, Pass: place.Pass}
	var held seathold.HoldResult
	err = retry(ctx, func() (err error) { held, _, err = h.HoldBest(ctx, best); return err })
	if err != nil {
		return h.leave(ctx, place, err)
	}
	if !cardWorks {
		cancel := seathold.CancelRequest{Hold: best.ID, Performance: h.evening, User: user}
		if err = retry(ctx, func() error { return h.Cancel(ctx, cancel) }); err != nil {
			return err
		}
		return h.leave(ctx, place, errCard)
	}
	charge := seathold.Charge{ID: h.NewID(), User: user, Amount: held.Total(), Reference: "card"}
	if err = retry(ctx, func() error { _, err := h.Charge(ctx, charge); return err }); err != nil {
		return err
	}
	pay := seathold.Confirm{Hold: best.ID, Payment: h.NewID(), Performance: h.evening, User: user,
		Expected: held.Total()}
	return retry(ctx, func() error { _, err := h.Confirm(ctx, pay); return err })
}

// outcome counts what became of the buyers.
type outcome struct{ sold, declined, soldOut, failed atomic.Int64 }

func (o *outcome) note(user seathold.UserID, err error) {
	switch {
	case err == nil:
		o.sold.Add(1)
	case errors.Is(err, errCard):
		o.declined.Add(1)
	case errors.Is(err, seathold.ErrSoldOut), errors.Is(err, seathold.ErrAllHeld),
		errors.Is(err, seathold.ErrNotEnoughSeats):
		o.soldOut.Add(1)
	default:
		fmt.Fprintf(os.Stderr, "buyer %d: %v\n", user, err)
		o.failed.Add(1)
	}
}

// sell sells the evening to that many buyers, each a goroutine, and audits the books.
func sell(ctx context.Context, storage string, buyers int) (*outcome, seathold.Audit, error) {
	h, err := openHall(ctx, storage)
	if err != nil {
		return nil, seathold.Audit{}, err
	}
	defer h.Close()
	selling, ended := context.WithCancel(ctx)
	operator := make(chan error, 1)
	go func() { operator <- h.operate(selling) }()

	var done outcome
	var all sync.WaitGroup
	for i := 1; i <= buyers; i++ {
		all.Add(1)
		go func(user seathold.UserID) {
			defer all.Done()
			done.note(user, h.buy(ctx, user, user%10 != 0))
		}(seathold.UserID(i))
	}
	all.Wait()
	ended()
	if err := <-operator; err != nil {
		return &done, seathold.Audit{}, err
	}
	audit, err := h.Verify(ctx)
	return &done, audit, err
}

func main() {
	storage := "memory:"
	if len(os.Args) > 1 {
		storage = os.Args[1]
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	began := time.Now()
	done, audit, err := sell(ctx, storage, 1000)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("1000 buyers in %v: %d bought, %d cards declined, %d came too late\n",
		time.Since(began).Round(time.Millisecond), done.sold.Load(), done.declined.Load(),
		done.soldOut.Load())
	for _, amount := range audit.Revenue {
		fmt.Printf("%d of %d seats sold for %v\n", audit.Sold, audit.Seats,
			seathold.Money{Minor: amount.Minor, Currency: amount.Currency})
	}
	if !audit.Clean || done.failed.Load() > 0 || audit.Sold != 2*done.sold.Load() {
		fmt.Println("the books are NOT clean:", audit.Findings)
		os.Exit(1)
	}
	fmt.Println("the books are clean")
}
