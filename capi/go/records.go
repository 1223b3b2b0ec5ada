package seathold

// Ids that the engine gives. A UserID with the top bit clear is your own number; 0 is nobody.
type (
	UserID        uint64
	VenueID       uint64
	ShowID        uint64
	PerformanceID uint64
	SeatID        uint64
)

// SeatIDOf is the id of the seat at an ordinal of its venue.
func SeatIDOf(venue VenueID, ordinal uint32) SeatID {
	return SeatID(uint64(venue)<<20 | uint64(ordinal))
}

// AnyCategory is the Category of a Best that does not mind.
const AnyCategory uint32 = 0xFFFFFFFF

// In Flags of requests.
const (
	Staff       uint32 = 1  // hold, best: no pass, no per-user limit, longer TTLs
	NoSplit     uint32 = 2  // best: side by side or ErrNoAdjacentSeats
	ExpectTotal uint32 = 4  // confirm: refuse unless it costs ExpectedTotalMinor
	settle      uint32 = 8  // get
	onSaleOnly  uint32 = 16 // performance list
)

// In Flags of results.
const (
	flagReplayed  uint32 = 1
	flagAlready   uint32 = 2
	flagAdvisory  uint32 = 4
	flagCut       uint32 = 8
	flagUnchanged uint32 = 16
	flagOnSale    uint32 = 32
	flagStaffHold uint32 = 64
)

// SeatState is the state of a seat.
type SeatState uint32

const (
	SeatAvailable SeatState = 0 // free, a lapsed hold's included
	SeatHeld      SeatState = 1 // until a deadline
	SeatSold      SeatState = 2 // paid
	SeatBlocked   SeatState = 3 // taken off sale
)

// HoldState is the state of a hold.
type HoldState uint32

const (
	HoldNone      HoldState = 0 // there is none
	HoldHeld      HoldState = 1 // alive while now < ExpiresAt
	HoldConfirmed HoldState = 2 // paid: a reservation
	HoldCancelled HoldState = 3 // given back
	HoldExpired   HoldState = 4 // over, unpaid
	HoldRefunded  HoldState = 5 // paid, and paid back
)

// SaleState is the state of a performance.
type SaleState uint32

const (
	SaleAvailable SaleState = 0 // seats are free
	SaleAllHeld   SaleState = 1 // none is free, some may come back
	SaleSoldOut   SaleState = 2 // all sold or blocked
)

// PlaceState is the state of a place in a waiting line.
type PlaceState uint32

const (
	PlaceAbsent   PlaceState = 0 // dropped for silence, or never there: join again
	PlaceWaiting  PlaceState = 1 // Ahead others are first
	PlaceAdmitted PlaceState = 2 // Pass starts holds until AdmittedUntil
)

// Tender says how a hold is paid.
type Tender uint32

const (
	TenderNone     Tender = 0 // of transfers that pay nothing
	TenderWallet   Tender = 1 // from the user's wallet; no reference
	TenderExternal Tender = 2 // paid outside, under a reference that pays once, ever
)

// TransferKind says what moved money.
type TransferKind uint32

const (
	TransferCharge   TransferKind = 1 // from outside to the user
	TransferWithdraw TransferKind = 2 // from the user to outside
	TransferPayment  TransferKind = 3 // to the revenue of a performance
	TransferRefund   TransferKind = 4 // back from it
)

// FeedKind says what happened to seats.
type FeedKind uint32

const (
	FeedHeld      FeedKind = 1 // a hold, until ExpiresAt
	FeedConfirmed FeedKind = 2 // sold
	FeedCancelled FeedKind = 3 // given back
	FeedExpired   FeedKind = 4 // an expiry that was written
	FeedRefunded  FeedKind = 5 // back on sale
	FeedBlocked   FeedKind = 6 // taken off sale
	FeedUnblocked FeedKind = 7 // put on sale again
)

// Latency says whose time a Histogram tells.
type Latency uint32

const (
	LatencyHold    Latency = 1 // holds and best; a batch is one call, here and below
	LatencyConfirm Latency = 2 // payments
	LatencyOther   Latency = 3 // cancels, refunds, blocks, charges, withdrawals
	LatencyCommit  Latency = 4 // one transaction of storage, for however many calls
)

// SeatTicket is a seat and the kind of ticket it is wanted as; 0 is the default kind.
type SeatTicket struct {
	Seat       SeatID
	TicketType uint32
	reserved   uint32
}

