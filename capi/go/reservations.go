package seathold

// #include <seathold.h>
import "C"

import (
	"context"
	"time"
	"unsafe"
)

// Hold asks for seats, all or nothing.
type Hold struct {
	ID          UUID // yours
	User        UserID
	Performance PerformanceID
	Seats       []SeatTicket  // 1 .. Options.MaxSeatsPerHold, no seat twice
	Pass        Token         // of a show with a queue
	TTL         time.Duration // 0 = the performance's
	Staff       bool          // no pass, no per-user limit, longer TTLs
}

// Hold holds seats. A refused hold leaves no trace: its id may be used again. Of ErrSeatTaken and
// ErrSeatBlocked the *Error lists the Conflicts: every seat that is in the way. An id that was used
// before gives the hold that it made, with ErrHoldExpired, ErrHoldCancelled or ErrHoldRefunded where
// that one is over.
//
// Errors in order: ErrInvalidArgument, ErrTooManySeats (over the cap), ErrDuplicateSeat,
// ErrIdempotencyMismatch, ErrUnknownPerformance, ErrSaleEnded, ErrSaleNotOpen, ErrUnknownSeat,
// ErrUnknownTicketType, ErrNotAdmitted, ErrPassInvalid, ErrPassOver, ErrPassSpent, ErrTooManySeats,
// ErrHoldTooLong, ErrSeatTaken or ErrSeatBlocked, ErrAmountOutOfRange, ErrUserLimit, then
// storage's.
func (e *Engine) Hold(ctx context.Context, hold Hold) (HoldResult, error) {
	timeout, err := timeoutOf(ctx)
	if err != nil {
		return HoldResult{}, err
	}
	c := calls.Get().(*call)
	c.hold = HoldRequest{ID: hold.ID, User: hold.User, Performance: hold.Performance,
		SeatsN: uint32(len(hold.Seats)), TTLMs: millisOf(hold.TTL),
		Flags: flagsOf(hold.Staff, false)}
	seats := hold.Seats
	if len(seats) <= len(c.seats) { // a copy: the caller's slice may live on its stack
		seats = c.seats[:copy(c.seats[:], seats)]
	} else {
		seats = append([]SeatTicket(nil), seats...)
	}
	pass, passN := c.pass(&hold.Pass)
	c.hold.PassN = uint32(passN)
	code := C.seathold_hold(e.handle, (*C.seathold_hold_request)(unsafe.Pointer(&c.hold)), 1,
		(*C.seathold_seat_ticket)(unsafe.Pointer(first(seats))), C.size_t(len(seats)), pass, passN,
		(*C.seathold_hold_result)(unsafe.Pointer(&c.held)),
		(*C.seathold_seat_conflict)(unsafe.Pointer(&c.conflicts[0])), SeatsPerHoldCap, &c.n,
		timeout, &c.err)
	result := c.held
	if code != 0 {
		err = e.conflicted(ctx, c)
	} else {
		err = result.Err()
	}
	calls.Put(c)
	return result, err
}

// pass lends a token to the library.
func (c *call) pass(token *Token) (*C.char, C.size_t) {
	if token.IsZero() {
		return nil, 0
	}
	c.token = *token
	text := c.token.text()
	return chars(text), C.size_t(len(text))
}

func flagsOf(staff, noSplit bool) (flags uint32) {
	if staff {
		flags |= Staff
	}
	if noSplit {
		flags |= NoSplit
	}
	return flags
}

// Best asks for the best seats there are.
type Best struct {
	ID          UUID // yours
	User        UserID
	Performance PerformanceID
	SeatsN      int
	Category    uint32 // index in the plan, or AnyCategory
	TicketType  uint32 // for all of them
	NoSplit     bool   // side by side or ErrNoAdjacentSeats
	Pass        Token  // of a show with a queue
	TTL         time.Duration
	Staff       bool
}

func (b *Best) request() BestRequest {
	return BestRequest{ID: b.ID, User: b.User, Performance: b.Performance,
		SeatsN: uint32(clamp(int64(b.SeatsN), 0, 1<<32-1)), Category: b.Category,
		TicketType: b.TicketType, Flags: flagsOf(b.Staff, b.NoSplit), TTLMs: millisOf(b.TTL)}
}

