package seathold

/*
#cgo pkg-config: seathold
#include <seathold.h>
*/
import "C"

import (
	"context"
	"sync"
	"time"
	"unsafe"
)

const (
	// DefaultTimeout is how long a call waits whose context has no deadline.
	DefaultTimeout = 5 * time.Second
	// BatchMax is how many items one call takes.
	BatchMax = 65536
	// RowsMax is how many rows one list gives.
	RowsMax = 10000
	// SeatsPerHoldCap is what no hold passes.
	SeatsPerHoldCap = 16

	anyTimeout = C.int64_t(-1)
	timeoutMax = 24 * time.Hour
	noIndex    = 0xFFFFFFFF
	textMax    = 256  // longer texts cost an allocation a call
	replySize  = 4096 // the first guess for a text from the library
)

// call is the memory that one call lends to the library. It holds no Go pointer, and is pooled:
// what is passed to C lives on the heap, and would be allocated for each call.
type call struct {
	err       C.seathold_error
	timeout   C.int64_t
	n         C.size_t
	number    C.uint64_t
	count     C.uint32_t
	atUs      C.int64_t
	code      C.seathold_status
	text      [textMax]byte
	hold      HoldRequest
	best      BestRequest
	held      HoldResult
	confirm   ConfirmRequest
	cancel    CancelRequest
	refund    RefundRequest
	paid      PayResult
	join      JoinRequest
	token     Token
	place     Place
	charge    ChargeRequest
	moved     TransferResult
	seats     [SeatsPerHoldCap]SeatTicket
	conflicts [SeatsPerHoldCap]SeatConflict
}

var calls = sync.Pool{New: func() any { return new(call) }}

// bytes lends a text to the library. It is copied: memory of a string cannot be passed.
func (c *call) bytes(text string) (*C.char, C.size_t) {
	if len(text) == 0 {
		return nil, 0
	}
	room := c.text[:]
	if len(text) > len(room) {
		room = make([]byte, len(text))
	}
	copy(room, text)
	return chars(room), C.size_t(len(text))
}

func chars(b []byte) *C.char {
	if len(b) == 0 {
		return nil
	}
	return (*C.char)(unsafe.Pointer(&b[0]))
}

// first is where the elements of a slice start: nil for none, as the library wants it.
func first[T any](s []T) *T {
	if len(s) == 0 {
		return nil
	}
	return &s[0]
}

// timeoutOf gives what is left of a context in whole milliseconds, rounded down: never past its
// deadline. It fails where the context is over.
func timeoutOf(ctx context.Context) (C.int64_t, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		return anyTimeout, nil
	}
	left := time.Until(deadline)
	switch {
	case left <= 0: // its timer is late
		return 0, context.DeadlineExceeded
	case left > timeoutMax:
		left = timeoutMax
	}
	return C.int64_t(left / time.Millisecond), nil
}

// do calls f with pooled memory and makes an error of its answer. What f wants to keep of c it
// copies before it returns.
func (e *Engine) do(ctx context.Context, f func(c *call) C.seathold_status) error {
	timeout, err := timeoutOf(ctx)
	if err != nil {
		return err
	}
	c := calls.Get().(*call)
	c.timeout = timeout
	if code := f(c); code != 0 {
		err = e.failure(ctx, c)
	}
	calls.Put(c)
	return err
}

// whole is do for a batch: an item that is refused has its code in its result, and is no error of
// the call.
func (e *Engine) whole(ctx context.Context, f func(c *call) C.seathold_status) error {
	timeout, err := timeoutOf(ctx)
	if err != nil {
		return err
	}
	c := calls.Get().(*call)
	c.timeout = timeout
	if code := f(c); code != 0 && c.err.index == noIndex {
		err = e.failure(ctx, c)
	}
	calls.Put(c)
	return err
}

// reply reads a text of any size: it asks again with room enough when the first guess was short.
func (e *Engine) reply(ctx context.Context,
	f func(c *call, text *C.char, room C.size_t) C.seathold_status) ([]byte, error) {
	text := make([]byte, replySize)
	for {
		var needed int
		err := e.do(ctx, func(c *call) C.seathold_status {
			code := f(c, chars(text), C.size_t(len(text)))
			needed = int(c.n)
			return code
		})
		if err == nil {
			return text[:needed], nil
		}
		if CodeOf(err) != ErrBufferTooSmall {
			return nil, err
		}
		text = make([]byte, needed+1+needed/8)
	}
}

// rows reads records of any number, as reply does.
func rows[T any](ctx context.Context, e *Engine, guess int,
	f func(c *call, out *T, room C.size_t) C.seathold_status) ([]T, error) {
	out := make([]T, guess)
	for {
		var needed int
		err := e.do(ctx, func(c *call) C.seathold_status {
			code := f(c, first(out), C.size_t(len(out)))
			needed = int(c.n)
			return code
		})
		if err == nil {
			return out[:needed], nil
		}
		if CodeOf(err) != ErrBufferTooSmall {
			return nil, err
		}
		out = make([]T, needed+needed/8)
	}
}
