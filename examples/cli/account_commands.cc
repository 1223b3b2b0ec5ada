#include <fmt/format.h>

#include "examples/cli/commands.h"
#include "examples/cli/options.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"
#include "examples/cli/who.h"

namespace seathold::cli {
namespace {

struct Credentials {
  std::string email;
  PasswordSource password;
};

int Register(Session& session, const Credentials& options) {
  const Result<std::string> password = ReadPassword(options.password, true);
  if (!password.ok()) return session.Fail(password.status());
  const Result<UserId> user =
      session.engine().accounts().Register(options.email, *password, session.call());
  if (!user.ok()) return session.Fail(user.status());
  Answer answer;
  answer.json.Set("user", UserJson(*user));
  answer.text = fmt::format("user {}\n", user->value);
  answer.brief = std::to_string(user->value);
  return session.Done(answer);
}

int Login(Session& session, const Credentials& options) {
  const Result<std::string> password = ReadPassword(options.password, false);
  if (!password.ok()) return session.Fail(password.status());
  const Result<AccessToken> token =
      session.engine().accounts().Login(options.email, *password, session.call());
  if (!token.ok()) return session.Fail(token.status());
  Answer answer;
  answer.json.Set("user", UserJson(token->user)).Set("token", token->token);
  answer.json.Set("expires_at", TimeJson(token->expires_at));
  answer.text = fmt::format("user   {}\nuntil  {}\ntoken  {}\n", token->user.value,
                            TimeText(token->expires_at), token->token);
  answer.brief = token->token;
  answer.secret = true;
  return session.Done(answer);
}

int Erase(Session& session, const Who& who) {
  const Result<UserId> user = Identify(session, who);
  if (!user.ok()) return session.Fail(user.status());
  const Status status = session.engine().accounts().Erase(*user, session.call());
  if (!status.ok()) return session.Fail(status);
  Answer answer;
  answer.json.Set("user", UserJson(*user)).Set("erased", true);
  answer.text =
      fmt::format("forgotten who user {} is; their reservations and money stay\n", user->value);
  answer.brief = std::to_string(user->value);
  return session.Done(answer);
}

int ChangePassword(Session& session, const Who& who, const NewPasswordSource& source) {
  const Result<UserId> user = Identify(session, who);
  if (!user.ok()) return session.Fail(user.status());
  const Result<PasswordChange> change = ReadNewPassword(source);
  if (!change.ok()) return session.Fail(change.status());
  const Status status = session.engine().accounts().ChangePassword(
      *user, change->old_password, change->new_password, session.call());
  if (!status.ok()) return session.Fail(status);
  Answer answer;
  answer.json.Set("user", UserJson(*user)).Set("changed", true);
  answer.text = fmt::format("user {} has a new password; every access token given before is void\n",
                            user->value);
  answer.brief = std::to_string(user->value);
  return session.Done(answer);
}

int Disable(Session& session, const Who& who) {
  const Result<UserId> user = Identify(session, who);
  if (!user.ok()) return session.Fail(user.status());
  const Status status = session.engine().accounts().Disable(*user, session.call());
  if (!status.ok()) return session.Fail(status);
  Answer answer;
  answer.json.Set("user", UserJson(*user)).Set("disabled", true);
  answer.text = fmt::format(
      "user {} is disabled: no login, and no access token of theirs is good\n", user->value);
  answer.brief = std::to_string(user->value);
  return session.Done(answer);
}

std::vector<Option> DescribeCredentials(Credentials* o) {
  std::vector<Option> options = {
      {"--email", "ADDRESS", "the e-mail address", Text{&o->email}, true}};
  for (Option& option : DescribePassword(&o->password)) options.push_back(std::move(option));
  return options;
}

Command DescribeRegister() {
  auto o = std::make_shared<Credentials>();
  return {.path = "account register",
          .purpose = "make an account with a password",
          .details =
              "Passwords have 8 characters or more and 1,024 bytes at most. On a terminal it is "
              "asked for,\nwithout an echo.",
          .options = DescribeCredentials(o.get()),
          .examples = {"seathold account register --email ada@example.org",
                       "seathold account register --email ada@example.org --password-stdin "
                       "<password.txt"},
          .run = [o](Session& session) { return Register(session, *o); }};
}

Command DescribeLogin() {
  auto o = std::make_shared<Credentials>();
  return {.path = "account login",
          .purpose = "get the access token that buyers' commands take",
          .details = "It lasts 15 minutes.",
          .options = DescribeCredentials(o.get()),
          .examples = {"seathold account login --email ada@example.org",
                       "export SEATHOLD_TOKEN=$(seathold -q account login \\\n      --email "
                       "ada@example.org --password-stdin <password.txt)"},
          .run = [o](Session& session) { return Login(session, *o); },
          .reads = true};
}

Command DescribeErase() {
  auto o = std::make_shared<Who>();
  return {.path = "account erase",
          .purpose = "forget who a user is",
          .details =
              "E-mail and password go. Reservations and money keep the number, which is "
              "never given again.",
          .options = DescribeWho(o.get()),
          .examples = {"seathold account erase --user 9223372036854775809"},
          .run = [o](Session& session) { return Erase(session, *o); }};
}

Command DescribePassword() {
  struct Options {
    Who who;
    NewPasswordSource source;
  };
  auto o = std::make_shared<Options>();
  Command command{
      .path = "account password",
      .purpose = "change a password; ends every access token given before",
      .details =
          "The old one is needed, whoever asks. On a terminal both are asked for, without an echo.",
      .options = DescribeWho(&o->who),
      .examples = {"seathold account password --token \"$TOKEN\"",
                   "printf 'the old one\\nthe new one' | seathold account password \\\n      "
                   "--user 9223372036854775809 --password-stdin"},
      .run = [o](Session& session) { return ChangePassword(session, o->who, o->source); }};
  Append(&command.options, DescribeNewPassword(&o->source));
  return command;
}

Command DescribeDisable() {
  auto o = std::make_shared<Who>();
  return {.path = "account disable",
          .purpose = "end a user's logins and access tokens for good",
          .details =
              "What they hold and have paid stays. Their place and pass in a line are "
              "`queue revoke`'s.",
          .options = DescribeWho(o.get()),
          .examples = {"seathold account disable --user 9223372036854775809"},
          .run = [o](Session& session) { return Disable(session, *o); }};
}

}  // namespace

std::vector<Command> AccountCommands() {
  return {DescribeRegister(), DescribeLogin(), DescribePassword(), DescribeDisable(),
          DescribeErase()};
}

}  // namespace seathold::cli