// HoldBest holds the best seats: side by side in one row, then split in one row, adjacent rows, one
// section, anywhere.
//
// Errors in order: as Hold, with ErrNoAdjacentSeats, ErrNotEnoughSeats (the result says how many are
// free), ErrAllHeld (nothing is free; the result says until when), ErrSoldOut (nothing is free or
// held) in the place of ErrSeatTaken.
func (e *Engine) HoldBest(ctx context.Context, best Best) (HoldResult, []SeatTicket, error) {
	var seats []SeatTicket
	var result HoldResult
	err := e.do(ctx, func(c *call) C.seathold_status {
		c.best = best.request()
		pass, passN := c.pass(&best.Pass)
		c.best.PassN = uint32(passN)
		code := C.seathold_hold_best(e.handle, (*C.seathold_best_request)(unsafe.Pointer(&c.best)),
			1, pass, passN, (*C.seathold_hold_result)(unsafe.Pointer(&c.held)),
			(*C.seathold_seat_ticket)(unsafe.Pointer(&c.seats[0])), SeatsPerHoldCap, &c.n, c.timeout,
			&c.err)
		result = c.held
		if code == 0 {
			seats = append(seats, c.seats[:c.n]...)
		}
		return code
	})
	if err == nil {
		err = result.Err()
	}
	return result, seats, err
}

// Confirm pays for a hold.
type Confirm struct {
	Hold        UUID
	Payment     UUID // yours: the id of the transfer
	Performance PerformanceID
	User        UserID
	Expected    Money  // refuse unless it costs this; zero = whatever it costs
	Tender      Tender // TenderWallet by default
	Reference   string // external: the provider's, 1 .. 200 bytes
}

func (p *Confirm) request() ConfirmRequest {
	r := ConfirmRequest{Hold: p.Hold, Payment: p.Payment, Performance: p.Performance, User: p.User,
		Tender: p.Tender, ReferenceN: uint32(len(p.Reference))}
	if p.Tender == TenderNone {
		r.Tender = TenderWallet
	}
	if p.Expected != (Money{}) {
		r.Flags = ExpectTotal
		r.ExpectedTotalMinor, r.Currency = p.Expected.Minor, p.Expected.Currency
	}
	return r
}

// Confirm pays: seats sold, money moved, pass spent, in one transaction. ErrPriceMismatch and
// ErrInsufficientFunds are kept under the payment id: pay again under a new one.
//
// Errors in order: ErrInvalidArgument, ErrInvalidText, ErrIdempotencyMismatch,
// ErrUnknownPerformance, ErrUnknownHold, ErrNotHoldOwner, ErrHoldCancelled, ErrHoldRefunded,
// ErrHoldExpired, ErrCurrencyMismatch, ErrPriceMismatch, ErrReferenceUsed, ErrInsufficientFunds
// (the hold stays alive), ErrAmountOutOfRange, then storage's.
func (e *Engine) Confirm(ctx context.Context, confirm Confirm) (PayResult, error) {
	var result PayResult
	err := e.do(ctx, func(c *call) C.seathold_status {
		c.confirm = confirm.request()
		reference, size := c.bytes(confirm.Reference)
		code := C.seathold_confirm(e.handle,
			(*C.seathold_confirm_request)(unsafe.Pointer(&c.confirm)), 1, reference, size,
			(*C.seathold_pay_result)(unsafe.Pointer(&c.paid)), c.timeout, &c.err)
		result = c.paid
		return code
	})
	return result, err
}

// Cancel gives a hold back; expired or cancelled already: nil, nothing done.
//
// Errors in order: ErrInvalidArgument, ErrUnknownPerformance, ErrUnknownHold, ErrNotHoldOwner,
// ErrHoldConfirmed, ErrHoldRefunded, then storage's.
func (e *Engine) Cancel(ctx context.Context, cancel CancelRequest) error {
	return e.do(ctx, func(c *call) C.seathold_status {
		c.cancel = cancel
		return C.seathold_cancel(e.handle, (*C.seathold_cancel_request)(unsafe.Pointer(&c.cancel)),
			1, &c.code, c.timeout, &c.err)
	})
}

