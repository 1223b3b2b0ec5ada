package layout

import (
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
)

// plain is a field's name without what only one of the languages has.
func plain(name string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "_"), "_", ""))
}

// renamed are fields that Go knows under another name, because a method has theirs.
var renamed = map[string]string{
	"HoldView.AllSeats": "seats", "FeedEvent.AllSeats": "seats",
	"StatementLine.ReferenceText": "reference", "TransferView.ReferenceText": "reference",
}

func TestRecordsAreLaidOutAsInC(t *testing.T) {
	for _, p := range Pairs() {
		if p.Go.Size() != p.C.Size() || p.Go.Align() != p.C.Align() {
			t.Errorf("%v: %d bytes, C has %d", p.Go, p.Go.Size(), p.C.Size())
		}
		if p.Go.Kind() != reflect.Struct {
			continue
		}
		if p.Go.NumField() != p.C.NumField() {
			t.Errorf("%v: %d fields, C has %d", p.Go, p.Go.NumField(), p.C.NumField())
			continue
		}
		for i := 0; i < p.Go.NumField(); i++ {
			sameField(t, p.Go, p.Go.Field(i), p.C.Field(i))
		}
	}
}

func sameField(t *testing.T, record reflect.Type, inGo, inC reflect.StructField) {
	name := plain(inGo.Name)
	if other, ok := renamed[record.Name()+"."+inGo.Name]; ok {
		name = other
	}
	if name != plain(inC.Name) || inGo.Offset != inC.Offset || inGo.Type.Size() != inC.Type.Size() {
		t.Errorf("%v.%s: at %d of %d bytes, C has %s at %d of %d", record, inGo.Name, inGo.Offset,
			inGo.Type.Size(), inC.Name, inC.Offset, inC.Type.Size())
	}
	if !pointerFree(inGo.Type) {
		t.Errorf("%v.%s holds a pointer", record, inGo.Name)
	}
}

func pointerFree(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			if !pointerFree(t.Field(i).Type) {
				return false
			}
		}
		return true
	case reflect.Array:
		return pointerFree(t.Elem())
	}
	return t.Kind() >= reflect.Bool && t.Kind() <= reflect.Complex128
}

func TestConstantsAreThoseOfTheHeader(t *testing.T) {
	for _, c := range Constants() {
		if c.Go != c.C {
			t.Errorf("%s is %d, the header has %d", c.Name, c.Go, c.C)
		}
	}
}

// Every record of the header is paired, or named here with why it is not.
func TestNoRecordOfTheHeaderIsLeftOut(t *testing.T) {
	apart := map[string]bool{
		"seathold_error": true, "seathold_str": true, // become error and string
		"seathold_options": true, "seathold_code_info": true, // are filled and read in C
	}
	paired := map[string]bool{}
	for _, p := range Pairs() {
		paired[strings.TrimPrefix(p.C.Name(), "_Ctype_struct_")] = true
	}
	header := headerText(t)
	found := 0
	for _, line := range strings.Split(header, "\n") {
		name := strings.TrimSuffix(strings.TrimPrefix(line, "typedef struct "), " {")
		if len(name)+len("typedef struct  {") != len(line) {
			continue
		}
		found++
		if !paired[name] && !apart[name] {
			t.Errorf("%s of the header has no pair", name)
		}
	}
	if found != len(Pairs())+len(apart) {
		t.Errorf("the header has %d records, %d are paired or apart", found, len(Pairs())+len(apart))
	}
}

func headerText(t *testing.T) string {
	flags, err := exec.Command("pkg-config", "--variable=includedir", "seathold").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(strings.TrimSpace(string(flags)) + "/seathold.h")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
