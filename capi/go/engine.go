package seathold

// #include <seathold.h>
import "C"

import (
	"context"
	"encoding/json"
	"sync"
	"time"
	"unsafe"
)

// Version is the library's release, as 10,000 * major + 100 * minor + patch.
func Version() int { return int(C.seathold_version()) }

// Engine is an open box office. One a database is usual; any number may be open. Close it.
type Engine struct {
	// A value, not a pointer: a call with that of a closed engine is told so by the library.
	handle C.seathold_engine

	closing sync.Mutex
	closed  bool // guarded by closing
}

// Open opens an engine.
//
// Errors in order: ErrTooManyEngines (1,024 are open), ErrInvalidArgument (says which option),
// ErrUnsupported, then storage's (from ErrBusy on).
func Open(options Options) (*Engine, error) {
	engine := new(Engine)
	err := engine.do(context.Background(), func(c *call) C.seathold_status {
		var o C.seathold_options
		if code := C.seathold_options_init(&o, C.sizeof_seathold_options, &c.err); code != 0 {
			return code
		}
		defer options.fill(&o)()
		var handle C.seathold_engine
		code := C.seathold_open(&o, &handle, &c.err)
		engine.handle = handle
		return code
	})
	if err != nil {
		return nil, err
	}
	return engine, nil
}

// Close closes the engine: new calls get ErrClosed, those inside finish. Closing again is nil.
// ErrBusy says that calls were still inside after DefaultTimeout: close again. After any other
// error the engine is closed all the same.
func (e *Engine) Close() error { return e.CloseContext(context.Background()) }

// CloseContext is Close with the deadline of a context for the calls that are inside. A context
// that is over already leaves the engine open.
func (e *Engine) CloseContext(ctx context.Context) error {
	e.closing.Lock()
	defer e.closing.Unlock()
	if e.closed || e.handle == 0 {
		return nil
	}
	err := e.do(ctx, func(c *call) C.seathold_status {
		code := C.seathold_close(e.handle, c.timeout, &c.err)
		e.closed = code != C.SEATHOLD_E_BUSY
		return code
	})
	return err
}

// Sweep rolls back at most holdsMax (1 .. 100,000) holds that are over, lets waiting buyers in, and
// says how many holds ended. Everything is right without, too: call it every second or so.
//
// Errors in order: ErrInvalidArgument, then storage's.
func (e *Engine) Sweep(ctx context.Context, holdsMax int) (expired int, err error) {
	err = e.do(ctx, func(c *call) C.seathold_status {
		most := C.uint32_t(clamp(int64(holdsMax), 0, 1<<32-1))
		code := C.seathold_sweep(e.handle, most, &c.count, c.timeout, &c.err)
		expired = int(c.count)
		return code
	})
	if err != nil {
		return 0, err
	}
	return expired, nil
}

// Finding is something wrong in the books.
type Finding struct {
	Check  string `json:"check"`
	Detail string `json:"detail"`
}

// Amount is a sum in a report.
type Amount struct {
	Currency Currency `json:"currency"`
	Minor    int64    `json:"minor"`
}

// Audit is what Verify counted.
type Audit struct {
	Clean     bool      `json:"clean"`
	Checks    []string  `json:"checks"`
	Findings  []Finding `json:"findings"`
	Seats     int64     `json:"seats"`
	Sold      int64     `json:"sold"`
	Held      int64     `json:"held"`
	Blocked   int64     `json:"blocked"`
	Holds     int64     `json:"holds"`
	Confirmed int64     `json:"confirmed"`
	Transfers int64     `json:"transfers"`
	Users     int64     `json:"users"`
	Revenue   []Amount  `json:"revenue"`
	Wallets   []Amount  `json:"wallets"`
	External  []Amount  `json:"external"`
}

// Verify re-counts the books in one snapshot of storage.
//
// Errors: storage's.
func (e *Engine) Verify(ctx context.Context) (Audit, error) {
	var clean C.int32_t
	var audit Audit
	text, err := e.reply(ctx, func(c *call, out *C.char, room C.size_t) C.seathold_status {
		return C.seathold_verify(e.handle, &clean, out, room, &c.n, c.timeout, &c.err)
	})
	if err != nil {
		return audit, err
	}
	return audit, json.Unmarshal(text, &audit)
}

