package seathold_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"seathold"
)

// A seat is sold over PostgreSQL with claims and the waiting line on Redis, by URI alone.
func TestSellsASeatOnServers(t *testing.T) {
	postgres, redis := os.Getenv("SEATHOLD_TEST_POSTGRES"), os.Getenv("SEATHOLD_TEST_REDIS")
	if postgres == "" || redis == "" {
		t.Skip("run it by with_servers.sh; " + os.Getenv("SEATHOLD_TEST_NO_SERVERS"))
	}
	own := fmt.Sprintf("go_%d", os.Getpid())
	cache := redis + "?prefix=" + own
	h := openHall(t, seathold.Show{RequiresPass: true, ActiveMax: 1}, seathold.Options{
		Storage: postgres + "&schema=" + own, Claims: cache, Line: cache,
		Keys: filepath.Join(t.TempDir(), "hall.keys")})
	first, err := h.Join(ctx, h.show, ann)
	must(t, err)
	second, err := h.Join(ctx, h.show, bob)
	must(t, err)
	same(t, "ann", first.State, seathold.PlaceAdmitted)
	same(t, "bob", second.State, seathold.PlaceWaiting)
	wish := h.wish(ann, 3)
	wish.Pass = first.Pass
	_, err = h.Hold(ctx, wish)
	must(t, err)
	_, err = h.Hold(ctx, h.wish(bob, 4))
	wants(t, err, seathold.ErrNotAdmitted)
	h.charge(ann, 4500)
	_, err = h.Confirm(ctx, h.payment(ann, wish.ID))
	must(t, err)
	h.clean()
}
