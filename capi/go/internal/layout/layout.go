// Package layout pairs every record of package seathold with the C library's, for a test that they
// are laid out alike. (cgo cannot be used in a test file.)
package layout

// #cgo pkg-config: seathold
// #include <seathold.h>
import "C"

import (
	"reflect"

	"seathold"
)

// Pair is a record in Go and the same in C.
type Pair struct{ Go, C reflect.Type }

func pair(inGo, inC any) Pair { return Pair{reflect.TypeOf(inGo), reflect.TypeOf(inC)} }

// Pairs are all records that are passed as they are.
func Pairs() []Pair {
	return []Pair{
		pair(seathold.SeatTicket{}, C.seathold_seat_ticket{}),
		pair(seathold.HoldRequest{}, C.seathold_hold_request{}),
		pair(seathold.BestRequest{}, C.seathold_best_request{}),
		pair(seathold.HoldResult{}, C.seathold_hold_result{}),
		pair(seathold.SeatConflict{}, C.seathold_seat_conflict{}),
		pair(seathold.ConfirmRequest{}, C.seathold_confirm_request{}),
		pair(seathold.PayResult{}, C.seathold_pay_result{}),
		pair(seathold.CancelRequest{}, C.seathold_cancel_request{}),
		pair(seathold.RefundRequest{}, C.seathold_refund_request{}),
		pair(seathold.HoldSeat{}, C.seathold_hold_seat{}),
		pair(seathold.HoldView{}, C.seathold_hold_view{}),
		pair(seathold.MapVersion{}, C.seathold_map_version{}),
		pair(seathold.MapInfo{}, C.seathold_map_info{}),
		pair(seathold.SeatChange{}, C.seathold_seat_change{}),
		pair(seathold.Availability{}, C.seathold_availability{}),
		pair(seathold.SeatView{}, C.seathold_seat_view{}),
		pair(seathold.FeedEvent{}, C.seathold_feed_event{}),
		pair(seathold.JoinRequest{}, C.seathold_join_request{}),
		pair(seathold.Token{}, C.seathold_token{}),
		pair(seathold.Place{}, C.seathold_place{}),
		pair(seathold.LineStats{}, C.seathold_line_stats{}),
		pair(seathold.Histogram{}, C.seathold_histogram{}),
		pair(seathold.ChargeRequest{}, C.seathold_charge_request{}),
		pair(seathold.TransferResult{}, C.seathold_transfer_result{}),
		pair(seathold.StatementLine{}, C.seathold_statement_line{}),
		pair(seathold.TransferView{}, C.seathold_transfer_view{}),
	}
}

// Constant is a number of package seathold and the header's.
type Constant struct {
	Name  string
	Go, C uint64
}