// HoldRequest is one item of a HoldBatch; HoldBatch.Add fills it.
type HoldRequest struct {
	ID          UUID
	User        UserID
	Performance PerformanceID
	SeatsAt     uint32 // first of its seats in HoldBatch.Seats
	SeatsN      uint32
	PassAt      uint32 // first byte of its pass in HoldBatch.Passes
	PassN       uint32 // 0 = no pass
	TTLMs       int64  // 0 = the performance's
	Flags       uint32 // Staff
	reserved    uint32
}

// BestRequest is one item of a BestBatch; BestBatch.Add fills it.
type BestRequest struct {
	ID          UUID
	User        UserID
	Performance PerformanceID
	SeatsN      uint32
	Category    uint32 // index in the plan, or AnyCategory
	TicketType  uint32 // for all of them
	Flags       uint32 // Staff, NoSplit
	PassAt      uint32 // first byte of its pass in BestBatch.Passes
	PassN       uint32 // 0 = no pass
	TTLMs       int64  // 0 = the performance's
}

// HoldResult is what became of a hold.
type HoldResult struct {
	Code            Code
	Flags           uint32
	State           HoldState // the present one
	Currency        Currency
	TotalMinor      int64
	ExpiresAtUs     int64
	NextReleaseAtUs int64  // of ErrAllHeld: when the first hold ends
	SeatsAt         uint32 // best: first of its seats in BestBatch.Seats
	SeatsN          uint32 // how many are held
	ConflictsAt     uint32 // hold: first of its conflicts in HoldBatch.Conflicts
	ConflictsN      uint32 // how many seats are in the way
	SeatsFree       uint32 // of ErrNotEnoughSeats, ErrNoAdjacentSeats: how many are free
	reserved        uint32
}

// SeatConflict is a seat that could not be had. 24 bytes.
type SeatConflict struct {
	Seat     SeatID
	Reason   Code // ErrSeatTaken or ErrSeatBlocked
	reserved uint32
	FreeAtUs int64 // when it may come free; 0 = not by itself
}

// ConfirmRequest is one item of a ConfirmBatch; ConfirmBatch.Add fills it.
type ConfirmRequest struct {
	Hold               UUID
	Payment            UUID
	Performance        PerformanceID
	User               UserID
	ExpectedTotalMinor int64    // with ExpectTotal
	Currency           Currency // of ExpectedTotalMinor
	Tender             Tender
	ReferenceAt        uint32 // first byte of the reference in ConfirmBatch.References
	ReferenceN         uint32
	Flags              uint32 // ExpectTotal
	reserved           uint32
}

// PayResult is what became of a payment or refund.
type PayResult struct {
	Code         Code
	Flags        uint32
	Payment      UUID  // the transfer that stands; with Already the one that paid; else yours
	TotalMinor   int64 // that was paid
	BalanceMinor int64 // of the user's wallet after it, when that took part
	Currency     Currency
	reserved     [5]uint32
}

// CancelRequest gives a hold back.
type CancelRequest struct {
	Hold        UUID
	Performance PerformanceID
	User        UserID
	reserved    uint64
}

// RefundRequest pays a reservation back.
type RefundRequest struct {
	ID          UUID // yours: of the transfer
	Hold        UUID // what is refunded
	Performance PerformanceID
	reserved    uint64
}

// HoldSeat is a seat of a hold, at the price that was agreed.
type HoldSeat struct {
	Seat       SeatID
	PriceMinor int64
	TicketType uint32
	reserved   uint32
}

// HoldView is a hold as it stands.
type HoldView struct {
	Hold        UUID
	Payment     UUID // of the transfer that paid it, or zeros
	Refund      UUID // of the transfer that refunded it, or zeros
	Performance PerformanceID
	User        UserID
	CreatedAtUs int64
	ExpiresAtUs int64
	EndedAtUs   int64 // when it was confirmed, cancelled, expired or refunded
	LeftMs      int64 // while held: until it expires
	TotalMinor  int64
	Currency    Currency // of the total and the prices
	State       HoldState
	Flags       uint32
	SeatsN      uint32
	AllSeats    [SeatsPerHoldCap]HoldSeat // SeatsN of them count: Seats
}

// MapVersion is the version of a map; the zero one is before all.
type MapVersion struct {
	Feed    uint64 // the performance's event counter
	LapseUs int64  // the latest deadline counted as lapsed
}

