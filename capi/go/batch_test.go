package seathold_test

import (
	"testing"

	"seathold"
)

func TestABatchDecidesEachAsIfAlone(t *testing.T) {
	h := newHall(t)
	h.held(bob, 7)
	var batch seathold.HoldBatch
	for i := 0; i < 5; i++ {
		wish := h.wish(seathold.UserID(100+i), 2*i, 2*i+1)
		batch.Add(&wish)
	}
	wrong := h.wish(ann, 50)
	wrong.ID = seathold.UUID{}
	batch.Add(&wrong)
	must(t, h.HoldBatch(ctx, &batch))
	for i := range batch.Results {
		want := map[int]seathold.Code{3: seathold.ErrSeatTaken, 5: seathold.ErrInvalidArgument}[i]
		same(t, "code", batch.Results[i].Code, want)
		same(t, "code", seathold.CodeOf(batch.Results[i].Err()), want)
	}
	conflicts := batch.ConflictsOf(3)
	same(t, "conflicts", len(conflicts), 1)
	same(t, "seat", conflicts[0].Seat, h.seats[7].Seat)
	same(t, "conflicts of a hold that went well", len(batch.ConflictsOf(0)), 0)
	same(t, "total", batch.Results[1].Total().Minor, 9000)

	batch.Reset()
	wish := h.wish(ann, 20)
	batch.Add(&wish)
	must(t, h.HoldBatch(ctx, &batch))
	same(t, "results", len(batch.Results), 1)
	must(t, batch.Results[0].Err())
}

func TestAnEmptyBatchIsFine(t *testing.T) {
	h := newHall(t)
	must(t, h.HoldBatch(ctx, new(seathold.HoldBatch)))
	must(t, h.BestBatch(ctx, new(seathold.BestBatch)))
	must(t, h.ConfirmBatch(ctx, new(seathold.ConfirmBatch)))
	must(t, h.ChargeBatch(ctx, new(seathold.ChargeBatch)))
	must(t, h.JoinBatch(ctx, nil, nil))
	must(t, h.CancelBatch(ctx, nil, nil))
}

func TestABatchHasABound(t *testing.T) {
	h := newHall(t)
	var batch seathold.HoldBatch
	batch.Requests = make([]seathold.HoldRequest, seathold.BatchMax+1)
	batch.NoConflicts = true
	wants(t, h.HoldBatch(ctx, &batch), seathold.ErrInvalidArgument)
	same(t, "results", len(batch.Results), 0)
	batch.Requests = batch.Requests[:seathold.BatchMax]
	must(t, h.HoldBatch(ctx, &batch))
	same(t, "results", len(batch.Results), seathold.BatchMax)
	same(t, "last", batch.Results[seathold.BatchMax-1].Code, seathold.ErrInvalidArgument)
}

func TestOffsetsBeyondTheSideArraysAreRefused(t *testing.T) {
	h := newHall(t)
	var batch seathold.HoldBatch
	wish := h.wish(ann, 0)
	batch.Add(&wish)
	batch.Requests[0].SeatsN = 0xFFFFFFFF
	must(t, h.HoldBatch(ctx, &batch))
	same(t, "seats", batch.Results[0].Code, seathold.ErrInvalidArgument)
	batch.Requests[0].SeatsN, batch.Requests[0].PassAt, batch.Requests[0].PassN = 1, 0xFFFFFFFF, 2
	must(t, h.HoldBatch(ctx, &batch))
	same(t, "pass", batch.Results[0].Code, seathold.ErrInvalidArgument)
	wants(t, h.JoinBatch(ctx, make([]seathold.JoinRequest, 2), make([]seathold.Place, 1)),
		seathold.ErrInvalidArgument)
}

// A whole sale in batches: the queue, money, holds, payments, a cancellation and a refund.
func TestASaleInBatches(t *testing.T) {
	const buyers = 50
	h := openHall(t, seathold.Show{RequiresPass: true, ActiveMax: buyers}, seathold.Options{})
	joins := make([]seathold.JoinRequest, buyers)
	places := make([]seathold.Place, buyers)
	for i := range joins {
		joins[i] = seathold.JoinRequest{Show: h.show, User: seathold.UserID(i + 1)}
	}
	must(t, h.JoinBatch(ctx, joins, places))
	tokens := make([]seathold.Token, buyers)
	for i := range places {
		must(t, places[i].Err())
		tokens[i] = places[i].Token
	}
	must(t, h.PollBatch(ctx, tokens, places))

	var charges seathold.ChargeBatch
	var wishes seathold.BestBatch
	for i, join := range joins {
		charges.Add(&seathold.Charge{ID: h.NewID(), User: join.User,
			Amount: seathold.Money{Minor: 9001, Currency: eur}, Reference: "card"})
		wishes.Add(&seathold.Best{ID: h.NewID(), User: join.User, Performance: h.evening,
			SeatsN: 2, Category: seathold.AnyCategory, Pass: places[i].Pass})
	}
	must(t, h.ChargeBatch(ctx, &charges))
	must(t, h.BestBatch(ctx, &wishes))
	var payments seathold.ConfirmBatch
	for i := range wishes.Results {
		must(t, charges.Results[i].Err())
		must(t, wishes.Results[i].Err())
		same(t, "seats", len(wishes.SeatsOf(i)), 2)
		payments.Add(&seathold.Confirm{Hold: wishes.Requests[i].ID, Payment: h.NewID(),
			Performance: h.evening, User: joins[i].User,
			Expected: wishes.Results[i].Total()})
	}
	// The last one gives the hold back; the first one is paid back.
	last := buyers - 1
	payments.Requests = payments.Requests[:last]
	must(t, h.ConfirmBatch(ctx, &payments))
	for i := range payments.Results {
		must(t, payments.Results[i].Err())
		same(t, "left", payments.Results[i].Balance().Minor, 1)
	}
	codes := make([]seathold.Code, 1)
	must(t, h.CancelBatch(ctx, []seathold.CancelRequest{{Hold: wishes.Requests[last].ID,
		Performance: h.evening, User: joins[last].User}}, codes))
	same(t, "cancel", codes[0], 0)
	refunds := make([]seathold.PayResult, 1)
	must(t, h.RefundBatch(ctx, []seathold.RefundRequest{{ID: h.NewID(),
		Hold: wishes.Requests[0].ID, Performance: h.evening}}, refunds))
	must(t, refunds[0].Err())
	must(t, h.WithdrawBatch(ctx, &seathold.ChargeBatch{Requests: []seathold.ChargeRequest{{
		ID: h.NewID(), User: 2, AmountMinor: 1, Currency: eur}}}))
	must(t, h.LeaveBatch(ctx, tokens[last:], codes))
	same(t, "leave", codes[0], 0)

	audit := h.clean()
	same(t, "sold", audit.Sold, 2*(buyers-2))
	same(t, "revenue", audit.Revenue[0].Minor, 9000*(buyers-2))
	same(t, "wallets", audit.Wallets[0].Minor, buyers-1-1+9000*2+1)
}
