package seathold

// #include <seathold.h>
import "C"

import (
	"context"
	"time"
	"unsafe"
)

// feedSliceMax is how long FeedPoll waits inside the library before it looks at its context again.
const feedSliceMax = 200 * time.Millisecond

// Seats lists every seat of a date with its state and price, by ordinal.
//
// Errors in order: ErrUnknownPerformance, then storage's.
func (e *Engine) Seats(ctx context.Context, performance PerformanceID) ([]SeatView, error) {
	return rows(ctx, e, 1024, func(c *call, out *SeatView, room C.size_t) C.seathold_status {
		return C.seathold_seat_list(e.handle, C.uint64_t(performance),
			(*C.seathold_seat_view)(unsafe.Pointer(out)), room, &c.n, c.timeout, &c.err)
	})
}

// SeatMap is all seats of a performance at one moment, two bits a seat. A map that is read again
// into keeps its memory, and is left alone where nothing has changed.
type SeatMap struct {
	Info MapInfo
	bits []byte
}

// State of the seat at an ordinal below Info.Seats.
func (m *SeatMap) State(ordinal uint32) SeatState {
	return SeatState(m.bits[ordinal/4] >> (ordinal % 4 * 2) & 3)
}

// ReadMap brings a map up to date; into a zero SeatMap it reads the whole. Exact where this process
// alone writes, else at most Options.RefusalMaxAge old.
//
// Errors in order: ErrUnknownPerformance, then storage's.
func (e *Engine) ReadMap(ctx context.Context, performance PerformanceID, m *SeatMap) error {
	info := new(MapInfo)
	var known *MapVersion
	if m.Info.Performance == performance && len(m.bits) > 0 {
		known = &MapVersion{m.Info.Version.Feed, m.Info.Version.LapseUs}
	}
	for {
		var needed int
		err := e.do(ctx, func(c *call) C.seathold_status {
			code := C.seathold_map_read(e.handle, C.uint64_t(performance),
				(*C.seathold_map_version)(unsafe.Pointer(known)), (*C.uint8_t)(first(m.bits)),
				C.size_t(len(m.bits)), &c.n, (*C.seathold_map_info)(unsafe.Pointer(info)), c.timeout,
				&c.err)
			needed = int(c.n)
			return code
		})
		if CodeOf(err) == ErrBufferTooSmall {
			m.bits = make([]byte, needed)
			continue
		}
		if err == nil {
			m.Info = *info
		}
		return err
	}
}

// MapChanges gives the seats whose state differs between the map of a version and now, and the
// version reached.
//
// Errors in order: ErrUnknownPerformance, ErrFeedTruncated (out of reach: read the map), storage's.
func (e *Engine) MapChanges(ctx context.Context, performance PerformanceID, after MapVersion) (
	[]SeatChange, MapVersion, error) {
	next := new(MapVersion)
	changes, err := rows(ctx, e, 256,
		func(c *call, out *SeatChange, room C.size_t) C.seathold_status {
			return C.seathold_map_changes(e.handle, C.uint64_t(performance),
				(*C.seathold_map_version)(unsafe.Pointer(&after)),
				(*C.seathold_seat_change)(unsafe.Pointer(out)), room, &c.n,
				(*C.seathold_map_version)(unsafe.Pointer(next)), c.timeout, &c.err)
		})
	return changes, *next, err
}

// Availability counts a performance. Errors in order: ErrUnknownPerformance, then storage's.
func (e *Engine) Availability(ctx context.Context, performance PerformanceID) (Availability,
	error) {
	counts := new(Availability)
	err := e.do(ctx, func(c *call) C.seathold_status {
		return C.seathold_availability_read(e.handle, C.uint64_t(performance),
			(*C.seathold_availability)(unsafe.Pointer(counts)), c.timeout, &c.err)
	})
	if err != nil {
		return Availability{}, err
	}
	return *counts, nil
}

// String is the kind's name: "held", "confirmed", "cancelled", "expired", "refunded", "blocked" or
// "unblocked".
func (k FeedKind) String() string { return C.GoString(C.seathold_feed_kind_name(C.uint32_t(k))) }

// FeedPoll gives at most rowsMax (1 .. RowsMax) events with a counter above after, without a gap.
// When there is none it waits for one, for at most wait, and then gives none; a context that ends
// in between ends it, too. Events of other processes are seen. A lapse is an event only when
// something writes it: count it from the deadline of FeedHeld.
//
// Errors in order: ErrInvalidArgument, ErrUnknownPerformance, ErrFeedTruncated, ErrClosed (while it
// waited), then storage's.
func (e *Engine) FeedPoll(ctx context.Context, performance PerformanceID, after uint64, rowsMax int,
	wait time.Duration) ([]FeedEvent, error) {
	for {
		slice := wait
		if slice > feedSliceMax {
			slice = feedSliceMax
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < slice {
			slice = time.Until(deadline)
		}
		waitMs := clamp(int64(slice/time.Millisecond), 0, int64(feedSliceMax/time.Millisecond))
		events, err := e.feed(ctx, performance, after, rowsMax, waitMs)
		if wait -= slice; err != nil || len(events) > 0 || wait <= 0 {
			return events, err
		}
	}
}

func (e *Engine) feed(ctx context.Context, performance PerformanceID, after uint64, rowsMax int,
	waitMs int64) ([]FeedEvent, error) {
	return list(ctx, e, rowsMax, func(c *call, out *FeedEvent, room C.size_t) C.seathold_status {
		return C.seathold_feed_poll(e.handle, C.uint64_t(performance), C.uint64_t(after),
			(*C.seathold_feed_event)(unsafe.Pointer(out)), room, &c.n, C.int64_t(waitMs), c.timeout,
			&c.err)
	})
}

// FeedTrim forgets events with a counter of through or less. Nothing else ever does.
//
// Errors in order: ErrInvalidArgument, ErrUnknownPerformance, then storage's.
func (e *Engine) FeedTrim(ctx context.Context, performance PerformanceID, through uint64) error {
	return e.do(ctx, func(c *call) C.seathold_status {
		return C.seathold_feed_trim(e.handle, C.uint64_t(performance), C.uint64_t(through),
			c.timeout, &c.err)
	})
}