// MapInfo is what a map says besides its seats.
type MapInfo struct {
	Version         MapVersion
	Performance     PerformanceID
	NextReleaseAtUs int64 // when the next hold ends; 0 = none is held
	Seats           uint32
	Available       uint32
	Held            uint32
	Sold            uint32
	Blocked         uint32
	Flags           uint32
}

// SeatChange is a seat whose state differs.
type SeatChange struct {
	Ordinal uint32 // of the seat in its venue
	State   SeatState
}

// Availability counts the seats of a performance.
type Availability struct {
	State           SaleState
	Flags           uint32
	Available       uint32
	Held            uint32
	Sold            uint32
	Blocked         uint32
	NextReleaseAtUs int64 // all held: when seats may come back
}

// SeatView is a seat of a performance.
type SeatView struct {
	Seat       SeatID
	PriceMinor int64  // of ticket type 0
	Ordinal    uint32 // its place in maps
	State      SeatState
}

// FeedEvent is an event of a performance.
type FeedEvent struct {
	Counter     uint64 // 1, 2, 3, ... without a gap
	Hold        UUID   // zeros for blocks
	User        UserID // whose hold; 0 for blocks
	ExpiresAtUs int64  // of FeedHeld
	AtUs        int64  // when it was written
	Kind        FeedKind
	SeatsN      uint32
	AllSeats    [SeatsPerHoldCap]SeatID // SeatsN of them count: Seats
}

// JoinRequest joins a line.
type JoinRequest struct {
	Show ShowID
	User UserID // an authenticated user
}

// Place is a place in a waiting line.
type Place struct {
	Code            Code
	Flags           uint32
	State           PlaceState
	reserved        uint32
	Sequence        uint64 // lower is earlier
	Ahead           uint64 // living waiters in front
	AdmittedUntilUs int64  // once admitted
	Token           Token  // show it with each poll
	Pass            Token  // once admitted: goes with holds; else empty
}

// LineStats counts a waiting line.
type LineStats struct {
	Epoch         uint64 // raised when the line was lost
	Waiting       uint64 // silent ones until they are dropped
	Active        uint64 // inside
	Missing       uint64 // places kept for those who have not come back
	JoinedTotal   uint64 // in this epoch, as those that follow
	AdmittedTotal uint64
	DroppedTotal  uint64
	LeftTotal     uint64
}

// Buckets is how many a Histogram has.
const Buckets = 32

// Histogram says how long calls of one kind took, in buckets that double: each counts its own calls
// alone. Prometheus wants them added up, OpenTelemetry as they are, both with BucketBound.
type Histogram struct {
	Kind     Latency
	reserved uint32
	Count    uint64 // the sum of the buckets, always
	SumUs    uint64 // of these calls, and perhaps of a few that ended while it was read
	MaxUs    uint64 // likewise
	Buckets  [Buckets]uint64
}

// ChargeRequest is one item of a ChargeBatch; ChargeBatch.Add fills it.
type ChargeRequest struct {
	ID          UUID
	User        UserID
	AmountMinor int64 // 1 .. 10^15
	Currency    Currency
	ReferenceAt uint32 // first byte of the reference in ChargeBatch.References
	ReferenceN  uint32 // 0 .. 200 bytes, for the statement
	reserved    uint32
}

// TransferResult is what became of a charge or withdrawal.
type TransferResult struct {
	Code         Code
	Flags        uint32
	BalanceMinor int64 // after it; of the first answer, when replayed
	Currency     Currency
	reserved     uint32
}

// StatementLine is a line of a statement.
type StatementLine struct {
	Line              uint64 // 1, 2, 3, ...
	ID                UUID   // of the transfer
	AmountMinor       int64  // signed: what it did to this account
	BalanceAfterMinor int64
	Performance       PerformanceID // of payments and refunds
	CreatedAtUs       int64
	Kind              TransferKind
	ReferenceN        uint32
	ReferenceText     [208]byte // ReferenceN bytes of it count: Reference
}

// TransferView is a movement of money, or a decision against one.
type TransferView struct {
	ID            UUID
	Hold          UUID // of payments and refunds
	User          UserID
	Performance   PerformanceID // of payments and refunds
	AmountMinor   int64
	CreatedAtUs   int64
	Currency      Currency
	Code          Code // 0, or why it was refused (kept under its id)
	Kind          TransferKind
	Tender        Tender
	reserved      uint32
	ReferenceN    uint32
	ReferenceText [208]byte // ReferenceN bytes of it count: Reference
}
