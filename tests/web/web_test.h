// A host in this process: two shows in a hall of 40 seats, the second with a queue; buyers, staff,
// an operator.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "examples/web/web_host.h"
#include "tests/web/web_client.h"

namespace seathold::testing {

class WebTest : public ::testing::Test {
 protected:
  static constexpr const char* kPassword = "a seat by the aisle";

  void SetUp() override;
  // To be changed before Open.
  web::HostOptions options;
  void Open();

  std::uint16_t port() const { return host_->port(); }
  Engine& engine() { return host_->engine(); }
  web::WebHost& host() { return *host_; }
  WebReply Do(const std::string& method, const std::string& path, const std::string& body = "",
              const std::string& token = "") const {
    return Ask(port(), {.method = method, .path = path, .body = body, .token = token});
  }
  // The token of a login of that address, which is registered first where it has no account.
  std::string LogIn(const std::string& email);
  // A new id in hex.
  std::string NewId();
  // A hold of these seats (by index), as its JSON; the status is checked.
  WebReply Hold(const std::string& token, const std::string& id, std::vector<int> seats);
  // Charges, holds and pays: the id of the hold.
  std::string Buy(const std::string& token, std::vector<int> seats);
  std::string SeatText(int index) const;

  std::string ann, bob, staff, boss;  // tokens
  PerformanceId evening, rush;        // rush: of the show with a queue
  ShowId open_show, queue_show;

 private:
  std::unique_ptr<web::WebHost> host_;
};

// "ok" as a text of JSON, or null.
std::string Text(const Json& json, std::string_view key);

}  // namespace seathold::testing
