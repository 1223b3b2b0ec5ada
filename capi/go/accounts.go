package seathold

// #include <seathold.h>
import "C"

import (
	"context"
	"time"
)

// Accounts are optional: you may have users of your own.

// Register registers a user. Passwords: 8 characters .. 1,024 bytes, never cut. Hashing takes tens of
// milliseconds and about 19 MiB.
//
// Errors in order: ErrInvalidText and ErrInvalidArgument (the e-mail), ErrPasswordWeak and
// ErrInvalidText (the password), ErrReadOnly, ErrBusy (no turn to hash in time), ErrEmailTaken, then
// storage's.
func (e *Engine) Register(ctx context.Context, email, password string) (UserID, error) {
	name, secret := []byte(email), []byte(password)
	defer forget(secret)
	return e.user(ctx, func(c *call) C.seathold_status {
		return C.seathold_account_register(e.handle, chars(name), C.size_t(len(name)),
			chars(secret), C.size_t(len(secret)), &c.number, c.timeout, &c.err)
	})
}

// Login is an access token and who it is for.
type Login struct {
	Token     string // a JWT, good for 15 minutes
	User      UserID
	ExpiresAt time.Time
}

// Login logs in. Unknown e-mail and wrong password are alike, and counted alike: the fifth failure
// of an address locks it for a second, each further one for twice as long, up to 15 minutes.
//
// Errors in order: ErrReadOnly, ErrThrottled (Error.RetryAfter says for how long), ErrBusy (no turn
// to hash in time; nothing is counted), ErrBadCredentials, ErrAccountDisabled (with the right
// password only), then storage's.
func (e *Engine) Login(ctx context.Context, email, password string) (Login, error) {
	name, secret := []byte(email), []byte(password)
	defer forget(secret)
	var login Login
	token, err := e.reply(ctx, func(c *call, out *C.char, room C.size_t) C.seathold_status {
		code := C.seathold_account_login(e.handle, chars(name), C.size_t(len(name)),
			chars(secret), C.size_t(len(secret)), out, room, &c.n, &c.number, &c.atUs, c.timeout,
			&c.err)
		login.User, login.ExpiresAt = UserID(c.number), timeOf(int64(c.atUs))
		return code
	})
	if err != nil {
		return Login{}, err
	}
	login.Token = string(token)
	return login, nil
}

// Authenticate tells who an access token speaks for, and until when.
//
// Errors in order: ErrKeysMissing, ErrAccessDenied (no token at all, forged, over, revoked, of an
// account that is disabled or erased: no detail), then storage's.
func (e *Engine) Authenticate(ctx context.Context, token string) (UserID, time.Time, error) {
	text := []byte(token)
	var until time.Time
	user, err := e.user(ctx, func(c *call) C.seathold_status {
		code := C.seathold_account_authenticate(e.handle, chars(text), C.size_t(len(text)),
			&c.number, &c.atUs, c.timeout, &c.err)
		if code == 0 {
			until = timeOf(int64(c.atUs))
		}
		return code
	})
	return user, until, err
}

// ChangePassword ends every access token given before. Wrong old passwords count as failed logins.
//
// Errors in order: ErrPasswordWeak and ErrInvalidText (the new one), ErrReadOnly, ErrUnknownUser,
// ErrThrottled (Error.RetryAfter), ErrBusy (no turn to hash in time), ErrBadCredentials,
// ErrAccountDisabled (with the right password only; nothing is changed), then storage's.
func (e *Engine) ChangePassword(ctx context.Context, user UserID, from, to string) error {
	was, is := []byte(from), []byte(to)
	defer forget(was)
	defer forget(is)
	return e.do(ctx, func(c *call) C.seathold_status {
		return C.seathold_account_password_change(e.handle, C.uint64_t(user), chars(was),
			C.size_t(len(was)), chars(is), C.size_t(len(is)), c.timeout, &c.err)
	})
}

// Disable ends every access token of a user and every later login.
//
// Errors in order: ErrReadOnly, ErrUnknownUser, then storage's.
func (e *Engine) Disable(ctx context.Context, user UserID) error {
	return e.do(ctx, func(c *call) C.seathold_status {
		return C.seathold_account_disable(e.handle, C.uint64_t(user), c.timeout, &c.err)
	})
}

// Erase forgets who a user is. Reservations and money keep the number, which is never given again.
//
// Failed logins of the address still count, under a keyed hash, until they are forgotten.
//
// Errors in order: ErrReadOnly, ErrUnknownUser, then storage's.
func (e *Engine) Erase(ctx context.Context, user UserID) error {
	return e.do(ctx, func(c *call) C.seathold_status {
		return C.seathold_account_erase(e.handle, C.uint64_t(user), c.timeout, &c.err)
	})
}

// UserFor is the number that stands for a text id of your own (1 .. 200 bytes): the same text
// always gets the same one, until Erase. A text is the same in every normal form of Unicode, and
// another with every other difference.
//
// Errors in order: ErrInvalidArgument (empty), ErrInvalidText, ErrKeysMissing, ErrInvalidText (no
// normal form, or a longer one), ErrReadOnly (a text that has no number yet), then storage's.
func (e *Engine) UserFor(ctx context.Context, externalID string) (UserID, error) {
	text := []byte(externalID)
	return e.user(ctx, func(c *call) C.seathold_status {
		return C.seathold_account_user_for(e.handle, chars(text), C.size_t(len(text)), &c.number,
			c.timeout, &c.err)
	})
}

// user is do for a call that answers with a user.
func (e *Engine) user(ctx context.Context, f func(c *call) C.seathold_status) (UserID, error) {
	var user UserID
	err := e.do(ctx, func(c *call) C.seathold_status {
		code := f(c)
		user = UserID(c.number)
		return code
	})
	if err != nil {
		return 0, err
	}
	return user, nil
}

// forget overwrites our copy of a secret. (The caller's string cannot be.)
func forget(secret []byte) {
	for i := range secret {
		secret[i] = 0
	}
}
