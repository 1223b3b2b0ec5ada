package seathold

// #include <stdlib.h>
// #include <seathold.h>
import "C"

import (
	"time"
	"unsafe"
)

// LogLevel is the least level of the lines that the log keeps.
type LogLevel int

const (
	LogDefault LogLevel = iota // LogInfo
	LogDebug                   // all
	LogInfo                    // openings
	LogWarning                 // repairs
	LogError                   // faults
)

// None is 0 for options whose zero stands for the default.
const None = -1

// Options say how an engine is opened. The zero value of each is the default; where 0 itself can
// be meant, that is None (any negative value).
type Options struct {
	Storage string // "sqlite:PATH" (default "sqlite:seathold.db"), "sqlite:PATH?journal=on", "memory:", "postgresql://..."
	Claims  string // "auto" (default), "memory:", "redis://..." or "none"
	Line    string // "auto" (default), "sqlite:PATH", "memory:", "memory:?scope=process", "redis://...", "none"
	Keys    string // "auto" (default: beside the database) or a path

	MustExist bool // make nothing that is not there
	ReadOnly  bool // make and change no file; every change is ErrReadOnly
	// NewKeys makes signing keys where a database that was in use lost its own (else
	// ErrKeysMissing): every token, pass and login given so far is void then.
	NewKeys       bool
	SweeperThread bool // a thread of the library calls Sweep

	ManualClock      bool      // time stands still but for SetClock
	ManualClockStart time.Time // zero = the system's time
	TestCheapHash    bool      // password hashes below every floor; for tests only

	BatchMax        int           // 1 .. 16,384 commands a transaction (1,024)
	BacklogMax      int           // 1 .. 1,048,576 commands waiting, then busy (65,536)
	WavesMax        int           // 1 .. 16 bulk reads a transaction (4)
	MaxSeatsPerHold int           // 1 .. 16 (8)
	HashConcurrency int           // 1 .. 64 password hashes at once (2)
	BatchBytesMax   int64         // 64 KiB .. 1 GiB of commands a transaction (4 MiB)
	HoldTTL         time.Duration // 1 s .. 24 h: default and most a buyer asks (5 min)
	StaffTTLMax     time.Duration // HoldTTL .. 30 days (24 h)
	RefusalMaxAge   time.Duration // None .. 60 s; None = every refusal asks storage (250 ms)
	CacheTimeout    time.Duration // None .. 10 s (50 ms)
	SweepFull       time.Duration // 1 s .. 1 h (60 s)
	SweepEvery      time.Duration // 10 ms .. 60 s, of the sweeper thread (1 s)
	RebuildGrace    time.Duration // None .. 1 h (30 s)
	ClockJumpMax    time.Duration // 1 s .. 10 years (1 h)
	LogLevel        LogLevel
	LogBytesMax     int64 // None .. 16 MiB of log lines kept until polled (64 KiB)
}

// fill writes what is set over the library's defaults. The texts are C's memory: free releases it.
func (o *Options) fill(out *C.seathold_options) (free func()) {
	var texts []unsafe.Pointer
	text := func(value string, to *C.seathold_str) {
		if value != "" {
			to.data, to.size = C.CString(value), C.size_t(len(value))
			texts = append(texts, unsafe.Pointer(to.data))
		}
	}
	text(o.Storage, &out.storage)
	text(o.Claims, &out.claims)
	text(o.Line, &out.line)
	text(o.Keys, &out.keys)
	o.fillFlags(out)
	o.fillNumbers(out)
	return func() {
		for _, memory := range texts {
			C.free(memory)
		}
	}
}

func (o *Options) fillFlags(out *C.seathold_options) {
	set := func(on bool, flag C.uint32_t) {
		if on {
			out.flags |= flag
		}
	}
	if o.MustExist {
		out.flags &^= C.SEATHOLD_OPEN_CREATE
	}
	set(o.ReadOnly, C.SEATHOLD_OPEN_READ_ONLY)
	set(o.NewKeys, C.SEATHOLD_OPEN_NEW_KEYS)
	set(o.SweeperThread, C.SEATHOLD_OPEN_SWEEPER_THREAD)
	set(o.ManualClock, C.SEATHOLD_OPEN_MANUAL_CLOCK)
	set(o.TestCheapHash, C.SEATHOLD_OPEN_TEST_CHEAP_HASH)
}

func (o *Options) fillNumbers(out *C.seathold_options) {
	put32 := func(value int, to *C.int32_t) {
		if value != 0 {
			*to = C.int32_t(clamp(int64(value), -1<<31, 1<<31-1))
		}
	}
	put64 := func(value int64, to *C.int64_t) {
		if value != 0 {
			*to = C.int64_t(value)
		}
	}
	// Of these, any negative value is None.
	putNone := func(value int64, to *C.int64_t) { put64(value, to); *to = max0(*to) }
	put32(o.BatchMax, &out.batch_max)
	put32(o.BacklogMax, &out.backlog_max)
	put32(o.WavesMax, &out.waves_max)
	put32(o.MaxSeatsPerHold, &out.max_seats_per_hold)
	put32(o.HashConcurrency, &out.hash_concurrency)
	if o.LogLevel != LogDefault {
		out.log_level = C.int32_t(o.LogLevel - LogDebug)
	}
	put64(o.BatchBytesMax, &out.batch_bytes_max)
	put64(millisOf(o.HoldTTL), &out.hold_ttl_ms)
	put64(millisOf(o.StaffTTLMax), &out.staff_ttl_max_ms)
	putNone(wholeOrNone(o.RefusalMaxAge), &out.refusal_max_age_ms)
	putNone(wholeOrNone(o.CacheTimeout), &out.cache_timeout_ms)
	put64(millisOf(o.SweepFull), &out.sweep_full_ms)
	put64(millisOf(o.SweepEvery), &out.sweep_every_ms)
	putNone(wholeOrNone(o.RebuildGrace), &out.rebuild_grace_ms)
	put64(millisOf(o.ClockJumpMax), &out.clock_jump_max_ms)
	put64(microsOf(o.ManualClockStart), &out.manual_clock_start_us)
	putNone(o.LogBytesMax, &out.log_bytes_max)
}

// wholeOrNone is millisOf, where a negative part of a millisecond is still None.
func wholeOrNone(d time.Duration) int64 {
	if d < 0 {
		return None
	}
	return millisOf(d)
}

func max0(value C.int64_t) C.int64_t {
	if value < 0 {
		return 0
	}
	return value
}

func clamp(value, least, most int64) int64 {
	switch {
	case value < least:
		return least
	case value > most:
		return most
	}
	return value
}
