package seathold_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"seathold"
)

func TestIdsAreWrittenAndReadBack(t *testing.T) {
	text := "0191e0f4-1c2d-7abc-8def-0123456789ab"
	id, err := seathold.ParseUUID(text)
	must(t, err)
	same(t, "first byte", id[1], 0x91)
	same(t, "text", id.String(), text)
	upper, err := seathold.ParseUUID("0191E0F4-1C2D-7ABC-8DEF-0123456789AB")
	must(t, err)
	same(t, "upper case", upper, id)
	for _, bad := range []string{"", text[1:], text + "0", "0191e0f4-1c2d-7abc-8def-0123456789ag",
		"0191e0f41c2d-7abc-8def-0123456789ab-"} {
		_, err := seathold.ParseUUID(bad)
		wants(t, err, seathold.ErrInvalidArgument)
	}
	var back struct{ ID seathold.UUID }
	must(t, json.Unmarshal([]byte(`{"ID":"`+text+`"}`), &back))
	same(t, "from JSON", back.ID, id)
}

func TestIdsOfTextsAreThoseOfEveryLanguage(t *testing.T) {
	table, err := os.ReadFile("../../tests/util/id_from_text.tsv")
	must(t, err)
	ids := 0
	for _, line := range strings.Split(strings.TrimSpace(string(table)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		written, want, _ := strings.Cut(line, "\t")
		text, err := hex.DecodeString(written)
		must(t, err)
		id, err := seathold.IDFromText(string(text))
		must(t, err)
		same(t, written, id.String(), want)
		ids++
	}
	same(t, "enough ids", ids >= 15, true)
	for _, bad := range []string{"", strings.Repeat("x", seathold.IDFromTextMax+1)} {
		_, err := seathold.IDFromText(bad)
		wants(t, err, seathold.ErrInvalidArgument)
	}
}

func TestNewIdsDiffer(t *testing.T) {
	h := newHall(t)
	ids := make([]seathold.UUID, 1000)
	must(t, h.NewIDs(ids))
	seen := map[seathold.UUID]bool{{}: true}
	for _, id := range ids {
		if seen[id] {
			t.Fatalf("%v comes twice, or is none", id)
		}
		seen[id] = true
		same(t, "version", id[6]>>4, 7)
	}
	must(t, h.NewIDs(nil))
	wants(t, h.NewIDs(make([]seathold.UUID, seathold.BatchMax+1)), seathold.ErrInvalidArgument)
}

func TestMoneyAndCurrencies(t *testing.T) {
	for _, bad := range []string{"", "EU", "EURO", "eur", "E1R"} {
		_, err := seathold.ParseCurrency(bad)
		wants(t, err, seathold.ErrInvalidArgument)
	}
	read, err := seathold.ParseCurrency("EUR")
	must(t, err)
	same(t, "currency", read, eur)
	same(t, "money", seathold.Money{Minor: -5, Currency: eur}.String(), "-0.05 EUR")
	same(t, "no currency", seathold.Money{Minor: 5}.String(), "5 minor units")
}
