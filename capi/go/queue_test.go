package seathold_test

import (
	"testing"
	"time"

	"seathold"
)

func queued(t *testing.T) *hall {
	return openHall(t, seathold.Show{RequiresPass: true, ActiveMax: 1, Grace: time.Minute,
		PassTTL: 10 * time.Minute}, seathold.Options{})
}

func TestTheLineLetsInOneAfterTheOther(t *testing.T) {
	h := queued(t)
	first, err := h.Join(ctx, h.show, ann)
	must(t, err)
	second, err := h.Join(ctx, h.show, bob)
	must(t, err)
	same(t, "ann", first.State, seathold.PlaceAdmitted)
	same(t, "until", first.AdmittedUntil(), start.Add(10*time.Minute))
	same(t, "bob", second.State, seathold.PlaceWaiting)
	same(t, "bob's pass", second.Pass.IsZero(), true)
	again, err := h.Join(ctx, h.show, bob)
	must(t, err)
	same(t, "bob's place", again.Token, second.Token)

	_, err = h.Hold(ctx, h.wish(bob, 0))
	wants(t, err, seathold.ErrNotAdmitted)
	wish := h.wish(bob, 0)
	wish.Pass = first.Pass
	_, err = h.Hold(ctx, wish)
	wants(t, err, seathold.ErrPassInvalid)

	must(t, h.Leave(ctx, first.Token))
	must(t, h.Leave(ctx, first.Token))
	admitted, err := h.Admit(ctx, h.show, 5)
	must(t, err)
	same(t, "admitted", admitted, 1)
	text, err := seathold.ParseToken(second.Token.String())
	must(t, err)
	now, err := h.Poll(ctx, text)
	must(t, err)
	wish.Pass = now.Pass
	_, err = h.Hold(ctx, wish)
	must(t, err)
	best := seathold.Best{ID: h.NewID(), User: bob, Performance: h.evening, SeatsN: 1,
		Category: seathold.AnyCategory, Pass: now.Pass}
	_, _, err = h.HoldBest(ctx, best)
	must(t, err)

	stats, err := h.LineStats(ctx, h.show)
	must(t, err)
	same(t, "joined", stats.JoinedTotal, 2)
	same(t, "active", stats.Active, 1)
}

func TestARevokedBuyerIsOut(t *testing.T) {
	h := queued(t)
	place, err := h.Join(ctx, h.show, ann)
	must(t, err)
	must(t, h.Revoke(ctx, h.show, ann))
	_, err = h.Poll(ctx, place.Token)
	wants(t, err, seathold.ErrPassSpent)
	wish := h.wish(ann, 0)
	wish.Pass = place.Pass
	_, err = h.Hold(ctx, wish)
	wants(t, err, seathold.ErrPassSpent)
}

func TestForeignTokensAreRefused(t *testing.T) {
	h := queued(t)
	for _, text := range []string{"", "x", "not a token at all"} {
		token, err := seathold.ParseToken(text)
		must(t, err)
		_, err = h.Poll(ctx, token)
		wants(t, err, seathold.ErrTokenInvalid)
	}
	_, err := seathold.ParseToken(string(make([]byte, 96)))
	wants(t, err, seathold.ErrTokenInvalid)
	var unended seathold.Token
	for i := range unended {
		unended[i] = 'x'
	}
	_, err = h.Poll(ctx, unended)
	wants(t, err, seathold.ErrTokenInvalid)
	wish := h.wish(ann, 0)
	wish.Pass = unended
	_, err = h.Hold(ctx, wish)
	wants(t, err, seathold.ErrPassInvalid)
	_, err = newHall(t).Join(ctx, 1, ann)
	wants(t, err, seathold.ErrNoLine)
	_, err = h.Admit(ctx, h.show, 0)
	wants(t, err, seathold.ErrInvalidArgument)
}
