package seathold

import "time"

// Err is why it was refused, or of a replay what has ended the hold: ErrHoldExpired,
// ErrHoldCancelled, ErrHoldRefunded. It is nil where the seats are held or paid.
func (r *HoldResult) Err() error {
	if r.Code != 0 {
		return r.Code.Err()
	}
	switch r.State {
	case HoldCancelled:
		return ErrHoldCancelled.Err()
	case HoldExpired:
		return ErrHoldExpired.Err()
	case HoldRefunded:
		return ErrHoldRefunded.Err()
	}
	return nil
}

// Total is what it costs.
func (r *HoldResult) Total() Money { return Money{r.TotalMinor, r.Currency} }

// ExpiresAt is its deadline.
func (r *HoldResult) ExpiresAt() time.Time { return timeOf(r.ExpiresAtUs) }

// NextReleaseAt is, of ErrAllHeld, when the first hold ends.
func (r *HoldResult) NextReleaseAt() time.Time { return timeOf(r.NextReleaseAtUs) }

// Replayed says that the id was known: this is its first answer, and State is the present one.
func (r *HoldResult) Replayed() bool { return r.Flags&flagReplayed != 0 }

// Advisory says that it was refused from memory, at most Options.RefusalMaxAge old.
func (r *HoldResult) Advisory() bool { return r.Flags&flagAdvisory != 0 }

// Cut says that its seats or conflicts did not fit into the batch's room for them.
func (r *HoldResult) Cut() bool { return r.Flags&flagCut != 0 }

// FreeAt is when the seat may come free; the zero time: not by itself.
func (c *SeatConflict) FreeAt() time.Time { return timeOf(c.FreeAtUs) }

// Err is why it was refused; nil where it is paid.
func (r *PayResult) Err() error { return r.Code.Err() }

// Total is what was paid.
func (r *PayResult) Total() Money { return Money{r.TotalMinor, r.Currency} }

// Balance is that of the user's wallet after it, when that took part.
func (r *PayResult) Balance() Money { return Money{r.BalanceMinor, r.Currency} }

// Replayed says that the id was known: this is its first answer.
func (r *PayResult) Replayed() bool { return r.Flags&flagReplayed != 0 }

// Already says that the hold was confirmed before under another id; nothing was paid twice.
func (r *PayResult) Already() bool { return r.Flags&flagAlready != 0 }

// Seats are its seats, sorted by id.
func (v *HoldView) Seats() []HoldSeat { return v.AllSeats[:v.SeatsN] }

// Total is what it costs.
func (v *HoldView) Total() Money { return Money{v.TotalMinor, v.Currency} }

// Staff says that it was made by staff.
func (v *HoldView) Staff() bool { return v.Flags&flagStaffHold != 0 }

// CreatedAt is when it was made.
func (v *HoldView) CreatedAt() time.Time { return timeOf(v.CreatedAtUs) }

// ExpiresAt is its deadline.
func (v *HoldView) ExpiresAt() time.Time { return timeOf(v.ExpiresAtUs) }

// EndedAt is when it was confirmed, cancelled, expired or refunded.
func (v *HoldView) EndedAt() time.Time { return timeOf(v.EndedAtUs) }

// Left is, while it is held, the time until it expires.
func (v *HoldView) Left() time.Duration { return time.Duration(v.LeftMs) * time.Millisecond }

// NextReleaseAt is when the next hold ends; the zero time: none is held.
func (i *MapInfo) NextReleaseAt() time.Time { return timeOf(i.NextReleaseAtUs) }

// Unchanged says that the version asked about is the present one.
func (i *MapInfo) Unchanged() bool { return i.Flags&flagUnchanged != 0 }

// OnSale says that the sale is open.
func (a *Availability) OnSale() bool { return a.Flags&flagOnSale != 0 }

// NextReleaseAt is, when all are held, when seats may come back.
func (a *Availability) NextReleaseAt() time.Time { return timeOf(a.NextReleaseAtUs) }

// Seats are those that it is about.
func (e *FeedEvent) Seats() []SeatID { return e.AllSeats[:e.SeatsN] }

// ExpiresAt is the deadline of FeedHeld.
func (e *FeedEvent) ExpiresAt() time.Time { return timeOf(e.ExpiresAtUs) }

// At is when it was written.
func (e *FeedEvent) At() time.Time { return timeOf(e.AtUs) }

// Err is why it was refused; nil where there is a place.
func (p *Place) Err() error { return p.Code.Err() }

// AdmittedUntil is when the pass expires.
func (p *Place) AdmittedUntil() time.Time { return timeOf(p.AdmittedUntilUs) }

// Err is why it was refused; nil where it is done.
func (r *TransferResult) Err() error { return r.Code.Err() }

// Balance is that after it; of the first answer, when replayed.
func (r *TransferResult) Balance() Money { return Money{r.BalanceMinor, r.Currency} }

// Replayed says that the id was known: this is its first answer.
func (r *TransferResult) Replayed() bool { return r.Flags&flagReplayed != 0 }

// Reference is the text that came with it.
func (l *StatementLine) Reference() string { return string(l.ReferenceText[:l.ReferenceN]) }

// CreatedAt is when it was made.
func (l *StatementLine) CreatedAt() time.Time { return timeOf(l.CreatedAtUs) }

// Err is why it was refused, which is kept under its id; nil where money moved.
func (v *TransferView) Err() error { return v.Code.Err() }

// Amount is what it moved.
func (v *TransferView) Amount() Money { return Money{v.AmountMinor, v.Currency} }

// Reference is the text that came with it.
func (v *TransferView) Reference() string { return string(v.ReferenceText[:v.ReferenceN]) }

// CreatedAt is when it was made.
func (v *TransferView) CreatedAt() time.Time { return timeOf(v.CreatedAtUs) }
