package seathold

// #include <seathold.h>
import "C"

import (
	"context"
	"encoding/json"
	"time"
)

// PlanFormat is a form of a seating plan.
type PlanFormat int32

const (
	PlanPretixJSON PlanFormat = 1 // as pretix writes it
	PlanCSV        PlanFormat = 2 // section,row,seat,x,y,category,attributes
)

// ImportOptions change how a plan is read.
type ImportOptions struct {
	Name      string `json:"name,omitempty"`       // overrides the plan's; a CSV needs one
	Zone      string `json:"zone,omitempty"`       // IANA, known to this machine; "" = "UTC"
	Strict    bool   `json:"strict,omitempty"`     // an unknown key is an error
	RekeyUUID bool   `json:"rekey_uuid,omitempty"` // new guids for those of UUID form
}

// ImportReport is what an import read.
type ImportReport struct {
	Sections   int      `json:"sections"`
	Rows       int      `json:"rows"`
	Seats      int      `json:"seats"`
	Categories int      `json:"categories"`
	Blocked    int      `json:"blocked"` // seats that the plan itself blocks
	Ranges     []string `json:"ranges"`  // "line 2, column 5: 1-10 gave 10 seats"
	Warnings   []string `json:"warnings"`
}

// ImportVenue imports a seating plan of at most 256 MiB.
//
// Errors in order: ErrInvalidArgument, ErrInvalidPlan (with the place in the text), ErrInvalidText
// and ErrInvalidArgument (the zone), then storage's.
func (e *Engine) ImportVenue(ctx context.Context, format PlanFormat, plan []byte,
	options ImportOptions) (VenueID, ImportReport, error) {
	var report ImportReport
	var venue VenueID
	how, err := json.Marshal(options)
	if err != nil {
		return 0, report, err
	}
	text, err := e.reply(ctx, func(c *call, out *C.char, room C.size_t) C.seathold_status {
		code := C.seathold_venue_import(e.handle, C.int32_t(format), chars(plan),
			C.size_t(len(plan)), chars(how), C.size_t(len(how)), &c.number, out, room, &c.n,
			c.timeout, &c.err)
		venue = VenueID(c.number)
		return code
	})
	if err != nil {
		return 0, report, err
	}
	return venue, report, json.Unmarshal(text, &report)
}

// Hall is a rectangular venue. Its seats have the guids "A-1", "A-2", ..., its categories are
// "Category A", ... from the front.
type Hall struct {
	Name        string `json:"name"`
	Rows        int    `json:"rows"`                 // 1 .. 10,000
	SeatsPerRow int    `json:"seats_per_row"`        // 1 .. 10,000
	Categories  int    `json:"categories,omitempty"` // 1 .. 26; 0 = 3
	Zone        string `json:"zone,omitempty"`       // IANA, known to this machine; "" = "UTC"
}

// AddHall adds a rectangular venue.
//
// Errors in order: ErrInvalidArgument, ErrInvalidText, then storage's.
func (e *Engine) AddHall(ctx context.Context, hall Hall) (VenueID, error) {
	number, err := e.add(ctx, hall,
		func(c *call, text *C.char, size C.size_t) C.seathold_status {
			return C.seathold_venue_make(e.handle, text, size, &c.number, c.timeout, &c.err)
		})
	return VenueID(number), err
}

// Plan gives the plan of a venue as pretix JSON, which ImportVenue reads back to the same seats.
//
// Errors in order: ErrUnknownVenue, then storage's.
func (e *Engine) Plan(ctx context.Context, venue VenueID) ([]byte, error) {
	return e.reply(ctx, func(c *call, out *C.char, room C.size_t) C.seathold_status {
		return C.seathold_venue_plan(e.handle, C.uint64_t(venue), out, room, &c.n, c.timeout,
			&c.err)
	})
}

// Venue is a row of Venues.
type Venue struct {
	Venue       VenueID `json:"venue"`
	Name        string  `json:"name"`
	Zone        string  `json:"zone"`
	Seats       int     `json:"seats"`
	CreatedAtUs int64   `json:"created_at_us"`
}

// CreatedAt is when it was added.
func (v Venue) CreatedAt() time.Time { return timeOf(v.CreatedAtUs) }

