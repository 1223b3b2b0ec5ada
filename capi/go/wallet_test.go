package seathold_test

import (
	"strings"
	"testing"

	"seathold"
)

func TestTheWalletKeepsAStatement(t *testing.T) {
	h := newHall(t)
	h.charge(ann, 10000)
	hold := h.held(ann, 0)
	_, err := h.Confirm(ctx, h.payment(ann, hold))
	must(t, err)
	out := seathold.Charge{ID: h.NewID(), User: ann,
		Amount: seathold.Money{Minor: 500, Currency: eur}, Reference: "to the bank"}
	moved, err := h.Withdraw(ctx, out)
	must(t, err)
	same(t, "left", moved.Balance(), seathold.Money{Minor: 5000, Currency: eur})
	moved, err = h.Withdraw(ctx, out)
	must(t, err)
	same(t, "replayed", moved.Replayed(), true)

	lines, err := h.Statement(ctx, ann, eur, 0, 10)
	must(t, err)
	if len(lines) != 3 {
		t.Fatalf("%d lines", len(lines))
	}
	same(t, "charged", lines[0].Reference(), "card 1")
	same(t, "paid", lines[1].AmountMinor, -4500)
	same(t, "for", lines[1].Performance, h.evening)
	same(t, "kind", lines[2].Kind, seathold.TransferWithdraw)
	same(t, "reference", lines[2].Reference(), "to the bank")
	same(t, "after", lines[2].BalanceAfterMinor, 5000)
	same(t, "at", lines[2].CreatedAt(), start)
	rest, err := h.Statement(ctx, ann, eur, 2, 10)
	must(t, err)
	same(t, "lines after the second", len(rest), 1)
	balance, err := h.Balance(ctx, ann, eur)
	must(t, err)
	same(t, "balance", balance.String(), "50.00 EUR")
}

func TestARefusedWithdrawalIsKept(t *testing.T) {
	h := newHall(t)
	out := seathold.Charge{ID: h.NewID(), User: ann,
		Amount: seathold.Money{Minor: 1, Currency: eur}}
	_, err := h.Withdraw(ctx, out)
	wants(t, err, seathold.ErrInsufficientFunds)
	view, err := h.SettleTransfer(ctx, out.ID)
	must(t, err)
	wants(t, view.Err(), seathold.ErrInsufficientFunds)
	_, err = h.GetTransfer(ctx, h.NewID())
	wants(t, err, seathold.ErrUnknownTransfer)
}

func TestWrongChargesAreRefused(t *testing.T) {
	h := newHall(t)
	right := seathold.Charge{ID: h.NewID(), User: ann,
		Amount: seathold.Money{Minor: 1, Currency: eur}}
	const argument, text, amount = seathold.ErrInvalidArgument, seathold.ErrInvalidText,
		seathold.ErrAmountOutOfRange
	for name, c := range map[string]struct {
		change func(*seathold.Charge)
		want   seathold.Code
	}{
		"no id":       {func(c *seathold.Charge) { c.ID = seathold.UUID{} }, argument},
		"no user":     {func(c *seathold.Charge) { c.User = 0 }, argument},
		"no currency": {func(c *seathold.Charge) { c.Amount.Currency = [4]byte{} }, argument},
		"negative":    {func(c *seathold.Charge) { c.Amount.Minor = -1 }, amount},
		"too much":    {func(c *seathold.Charge) { c.Amount.Minor = 1e15 + 1 }, amount},
		"long text":   {func(c *seathold.Charge) { c.Reference = strings.Repeat("x", 300) }, text},
		"no UTF-8":    {func(c *seathold.Charge) { c.Reference = "\xff" }, text},
	} {
		wrong := right
		c.change(&wrong)
		if _, err := h.Charge(ctx, wrong); seathold.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	same(t, "transfers", h.clean().Transfers, 0)
}