// Backup writes a consistent copy of the database to a path where nothing is.
//
// Errors in order: ErrInvalidArgument, ErrUnsupported (memory), ErrAlreadyExists, ErrCannotOpen,
// then storage's.
func (e *Engine) Backup(ctx context.Context, path string) error {
	return e.do(ctx, func(c *call) C.seathold_status {
		text, size := c.bytes(path)
		return C.seathold_backup(e.handle, text, size, c.timeout, &c.err)
	})
}

// RotateKeys adds a signing key and signs with it from now on. Older ones verify for two weeks at
// least; where the oldest of 16 may still be in use the rotation is refused: one a day never is.
//
// Errors in order: ErrReadOnly, ErrKeysMissing, ErrTooManyKeys (Error.RetryAfter), ErrBusy (another
// process rotates), ErrCannotOpen, ErrStorageFull (the key file), ErrOutcomeUnknown (the key is in
// place and used, but a power cut may take it back).
func (e *Engine) RotateKeys() error {
	return e.do(context.Background(), func(c *call) C.seathold_status {
		return C.seathold_keys_rotate(e.handle, &c.err)
	})
}

// Stats is a JSON object of counts since the engine was opened, and of latencies (see Histograms).
// Its members may grow.
func (e *Engine) Stats() (json.RawMessage, error) {
	return e.reply(context.Background(),
		func(c *call, out *C.char, room C.size_t) C.seathold_status {
			return C.seathold_stats_read(e.handle, out, room, &c.n, &c.err)
		})
}

// Histograms says how long calls took since the engine was opened, in this process: one a Latency,
// in ascending order. A later library may have more. Counts only grow.
func (e *Engine) Histograms() ([]Histogram, error) {
	return rows(context.Background(), e, int(LatencyCommit),
		func(c *call, out *Histogram, room C.size_t) C.seathold_status {
			return C.seathold_histogram_list(e.handle, (*C.seathold_histogram)(unsafe.Pointer(out)),
				room, &c.n, &c.err)
		})
}

// BucketBound is what every call in a bucket of a Histogram was shorter than; ok is false for the
// last bucket, which has no bound.
func BucketBound(bucket int) (bound time.Duration, ok bool) {
	if bucket < 0 || bucket >= Buckets-1 {
		return 0, false
	}
	return time.Duration(C.seathold_bucket_bound_us(C.uint32_t(bucket))) * time.Microsecond, true
}

// Log takes the log lines there are, oldest first, each "LEVEL text" and a line feed; "" = none.
func (e *Engine) Log() (string, error) {
	text, err := e.reply(context.Background(),
		func(c *call, out *C.char, room C.size_t) C.seathold_status {
			return C.seathold_log_poll(e.handle, out, room, &c.n, &c.err)
		})
	return string(text), err
}

// Now is engine time, UTC: it goes back by AcceptClock alone.
func (e *Engine) Now() (time.Time, error) {
	var now time.Time
	err := e.do(context.Background(), func(c *call) C.seathold_status {
		code := C.seathold_clock_read(e.handle, &c.atUs, &c.err)
		now = timeOf(int64(c.atUs))
		return code
	})
	if err != nil {
		return time.Time{}, err
	}
	return now, nil
}

// SetClock sets a manual clock. Time never goes back.
//
// Errors in order: ErrUnsupported (not opened with ManualClock), ErrInvalidArgument (before Now).
func (e *Engine) SetClock(now time.Time) error {
	return e.do(context.Background(), func(c *call) C.seathold_status {
		return C.seathold_clock_set(e.handle, C.int64_t(microsOf(now)), &c.err)
	})
}

// AcceptClock takes engine time back to mark, for a database that was once written under a clock
// that ran ahead (time_mark_us and clock_behind_ms of Stats show it). Holds and deadlines keep the
// times that were written: a hold that had lapsed and was not swept is alive again until its
// deadline, passes given under the wrong clock stay good for as long as they say. Close every other
// engine on this database first, or it brings the old time back.
//
// Errors in order: ErrInvalidArgument (after Now), then storage's; call it again after those.
func (e *Engine) AcceptClock(ctx context.Context, mark time.Time) error {
	return e.do(ctx, func(c *call) C.seathold_status {
		return C.seathold_clock_accept(e.handle, C.int64_t(microsOf(mark)), c.timeout, &c.err)
	})
}

// Advance sets a manual clock forward.
func (e *Engine) Advance(by time.Duration) error {
	now, err := e.Now()
	if err != nil {
		return err
	}
	return e.SetClock(now.Add(by))
}