// Venues lists all venues. Errors: storage's.
func (e *Engine) Venues(ctx context.Context) ([]Venue, error) {
	var venues []Venue
	text, err := e.reply(ctx, func(c *call, out *C.char, room C.size_t) C.seathold_status {
		return C.seathold_venue_list(e.handle, out, room, &c.n, c.timeout, &c.err)
	})
	if err != nil {
		return nil, err
	}
	return venues, json.Unmarshal(text, &venues)
}

// Show is what is played, and the queue in front of it.
type Show struct {
	Title        string        // 1 .. 200 bytes, not of blanks alone
	RequiresPass bool          // there is a queue; without it the rest is refused
	ActiveMax    int           // buyers inside at once; 0 = no cap
	RatePerS     int           // admissions a second; 0 = no rate
	Grace        time.Duration // 1 s .. 24 h of silence; 0 = the default
	PassTTL      time.Duration // 1 s .. 24 h; 0 = the default
}

type showWire struct {
	Show         ShowID `json:"show,omitempty"`
	Title        string `json:"title"`
	RequiresPass bool   `json:"requires_pass,omitempty"`
	ActiveMax    int    `json:"active_max,omitempty"`
	RatePerS     int    `json:"rate_per_s,omitempty"`
	GraceMs      int64  `json:"grace_ms,omitempty"`
	PassMs       int64  `json:"pass_ms,omitempty"`
	CreatedAtUs  int64  `json:"created_at_us,omitempty"`
}

// AddShow adds a show.
//
// Errors in order: ErrInvalidText (the title), ErrInvalidArgument (says which field), ErrNoLine, then
// storage's.
func (e *Engine) AddShow(ctx context.Context, show Show) (ShowID, error) {
	wire := showWire{Title: show.Title, RequiresPass: show.RequiresPass, ActiveMax: show.ActiveMax,
		RatePerS: show.RatePerS, GraceMs: millisOf(show.Grace), PassMs: millisOf(show.PassTTL)}
	number, err := e.add(ctx, wire,
		func(c *call, text *C.char, size C.size_t) C.seathold_status {
			return C.seathold_show_add(e.handle, text, size, &c.number, c.timeout, &c.err)
		})
	return ShowID(number), err
}

// ShowInfo is a row of Shows.
type ShowInfo struct {
	ID ShowID
	Show
	CreatedAt time.Time
}

// Shows lists all shows. Errors: storage's.
func (e *Engine) Shows(ctx context.Context) ([]ShowInfo, error) {
	var wires []showWire
	text, err := e.reply(ctx, func(c *call, out *C.char, room C.size_t) C.seathold_status {
		return C.seathold_show_list(e.handle, out, room, &c.n, c.timeout, &c.err)
	})
	if err == nil {
		err = json.Unmarshal(text, &wires)
	}
	shows := make([]ShowInfo, len(wires))
	for i, w := range wires {
		shows[i] = ShowInfo{w.Show, Show{w.Title, w.RequiresPass, w.ActiveMax, w.RatePerS,
			durationOf(w.GraceMs), durationOf(w.PassMs)}, timeOf(w.CreatedAtUs)}
	}
	return shows, err
}

// Price is what a ticket costs.
type Price struct {
	Category   string `json:"category"` // its name in the plan
	TicketType uint32 `json:"ticket_type,omitempty"`
	Name       string `json:"name,omitempty"`
	PriceMinor int64  `json:"price_minor"` // 0 .. 62,500,000,000,000
}

// Performance is one date of a show. Every category of the plan needs a price of ticket type 0.
//
// Date and time are those of the venue's clock; the start is computed from them, and no hold begins
// at or after it. A StartsAt that is given must agree with them to the minute; it is needed where
// the clock skips that time or has it twice, and after 2037. (time.Date moves a time that the clock
// skips without a word: compare its Clock with what you gave.) Sales open before they end, and end
// with the start at the latest.
type Performance struct {
	Show        ShowID
	Venue       VenueID
	LocalDate   string // YYYY-MM-DD
	LocalTime   string // HH:MM or HH:MM:SS, below 24:00
	Currency    Currency
	Prices      []Price
	StartsAt    time.Time     // zero = computed
	SaleOpensAt time.Time     // zero = at once
	SaleEndsAt  time.Time     // zero = with the start
	UserLimit   int           // seats a user; 0 = none
	HoldTTL     time.Duration // 0 = the engine's
	OffSale     bool          // SetSale opens it
}

