package seathold

// #include <seathold.h>
import "C"

import (
	"context"
	"unsafe"
)

// A batch decides up to BatchMax requests in one call, each as if alone and in order; it is not
// atomic. The error of a batch call is of the call as a whole: nothing was decided. What became of
// each request stands in its result. Batch values keep their memory over Reset, for the next one.

// HoldBatch holds seats for many.
type HoldBatch struct {
	Requests  []HoldRequest
	Seats     []SeatTicket // side array of the requests
	Passes    []byte       // side array of the requests
	Results   []HoldResult
	Conflicts []SeatConflict // side array of the results
	// NoConflicts does not ask which seats are in the way.
	NoConflicts bool
}

// Add appends a request.
func (b *HoldBatch) Add(hold *Hold) {
	r := HoldRequest{ID: hold.ID, User: hold.User, Performance: hold.Performance,
		SeatsAt: uint32(len(b.Seats)), SeatsN: uint32(len(hold.Seats)),
		TTLMs: millisOf(hold.TTL), Flags: flagsOf(hold.Staff, false)}
	b.Seats = append(b.Seats, hold.Seats...)
	r.PassAt, r.PassN = addText(&b.Passes, hold.Pass.text())
	b.Requests = append(b.Requests, r)
}

// ConflictsOf gives the seats that are in the way of the i-th request.
func (b *HoldBatch) ConflictsOf(i int) []SeatConflict {
	r := &b.Results[i]
	if r.Cut() || b.NoConflicts {
		return nil
	}
	return b.Conflicts[r.ConflictsAt : r.ConflictsAt+r.ConflictsN]
}

// Reset empties the batch.
func (b *HoldBatch) Reset() {
	b.Requests, b.Seats, b.Passes = b.Requests[:0], b.Seats[:0], b.Passes[:0]
	b.Results, b.Conflicts = b.Results[:0], b.Conflicts[:0]
}

// HoldBatch holds the seats of each request. After an error there are no results.
func (e *Engine) HoldBatch(ctx context.Context, b *HoldBatch) error {
	b.Results = resize(b.Results, 0)
	results := resize(b.Results, len(b.Requests))
	conflicts := b.Conflicts[:0]
	if !b.NoConflicts {
		conflicts = resize(b.Conflicts, seatsIn(b.Requests))
	}
	err := e.whole(ctx, func(c *call) C.seathold_status {
		code := C.seathold_hold(e.handle,
			(*C.seathold_hold_request)(unsafe.Pointer(first(b.Requests))), C.size_t(len(b.Requests)),
			(*C.seathold_seat_ticket)(unsafe.Pointer(first(b.Seats))), C.size_t(len(b.Seats)),
			chars(b.Passes), C.size_t(len(b.Passes)),
			(*C.seathold_hold_result)(unsafe.Pointer(first(results))),
			(*C.seathold_seat_conflict)(unsafe.Pointer(first(conflicts))),
			C.size_t(len(conflicts)), &c.n, c.timeout, &c.err)
		conflicts = conflicts[:c.n]
		return code
	})
	if err == nil {
		b.Results, b.Conflicts = results, conflicts
	}
	return err
}

// seatsIn is how many seats can be in the way: no more than are asked for.
func seatsIn(requests []HoldRequest) (seats int) {
	for i := range requests {
		seats += int(clamp(int64(requests[i].SeatsN), 0, SeatsPerHoldCap))
	}
	return seats
}

// BestBatch holds the best seats for many.
type BestBatch struct {
	Requests []BestRequest
	Passes   []byte // side array of the requests
	Results  []HoldResult
	Seats    []SeatTicket // side array of the results
}

// Add appends a request.
func (b *BestBatch) Add(best *Best) {
	r := best.request()
	r.PassAt, r.PassN = addText(&b.Passes, best.Pass.text())
	b.Requests = append(b.Requests, r)
}

// SeatsOf gives the seats that were held for the i-th request.
func (b *BestBatch) SeatsOf(i int) []SeatTicket {
	r := &b.Results[i]
	return b.Seats[r.SeatsAt : r.SeatsAt+r.SeatsN]
}

// Reset empties the batch.
func (b *BestBatch) Reset() {
	b.Requests, b.Passes = b.Requests[:0], b.Passes[:0]
	b.Results, b.Seats = b.Results[:0], b.Seats[:0]
}

