package seathold_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"seathold"
)

// holdGate takes the turn of writing to a database, as another process would, until released.
func holdGate(t *testing.T, database string) (release func()) {
	const ofdSetLock = 37 // F_OFD_SETLK, which package syscall does not name
	gate, err := os.OpenFile(database+"-gate", os.O_RDWR, 0)
	must(t, err)
	must(t, syscall.FcntlFlock(gate.Fd(), ofdSetLock,
		&syscall.Flock_t{Type: syscall.F_WRLCK, Start: 0, Len: 2}))
	return func() { must(t, gate.Close()) }
}

func TestADeadlineBoundsACallThatCannotBeServed(t *testing.T) {
	database := filepath.Join(t.TempDir(), "concert.db")
	h := openHall(t, seathold.Show{}, seathold.Options{Storage: "sqlite:" + database})
	wish := h.wish(ann, 0)
	release := holdGate(t, database)
	soon, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := h.Hold(soon, wish)
	took := time.Since(began)
	release()

	wants(t, err, seathold.ErrBusy)
	same(t, "by its context", errors.Is(err, context.DeadlineExceeded), true)
	same(t, "outcome", seathold.OutcomeOf(err), seathold.OutcomeNotDone)
	same(t, "retryable", seathold.Retryable(err), true)
	if took >= seathold.DefaultTimeout {
		t.Errorf("it took %v", took)
	}
	_, err = h.Hold(ctx, wish)
	must(t, err)
}