type performanceWire struct {
	Performance   PerformanceID     `json:"performance,omitempty"`
	Show          ShowID            `json:"show"`
	Venue         VenueID           `json:"venue"`
	LocalDate     string            `json:"local_date"`
	LocalTime     string            `json:"local_time"`
	Currency      string            `json:"currency"`
	Prices        []Price           `json:"prices"`
	StartsAtUs    int64             `json:"starts_at_us,omitempty"`
	UTCOffsetS    *int              `json:"utc_offset_s,omitempty"`
	SaleOpensAtUs int64             `json:"sale_opens_at_us,omitempty"`
	SaleEndsAtUs  int64             `json:"sale_ends_at_us,omitempty"`
	UserLimit     int               `json:"user_limit,omitempty"`
	HoldTTLMs     int64             `json:"hold_ttl_ms,omitempty"`
	OnSale        *bool             `json:"on_sale,omitempty"`
	Seats         int               `json:"seats,omitempty"`
	CreatedAtUs   int64             `json:"created_at_us,omitempty"`
	Availability  *availabilityWire `json:"availability,omitempty"`
}

type availabilityWire struct {
	State           SaleState `json:"state"`
	Available       uint32    `json:"available"`
	Held            uint32    `json:"held"`
	Sold            uint32    `json:"sold"`
	Blocked         uint32    `json:"blocked"`
	NextReleaseAtUs int64     `json:"next_release_at_us"`
	OnSale          bool      `json:"on_sale"`
}

// AddPerformance adds a date. One whose sale is over already is added all the same, with a warning
// in the log.
//
// Errors in order: ErrInvalidArgument and ErrInvalidText (say which field), ErrUnknownShow,
// ErrUnknownVenue, ErrInvalidArgument (the times at this venue), ErrInvalidText and
// ErrInvalidArgument (the prices), then storage's.
func (e *Engine) AddPerformance(ctx context.Context, p Performance) (PerformanceID, error) {
	onSale := !p.OffSale
	wire := performanceWire{Show: p.Show, Venue: p.Venue, LocalDate: p.LocalDate,
		LocalTime: p.LocalTime, Currency: p.Currency.String(), Prices: p.Prices,
		StartsAtUs: microsOf(p.StartsAt), SaleOpensAtUs: microsOf(p.SaleOpensAt),
		SaleEndsAtUs: microsOf(p.SaleEndsAt), UserLimit: p.UserLimit,
		HoldTTLMs: millisOf(p.HoldTTL), OnSale: &onSale}
	number, err := e.add(ctx, wire,
		func(c *call, text *C.char, size C.size_t) C.seathold_status {
			return C.seathold_performance_add(e.handle, text, size, &c.number, c.timeout, &c.err)
		})
	return PerformanceID(number), err
}

// PerformanceInfo is a row of Performances.
type PerformanceInfo struct {
	ID PerformanceID
	Performance
	StartsLocal  time.Time // StartsAt with the venue's offset; zero = release 0.1 was not told
	Seats        int
	CreatedAt    time.Time
	Availability Availability
}

func (w *performanceWire) info() PerformanceInfo {
	info := PerformanceInfo{ID: w.Performance, Seats: w.Seats, CreatedAt: timeOf(w.CreatedAtUs)}
	info.Performance = Performance{Show: w.Show, Venue: w.Venue, LocalDate: w.LocalDate,
		LocalTime: w.LocalTime, Prices: w.Prices, StartsAt: timeOf(w.StartsAtUs),
		SaleOpensAt: timeOf(w.SaleOpensAtUs), SaleEndsAt: timeOf(w.SaleEndsAtUs),
		UserLimit: w.UserLimit, HoldTTL: durationOf(w.HoldTTLMs)}
	if w.UTCOffsetS != nil {
		info.StartsLocal = info.StartsAt.In(time.FixedZone("", *w.UTCOffsetS))
	}
	copy(info.Currency[:], w.Currency)
	if a := w.Availability; a != nil {
		info.Availability = Availability{State: a.State, Available: a.Available, Held: a.Held,
			Sold: a.Sold, Blocked: a.Blocked, NextReleaseAtUs: a.NextReleaseAtUs}
		if a.OnSale {
			info.Availability.Flags = flagOnSale
		}
		info.OffSale = !a.OnSale
	}
	return info
}

