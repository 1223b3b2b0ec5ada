#include "examples/cli/who.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace seathold::cli {
namespace {

// Beyond the longest password, so that one too long is refused as such and not cut.
constexpr std::size_t kPasswordBytesMax = 4'096;

std::string TokenOfEnvironment() {
  const char* token = std::getenv("SEATHOLD_TOKEN");
  return token != nullptr ? token : "";
}

// One line of a descriptor, without its end; all of it when `whole`.
std::string ReadInput(int descriptor, bool whole) {
  std::string text;
  for (char c = 0; text.size() <= kPasswordBytesMax && ::read(descriptor, &c, 1) == 1;) {
    if (c == '\n' && !whole) break;
    text.push_back(c);
  }
  if (whole && text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

volatile std::sig_atomic_t interrupted_by = 0;

void NoteSignal(int signal) { interrupted_by = signal; }

// Switches the echo of a terminal off while it lives. A signal that would end the process breaks
// off ReadLine instead and ends it afterwards: the terminal is never left without its echo.
class NoEcho {
 public:
  NoEcho() : valid_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    sigset_t blocked;
    sigemptyset(&blocked);
    struct sigaction note {};
    note.sa_handler = NoteSignal;
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals[i], &note, &handlers_[i]);
      sigaddset(&blocked, kSignals[i]);
    }
    ::sigprocmask(SIG_BLOCK, &blocked, &mask_);
    if (!valid_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~NoEcho() {
    if (valid_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals[i], &handlers_[i], nullptr);
    }
    ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
    if (interrupted_by != 0) std::raise(interrupted_by);
  }

  // Signals come through while it waits, and only then: none falls between two looks.
  std::string ReadLine() const {
    std::string text;
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    char c = 0;
    while (text.size() <= kPasswordBytesMax && ::ppoll(&input, 1, nullptr, &mask_) > 0) {
      if (::read(STDIN_FILENO, &c, 1) != 1 || c == '\n') break;
      text.push_back(c);
    }
    return text;
  }

 private:
  static constexpr std::array<int, 4> kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

  termios before_{};
  bool valid_;
  sigset_t mask_{};
  std::array<struct sigaction, kSignals.size()> handlers_{};
};

std::string AskOnTerminal(const char* prompt) {
  const NoEcho no_echo;
  std::fputs(prompt, stderr);
  std::string answer = no_echo.ReadLine();
  std::fputc('\n', stderr);
  return answer;
}

Status NoPassword() {
  return Status(Code::kInvalidArgument,
                "--password-stdin is missing; only on a terminal the password is asked for");
}

}  // namespace

std::vector<Option> DescribeWho(Who* who) {
  return {
      {"--token", "TOKEN",
       "the buyer: the access token of `account login`; also SEATHOLD_TOKEN, where --user is not "
       "given",
       Secret{&who->token}},
      {"--user", "N", "an operator's way: the user's number, without a token", Id64{&who->user}},
  };
}

Result<std::optional<UserId>> IdentifyAnybody(Session& session, const Who& who) {
  if (!who.token.empty() && who.user != 0) {
    return Status(Code::kInvalidArgument, "--token and --user exclude each other");
  }
  if (who.user != 0) return std::optional(UserId{who.user});
  const std::string token = who.token.empty() ? TokenOfEnvironment() : who.token;
  if (token.empty()) return std::optional<UserId>();
  Result<Principal> principal = session.engine().accounts().Authenticate(token, session.call());
  if (!principal.ok()) return principal.status();
  return std::optional(principal->user);
}

Result<UserId> Identify(Session& session, const Who& who) {
  const Result<std::optional<UserId>> user = IdentifyAnybody(session, who);
  if (!user.ok()) return user.status();
  if (user.value().has_value()) return **user;
  return Status(Code::kInvalidArgument,
                "--token (or SEATHOLD_TOKEN) is missing, or --user for an operator");
}

std::vector<Option> DescribePassword(PasswordSource* source) {
  return {
      {"--password-stdin", "", "read the password from standard input", Flag{&source->from_stdin}},
      {"--password", "TEXT",
       "the password itself; UNSAFE, other users of the machine and the shell's history see it",
       Secret{&source->password}},
  };
}

Result<std::string> ReadPassword(const PasswordSource& source, bool is_new) {
  if (source.from_stdin && !source.password.empty()) {
    return Status(Code::kInvalidArgument, "--password-stdin and --password exclude each other");
  }
  if (!source.password.empty()) return source.password;
  if (source.from_stdin) return ReadInput(STDIN_FILENO, true);
  if (::isatty(STDIN_FILENO) == 0) return NoPassword();
  std::string password = AskOnTerminal("Password: ");
  if (is_new && AskOnTerminal("The same again: ") != password) {
    return Status(Code::kInvalidArgument, "the passwords differ");
  }
  return password;
}

std::vector<Option> DescribeNewPassword(NewPasswordSource* source) {
  return {
      {"--password-stdin", "", "read the old and the new password from standard input, a line each",
       Flag{&source->from_stdin}},
      {"--old-password", "TEXT", "the old one; UNSAFE, as --password of `account login`",
       Secret{&source->old_password}},
      {"--new-password", "TEXT", "the new one; UNSAFE", Secret{&source->new_password}},
  };
}

Result<PasswordChange> ReadNewPassword(const NewPasswordSource& source) {
  if (source.old_password.empty() != source.new_password.empty()) {
    return Status(Code::kInvalidArgument, "--old-password and --new-password go together");
  }
  if (source.from_stdin && !source.old_password.empty()) {
    return Status(Code::kInvalidArgument, "--password-stdin and --old-password exclude each other");
  }
  if (!source.old_password.empty()) return PasswordChange{source.old_password, source.new_password};
  if (source.from_stdin) {
    std::string old_password = ReadInput(STDIN_FILENO, false);
    return PasswordChange{std::move(old_password), ReadInput(STDIN_FILENO, true)};
  }
  if (::isatty(STDIN_FILENO) == 0) return NoPassword();
  std::string old_password = AskOnTerminal("Old password: ");
  std::string new_password = AskOnTerminal("New password: ");
  if (AskOnTerminal("The same again: ") != new_password) {
    return Status(Code::kInvalidArgument, "the passwords differ");
  }
  return PasswordChange{std::move(old_password), std::move(new_password)};
}

}  // namespace seathold::cli