// BestBatch holds the best seats for each request. After an error there are no results.
func (e *Engine) BestBatch(ctx context.Context, b *BestBatch) error {
	b.Results = resize(b.Results, 0)
	results := resize(b.Results, len(b.Requests))
	room := 0
	for i := range b.Requests {
		room += int(clamp(int64(b.Requests[i].SeatsN), 0, SeatsPerHoldCap))
	}
	seats := resize(b.Seats, room)
	err := e.whole(ctx, func(c *call) C.seathold_status {
		code := C.seathold_hold_best(e.handle,
			(*C.seathold_best_request)(unsafe.Pointer(first(b.Requests))), C.size_t(len(b.Requests)),
			chars(b.Passes), C.size_t(len(b.Passes)),
			(*C.seathold_hold_result)(unsafe.Pointer(first(results))),
			(*C.seathold_seat_ticket)(unsafe.Pointer(first(seats))), C.size_t(len(seats)), &c.n,
			c.timeout, &c.err)
		seats = seats[:c.n]
		return code
	})
	if err == nil {
		b.Results, b.Seats = results, seats
	}
	return err
}

// ConfirmBatch pays for many holds.
type ConfirmBatch struct {
	Requests   []ConfirmRequest
	References []byte // side array of the requests
	Results    []PayResult
}

// Add appends a request.
func (b *ConfirmBatch) Add(confirm *Confirm) {
	r := confirm.request()
	r.ReferenceAt, r.ReferenceN = addText(&b.References, []byte(confirm.Reference))
	b.Requests = append(b.Requests, r)
}

// Reset empties the batch.
func (b *ConfirmBatch) Reset() {
	b.Requests, b.References, b.Results = b.Requests[:0], b.References[:0], b.Results[:0]
}

// ConfirmBatch pays for each hold. After an error there are no results.
func (e *Engine) ConfirmBatch(ctx context.Context, b *ConfirmBatch) error {
	b.Results = resize(b.Results, 0)
	results := resize(b.Results, len(b.Requests))
	err := e.whole(ctx, func(c *call) C.seathold_status {
		return C.seathold_confirm(e.handle,
			(*C.seathold_confirm_request)(unsafe.Pointer(first(b.Requests))),
			C.size_t(len(b.Requests)), chars(b.References), C.size_t(len(b.References)),
			(*C.seathold_pay_result)(unsafe.Pointer(first(results))), c.timeout, &c.err)
	})
	if err == nil {
		b.Results = results
	}
	return err
}

// ChargeBatch moves money into many wallets, or out of them.
type ChargeBatch struct {
	Requests   []ChargeRequest
	References []byte // side array of the requests
	Results    []TransferResult
}

// Add appends a request.
func (b *ChargeBatch) Add(charge *Charge) {
	r := charge.request()
	r.ReferenceAt, r.ReferenceN = addText(&b.References, []byte(charge.Reference))
	b.Requests = append(b.Requests, r)
}

// Reset empties the batch.
func (b *ChargeBatch) Reset() {
	b.Requests, b.References, b.Results = b.Requests[:0], b.References[:0], b.Results[:0]
}

// ChargeBatch charges each wallet. After an error there are no results.
func (e *Engine) ChargeBatch(ctx context.Context, b *ChargeBatch) error {
	results := resize(b.Results, len(b.Requests))
	b.Results = results[:0]
	err := e.whole(ctx, func(c *call) C.seathold_status {
		return C.seathold_charge(e.handle,
			(*C.seathold_charge_request)(unsafe.Pointer(first(b.Requests))),
			C.size_t(len(b.Requests)), chars(b.References), C.size_t(len(b.References)),
			(*C.seathold_transfer_result)(unsafe.Pointer(first(results))), c.timeout, &c.err)
	})
	if err == nil {
		b.Results = results
	}
	return err
}

// WithdrawBatch withdraws from each wallet. After an error there are no results.
func (e *Engine) WithdrawBatch(ctx context.Context, b *ChargeBatch) error {
	results := resize(b.Results, len(b.Requests))
	b.Results = results[:0]
	err := e.whole(ctx, func(c *call) C.seathold_status {
		return C.seathold_withdraw(e.handle,
			(*C.seathold_charge_request)(unsafe.Pointer(first(b.Requests))),
			C.size_t(len(b.Requests)), chars(b.References), C.size_t(len(b.References)),
			(*C.seathold_transfer_result)(unsafe.Pointer(first(results))), c.timeout, &c.err)
	})
	if err == nil {
		b.Results = results
	}
	return err
}

