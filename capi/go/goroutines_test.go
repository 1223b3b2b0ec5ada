package seathold_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"seathold"
)

func TestASeatIsSoldOnceToManyGoroutines(t *testing.T) {
	h := newHall(t)
	const buyers, seats = 64, 20
	var sold, refused atomic.Int64
	var owner [seats]atomic.Int64
	var all sync.WaitGroup
	for i := 1; i <= buyers; i++ {
		h.charge(seathold.UserID(i), 1_000_000)
		all.Add(1)
		go func(user seathold.UserID) {
			defer all.Done()
			for seat := 0; seat < seats; seat++ {
				wish := h.wish(user, seat)
				_, err := h.Hold(ctx, wish)
				var taken *seathold.Error
				if errors.As(err, &taken) && taken.Code == seathold.ErrSeatTaken {
					if len(taken.Conflicts) != 1 || taken.Conflicts[0].Seat != h.seats[seat].Seat {
						t.Errorf("conflicts of another call: %v", taken.Conflicts)
					}
					refused.Add(1)
					continue
				}
				if err == nil {
					_, err = h.Confirm(ctx, h.payment(user, wish.ID))
				}
				if err != nil {
					t.Errorf("seat %d: %v", seat, err)
					continue
				}
				sold.Add(1)
				if owner[seat].Swap(int64(user)) != 0 {
					t.Errorf("seat %d is sold twice", seat)
				}
			}
		}(seathold.UserID(i))
	}
	all.Wait()
	same(t, "sold", sold.Load(), seats)
	same(t, "refused", refused.Load(), buyers*seats-seats)
	same(t, "sold by the books", h.clean().Sold, seats)
}
