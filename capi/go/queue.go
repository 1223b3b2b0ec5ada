package seathold

// #include <seathold.h>
import "C"

import (
	"context"
	"unsafe"
)

// Join takes a place in the line of a show. Joining again gives the same place, and the same token
// unless the keys were rotated since: both count then.
//
// Errors in order: ErrInvalidArgument, ErrReadOnly, ErrUnknownShow, ErrNoLine, ErrBusy (the line is
// away, or being rebuilt), then storage's.
func (e *Engine) Join(ctx context.Context, show ShowID, user UserID) (Place, error) {
	var place Place
	err := e.do(ctx, func(c *call) C.seathold_status {
		c.join = JoinRequest{show, user}
		code := C.seathold_queue_join(e.handle, (*C.seathold_join_request)(unsafe.Pointer(&c.join)),
			1, (*C.seathold_place)(unsafe.Pointer(&c.place)), c.timeout, &c.err)
		place = c.place
		return code
	})
	return place, err
}

// Poll is a heartbeat for a token or pass, and tells how things stand. A place that was dropped for
// silence is PlaceAbsent: join again, at the back.
//
// Errors in order: ErrReadOnly, ErrTokenInvalid, ErrUnknownShow, ErrNoLine, ErrBusy, storage's,
// ErrPassSpent (spent, left or revoked).
func (e *Engine) Poll(ctx context.Context, token Token) (Place, error) {
	var place Place
	err := e.do(ctx, func(c *call) C.seathold_status {
		c.token = token
		code := C.seathold_queue_poll(e.handle, (*C.seathold_token)(unsafe.Pointer(&c.token)), 1,
			(*C.seathold_place)(unsafe.Pointer(&c.place)), c.timeout, &c.err)
		place = c.place
		return code
	})
	return place, err
}

// Admit lets in as many as most (at least 1), the cap and the rate of the show allow, and says how
// many. Call it every second or so; Sweep does it, too.
//
// Errors in order: ErrInvalidArgument, ErrReadOnly, ErrUnknownShow, ErrNoLine, ErrBusy, then
// storage's.
func (e *Engine) Admit(ctx context.Context, show ShowID, most int) (admitted int, err error) {
	err = e.do(ctx, func(c *call) C.seathold_status {
		code := C.seathold_queue_admit(e.handle, C.uint64_t(show),
			C.uint32_t(clamp(int64(most), 0, 1<<32-1)), &c.count, c.timeout, &c.err)
		admitted = int(c.count)
		return code
	})
	if err != nil {
		return 0, err
	}
	return admitted, nil
}

// Leave gives the place of a token or pass back; again is nil.
//
// Errors in order: ErrReadOnly, ErrTokenInvalid, ErrUnknownShow, ErrNoLine, then storage's.
func (e *Engine) Leave(ctx context.Context, token Token) error {
	return e.do(ctx, func(c *call) C.seathold_status {
		c.token = token
		return C.seathold_queue_leave(e.handle, (*C.seathold_token)(unsafe.Pointer(&c.token)), 1,
			&c.code, c.timeout, &c.err)
	})
}

// Revoke takes a user out of a line and voids their tokens and passes.
//
// Errors in order: ErrInvalidArgument, ErrReadOnly, ErrUnknownShow, ErrNoLine, ErrBusy, storage's
// (after which the user may hold a place; revoke again).
func (e *Engine) Revoke(ctx context.Context, show ShowID, user UserID) error {
	return e.do(ctx, func(c *call) C.seathold_status {
		return C.seathold_queue_revoke(e.handle, C.uint64_t(show), C.uint64_t(user), c.timeout,
			&c.err)
	})
}

// LineStats counts a line.
//
// Errors in order: ErrInvalidArgument, ErrUnknownShow, ErrNoLine, ErrBusy, then storage's.
func (e *Engine) LineStats(ctx context.Context, show ShowID) (LineStats, error) {
	stats := new(LineStats)
	err := e.do(ctx, func(c *call) C.seathold_status {
		return C.seathold_queue_stats(e.handle, C.uint64_t(show),
			(*C.seathold_line_stats)(unsafe.Pointer(stats)), c.timeout, &c.err)
	})
	if err != nil {
		return LineStats{}, err
	}
	return *stats, nil
}
