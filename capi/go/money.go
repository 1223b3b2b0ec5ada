package seathold

// #include <seathold.h>
import "C"

import (
	"strconv"
	"unsafe"
)

// Currency is an ISO 4217 code and a NUL: Currency{'E', 'U', 'R'}.
type Currency [4]byte

// ParseCurrency takes the code of a currency that ISO 4217 lists, or XTS, which is for tests;
// anything else is ErrInvalidArgument.
func ParseCurrency(text string) (Currency, error) {
	var c Currency
	var digits C.int32_t
	raw := []byte(text)
	code := C.seathold_currency_digits(chars(raw), C.size_t(len(raw)), &digits, nil)
	if code != 0 {
		return c, ErrInvalidArgument.Err()
	}
	copy(c[:], text)
	return c, nil
}

// Digits gives the number of decimals: 2 of EUR, 0 of JPY, 3 of KWD. Errors: ErrInvalidArgument, of
// a code that ISO 4217 does not list.
func (c Currency) Digits() (int, error) {
	var digits C.int32_t
	raw := []byte(c.String())
	if C.seathold_currency_digits(chars(raw), C.size_t(len(raw)), &digits, nil) != 0 {
		return 0, ErrInvalidArgument.Err()
	}
	return int(digits), nil
}

// String gives the letters; "" of the zero Currency.
func (c Currency) String() string {
	if c[0] == 0 {
		return ""
	}
	return string(c[:3])
}

// MarshalText gives String.
func (c Currency) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads three capital letters, also of a code that was withdrawn: amounts may be kept
// from before.
func (c *Currency) UnmarshalText(text []byte) error {
	for _, letter := range text {
		if letter < 'A' || letter > 'Z' {
			return ErrInvalidArgument.Err()
		}
	}
	if len(text) != 3 {
		return ErrInvalidArgument.Err()
	}
	copy(c[:], text)
	return nil
}

// Money is an amount in minor units (cents).
type Money struct {
	Minor    int64
	Currency Currency
}

// String gives "45.00 EUR".
func (m Money) String() string {
	var text [64]byte
	var needed C.size_t
	code := C.seathold_money_format(C.int64_t(m.Minor), (*C.char)(unsafe.Pointer(&m.Currency[0])),
		chars(text[:]), C.size_t(len(text)), &needed, nil)
	if code != 0 {
		return strconv.FormatInt(m.Minor, 10) + " minor units"
	}
	return string(text[:needed])
}
