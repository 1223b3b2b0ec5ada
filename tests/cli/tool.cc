#include "tests/cli/tool.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

namespace seathold::testing {
namespace {

constexpr uid_t kNobody = 65'534;

std::string ToolPath() {
  const char* path = std::getenv("SEATHOLD_CLI");
  return path != nullptr ? path : "";
}

std::vector<char*> Pointers(std::vector<std::string>* texts) {
  std::vector<char*> pointers;
  for (std::string& text : *texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void Redirect(const std::string& path, int flags, int to) {
  const int file = ::open(path.c_str(), flags, 0600);
  if (file < 0 || ::dup2(file, to) < 0 || ::close(file) != 0) ::_exit(126);
}

void BreakPipe() {
  int ends[2];
  if (::pipe(ends) != 0 || ::close(ends[0]) != 0 || ::dup2(ends[1], STDOUT_FILENO) < 0) {
    ::_exit(126);
  }
}

std::filesystem::path NewDirectory() {
  static std::atomic<int> count = 0;
  const std::string name =
      "seathold-cli-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
  const std::filesystem::path path = std::filesystem::temp_directory_path() / name;
  std::filesystem::create_directories(path / "io");
  return path;
}

}  // namespace

Ran RunTool(const std::filesystem::path& directory, const std::vector<std::string>& arguments,
            const RunInput& input) {
  const std::string in = directory / "io" / "in";
  const std::string out =
      input.out_file.empty() ? (directory / "io" / "out").string() : input.out_file;
  const std::string err = directory / "io" / "err";
  std::ofstream(in, std::ios::binary) << input.text;
  std::vector<std::string> argv = arguments;
  argv.insert(argv.begin(), ToolPath());
  std::vector<std::string> environment = input.environment;
  environment.push_back("LC_ALL=C.UTF-8");  // behind those of the test: the first one counts
  const std::vector<char*> argv_pointers = Pointers(&argv);
  const std::vector<char*> environment_pointers = Pointers(&environment);

  const pid_t child = ::fork();
  if (child == 0) {
    Redirect(in, O_RDONLY, STDIN_FILENO);
    Redirect(out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    Redirect(err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    if (input.out_broken) BreakPipe();
    if (input.out_closed) ::close(STDOUT_FILENO);  // last: the next file would be given its number
    if (::chdir(directory.c_str()) != 0) ::_exit(126);
    if (input.unprivileged && ::geteuid() == 0 && ::setuid(kNobody) != 0) ::_exit(126);
    ::execve(argv_pointers[0], argv_pointers.data(), environment_pointers.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, input.out_file.empty() ? ReadFile(out) : "", ReadFile(err)};
}

void CliTest::SetUp() {
  if (ToolPath().empty()) GTEST_SKIP() << "SEATHOLD_CLI is not set: the tool was not built";
  ASSERT_EQ(::access(ToolPath().c_str(), X_OK), 0) << ToolPath() << " cannot be run";
  directory_ = NewDirectory();
}

void CliTest::TearDown() {
  if (directory_.empty()) return;
  std::filesystem::remove_all(directory_);
}

std::string CliTest::Quiet(std::vector<std::string> arguments, const RunInput& input) const {
  arguments.insert(arguments.begin(), "--quiet");
  Ran ran = Run(arguments, input);
  EXPECT_EQ(ran.code, 0) << ran.err;
  if (ran.out.ends_with('\n')) ran.out.pop_back();
  return ran.out;
}

Json CliTest::Answer(std::vector<std::string> arguments, const RunInput& input) const {
  arguments.push_back("--json");
  const Ran ran = Run(arguments, input);
  EXPECT_EQ(ran.code, 0) << ran.err;
  Result<Json> json = Json::Parse(ran.out);
  EXPECT_TRUE(json.ok()) << ran.out;
  return json.ok() ? json.value() : Json();
}

void CliTest::Refused(const std::vector<std::string>& arguments, int exit_code,
                      std::string_view code, const RunInput& input) const {
  std::string call;
  for (const std::string& argument : arguments) call += argument + " ";
  SCOPED_TRACE(call);
  const Ran ran = Run(arguments, input);
  EXPECT_EQ(ran.code, exit_code) << ran.err;
  EXPECT_TRUE(ran.err.starts_with("seathold: " + std::string(code) + ": ")) << ran.err;
  EXPECT_EQ(ran.err.find('\n'), ran.err.size() - 1) << ran.err;
  EXPECT_EQ(ran.out, "");

  std::vector<std::string> as_json = arguments;
  as_json.insert(as_json.begin(), "--json");
  const Ran again = Run(as_json, input);
  EXPECT_EQ(again.code, exit_code) << again.err;
  const Result<Json> error = Json::Parse(again.err);
  ASSERT_TRUE(error.ok()) << again.err;
  for (const char* key : {"code", "number", "outcome", "retryable", "text"}) {
    EXPECT_NE(error->Find(key), nullptr) << key;
  }
  EXPECT_EQ(*error->Find("code"), Json(code));
}

std::vector<std::vector<std::string>> CliTest::CommandsOfHelp() const {
  std::vector<std::vector<std::string>> commands;
  std::istringstream lines(Run({"--help"}).out);
  std::string line;
  while (std::getline(lines, line) && !line.starts_with("Commands")) continue;
  while (std::getline(lines, line) && !line.empty()) {
    const std::string path = line.substr(2, std::min(line.find("  ", 2), line.find(',')) - 2);
    std::istringstream words(path);
    commands.emplace_back(std::istream_iterator<std::string>(words),
                          std::istream_iterator<std::string>());
  }
  return commands;
}

void CliTest::MakeSale(const std::vector<std::string>& show_options) const {
  std::vector<std::string> show = {"show", "add", "--title", "The rush"};
  show.insert(show.end(), show_options.begin(), show_options.end());
  Quiet({"init"});
  EXPECT_EQ(Quiet({"venue", "make", "--name", "Barn", "--rows", "4", "--seats", "5"}), "1");
  EXPECT_EQ(Quiet(show), "1");
  EXPECT_EQ(
      Quiet({"performance", "add", "--show", "1", "--venue", "1", "--date", "2036-12-31", "--time",
             "19:30", "--currency", "EUR", "--price", "*=10.00", "--price", "*/1:reduced=7.50"}),
      "1");
}

std::vector<std::string> CliTest::FreeSeats(std::size_t count) const {
  std::istringstream lines(Quiet({"seats", "1", "--free"}));
  std::vector<std::string> seats;
  for (std::string line; seats.size() < count && std::getline(lines, line);) seats.push_back(line);
  EXPECT_EQ(seats.size(), count);
  seats.resize(count);
  return seats;
}

}  // namespace seathold::testing
