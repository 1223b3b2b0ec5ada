package seathold

import "time"

// timeOf makes a time of microseconds since 1970 UTC; 0 is none, the zero time.
func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// microsOf is the reverse of timeOf.
func microsOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
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
