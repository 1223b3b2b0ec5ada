#include "capi/shim.h"

using namespace seathold;        // NOLINT: the entries below are C's
using namespace seathold::capi;  // NOLINT

extern "C" {

seathold_status seathold_account_register(seathold_engine engine, const char* email,
                                          size_t email_size, const char* password,
                                          size_t password_size, uint64_t* user, int64_t timeout_ms,
                                          seathold_error* error) {
  Arguments arguments;
  arguments.Text(email, email_size, "email", kAnyBytes);
  arguments.Text(password, password_size, "password", kAnyBytes);
  arguments.Need(user, "user").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto made = session.engine->accounts().Register(
        Text(email, email_size), Text(password, password_size), OptionsOf(timeout_ms));
    if (!made.ok()) return made.status();
    *user = made->value;
    return {};
  });
}

seathold_status seathold_account_login(seathold_engine engine, const char* email, size_t email_size,
                                       const char* password, size_t password_size, char* token,
                                       size_t cap, size_t* needed, uint64_t* user,
                                       int64_t* expires_at_us, int64_t timeout_ms,
                                       seathold_error* error) {
  Arguments arguments;
  arguments.Text(email, email_size, "email", kAnyBytes);
  arguments.Text(password, password_size, "password", kAnyBytes);
  arguments.Array(token, cap, "token").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto access = session.engine->accounts().Login(
        Text(email, email_size), Text(password, password_size), OptionsOf(timeout_ms));
    if (!access.ok()) return access.status();
    Status given = GiveText(access->token, token, cap, needed);
    if (!given.ok()) return given;
    if (user != nullptr) *user = access->user.value;
    if (expires_at_us != nullptr) *expires_at_us = access->expires_at.value;
    return {};
  });
}

seathold_status seathold_account_authenticate(seathold_engine engine, const char* token,
                                              size_t size, uint64_t* user, int64_t* expires_at_us,
                                              int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Text(token, size, "token", kAnyBytes).Need(user, "user").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto principal =
        session.engine->accounts().Authenticate(Text(token, size), OptionsOf(timeout_ms));
    if (!principal.ok()) return principal.status();
    *user = principal->user.value;
    if (expires_at_us != nullptr) *expires_at_us = principal->expires_at.value;
    return {};
  });
}

seathold_status seathold_account_password_change(seathold_engine engine, uint64_t user,
                                                 const char* old_password, size_t old_size,
                                                 const char* new_password, size_t new_size,
                                                 int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Text(old_password, old_size, "old_password", kAnyBytes);
  arguments.Text(new_password, new_size, "new_password", kAnyBytes).Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    return session.engine->accounts().ChangePassword(UserId{user}, Text(old_password, old_size),
                                                     Text(new_password, new_size),
                                                     OptionsOf(timeout_ms));
  });
}

seathold_status seathold_account_disable(seathold_engine engine, uint64_t user, int64_t timeout_ms,
                                         seathold_error* error) {
  Arguments arguments;
  arguments.Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    return session.engine->accounts().Disable(UserId{user}, OptionsOf(timeout_ms));
  });
}

seathold_status seathold_account_erase(seathold_engine engine, uint64_t user, int64_t timeout_ms,
                                       seathold_error* error) {
  Arguments arguments;
  arguments.Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    return session.engine->accounts().Erase(UserId{user}, OptionsOf(timeout_ms));
  });
}

seathold_status seathold_account_user_for(seathold_engine engine, const char* external_id,
                                          size_t size, uint64_t* user, int64_t timeout_ms,
                                          seathold_error* error) {
  Arguments arguments;
  arguments.Text(external_id, size, "external_id").Need(user, "user").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto found =
        session.engine->accounts().UserIdFor(Text(external_id, size), OptionsOf(timeout_ms));
    if (!found.ok()) return found.status();
    *user = found->value;
    return {};
  });
}

}  // extern "C"
