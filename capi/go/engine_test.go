package seathold_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seathold"
)

var _ io.Closer = (*seathold.Engine)(nil)

func TestAfterCloseEveryCallSaysSo(t *testing.T) {
	h := newHall(t)
	wish := h.wish(ann, 0)
	must(t, h.Close())
	must(t, h.Close())
	_, err := h.Hold(ctx, wish)
	wants(t, err, seathold.ErrClosed)
	_, err = h.Performances(ctx, h.show)
	wants(t, err, seathold.ErrClosed)
	_, err = h.Now()
	wants(t, err, seathold.ErrClosed)
	wants(t, h.SetClock(start), seathold.ErrClosed)
	var batch seathold.HoldBatch
	batch.Add(&wish)
	wants(t, h.HoldBatch(ctx, &batch), seathold.ErrClosed)
	same(t, "results", len(batch.Results), 0)
	same(t, "id", h.NewID(), seathold.UUID{})
	same(t, "outcome", seathold.OutcomeOf(err), seathold.OutcomeNotDone)
}

func TestAnOptionOutOfRangeNamesItself(t *testing.T) {
	ms := time.Millisecond
	for name, o := range map[string]seathold.Options{
		"batch_max":          {BatchMax: 16385},
		"backlog_max":        {BacklogMax: 1048577},
		"waves_max":          {WavesMax: 17},
		"max_seats_per_hold": {MaxSeatsPerHold: 17},
		"hash_concurrency":   {HashConcurrency: 65},
		"batch_bytes_max":    {BatchBytesMax: 1},
		"hold_ttl_ms":        {HoldTTL: ms},
		"staff_ttl_max_ms":   {StaffTTLMax: 299999 * ms},
		"refusal_max_age_ms": {RefusalMaxAge: 60001 * ms},
		"cache_timeout_ms":   {CacheTimeout: 10001 * ms},
		"sweep_full_ms":      {SweepFull: 999 * ms},
		"sweep_every_ms":     {SweepEvery: 9 * ms},
		"rebuild_grace_ms":   {RebuildGrace: 3600001 * ms},
		"clock_jump_max_ms":  {ClockJumpMax: 999 * ms},
		"log_bytes_max":      {LogBytesMax: 16<<20 + 1},
	} {
		o.Storage = "memory:"
		_, err := seathold.Open(o)
		wants(t, err, seathold.ErrInvalidArgument)
		if !strings.Contains(err.Error(), name+" is ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheZeroEngineIsNone(t *testing.T) {
	var engine seathold.Engine
	_, err := engine.Hold(ctx, seathold.Hold{})
	wants(t, err, seathold.ErrBadHandle)
	must(t, engine.Close())
}

func TestAClosedEngineIsNotTheNextOne(t *testing.T) {
	first := newHall(t)
	must(t, first.Close())
	second := newHall(t)
	_, err := first.Venues(ctx)
	wants(t, err, seathold.ErrClosed)
	_, err = second.Venues(ctx)
	must(t, err)
}

func TestCloseUnderLoadEndsEveryCall(t *testing.T) {
	h := newHall(t)
	var calls, closed, others atomic.Int64
	var all, running sync.WaitGroup
	for i := 0; i < 32; i++ {
		all.Add(1)
		running.Add(1)
		go func(user seathold.UserID) {
			defer all.Done()
			for first := true; ; first = false {
				_, err := h.Hold(ctx, h.wish(user, int(user)%200))
				calls.Add(1)
				if first {
					running.Done()
				}
				switch {
				// An id cannot be had of an engine that is closing either: it is zero then.
				case errors.Is(err, seathold.ErrClosed), errors.Is(err, seathold.ErrInvalidArgument):
					closed.Add(1)
					return
				case err != nil && !errors.Is(err, seathold.ErrSeatTaken):
					others.Add(1)
					return
				}
			}
		}(seathold.UserID(i + 1))
	}
	running.Wait()
	var closers sync.WaitGroup
	for i := 0; i < 4; i++ {
		closers.Add(1)
		go func() {
			defer closers.Done()
			if err := h.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}()
	}
	closers.Wait()
	all.Wait()
	same(t, "goroutines told that it is closed", closed.Load(), 32)
	same(t, "goroutines told something else", others.Load(), 0)
}

func TestCloseWakesAWaitingPoll(t *testing.T) {
	h := newHall(t)
	done := make(chan error)
	go func() {
		_, err := h.FeedPoll(ctx, h.evening, 0, 10, time.Hour)
		done <- err
	}()
	must(t, h.Close())
	wants(t, <-done, seathold.ErrClosed)
}

func TestAContextThatIsOverReachesNoEngine(t *testing.T) {
	h := newHall(t)
	over, cancel := context.WithCancel(ctx)
	cancel()
	late, cancel := context.WithDeadline(ctx, time.Now().Add(-time.Second))
	defer cancel()
	for _, c := range []struct {
		ctx  context.Context
		want error
	}{{over, context.Canceled}, {late, context.DeadlineExceeded}} {
		wish := h.wish(ann, 0)
		_, err := h.Hold(c.ctx, wish)
		if !errors.Is(err, c.want) || seathold.CodeOf(err) != 0 {
			t.Errorf("Hold: %v", err)
		}
		same(t, "outcome", seathold.OutcomeOf(err), seathold.OutcomeNotDone)
		var batch seathold.HoldBatch
		batch.Add(&wish)
		if err := h.HoldBatch(c.ctx, &batch); !errors.Is(err, c.want) {
			t.Errorf("HoldBatch: %v", err)
		}
		if err := h.CloseContext(c.ctx); !errors.Is(err, c.want) {
			t.Errorf("CloseContext: %v", err)
		}
	}
	same(t, "holds", h.clean().Holds, 0)
}

func TestAClockThatRanAheadIsPutRight(t *testing.T) {
	h := newHall(t)
	h.held(ann, 3)
	wrong := start.AddDate(0, 1, 0)
	must(t, h.SetClock(wrong))
	wants(t, h.AcceptClock(ctx, wrong.Add(time.Second)), seathold.ErrInvalidArgument)
	must(t, h.AcceptClock(ctx, start))
	now, err := h.Now()
	must(t, err)
	same(t, "a manual clock that still stands ahead", now, wrong)
	stats, err := h.Stats()
	must(t, err)
	if !strings.Contains(string(stats), `"time_mark_us":`) {
		t.Errorf("no mark in %s", stats)
	}
}

func TestADeadlineEndsAWaitingPoll(t *testing.T) {
	h := newHall(t)
	soon, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	_, err := h.FeedPoll(soon, h.evening, 0, 10, time.Hour)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// cancelledInside is a context that is alive when a call begins and cancelled when it next looks.
type cancelledInside struct {
	context.Context
	looked *bool
}

func (c cancelledInside) Err() error {
	if *c.looked {
		return context.Canceled
	}
	*c.looked = true
	return nil
}

func TestACancellationEndsAWaitingPoll(t *testing.T) {
	h := newHall(t)
	_, err := h.FeedPoll(cancelledInside{ctx, new(bool)}, h.evening, 0, 10, time.Hour)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTheClockIsTheCallers(t *testing.T) {
	h := newHall(t)
	now, err := h.Now()
	must(t, err)
	same(t, "start", now, start)
	must(t, h.Advance(time.Hour))
	now, err = h.Now()
	must(t, err)
	same(t, "an hour later", now, start.Add(time.Hour))
	wants(t, h.SetClock(start), seathold.ErrInvalidArgument)

	system, err := seathold.Open(seathold.Options{Storage: "memory:"})
	must(t, err)
	defer system.Close()
	wants(t, system.SetClock(start.AddDate(50, 0, 0)), seathold.ErrUnsupported)
}

func TestSweepEndsWhatIsOver(t *testing.T) {
	h := newHall(t)
	h.held(ann, 0, 1)
	h.held(bob, 2)
	must(t, h.Advance(5*time.Minute))
	expired, err := h.Sweep(ctx, 100)
	must(t, err)
	same(t, "expired", expired, 2)
	_, err = h.Sweep(ctx, 0)
	wants(t, err, seathold.ErrInvalidArgument)
	h.clean()
}

func TestASaleSurvivesReopeningAndBackup(t *testing.T) {
	dir := t.TempDir()
	options := seathold.Options{Storage: "sqlite:" + filepath.Join(dir, "concert.db")}
	h := openHall(t, seathold.Show{}, options)
	hold := h.sold(ann, 0)
	must(t, h.Backup(ctx, filepath.Join(dir, "copy.db")))
	wants(t, h.Backup(ctx, filepath.Join(dir, "copy.db")), seathold.ErrAlreadyExists)
	must(t, h.RotateKeys())
	must(t, h.Close())
	_, err := seathold.Open(seathold.Options{Storage: "sqlite:" + filepath.Join(dir, "copy.db")})
	wants(t, err, seathold.ErrKeysMissing)
	for name, reads := range map[string]bool{"concert.db": false, "copy.db": true} {
		again, err := seathold.Open(seathold.Options{Storage: "sqlite:" + filepath.Join(dir, name),
			MustExist: true, ReadOnly: reads})
		must(t, err)
		if reads {
			wants(t, again.RotateKeys(), seathold.ErrReadOnly)
		}
		view, err := again.GetHold(ctx, h.evening, hold)
		must(t, err)
		same(t, "state", view.State, seathold.HoldConfirmed)
		must(t, again.Close())
	}
	sold, err := seathold.Open(seathold.Options{Storage: "sqlite:" + filepath.Join(dir, "copy.db"),
		NewKeys: true})
	must(t, err)
	must(t, sold.Close())
	_, err = seathold.Open(seathold.Options{Storage: "sqlite:" + filepath.Join(dir, "none.db"),
		MustExist: true})
	wants(t, err, seathold.ErrCannotOpen)
	if _, err := os.Stat(filepath.Join(dir, "none.db")); err == nil {
		t.Error("a database was made")
	}
}

func TestOptionsReachTheEngine(t *testing.T) {
	h := openHall(t, seathold.Show{}, seathold.Options{HoldTTL: 1500 * time.Millisecond,
		MaxSeatsPerHold: 2, RefusalMaxAge: seathold.None, CacheTimeout: seathold.None,
		RebuildGrace: seathold.None, LogBytesMax: seathold.None, LogLevel: seathold.LogDebug})
	result, err := h.Hold(ctx, h.wish(ann, 0))
	must(t, err)
	same(t, "deadline", result.ExpiresAt(), start.Add(1500*time.Millisecond))
	_, err = h.Hold(ctx, h.wish(bob, 2, 3, 4))
	wants(t, err, seathold.ErrTooManySeats)
	lines, err := h.Log()
	must(t, err)
	same(t, "log", lines, "")
	for _, wrong := range []seathold.Options{{Storage: "redis://x"},
		{Storage: "memory:", Line: "?"}, {Storage: "memory:", Claims: "?"}} {
		if _, err := seathold.Open(wrong); seathold.CodeOf(err) == 0 {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	for _, wrong := range []seathold.Options{{HoldTTL: time.Millisecond}, {BatchMax: -1},
		{BacklogMax: 1 << 40}, {LogLevel: 9}, {LogBytesMax: 1 << 30}, {Storage: "sqlite:a\x00b"}} {
		if wrong.Storage == "" {
			wrong.Storage = "memory:"
		}
		_, err := seathold.Open(wrong)
		wants(t, err, seathold.ErrInvalidArgument)
	}
}

func TestLogAndStatsAreTold(t *testing.T) {
	h := openHall(t, seathold.Show{}, seathold.Options{LogLevel: seathold.LogDebug})
	lines, err := h.Log()
	must(t, err)
	if !strings.HasSuffix(lines, "\n") {
		t.Errorf("log %q", lines)
	}
	h.held(ann, 0)
	text, err := h.Stats()
	must(t, err)
	var stats struct{ Holds int }
	must(t, json.Unmarshal(text, &stats))
	same(t, "holds", stats.Holds, 1)
}

func TestHistogramsTellHowLongCallsTook(t *testing.T) {
	h := openHall(t, seathold.Show{}, seathold.Options{})
	before, err := h.Histograms()
	must(t, err)
	same(t, "histograms", len(before), 4)
	h.held(ann, 0)
	h.held(bob, 1)
	after, err := h.Histograms()
	must(t, err)
	for i, kind := range []seathold.Latency{seathold.LatencyHold, seathold.LatencyConfirm,
		seathold.LatencyOther, seathold.LatencyCommit} {
		same(t, "kind", after[i].Kind, kind)
		var sum uint64
		last := 0
		for b, calls := range after[i].Buckets {
			sum += calls
			if calls > 0 {
				last = b
			}
		}
		same(t, "sum of the buckets", sum, after[i].Count)
		bound, ok := seathold.BucketBound(last)
		if ok && after[i].MaxUs >= uint64(bound/time.Microsecond) {
			t.Errorf("%d us is not below %v", after[i].MaxUs, bound)
		}
	}
	same(t, "holds", after[0].Count-before[0].Count, 2)
	same(t, "payments", after[1].Count, 0)
	if after[3].Count <= before[3].Count {
		t.Error("no transaction was counted")
	}
}

func TestBucketsDouble(t *testing.T) {
	for i := 0; i < seathold.Buckets-1; i++ {
		bound, ok := seathold.BucketBound(i)
		same(t, "bound", bound, 2*time.Microsecond<<i)
		same(t, "has a bound", ok, true)
	}
	for _, none := range []int{-1, seathold.Buckets - 1, seathold.Buckets, 1 << 40} {
		_, ok := seathold.BucketBound(none)
		same(t, "has a bound", ok, false)
	}
}

func TestOutcomesAndEventsHaveNames(t *testing.T) {
	same(t, "outcome", seathold.OutcomeNotDone.String(), "busy")
	same(t, "outcome", seathold.OutcomeUnknown.String(), "unknown")
	same(t, "event", seathold.FeedHeld.String(), "held")
	same(t, "event", seathold.FeedUnblocked.String(), "unblocked")
	same(t, "event", seathold.FeedKind(99).String(), "unknown")
}

func TestVersion(t *testing.T) {
	if v := seathold.Version(); v < 100 {
		t.Errorf("version %d", v)
	}
}