// Constants are those of the header that package seathold writes out.
func Constants() []Constant {
	return []Constant{
		{"BatchMax", seathold.BatchMax, C.SEATHOLD_BATCH_MAX},
		{"RowsMax", seathold.RowsMax, C.SEATHOLD_ROWS_MAX},
		{"SeatsPerHoldCap", seathold.SeatsPerHoldCap, C.SEATHOLD_SEATS_PER_HOLD_CAP},
		{"AnyCategory", uint64(seathold.AnyCategory), C.SEATHOLD_ANY_CATEGORY},
		{"Staff", uint64(seathold.Staff), C.SEATHOLD_STAFF},
		{"NoSplit", uint64(seathold.NoSplit), C.SEATHOLD_NO_SPLIT},
		{"ExpectTotal", uint64(seathold.ExpectTotal), C.SEATHOLD_EXPECT_TOTAL},
		{"OutcomeDone", uint64(seathold.OutcomeDone), C.SEATHOLD_DONE},
		{"OutcomeRefused", uint64(seathold.OutcomeRefused), C.SEATHOLD_REFUSED},
		{"OutcomeNotDone", uint64(seathold.OutcomeNotDone), C.SEATHOLD_NOT_DONE},
		{"OutcomeUnknown", uint64(seathold.OutcomeUnknown), C.SEATHOLD_UNKNOWN},
		{"SeatAvailable", uint64(seathold.SeatAvailable), C.SEATHOLD_SEAT_AVAILABLE},
		{"SeatHeld", uint64(seathold.SeatHeld), C.SEATHOLD_SEAT_HELD},
		{"SeatSold", uint64(seathold.SeatSold), C.SEATHOLD_SEAT_SOLD},
		{"SeatBlocked", uint64(seathold.SeatBlocked), C.SEATHOLD_SEAT_BLOCKED},
		{"HoldNone", uint64(seathold.HoldNone), C.SEATHOLD_HOLD_NONE},
		{"HoldHeld", uint64(seathold.HoldHeld), C.SEATHOLD_HOLD_HELD},
		{"HoldConfirmed", uint64(seathold.HoldConfirmed), C.SEATHOLD_HOLD_CONFIRMED},
		{"HoldCancelled", uint64(seathold.HoldCancelled), C.SEATHOLD_HOLD_CANCELLED},
		{"HoldExpired", uint64(seathold.HoldExpired), C.SEATHOLD_HOLD_EXPIRED},
		{"HoldRefunded", uint64(seathold.HoldRefunded), C.SEATHOLD_HOLD_REFUNDED},
		{"SaleAvailable", uint64(seathold.SaleAvailable), C.SEATHOLD_SALE_AVAILABLE},
		{"SaleAllHeld", uint64(seathold.SaleAllHeld), C.SEATHOLD_SALE_ALL_HELD},
		{"SaleSoldOut", uint64(seathold.SaleSoldOut), C.SEATHOLD_SALE_SOLD_OUT},
		{"PlaceAbsent", uint64(seathold.PlaceAbsent), C.SEATHOLD_PLACE_ABSENT},
		{"PlaceWaiting", uint64(seathold.PlaceWaiting), C.SEATHOLD_PLACE_WAITING},
		{"PlaceAdmitted", uint64(seathold.PlaceAdmitted), C.SEATHOLD_PLACE_ADMITTED},
		{"TenderNone", uint64(seathold.TenderNone), C.SEATHOLD_TENDER_NONE},
		{"TenderWallet", uint64(seathold.TenderWallet), C.SEATHOLD_TENDER_WALLET},
		{"TenderExternal", uint64(seathold.TenderExternal), C.SEATHOLD_TENDER_EXTERNAL},
		{"TransferCharge", uint64(seathold.TransferCharge), C.SEATHOLD_TRANSFER_CHARGE},
		{"TransferWithdraw", uint64(seathold.TransferWithdraw), C.SEATHOLD_TRANSFER_WITHDRAW},
		{"TransferPayment", uint64(seathold.TransferPayment), C.SEATHOLD_TRANSFER_PAYMENT},
		{"TransferRefund", uint64(seathold.TransferRefund), C.SEATHOLD_TRANSFER_REFUND},
		{"FeedHeld", uint64(seathold.FeedHeld), C.SEATHOLD_FEED_HELD},
		{"FeedConfirmed", uint64(seathold.FeedConfirmed), C.SEATHOLD_FEED_CONFIRMED},
		{"FeedCancelled", uint64(seathold.FeedCancelled), C.SEATHOLD_FEED_CANCELLED},
		{"FeedExpired", uint64(seathold.FeedExpired), C.SEATHOLD_FEED_EXPIRED},
		{"FeedRefunded", uint64(seathold.FeedRefunded), C.SEATHOLD_FEED_REFUNDED},
		{"FeedBlocked", uint64(seathold.FeedBlocked), C.SEATHOLD_FEED_BLOCKED},
		{"FeedUnblocked", uint64(seathold.FeedUnblocked), C.SEATHOLD_FEED_UNBLOCKED},
		{"Buckets", seathold.Buckets, C.SEATHOLD_BUCKETS},
		{"LatencyHold", uint64(seathold.LatencyHold), C.SEATHOLD_LATENCY_HOLD},
		{"LatencyConfirm", uint64(seathold.LatencyConfirm), C.SEATHOLD_LATENCY_CONFIRM},
		{"LatencyOther", uint64(seathold.LatencyOther), C.SEATHOLD_LATENCY_OTHER},
		{"LatencyCommit", uint64(seathold.LatencyCommit), C.SEATHOLD_LATENCY_COMMIT},
		{"PlanPretixJSON", uint64(seathold.PlanPretixJSON), C.SEATHOLD_PLAN_PRETIX_JSON},
		{"PlanCSV", uint64(seathold.PlanCSV), C.SEATHOLD_PLAN_CSV},
		{"LogDebug", uint64(seathold.LogDebug - 1), C.SEATHOLD_LOG_DEBUG},
		{"LogError", uint64(seathold.LogError - 1), C.SEATHOLD_LOG_ERROR},
		{"abi of this header", C.SEATHOLD_ABI_VERSION, uint64(C.seathold_abi_version())},
	}
}
