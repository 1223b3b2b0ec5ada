package seathold

import (
	"math"
	"time"
)

// timeOf makes a time of microseconds since 1970 UTC; 0 is none, the zero time.
func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// microsOf is the reverse of timeOf.
func microsOf(t time.Time) int64 {
	switch {
	case t.IsZero():
		return 0
	case t.Unix() < 0: // refused, however far
		return -1
	case t.Unix() > 253_402_300_799: // beyond 9999: refused; UnixMicro might overflow
		return math.MaxInt64
	}
	return t.UnixMicro()
}

// millisOf rounds up: a part of a millisecond that was asked for is not lost.
func millisOf(d time.Duration) int64 {
	whole := int64(d / time.Millisecond)
	if d%time.Millisecond > 0 {
		whole++
	}
	return whole
}

func durationOf(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