// Refund pays a whole reservation back and puts its seats on sale again.
//
// Errors in order: ErrInvalidArgument, ErrIdempotencyMismatch, ErrUnknownPerformance,
// ErrUnknownHold, ErrNotConfirmed, ErrHoldRefunded, ErrAmountOutOfRange, then storage's.
func (e *Engine) Refund(ctx context.Context, refund RefundRequest) (PayResult, error) {
	var result PayResult
	err := e.do(ctx, func(c *call) C.seathold_status {
		c.refund = refund
		code := C.seathold_refund(e.handle, (*C.seathold_refund_request)(unsafe.Pointer(&c.refund)),
			1, (*C.seathold_pay_result)(unsafe.Pointer(&c.paid)), c.timeout, &c.err)
		result = c.paid
		return code
	})
	return result, err
}

// GetHold gives a hold as it stands. An absent or held one says nothing about calls in flight:
// SettleHold does.
//
// Errors in order: ErrInvalidArgument, ErrUnknownHold, then storage's.
func (e *Engine) GetHold(ctx context.Context, performance PerformanceID, hold UUID) (HoldView,
	error) {
	return e.hold(ctx, performance, hold, 0)
}

// SettleHold is GetHold behind the write lock: no call in flight can still change the answer.
func (e *Engine) SettleHold(ctx context.Context, performance PerformanceID, hold UUID) (HoldView,
	error) {
	return e.hold(ctx, performance, hold, settle)
}

func (e *Engine) hold(ctx context.Context, performance PerformanceID, hold UUID, flags uint32) (
	HoldView, error) {
	view := new(HoldView)
	err := e.do(ctx, func(c *call) C.seathold_status {
		return C.seathold_hold_get(e.handle, C.uint64_t(performance),
			(*C.uint8_t)(unsafe.Pointer(&hold[0])), C.uint32_t(flags),
			(*C.seathold_hold_view)(unsafe.Pointer(view)), c.timeout, &c.err)
	})
	if err != nil {
		return HoldView{}, err
	}
	return *view, nil
}

// HoldCursor says where a list of holds goes on: after this hold. The zero one is the start.
type HoldCursor struct {
	Performance PerformanceID // of HoldsOfUser
	Hold        UUID
}

// HoldsOfUser lists at most rowsMax (1 .. RowsMax) holds of a user in the order of (performance,
// hold), those after a cursor.
//
// Errors in order: ErrInvalidArgument, then storage's.
func (e *Engine) HoldsOfUser(ctx context.Context, user UserID, after HoldCursor, rowsMax int) (
	[]HoldView, error) {
	return list(ctx, e, rowsMax, func(c *call, out *HoldView, room C.size_t) C.seathold_status {
		return C.seathold_hold_list_user(e.handle, C.uint64_t(user), C.uint64_t(after.Performance),
			(*C.uint8_t)(unsafe.Pointer(&after.Hold[0])),
			(*C.seathold_hold_view)(unsafe.Pointer(out)), room, &c.n, c.timeout, &c.err)
	})
}

// HoldsOfPerformance lists at most rowsMax (1 .. RowsMax) holds of a performance in the order of
// their ids, those after a hold: a door list.
//
// Errors in order: ErrInvalidArgument, then storage's.
func (e *Engine) HoldsOfPerformance(ctx context.Context, performance PerformanceID, after UUID,
	rowsMax int) ([]HoldView, error) {
	return list(ctx, e, rowsMax, func(c *call, out *HoldView, room C.size_t) C.seathold_status {
		return C.seathold_hold_list_performance(e.handle, C.uint64_t(performance),
			(*C.uint8_t)(unsafe.Pointer(&after[0])),
			(*C.seathold_hold_view)(unsafe.Pointer(out)), room, &c.n, c.timeout, &c.err)
	})
}

// list reads at most rowsMax records.
func list[T any](ctx context.Context, e *Engine, rowsMax int,
	f func(c *call, out *T, room C.size_t) C.seathold_status) ([]T, error) {
	out := make([]T, clamp(int64(rowsMax), 0, RowsMax+1))
	var n int
	err := e.do(ctx, func(c *call) C.seathold_status {
		code := f(c, first(out), C.size_t(len(out)))
		n = int(c.n)
		return code
	})
	if err != nil {
		return nil, err
	}
	return out[:n], nil
}
