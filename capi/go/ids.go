package seathold

// #include <seathold.h>
import "C"

import (
	"bytes"
	"context"
	"encoding/hex"
	"unsafe"
)

// UUID is the id of a hold or a transfer. It is yours, and not all zero.
type UUID [16]byte

// IsZero says that it is none.
func (u UUID) IsZero() bool { return u == UUID{} }

// String gives the usual 36 characters.
func (u UUID) String() string {
	var text [36]byte
	at := 0
	for _, part := range [][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:]} {
		if at > 0 {
			text[at] = '-'
			at++
		}
		at += hex.Encode(text[at:], part)
	}
	return string(text[:])
}

// MarshalText gives String.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads the 36 characters.
func (u *UUID) UnmarshalText(text []byte) error {
	read, err := ParseUUID(string(text))
	if err == nil {
		*u = read
	}
	return err
}

// ParseUUID reads the 36 characters, in either case. Anything else is ErrInvalidArgument.
func ParseUUID(text string) (UUID, error) {
	var id UUID
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return UUID{}, ErrInvalidArgument.Err()
	}
	digits := text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	if _, err := hex.Decode(id[:], []byte(digits)); err != nil {
		return UUID{}, ErrInvalidArgument.Err()
	}
	return id, nil
}

// IDFromTextMax is the most bytes of a text that an id is made from.
const IDFromTextMax = C.SEATHOLD_ID_FROM_TEXT_MAX

// IDFromText gives the id that stands for a text of somebody else's, such as a payment provider's
// number of a payment: the buyer's browser coming back and the provider's webhook send the same id,
// and it happens once. 1 to IDFromTextMax bytes of any kind, compared byte by byte; anything else is
// ErrInvalidArgument. The same text gives the same id (a UUIDv8) in every language and release. Who
// knows the text knows the id. All transfers have one space of ids: where one text stands for a
// charge and a refund, put the kind in front of it ("refund:pi_3Nx").
func IDFromText(text string) (UUID, error) {
	if len(text) == 0 || len(text) > IDFromTextMax {
		return UUID{}, ErrInvalidArgument.Err()
	}
	var id UUID
	raw := []byte(text)
	if C.seathold_id_from_text((*C.char)(unsafe.Pointer(&raw[0])), C.size_t(len(raw)),
		(*C.uint8_t)(unsafe.Pointer(&id[0])), nil) != 0 {
		return UUID{}, ErrInvalidArgument.Err()
	}
	return id, nil
}

// NewID makes an id (UUIDv7). Of a closed engine it is zero, which every call refuses.
func (e *Engine) NewID() UUID {
	var ids [1]UUID
	if e.NewIDs(ids[:]) != nil {
		return UUID{}
	}
	return ids[0]
}

// NewIDs fills ids, at most BatchMax of them.
func (e *Engine) NewIDs(ids []UUID) error {
	return e.do(context.Background(), func(c *call) C.seathold_status {
		return C.seathold_id_new(e.handle, (*C.uint8_t)(unsafe.Pointer(first(ids))),
			C.size_t(len(ids)), &c.err)
	})
}

// Token is a place token or a pass: text that ends in a NUL. The zero Token is none.
type Token [96]byte

// ParseToken takes a token or pass from outside. A longer text than there can be is
// ErrTokenInvalid; whether it is genuine is told where it is used.
func ParseToken(text string) (Token, error) {
	var token Token
	if len(text) >= len(token) {
		return Token{}, ErrTokenInvalid.Err()
	}
	copy(token[:], text)
	return token, nil
}

// String gives the text.
func (t Token) String() string { return string(t.text()) }

// IsZero says that there is none.
func (t Token) IsZero() bool { return t[0] == 0 }

func (t *Token) text() []byte {
	if end := bytes.IndexByte(t[:], 0); end >= 0 {
		return t[:end]
	}
	return t[:]
}
