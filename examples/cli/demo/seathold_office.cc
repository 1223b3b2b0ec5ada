#include "examples/cli/demo/seathold_office.h"

#include <fmt/format.h>

#include <algorithm>

#include "examples/cli/demo/patience.h"

namespace seathold::demo {
namespace {

constexpr std::size_t kFundBatch = 1'000;
constexpr int kSweepMax = 100'000, kAdmitMax = 1'000'000;

PerformanceSpec DateSpec(const Hall& hall, const Programme& programme, const char* date) {
  PerformanceSpec spec;
  spec.show = programme.show;
  spec.venue = programme.venue;
  spec.local_date = date;
  spec.local_time = "19:30";
  spec.currency = hall.currency();
  spec.user_limit = 8;
  spec.prices = hall.PriceList();
  return spec;
}

void TakePlace(const Place& place, Visit* visit) {
  visit->code = place.status.code();
  visit->place = place.state;
  if (!place.status.ok()) return;
  visit->token = place.token;
  visit->pass = place.pass;
}

void TakeHold(const HoldReply& reply, Visit* visit) {
  visit->code = reply.status.code();
  visit->replayed = reply.replayed;
  if (!reply.status.ok()) return;
  visit->total_minor = reply.total.minor;
  visit->seats.clear();
  for (const SeatTicket& ticket : reply.seats) visit->seats.push_back(OrdinalOf(ticket.seat));
}

}  // namespace

Result<Programme> Announce(Engine& engine, const Hall& hall, const ProgrammeSpec& spec) {
  Programme programme;
  Catalog& catalog = engine.catalog();
  Result<VenueId> venue = catalog.AddVenue(hall.plan(), "Europe/London");
  if (!venue.ok()) return venue.status();
  programme.venue = *venue;
  ShowSpec show_spec;
  show_spec.title = spec.title;
  if (spec.active_max > 0) {
    show_spec.requires_pass = true;
    show_spec.active_max = spec.active_max;
    show_spec.pass_ms = 120'000;
  }
  Result<ShowId> show = catalog.AddShow(show_spec);
  if (!show.ok()) return show.status();
  programme.show = *show;
  PerformanceSpec date = DateSpec(hall, programme, "2036-12-30");
  Result<PerformanceId> tonight = catalog.AddPerformance(date);
  if (!tonight.ok()) return tonight.status();
  programme.tonight = *tonight;
  date = DateSpec(hall, programme, "2036-12-31");
  date.on_sale = false;
  Result<PerformanceId> tomorrow = catalog.AddPerformance(date);
  if (!tomorrow.ok()) return tomorrow.status();
  programme.tomorrow = *tomorrow;
  return programme;
}

SeatholdOffice::SeatholdOffice(Engine& engine, const Hall& hall, const Programme& programme)
    : engine_(engine), hall_(hall), programme_(programme) {}

Status SeatholdOffice::Fund(std::span<const Funding> fundings) {
  std::vector<ChargeRequest> requests;
  std::vector<TransferReply> replies;
  for (std::size_t first = 0; first < fundings.size(); first += kFundBatch) {
    requests.clear();
    for (const auto& [user, minor] :
         fundings.subspan(first, std::min(kFundBatch, fundings.size() - first))) {
      requests.push_back({TransferId{engine_.NewId()}, user, {minor, hall_.currency()}, "top-up"});
    }
    replies.assign(requests.size(), {});
    engine_.wallet().Charge(requests, replies, kPatient);
    for (const TransferReply& reply : replies) {
      if (!reply.status.ok()) return reply.status;
    }
  }
  return Status();
}

Status SeatholdOffice::Tick(TimeUs) {
  Result<int> swept = engine_.Sweep(kSweepMax, kPatient);
  if (!swept.ok()) return swept.status();
  Result<int> admitted = engine_.queue().Admit(programme_.show, kAdmitMax, kPatient);
  if (!admitted.ok()) return admitted.status();
  Result<LineStats> line = engine_.queue().Stats(programme_.show, kPatient);
  if (!line.ok()) return line.status();
  waiting_ = line->waiting;
  inside_ = line->active;
  return Status();
}

Result<std::shared_ptr<const HallMap>> SeatholdOffice::Look() {
  Result<std::shared_ptr<const SeatMap>> map =
      engine_.reservations().Map(programme_.tonight, kPatient);
  if (!map.ok()) return map.status();
  auto look = std::make_shared<HallMap>();
  const SeatMap& seen = **map;
  look->available = seen.available;
  look->held = seen.held;
  look->sold = seen.sold;
  look->seats.reserve(seen.seats);
  for (std::uint32_t i = 0; i < seen.seats; ++i) look->seats.push_back(seen.at(i));
  return std::shared_ptr<const HallMap>(std::move(look));
}

void SeatholdOffice::Join(Visits visits) {
  std::vector<JoinRequest> requests;
  std::vector<Visit*> authentic;
  for (Visit* visit : visits) {
    if (!visit->access_token.empty()) {
      Result<Principal> principal = engine_.accounts().Authenticate(visit->access_token, kPatient);
      visit->code = principal.code();
      if (!principal.ok()) continue;
      visit->user = principal->user;
      visit->access_token.clear();  // from here on the host's own session speaks for them
    }
    authentic.push_back(visit);
    requests.push_back({programme_.show, visit->user});
  }
  std::vector<Place> places(requests.size());
  engine_.queue().Join(requests, places, kPatient);
  for (std::size_t i = 0; i < places.size(); ++i) TakePlace(places[i], authentic[i]);
}

void SeatholdOffice::Poll(Visits visits) {
  std::vector<std::string_view> tokens;
  for (const Visit* visit : visits) tokens.push_back(visit->token.view());
  std::vector<Place> places(visits.size());
  engine_.queue().Poll(tokens, places, kPatient);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const SignedText token = visits[i]->token;
    TakePlace(places[i], visits[i]);
    if (visits[i]->token.empty()) visits[i]->token = token;
  }
}

