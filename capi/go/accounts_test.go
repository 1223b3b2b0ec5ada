package seathold_test

import (
	"strings"
	"testing"
	"time"

	"seathold"
)

const (
	mail   = "ann@example.org"
	secret = "a long enough secret"
)

func TestALoginSpeaksForItsUserUntilItIsOver(t *testing.T) {
	h := newHall(t)
	user, err := h.Register(ctx, mail, secret)
	must(t, err)
	login, err := h.Login(ctx, mail, secret)
	must(t, err)
	same(t, "user", login.User, user)
	same(t, "until", login.ExpiresAt, start.Add(15*time.Minute))
	who, until, err := h.Authenticate(ctx, login.Token)
	must(t, err)
	same(t, "who", who, user)
	same(t, "until", until, login.ExpiresAt)
	must(t, h.Advance(20*time.Minute))
	_, _, err = h.Authenticate(ctx, login.Token)
	wants(t, err, seathold.ErrAccessDenied)
}

func TestLoginsThatAreRefused(t *testing.T) {
	h := newHall(t)
	_, err := h.Register(ctx, mail, "short")
	wants(t, err, seathold.ErrPasswordWeak)
	_, err = h.Register(ctx, "", secret)
	wants(t, err, seathold.ErrInvalidArgument)
	user, err := h.Register(ctx, mail, secret)
	must(t, err)
	_, err = h.Register(ctx, mail, secret)
	wants(t, err, seathold.ErrEmailTaken)
	for _, c := range [][2]string{{mail, secret + "x"}, {"bob@example.org", secret}, {mail, ""}} {
		_, err = h.Login(ctx, c[0], c[1])
		wants(t, err, seathold.ErrBadCredentials)
	}
	for _, token := range []string{"", "x", strings.Repeat("a.", 5000)} {
		_, _, err = h.Authenticate(ctx, token)
		wants(t, err, seathold.ErrAccessDenied)
	}
	wants(t, h.ChangePassword(ctx, user, "wrong one", secret+"2"), seathold.ErrBadCredentials)
	must(t, h.ChangePassword(ctx, user, secret, secret+"2"))
	_, err = h.Login(ctx, mail, secret+"2")
	must(t, err)
	must(t, h.Disable(ctx, user))
	_, err = h.Login(ctx, mail, secret+"2")
	wants(t, err, seathold.ErrAccountDisabled)
}

func TestATextIdStandsForOneUserUntilErased(t *testing.T) {
	h := newHall(t)
	user, err := h.UserFor(ctx, "auth0|17")
	must(t, err)
	again, err := h.UserFor(ctx, "auth0|17")
	must(t, err)
	same(t, "user", again, user)
	must(t, h.Erase(ctx, user))
	again, err = h.UserFor(ctx, "auth0|17")
	must(t, err)
	if again == user {
		t.Error("an erased user's number came back")
	}
	_, err = h.UserFor(ctx, "")
	wants(t, err, seathold.ErrInvalidArgument)
	wants(t, h.Erase(ctx, 1<<63|12345), seathold.ErrUnknownUser)
}
