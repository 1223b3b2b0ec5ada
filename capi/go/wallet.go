package seathold

// #include <seathold.h>
import "C"

import (
	"context"
	"unsafe"
)

// Charge moves money into a wallet, or out of it (Withdraw).
type Charge struct {
	ID        UUID // yours
	User      UserID
	Amount    Money  // 1 .. 10^15 minor units
	Reference string // 0 .. 200 bytes, for the statement
}

func (m *Charge) request() ChargeRequest {
	return ChargeRequest{ID: m.ID, User: m.User, AmountMinor: m.Amount.Minor,
		Currency: m.Amount.Currency, ReferenceN: uint32(len(m.Reference))}
}

// Charge charges a wallet.
//
// Errors in order: ErrInvalidArgument, ErrInvalidText, ErrAmountOutOfRange, ErrIdempotencyMismatch,
// ErrAmountOutOfRange (the balance would pass its bound), then storage's.
func (e *Engine) Charge(ctx context.Context, charge Charge) (TransferResult, error) {
	var result TransferResult
	err := e.do(ctx, func(c *call) C.seathold_status {
		c.charge = charge.request()
		reference, size := c.bytes(charge.Reference)
		code := C.seathold_charge(e.handle, (*C.seathold_charge_request)(unsafe.Pointer(&c.charge)),
			1, reference, size, (*C.seathold_transfer_result)(unsafe.Pointer(&c.moved)), c.timeout,
			&c.err)
		result = c.moved
		return code
	})
	return result, err
}

// Withdraw withdraws from a wallet.
//
// Errors in order: as Charge, with ErrInsufficientFunds, which is kept under the id.
func (e *Engine) Withdraw(ctx context.Context, charge Charge) (TransferResult, error) {
	var result TransferResult
	err := e.do(ctx, func(c *call) C.seathold_status {
		c.charge = charge.request()
		reference, size := c.bytes(charge.Reference)
		code := C.seathold_withdraw(e.handle,
			(*C.seathold_charge_request)(unsafe.Pointer(&c.charge)), 1, reference, size,
			(*C.seathold_transfer_result)(unsafe.Pointer(&c.moved)), c.timeout, &c.err)
		result = c.moved
		return code
	})
	return result, err
}

// Balance is that of a user; 0 without an account in this currency.
//
// Errors in order: ErrInvalidArgument, then storage's.
func (e *Engine) Balance(ctx context.Context, user UserID, currency Currency) (Money, error) {
	balance := Money{Currency: currency}
	err := e.do(ctx, func(c *call) C.seathold_status {
		code := C.seathold_balance_read(e.handle, C.uint64_t(user), currency.chars(), &c.atUs,
			c.timeout, &c.err)
		balance.Minor = int64(c.atUs)
		return code
	})
	if err != nil {
		return Money{}, err
	}
	return balance, nil
}

func (c *Currency) chars() *C.char { return chars(c[:]) }

// Statement gives at most rowsMax (1 .. RowsMax) lines after a line (0 = the start), oldest first.
//
// Errors in order: ErrInvalidArgument, then storage's.
func (e *Engine) Statement(ctx context.Context, user UserID, currency Currency, after uint64,
	rowsMax int) ([]StatementLine, error) {
	return list(ctx, e, rowsMax,
		func(c *call, out *StatementLine, room C.size_t) C.seathold_status {
			return C.seathold_statement_read(e.handle, C.uint64_t(user), currency.chars(),
				C.uint64_t(after), (*C.seathold_statement_line)(unsafe.Pointer(out)), room, &c.n,
				c.timeout, &c.err)
		})
}

// GetTransfer gives a transfer, or the decision against one, by its id.
//
// Errors in order: ErrInvalidArgument, ErrUnknownTransfer, then storage's.
func (e *Engine) GetTransfer(ctx context.Context, id UUID) (TransferView, error) {
	return e.transfer(ctx, id, 0)
}

// SettleTransfer is GetTransfer behind the write lock: no call in flight can still change the
// answer.
func (e *Engine) SettleTransfer(ctx context.Context, id UUID) (TransferView, error) {
	return e.transfer(ctx, id, settle)
}

func (e *Engine) transfer(ctx context.Context, id UUID, flags uint32) (TransferView, error) {
	view := new(TransferView)
	err := e.do(ctx, func(c *call) C.seathold_status {
		return C.seathold_transfer_get(e.handle, (*C.uint8_t)(unsafe.Pointer(&id[0])),
			C.uint32_t(flags), (*C.seathold_transfer_view)(unsafe.Pointer(view)), c.timeout, &c.err)
	})
	if err != nil {
		return TransferView{}, err
	}
	return *view, nil
}
