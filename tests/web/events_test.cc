// Live maps: what a viewer is told, in which order, and what happens to those who cannot keep up.
#include <map>
#include <thread>

#include "tests/support/counts.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

using std::chrono::milliseconds;

class Events : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    options.server.connections_per_address_max = 2'000;  // all who watch are from here
    Open();
  }

  Json MapNow() const { return Do("GET", "/api/performances/1/map").json(); }
  WebConnection Watch(const std::string& query, const std::string& last_id = "",
                      int receive_bytes = 0) const {
    WebConnection stream(port(), receive_bytes);
    WebAsk ask{.path = "/api/performances/1/events" + query};
    if (!last_id.empty()) ask.fields = {"Last-Event-ID: " + last_id};
    stream.Send(RequestText(ask));
    EXPECT_EQ(stream.Read().status, 200);
    EXPECT_TRUE(stream.ReadUntil("\n\n").starts_with("retry: "));
    return stream;
  }
  void Block(bool block, int first, int count) {
    std::vector<SeatId> seats;
    for (int i = 0; i < count; ++i) {
      seats.push_back(MakeSeatId(VenueId{1}, static_cast<std::uint32_t>(first + i)));
    }
    std::vector<Status> replies(seats.size());
    if (block)
      engine().reservations().Block(evening, seats, "", replies);
    else
      engine().reservations().Unblock(evening, seats, replies);
    ASSERT_TRUE(replies.front().ok());
  }
};

struct SeenEvent {
  std::string id, name;
  Json data;
};

SeenEvent NextEvent(WebConnection& stream) {
  SeenEvent event;
  const std::string text = stream.ReadUntil("\n\n");
  const auto line = [&](const std::string& key) {
    const std::size_t at = text.find(key);
    if (at == std::string::npos) return std::string();
    return text.substr(at + key.size(), text.find('\n', at) - at - key.size());
  };
  event.id = line("id: ");
  event.name = line("event: ");
  if (auto data = Json::Parse(line("data: ")); data.ok()) event.data = *data;
  return event;
}

void Apply(const Json& data, std::string* seats) {
  for (const Json& change : data.Find("changes")->items()) {
    seats->at(static_cast<std::size_t>(*change.items()[0].AsInt64())) =
        change.items()[1].AsString()->front();
  }
}

TEST_F(Events, AViewerSeesWhatHappensToSeats) {
  const Json map = MapNow();
  std::string seats = Text(map, "seats");
  WebConnection stream = Watch("?after=" + Text(map, "version"));
  const std::string hold = NewId();
  ASSERT_EQ(Hold(ann, hold, {7}).status, 201);
  const SeenEvent held = NextEvent(stream);
  EXPECT_EQ(held.name, "seats");
  EXPECT_EQ(held.data.Find("held")->AsInt64(), 1);
  Apply(held.data, &seats);
  EXPECT_EQ(seats[7], 'h');
  ASSERT_EQ(Do("DELETE", "/api/holds/" + hold + "?performance=1", "", ann).status, 204);
  Apply(NextEvent(stream).data, &seats);
  EXPECT_EQ(seats, std::string(40, 'f'));
  EXPECT_EQ(Text(MapNow(), "seats"), seats);
}

TEST_F(Events, ALapseIsSeenByItself) {
  options.engine.hold_ttl_ms = 1'000;
  Open();
  WebConnection stream = Watch("?after=" + Text(MapNow(), "version"));
  ASSERT_EQ(Hold(ann, NewId(), {7}).status, 201);
  EXPECT_EQ(NextEvent(stream).data.Find("held")->AsInt64(), 1);
  EXPECT_EQ(NextEvent(stream).data.Find("free")->AsInt64(), 40);
}

// Whatever was missed while the line was cut comes, in order; a neighbour who stayed shows that it
// was several frames.
TEST_F(Events, WhoComesBackGetsWhatWasMissed) {
  const Json map = MapNow();
  std::string seats = Text(map, "seats"), last = Text(map, "version");
  WebConnection neighbour = Watch("?after=" + last);
  for (int round = 0; round < Scaled(100); ++round) {
    std::string reached;
    for (int step = 0; step < 3; ++step) {
      Block(step != 1, round % 20 + step, 3);
      const SeenEvent event = NextEvent(neighbour);
      ASSERT_EQ(event.name, "seats");
      ASSERT_NE(event.id, reached);
      reached = event.id;
    }
    WebConnection stream = Watch("?after=7-7", last);  // Last-Event-ID comes before the address
    while (last != reached) {
      const SeenEvent event = NextEvent(stream);
      ASSERT_EQ(event.name, "seats");
      Apply(event.data, &seats);
      last = event.id;
    }
    ASSERT_EQ(seats, Text(MapNow(), "seats"));
    Block(false, 0, 40);
    reached = NextEvent(neighbour).id;
    Apply(NextEvent(stream).data, &seats);
    last = reached;
  }
}