// Performances lists the dates of a show, with their prices and counts; of all shows for 0.
// Errors: storage's.
func (e *Engine) Performances(ctx context.Context, show ShowID) ([]PerformanceInfo, error) {
	return e.performances(ctx, show, 0)
}

// PerformancesOnSale lists those whose sale is open.
func (e *Engine) PerformancesOnSale(ctx context.Context, show ShowID) ([]PerformanceInfo, error) {
	return e.performances(ctx, show, onSaleOnly)
}

func (e *Engine) performances(ctx context.Context, show ShowID, flags uint32) ([]PerformanceInfo,
	error) {
	var wires []performanceWire
	text, err := e.reply(ctx, func(c *call, out *C.char, room C.size_t) C.seathold_status {
		return C.seathold_performance_list(e.handle, C.uint64_t(show), C.uint32_t(flags), out, room,
			&c.n, c.timeout, &c.err)
	})
	if err == nil {
		err = json.Unmarshal(text, &wires)
	}
	list := make([]PerformanceInfo, len(wires))
	for i := range wires {
		list[i] = wires[i].info()
	}
	return list, err
}

// SetSale opens or closes a sale. Closing starts no new holds; living ones may still be paid.
//
// Errors in order: ErrUnknownPerformance, then storage's.
func (e *Engine) SetSale(ctx context.Context, performance PerformanceID, onSale bool) error {
	var on C.int32_t
	if onSale {
		on = 1
	}
	return e.do(ctx, func(c *call) C.seathold_status {
		return C.seathold_performance_sale_set(e.handle, C.uint64_t(performance), on, c.timeout,
			&c.err)
	})
}

// FindSeat gives the seat that has this guid in the plan.
//
// Errors in order: ErrInvalidArgument, ErrUnknownPerformance, ErrUnknownSeat, then storage's.
func (e *Engine) FindSeat(ctx context.Context, performance PerformanceID, guid string) (SeatID,
	error) {
	var seat SeatID
	err := e.do(ctx, func(c *call) C.seathold_status {
		text, size := c.bytes(guid)
		code := C.seathold_seat_find(e.handle, C.uint64_t(performance), text, size, &c.number,
			c.timeout, &c.err)
		seat = SeatID(c.number)
		return code
	})
	if err != nil {
		return 0, err
	}
	return seat, nil
}

// SeatInfo is what people call a seat.
type SeatInfo struct {
	Seat         SeatID  `json:"seat"`
	Venue        VenueID `json:"venue"`
	Ordinal      uint32  `json:"ordinal"`
	GUID         string  `json:"guid"`
	Section      string  `json:"section"`
	Row          string  `json:"row"`
	Number       string  `json:"number"`
	Category     uint32  `json:"category"` // index in the plan
	CategoryName string  `json:"category_name"`
	Attributes   string  `json:"attributes"`
	X            float64 `json:"x"`
	Y            float64 `json:"y"`
}

// Seat gives what people call a seat.
//
// Errors in order: ErrUnknownSeat, then storage's.
func (e *Engine) Seat(ctx context.Context, seat SeatID) (SeatInfo, error) {
	var info SeatInfo
	text, err := e.reply(ctx, func(c *call, out *C.char, room C.size_t) C.seathold_status {
		return C.seathold_seat_read(e.handle, C.uint64_t(seat), out, room, &c.n, c.timeout, &c.err)
	})
	if err != nil {
		return info, err
	}
	return info, json.Unmarshal(text, &info)
}

// add sends an object as JSON to a call that answers with its number.
func (e *Engine) add(ctx context.Context, object any,
	f func(c *call, text *C.char, size C.size_t) C.seathold_status) (uint64, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return 0, err
	}
	var number uint64
	err = e.do(ctx, func(c *call) C.seathold_status {
		code := f(c, chars(text), C.size_t(len(text)))
		number = uint64(c.number)
		return code
	})
	if err != nil {
		return 0, err
	}
	return number, nil
}
