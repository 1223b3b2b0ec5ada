package seathold

// #include <seathold.h>
import "C"

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"
	"unsafe"
)

// Code is what a call answered. Each is an error to compare with: errors.Is(err, ErrSeatTaken).
type Code int32

// Every code. The hundreds are families, in the order in which a request is checked.
const (
	ErrInvalidArgument     Code = 101  // an argument is out of its range
	ErrInvalidText         Code = 102  // text is not valid UTF-8, has a NUL, or is too long
	ErrDuplicateSeat       Code = 103  // a seat is named twice
	ErrAmountOutOfRange    Code = 104  // an amount or a sum is out of range
	ErrInvalidPlan         Code = 105  // the seating plan is refused; nothing was imported
	ErrBufferTooSmall      Code = 106  // never leaves this package
	ErrClosed              Code = 201  // the engine is closed, or being closed
	ErrBadHandle           Code = 202  // not an engine: a zero Engine
	ErrForked              Code = 203  // the engine was opened before a fork
	ErrUnsupported         Code = 204  // this build or adapter does not offer that
	ErrTooManyEngines      Code = 205  // too many engines are open in this process
	ErrIdempotencyMismatch Code = 301  // this id was used before with other arguments
	ErrUnknownVenue        Code = 401  // no such venue
	ErrUnknownShow         Code = 402  // no such show
	ErrUnknownPerformance  Code = 403  // no such performance
	ErrUnknownSeat         Code = 404  // no such seat at this venue
	ErrUnknownTicketType   Code = 405  // no price for this category and ticket type
	ErrUnknownHold         Code = 406  // no such hold
	ErrUnknownTransfer     Code = 407  // no such transfer
	ErrUnknownUser         Code = 408  // no such user
	ErrAlreadyExists       Code = 409  // it exists already
	ErrSaleNotOpen         Code = 410  // the sale is not open
	ErrSaleEnded           Code = 411  // the sale has ended
	ErrNotAdmitted         Code = 501  // this show needs a pass from its queue
	ErrPassInvalid         Code = 502  // the pass is forged, or for another user or show
	ErrPassOver            Code = 503  // the pass has expired; join the queue again
	ErrPassSpent           Code = 504  // the pass was spent or revoked; join again
	ErrTokenInvalid        Code = 505  // the token is forged, malformed, or something else's
	ErrNoLine              Code = 506  // this show has no queue, or the engine has no line
	ErrTooManySeats        Code = 601  // more seats than one hold may have
	ErrHoldTooLong         Code = 602  // a longer hold than is allowed
	ErrSeatTaken           Code = 701  // a seat is taken (retryable)
	ErrSeatBlocked         Code = 702  // a seat is blocked
	ErrSoldOut             Code = 703  // sold out
	ErrAllHeld             Code = 704  // all held; some may come back (retryable)
	ErrNoAdjacentSeats     Code = 705  // none side by side; single ones may be free (retryable)
	ErrNotEnoughSeats      Code = 706  // fewer seats are free than were asked for (retryable)
	ErrNotHoldOwner        Code = 801  // the hold is another user's
	ErrHoldExpired         Code = 802  // the hold has expired
	ErrHoldCancelled       Code = 803  // the hold was cancelled
	ErrHoldConfirmed       Code = 804  // the hold is confirmed; to undo it is a refund
	ErrHoldRefunded        Code = 805  // the reservation was refunded
	ErrNotConfirmed        Code = 806  // the hold is not confirmed
	ErrPriceMismatch       Code = 901  // not the expected total; pay again under a new id
	ErrCurrencyMismatch    Code = 902  // another currency than the performance's
	ErrUserLimit           Code = 903  // more seats than one user may have here
	ErrInsufficientFunds   Code = 1001 // the balance is too low; pay again under a new id
	ErrReferenceUsed       Code = 1002 // this provider reference paid for something else
	ErrEmailTaken          Code = 1101 // this e-mail has an account
	ErrPasswordWeak        Code = 1102 // the password is too short, too long or too common
	ErrBadCredentials      Code = 1103 // e-mail or password is wrong
	ErrThrottled           Code = 1104 // too many attempts; wait (retryable)
	ErrAccountDisabled     Code = 1105 // the account is disabled
	ErrAccessDenied        Code = 1106 // the access token is forged, over or revoked
	ErrTooManyKeys         Code = 1107 // too many signing keys may still be in use; wait (retryable)
	ErrBusy                Code = 1201 // busy; nothing was done (retryable)
	ErrStorageFull         Code = 1202 // the disk is full; nothing was done (retryable)
	ErrOutOfMemory         Code = 1203 // out of memory; nothing was done (retryable)
	ErrStorageFailed       Code = 1204 // storage failed; open the engine again
	ErrStorageCorrupt      Code = 1205 // the database is damaged
	ErrOutcomeUnknown      Code = 1206 // it may have happened: send it again with the same id
	ErrReadOnly            Code = 1207 // the database cannot be written
	ErrNewerSchema         Code = 1208 // the database was written by a newer release
	ErrNotOwner            Code = 1209 // another process owns the database
	ErrCannotOpen          Code = 1210 // the database cannot be opened
	ErrFeedTruncated       Code = 1211 // the feed reaches no longer back that far: load the map
	ErrAborted             Code = 1212 // a record changed underneath; nothing done (retryable)
	ErrLineLost            Code = 1213 // the waiting line is being rebuilt (retryable)
	ErrKeysMissing         Code = 1214 // the signing keys of this database are missing
	ErrWrongFile           Code = 1215 // a file beside the database is another database's
	ErrSecondName          Code = 1216 // the database file goes by a second name
	ErrLineFailed          Code = 1217 // the file of the waiting line cannot be used (retryable)
	ErrInternal            Code = 1299 // an internal error; nothing was done
)

