package seathold_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"seathold"
)

// goName makes "ErrSeatTaken" of "SEATHOLD_E_SEAT_TAKEN".
func goName(name string) string {
	out := "Err"
	for _, word := range strings.Split(strings.TrimPrefix(name, "SEATHOLD_E_"), "_") {
		out += word[:1] + strings.ToLower(word[1:])
	}
	return out
}

// declared gives the constants of errors.go by name.
func declared(t *testing.T) map[string]string {
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	must(t, err)
	values := map[string]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if ok && strings.HasPrefix(spec.Names[0].Name, "Err") {
			values[spec.Names[0].Name] = spec.Values[0].(*ast.BasicLit).Value
		}
		return true
	})
	return values
}

func TestEveryCodeOfTheLibraryHasItsSentinel(t *testing.T) {
	values := declared(t)
	table := seathold.CodeTable()
	if len(table) < 60 {
		t.Fatalf("the library's table has %d codes", len(table))
	}
	for _, info := range table {
		if info.Code == 0 {
			continue
		}
		name := goName(info.Name)
		same(t, name, values[name], fmt.Sprint(int32(info.Code)))
		same(t, name, info.Code.Name(), info.Name)
		same(t, name+"'s outcome", info.Code.Outcome(), info.Outcome)
		same(t, name+"'s retryable", info.Code.Retryable(), info.Retryable)
		same(t, name+"'s text", info.Code.Error(), "seathold: "+info.Text)
		if !errors.Is(info.Code.Err(), info.Code) || seathold.CodeOf(info.Code.Err()) != info.Code {
			t.Errorf("%s does not find itself", name)
		}
	}
	same(t, "sentinels", len(values), len(table)-1)
}

func TestDoneIsNoError(t *testing.T) {
	if seathold.Code(0).Err() != nil || seathold.CodeOf(nil) != 0 {
		t.Error("ok is an error")
	}
	same(t, "outcome", seathold.OutcomeOf(nil), seathold.OutcomeDone)
	same(t, "retryable", seathold.Retryable(nil), false)
}

func TestACodeOfANewerLibraryIsTakenAsUnknown(t *testing.T) {
	for _, code := range []seathold.Code{-1, 100, 4242} {
		same(t, "outcome", seathold.OutcomeOf(code.Err()), seathold.OutcomeUnknown)
	}
}

func TestErrorsOfOthersSayNothing(t *testing.T) {
	other := errors.New("a cable was cut")
	same(t, "code", seathold.CodeOf(other), 0)
	same(t, "outcome", seathold.OutcomeOf(other), seathold.OutcomeUnknown)
	same(t, "cancelled", seathold.OutcomeOf(context.Canceled), seathold.OutcomeNotDone)
}

func TestARefusalIsFoundThroughWrapping(t *testing.T) {
	h := newHall(t)
	h.held(ann, 0, 1)
	_, err := h.Hold(ctx, h.wish(bob, 1, 2))
	err = fmt.Errorf("order 17: %w", err)

	wants(t, err, seathold.ErrSeatTaken)
	if errors.Is(err, seathold.ErrSeatBlocked) || errors.Is(err, context.DeadlineExceeded) {
		t.Error("it is also something else")
	}
	var refused *seathold.Error
	var code seathold.Code
	if !errors.As(err, &refused) || !errors.As(err, &code) {
		t.Fatal("errors.As finds nothing")
	}
	same(t, "code", refused.Code, seathold.ErrSeatTaken)
	same(t, "code", code, seathold.ErrSeatTaken)
	same(t, "outcome", refused.Outcome, seathold.OutcomeRefused)
	same(t, "retryable", refused.Retryable, true)
	same(t, "retryable", seathold.Retryable(err), true)
	same(t, "text", strings.Contains(err.Error(), "a seat is taken"), true)
}

func TestAnErrorIsKeptThroughLaterCalls(t *testing.T) {
	h := newHall(t)
	h.held(ann, 0, 1)
	_, first := h.Hold(ctx, h.wish(bob, 0))
	_, second := h.Hold(ctx, h.wish(bob, 1))
	for i, err := range []error{first, second} {
		same(t, "seat", err.(*seathold.Error).Conflicts[0].Seat, h.seats[i].Seat)
	}
}

func TestTheMessageSaysWhichOption(t *testing.T) {
	_, err := seathold.Open(seathold.Options{Storage: "memory:", BatchMax: 1 << 20})
	wants(t, err, seathold.ErrInvalidArgument)
	if !regexp.MustCompile("batch_max").MatchString(err.Error()) {
		t.Errorf("%q does not name it", err)
	}
}