TEST_F(Events, AVersionThatIsNotKnownIsToldToReload) {
  (void)MapNow();
  for (const char* query : {"", "?after=0-1", "?after=999-0", "?after=x"}) {
    WebConnection stream = Watch(query);
    const SeenEvent event = NextEvent(stream);
    EXPECT_EQ(event.name, "reload") << query;
    EXPECT_EQ(event.id, "");
    EXPECT_TRUE(stream.Ends(10'000));
  }
}

TEST_F(Events, AMapThatStandsIsNotSentAgain) {
  const WebReply first = Do("GET", "/api/performances/1/map");
  const std::string etag = first.field("etag");
  EXPECT_EQ(etag, "\"" + Text(first.json(), "version") + "\"");
  WebAsk again{.path = "/api/performances/1/map", .fields = {"If-None-Match: " + etag}};
  const WebReply same = Ask(port(), again);
  EXPECT_EQ(same.status, 304);
  EXPECT_FALSE(same.has("content-length"));
  EXPECT_EQ(same.field("etag"), etag);
  ASSERT_EQ(Hold(ann, NewId(), {7}).status, 201);
  WebReply changed;
  for (int i = 0; i < 1'000 && changed.status != 200; ++i) {  // it may be poll_ms/2 old
    std::this_thread::sleep_for(milliseconds(5));
    changed = Ask(port(), again);
  }
  EXPECT_EQ(changed.status, 200);
  EXPECT_NE(changed.field("etag"), etag);
  again.path = "/api/performances/1/hall";
  const WebReply hall = Ask(port(), again);
  again.fields = {"If-None-Match: \"other\", " + hall.field("etag")};
  EXPECT_EQ(Ask(port(), again).status, 304);
}

TEST_F(Events, ASilentStreamLivesAndIsKeptAwake) {
  options.server.heartbeat_ms = 200;
  options.server.request_ms = options.server.idle_ms = options.server.write_ms = 300;
  Open();
  WebConnection stream = Watch("?after=" + Text(MapNow(), "version"));
  for (int beats = 0; beats < 5; ++beats) EXPECT_EQ(stream.ReadUntil("\n\n"), ":\n\n");
  ASSERT_EQ(Hold(ann, NewId(), {7}).status, 201);
  EXPECT_NE(stream.ReadUntil("\n\n").find("event: seats"), std::string::npos);
  EXPECT_EQ(host().counts().streams, 1u);
}

TEST_F(Events, AViewerWhoLeavesIsForgotten) {
  for (int i = 0; i < 20; ++i) {
    WebConnection stream = Watch("?after=" + Text(MapNow(), "version"));
    if (i % 2 == 0) continue;
    stream.ShutDownSending();  // a reader has nothing more to say: it is gone
    EXPECT_TRUE(stream.Ends(10'000));
  }
  const Deadline patience = Deadline::After({30'000});
  while (host().counts().streams > 0 && !patience.passed()) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_EQ(host().counts().streams, 0u);
}

TEST_F(Events, WhoReadsTooSlowlyIsToldToReload) {
  options.server.stream_bytes_max = 4'096;
  options.poll_ms = 5;
  Open();
  const std::string version = Text(MapNow(), "version");
  WebConnection slow = Watch("?after=" + version, "", 2'048);
  WebConnection quick = Watch("?after=" + version);
  const Deadline patience = Deadline::After({60'000});
  std::string seen_last;
  bool block = true;
  while (host().counts().slow_streams_total == 0 && !patience.passed()) {
    Block(block, 0, 40);
    block = !block;
    seen_last = NextEvent(quick).name;
  }
  EXPECT_EQ(host().counts().slow_streams_total, 1u);
  EXPECT_EQ(seen_last, "seats");  // who reads is not held up
  std::string all = slow.ReadUntil("event: reload\ndata: {}\n\n", 30'000);
  EXPECT_TRUE(all.ends_with("event: reload\ndata: {}\n\n"));
  EXPECT_TRUE(slow.Ends(10'000));
}

TEST_F(Events, AllViewersOfAMapGetTheSame) {
  const std::string version = Text(MapNow(), "version");
  std::vector<WebConnection> streams;
  const int viewers = Scaled(1'000);
  for (int i = 0; i < viewers; ++i) {
    streams.push_back(Watch("?after=" + version));
  }
  ASSERT_EQ(Hold(ann, NewId(), {1, 2}).status, 201);
  const SeenEvent first = NextEvent(streams.front());
  for (std::size_t i = 1; i < streams.size(); ++i) {
    const SeenEvent event = NextEvent(streams[i]);
    ASSERT_EQ(event.id, first.id);
    ASSERT_EQ(event.data, first.data);
  }
}

}  // namespace
}  // namespace seathold::testing