// Outcome says what an answer means for the state of the world. There is no fifth.
type Outcome uint8

const (
	OutcomeDone    Outcome = 0 // it happened, and is durable
	OutcomeRefused Outcome = 1 // no effect
	OutcomeNotDone Outcome = 2 // no effect; busy: retry where Retryable, else open the engine again
	OutcomeUnknown Outcome = 3 // it may have happened: settle it by sending the same ids again
)

// String is the outcome's name: "done", "refused", "busy" or "unknown".
func (o Outcome) String() string { return C.GoString(C.seathold_outcome_name(C.uint32_t(o))) }

// Error is a refusal or failure of one call. errors.Is compares it with codes, and with
// context.DeadlineExceeded or context.Canceled where the context ended during a call that came
// back busy or unknown.
type Error struct {
	Code      Code
	Outcome   Outcome
	Retryable bool   // the same request may go well later
	Message   string // for people, never a secret
	// RetryAfter is when the same request may go well; 0 = not known. Of ErrThrottled and
	// ErrTooManyKeys.
	RetryAfter time.Duration
	// Conflicts are the seats that are in the way of a hold, each with its reason.
	Conflicts []SeatConflict

	cause error
}

func (e *Error) Error() string { return "seathold: " + e.Message }

// Is compares with a Code or with the error of the context.
func (e *Error) Is(target error) bool {
	if code, ok := target.(Code); ok {
		return code == e.Code
	}
	return e.cause != nil && target == e.cause
}

// Unwrap gives the code, so that errors.As finds it.
func (e *Error) Unwrap() error { return e.Code }

type codeInfo struct {
	name, text string
	outcome    Outcome
	retryable  bool
}

var (
	codeTable []codeInfo // by code; no name where there is none
	codesOnce sync.Once
)

// codes reads the library's own table once: its texts, outcomes and flags are not repeated here.
func codes() []codeInfo {
	codesOnce.Do(func() {
		for i := C.size_t(0); i < C.seathold_code_count(); i++ { // ascending
			var info C.seathold_code_info
			if C.seathold_code_at(i, &info, nil) != 0 {
				continue
			}
			codeTable = append(codeTable, make([]codeInfo, int(info.code)+1-len(codeTable))...)
			codeTable[info.code] = codeInfo{C.GoString(info.name), C.GoString(info.text),
				Outcome(info.flags & C.SEATHOLD_OUTCOME_MASK),
				info.flags&C.SEATHOLD_RETRYABLE != 0}
		}
	})
	return codeTable
}

