package seathold

// #include <seathold.h>
import "C"

import (
	"strconv"
	"unsafe"
)

// Currency is an ISO 4217 code and a NUL: Currency{'E', 'U', 'R'}.
type Currency [4]byte

// ParseCurrency takes three capital letters; anything else is ErrInvalidArgument.
func ParseCurrency(text string) (Currency, error) {
	var c Currency
	if len(text) != 3 {
		return c, ErrInvalidArgument.Err()
	}
	for i := range text {
		if text[i] < 'A' || text[i] > 'Z' {
			return Currency{}, ErrInvalidArgument.Err()
		}
		c[i] = text[i]
	}
	return c, nil
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

// UnmarshalText reads three capital letters.
func (c *Currency) UnmarshalText(text []byte) error {
	read, err := ParseCurrency(string(text))
	if err == nil {
		*c = read
	}
	return err
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
