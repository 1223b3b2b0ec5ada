package seathold_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"seathold"
)

// The same work as bench/capi_bench.cc does through C++ and C: requests for two seats each in a
// hall of 10,000 in memory, refused by the mirror, or held and given back outside the time.

const benchSeats = 2

// rush is a hall where user 1 holds the first batch*2 seats, or none.
type rush struct {
	*seathold.Engine
	batch  seathold.HoldBatch
	wishes []seathold.Hold
}

func openRush(b *testing.B, batch int, taken bool) *rush {
	b.Helper()
	engine, err := seathold.Open(seathold.Options{Storage: "memory:", Line: "none"})
	must(b, err)
	b.Cleanup(func() { must(b, engine.Close()) })
	venue, err := engine.AddHall(ctx, seathold.Hall{Name: "Hall", Rows: 100, SeatsPerRow: 100,
		Categories: 1})
	must(b, err)
	show, err := engine.AddShow(ctx, seathold.Show{Title: "Open to all"})
	must(b, err)
	evening, err := engine.AddPerformance(ctx, seathold.Performance{Show: show, Venue: venue,
		LocalDate: "2036-12-31", LocalTime: "19:30", Currency: eur, HoldTTL: 24 * time.Hour,
		Prices: []seathold.Price{{Category: "Category A", PriceMinor: 4500}}})
	must(b, err)
	_, err = engine.Availability(ctx, evening) // loads the mirror
	must(b, err)
	r := &rush{Engine: engine}
	for i := 0; i < batch; i++ {
		wish := seathold.Hold{ID: engine.NewID(), User: 1, Performance: evening}
		for s := 0; s < benchSeats; s++ {
			seat := seathold.SeatIDOf(venue, uint32(i*benchSeats+s))
			wish.Seats = append(wish.Seats, seathold.SeatTicket{Seat: seat})
		}
		r.batch.Add(&wish)
		r.wishes = append(r.wishes, wish)
	}
	if taken {
		must(b, engine.HoldBatch(ctx, &r.batch))
		for i := range r.batch.Requests {
			must(b, r.batch.Results[i].Err())
			r.batch.Requests[i].User, r.wishes[i].User = 2, 2
		}
	}
	return r
}

// giveBack cancels what was held, and asks under new ids.
func (r *rush) giveBack(b *testing.B) {
	requests := make([]seathold.CancelRequest, len(r.batch.Requests))
	ids := make([]seathold.UUID, len(requests))
	must(b, r.NewIDs(ids))
	for i := range requests {
		in := &r.batch.Requests[i]
		requests[i] = seathold.CancelRequest{Hold: in.ID, Performance: in.Performance, User: in.User}
		in.ID, r.wishes[i].ID = ids[i], ids[i]
	}
	codes := make([]seathold.Code, len(requests))
	must(b, r.CancelBatch(ctx, requests, codes))
	must(b, codes[0].Err())
}

// processorTime of this process so far: a busy machine stretches it far less than the clock.
func processorTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func refuseSingly(b *testing.B, ctx context.Context) {
	r := openRush(b, 1, true)
	wish := r.wishes[0]
	b.ReportAllocs()
	b.ResetTimer()
	began := processorTime()
	for i := 0; i < b.N; i++ {
		_, err := r.Hold(ctx, wish)
		if refused, ok := err.(*seathold.Error); !ok || refused.Code != seathold.ErrSeatTaken {
			b.Fatal(err)
		}
	}
	perItem(b, processorTime()-began, 1, "cpu-ns/item")
}

func BenchmarkRefuseSingle(b *testing.B) { refuseSingly(b, ctx) }

func BenchmarkRefuseSingleWithDeadline(b *testing.B) {
	bound, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	refuseSingly(b, bound)
}

func BenchmarkRefuseSingleParallel(b *testing.B) {
	r := openRush(b, 1, true)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := r.Hold(ctx, r.wishes[0]); seathold.CodeOf(err) != seathold.ErrSeatTaken {
				b.Error(err)
			}
		}
	})
}

func BenchmarkRefuseBatch1000(b *testing.B) {
	r := openRush(b, 1000, true)
	b.ReportAllocs()
	b.ResetTimer()
	began, beganCPU := time.Now(), processorTime()
	for i := 0; i < b.N; i++ {
		must(b, r.HoldBatch(ctx, &r.batch))
	}
	perItem(b, time.Since(began), 1000, "ns/item")
	perItem(b, processorTime()-beganCPU, 1000, "cpu-ns/item")
	same(b, "last", r.batch.Results[999].Code, seathold.ErrSeatTaken)
}

func BenchmarkHoldSingle(b *testing.B) {
	r := openRush(b, 1, false)
	var took time.Duration
	for i := 0; i < b.N; i++ {
		began := time.Now()
		_, err := r.Hold(ctx, r.wishes[0])
		took += time.Since(began)
		must(b, err)
		r.giveBack(b)
	}
	perItem(b, took, 1, "ns/item")
}

func BenchmarkHoldBatch1000(b *testing.B) {
	r := openRush(b, 1000, false)
	var took time.Duration
	for i := 0; i < b.N; i++ {
		began := time.Now()
		must(b, r.HoldBatch(ctx, &r.batch))
		took += time.Since(began)
		must(b, r.batch.Results[999].Err())
		r.giveBack(b)
	}
	perItem(b, took, 1000, "ns/item")
}

// What a call through cgo and the guard behind it cost by themselves.
func BenchmarkCallThatDoesNothing(b *testing.B) {
	r := openRush(b, 1, false)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if r.NewIDs(nil) != nil {
			b.Fatal("no ids")
		}
	}
}

func perItem(b *testing.B, took time.Duration, batch int, unit string) {
	b.ReportMetric(float64(took.Nanoseconds())/float64(b.N*batch), unit)
}