// lookUp gives what is known of a code. One that a newer library gives is taken as unknown, which
// asks for nothing that could be wrong.
func (c Code) lookUp() *codeInfo {
	if table := codes(); c >= 0 && int(c) < len(table) && table[c].name != "" {
		return &table[c]
	}
	number := strconv.Itoa(int(c))
	return &codeInfo{name: number, text: "unknown code " + number, outcome: OutcomeUnknown}
}

// Error gives the library's text of the code.
func (c Code) Error() string { return "seathold: " + c.lookUp().text }

// Name is that of the C header: "SEATHOLD_E_SEAT_TAKEN".
func (c Code) Name() string { return c.lookUp().name }

// Outcome of the code.
func (c Code) Outcome() Outcome { return c.lookUp().outcome }

// Retryable says whether the same request may go well later.
func (c Code) Retryable() bool { return c.lookUp().retryable }

// Err makes an error of the code of a result; nil where it is ok.
func (c Code) Err() error {
	if c == 0 {
		return nil
	}
	info := c.lookUp()
	return &Error{Code: c, Outcome: info.outcome, Retryable: info.retryable, Message: info.text}
}

// CodeOf gives the code of an error of this package; 0 for nil, and for those of others.
func CodeOf(err error) Code {
	var code Code
	errors.As(err, &code)
	return code
}

// OutcomeOf says what an error of this package means. A context that was over before the call is
// OutcomeNotDone. Of an error from elsewhere nothing is known.
func OutcomeOf(err error) Outcome {
	var e *Error
	var code Code
	switch {
	case err == nil:
		return OutcomeDone
	case errors.As(err, &e):
		return e.Outcome
	case errors.As(err, &code):
		return code.Outcome()
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return OutcomeNotDone
	}
	return OutcomeUnknown
}

// Retryable says whether the same request may go well later.
func Retryable(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Retryable
}

// failure makes an error of what the library wrote into c. A handle of an engine that was open
// once is bad because it is closed.
func (e *Engine) failure(ctx context.Context, c *call) error {
	err := new(Error)
	e.describe(ctx, c, err)
	return err
}

// refusal has room for the seats of a usual hold: one allocation for both.
type refusal struct {
	Error
	seats [4]SeatConflict
}

// conflicted is failure with the seats that are in the way.
func (e *Engine) conflicted(ctx context.Context, c *call) error {
	err := new(refusal)
	e.describe(ctx, c, &err.Error)
	if c.n > 0 {
		err.Conflicts = append(err.seats[:0], c.conflicts[:c.n]...)
	}
	return &err.Error
}

func (e *Engine) describe(ctx context.Context, c *call, err *Error) {
	err.Code = Code(c.err.code)
	if err.Code == ErrBadHandle && e.handle != 0 {
		*err = *ErrClosed.Err().(*Error)
		return
	}
	err.Outcome = Outcome(c.err.flags & C.SEATHOLD_OUTCOME_MASK)
	err.Retryable = c.err.flags&C.SEATHOLD_RETRYABLE != 0
	err.Message = c.message(err.Code)
	err.RetryAfter = time.Duration(c.err.retry_after_ms) * time.Millisecond
	if err.Code == ErrBusy || err.Code == ErrOutcomeUnknown {
		err.cause = contextError(ctx)
	}
}

// message copies the library's text, but for the many that say no more than the code does.
func (c *call) message(code Code) string {
	text := unsafe.Slice((*byte)(unsafe.Pointer(&c.err.message[0])), int(c.err.message_len))
	if plain := code.lookUp().text; string(text) == plain {
		return plain
	}
	return string(text)
}

// contextError is ctx.Err, also in the moment between the last whole millisecond and the deadline.
func contextError(ctx context.Context) error {
	left, err := timeoutOf(ctx)
	if err == nil && left == 0 {
		return context.DeadlineExceeded
	}
	return err
}
