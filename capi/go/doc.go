// Package seathold is a box office inside your process: seats, holds that expire, a waiting room, a
// wallet and logins. It is a thin layer over libseathold, found with pkg-config.
//
//	engine, err := seathold.Open(seathold.Options{Storage: "sqlite:concert.db"})
//	if err != nil { ... }
//	defer engine.Close()
//	hold := seathold.Hold{ID: engine.NewID(), User: 7, Performance: evening, Seats: seats}
//	held, err := engine.Hold(ctx, hold)
//	if errors.Is(err, seathold.ErrSeatTaken) { ... }
//
// # Goroutines
//
// Every method of Engine may be called by any goroutine at any time. No call keeps memory of yours
// after it has returned; a batch value belongs to one call at a time.
//
// # Contexts
//
// The deadline of a context bounds how long a call may wait; without one that is DefaultTimeout. A
// context that is over already is answered with its error, and the library is not called. A call
// that is inside the library is not interrupted by a cancellation: it ends by itself, at the latest
// at the deadline. (FeedPoll, which may wait for long, looks at its context in between.)
//
// # Ids
//
// Ids of holds and transfers are yours and make every change safe to repeat: after ErrBusy, a
// timeout or OutcomeUnknown send the same request with the same id again.
//
// # Records
//
// Structs with fields such as TotalMinor, ExpiresAtUs or SeatsN are laid out as the C library's, so
// that a batch passes the memory of its slices and copies nothing. Methods give the same as Money
// and time.Time.
package seathold