// JoinBatch joins lines for many, into places, which is as long as requests.
func (e *Engine) JoinBatch(ctx context.Context, requests []JoinRequest, places []Place) error {
	if len(places) != len(requests) {
		return ErrInvalidArgument.Err()
	}
	return e.whole(ctx, func(c *call) C.seathold_status {
		return C.seathold_queue_join(e.handle,
			(*C.seathold_join_request)(unsafe.Pointer(first(requests))), C.size_t(len(requests)),
			(*C.seathold_place)(unsafe.Pointer(first(places))), c.timeout, &c.err)
	})
}

// PollBatch is a heartbeat for many tokens, into places, which is as long as tokens.
func (e *Engine) PollBatch(ctx context.Context, tokens []Token, places []Place) error {
	if len(places) != len(tokens) {
		return ErrInvalidArgument.Err()
	}
	return e.whole(ctx, func(c *call) C.seathold_status {
		return C.seathold_queue_poll(e.handle, (*C.seathold_token)(unsafe.Pointer(first(tokens))),
			C.size_t(len(tokens)), (*C.seathold_place)(unsafe.Pointer(first(places))), c.timeout,
			&c.err)
	})
}

// LeaveBatch gives many places back, into codes, which is as long as tokens.
func (e *Engine) LeaveBatch(ctx context.Context, tokens []Token, codes []Code) error {
	if len(codes) != len(tokens) {
		return ErrInvalidArgument.Err()
	}
	return e.whole(ctx, func(c *call) C.seathold_status {
		return C.seathold_queue_leave(e.handle, (*C.seathold_token)(unsafe.Pointer(first(tokens))),
			C.size_t(len(tokens)), (*C.seathold_status)(first(codes)), c.timeout, &c.err)
	})
}

// CancelBatch gives many holds back, into codes, which is as long as requests.
func (e *Engine) CancelBatch(ctx context.Context, requests []CancelRequest, codes []Code) error {
	if len(codes) != len(requests) {
		return ErrInvalidArgument.Err()
	}
	return e.whole(ctx, func(c *call) C.seathold_status {
		return C.seathold_cancel(e.handle,
			(*C.seathold_cancel_request)(unsafe.Pointer(first(requests))), C.size_t(len(requests)),
			(*C.seathold_status)(first(codes)), c.timeout, &c.err)
	})
}

// RefundBatch pays many reservations back, into results, which is as long as requests.
func (e *Engine) RefundBatch(ctx context.Context, requests []RefundRequest,
	results []PayResult) error {
	if len(results) != len(requests) {
		return ErrInvalidArgument.Err()
	}
	return e.whole(ctx, func(c *call) C.seathold_status {
		return C.seathold_refund(e.handle,
			(*C.seathold_refund_request)(unsafe.Pointer(first(requests))), C.size_t(len(requests)),
			(*C.seathold_pay_result)(unsafe.Pointer(first(results))), c.timeout, &c.err)
	})
}

// Block takes seats off sale, for a reason of at most 200 bytes. It gives a code for each seat; one
// that is blocked already is 0.
//
// Errors of a seat in order: ErrInvalidArgument, ErrInvalidText, ErrDuplicateSeat (all seats),
// ErrUnknownPerformance, ErrUnknownSeat, ErrSeatTaken (held or sold), then storage's.
func (e *Engine) Block(ctx context.Context, performance PerformanceID, seats []SeatID,
	reason string) ([]Code, error) {
	codes := make([]Code, len(seats))
	err := e.whole(ctx, func(c *call) C.seathold_status {
		text, size := c.bytes(reason)
		return C.seathold_block(e.handle, C.uint64_t(performance), (*C.uint64_t)(first(seats)),
			C.size_t(len(seats)), text, size, (*C.seathold_status)(first(codes)), c.timeout, &c.err)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// Unblock puts seats on sale again; one that is not blocked is 0. Errors: as Block.
func (e *Engine) Unblock(ctx context.Context, performance PerformanceID, seats []SeatID) ([]Code,
	error) {
	codes := make([]Code, len(seats))
	err := e.whole(ctx, func(c *call) C.seathold_status {
		return C.seathold_unblock(e.handle, C.uint64_t(performance), (*C.uint64_t)(first(seats)),
			C.size_t(len(seats)), (*C.seathold_status)(first(codes)), c.timeout, &c.err)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// addText appends a text to a side array.
func addText(side *[]byte, text []byte) (at, n uint32) {
	if len(text) == 0 {
		return 0, 0
	}
	at = uint32(len(*side))
	*side = append(*side, text...)
	return at, uint32(len(text))
}

// resize gives n elements, in the same memory where they fit. The library writes all of them.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}