void SeatholdOffice::Leave(Visit& visit) {
  visit.code = engine_.queue().Leave(visit.token.view(), kPatient).code();
}

void SeatholdOffice::Hold(Visits visits) {
  std::vector<InlineList<SeatTicket, kSeatsWantedMax>> tickets(visits.size());
  std::vector<HoldRequest> requests(visits.size());
  for (std::size_t i = 0; i < visits.size(); ++i) {
    const Visit& visit = *visits[i];
    for (const std::uint32_t seat : visit.seats) {
      tickets[i].push_back({MakeSeatId(programme_.venue, seat)});
    }
    requests[i].id = visit.hold;
    requests[i].user = visit.user;
    requests[i].performance = programme_.tonight;
    requests[i].seats = {tickets[i].begin(), tickets[i].size()};
    requests[i].pass = visit.pass.view();
  }
  std::vector<HoldReply> replies(visits.size());
  engine_.reservations().Hold(requests, replies, kPatient);
  for (std::size_t i = 0; i < visits.size(); ++i) TakeHold(replies[i], visits[i]);
}

void SeatholdOffice::HoldBest(Visits visits) {
  std::vector<BestRequest> requests(visits.size());
  for (std::size_t i = 0; i < visits.size(); ++i) {
    requests[i].id = visits[i]->hold;
    requests[i].user = visits[i]->user;
    requests[i].performance = programme_.tonight;
    requests[i].seats = visits[i]->wanted;
    requests[i].pass = visits[i]->pass.view();
  }
  std::vector<HoldReply> replies(visits.size());
  engine_.reservations().HoldBest(requests, replies, kPatient);
  for (std::size_t i = 0; i < visits.size(); ++i) TakeHold(replies[i], visits[i]);
}

void SeatholdOffice::Cancel(Visit& visit) {
  const CancelRequest request{programme_.tonight, visit.hold, visit.user};
  Status status = engine_.reservations().Cancel(request, kPatient);
  visit.code = status.code();
}

void SeatholdOffice::TopUp(Visit& visit, std::int64_t amount_minor) {
  const ChargeRequest request{
      TransferId{engine_.NewId()}, visit.user, {amount_minor, hall_.currency()}, "top-up"};
  TransferReply reply = engine_.wallet().Charge(request, kPatient);
  visit.code = reply.status.code();
}

// The provider only authorises here; nothing is captured before the engine has confirmed.
void SeatholdOffice::BeginPayment(Visit& visit, Purse) { visit.code = Code::kOk; }

void SeatholdOffice::FinishPayment(Visit& visit, Purse purse) {
  const std::string reference =
      purse == Purse::kCard ? fmt::format("card-{}", ToString(visit.payment.value)) : "";
  ConfirmRequest request;
  request.performance = programme_.tonight;
  request.hold = visit.hold;
  request.payment = visit.payment;
  request.user = visit.user;
  request.tender = purse == Purse::kCard ? Tender::kExternal : Tender::kWallet;
  request.reference = reference;
  request.expected_total = Money{visit.total_minor, hall_.currency()};
  PayReply reply = engine_.reservations().Confirm(request, kPatient);
  visit.code = reply.status.code();
  visit.replayed = reply.replayed;
}

}  // namespace seathold::demo
