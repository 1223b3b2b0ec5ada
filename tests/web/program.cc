#include "tests/web/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace seathold::testing {
namespace {

constexpr int kStartMs = 60'000;

[[noreturn]] void Become(std::vector<std::string> words, int out, int log, unsigned descriptors) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it does not outlive a test that crashes
  if (descriptors > 0) {
    const rlimit limit{descriptors, descriptors};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ::dup2(out, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

std::string FirstLines(int fd) {
  std::string text;
  pollfd waiting{fd, POLLIN, 0};
  std::array<char, 512> chunk;
  while (text.find('\n') == std::string::npos && ::poll(&waiting, 1, kStartMs) > 0) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got <= 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

std::string WebProgramPath() {
  const char* path = std::getenv("SEATHOLD_WEB");
  if (path != nullptr) return path;
  const std::filesystem::path beside = std::filesystem::read_symlink("/proc/self/exe");
  const std::filesystem::path guess = beside.parent_path() / "seathold-web";
  return std::filesystem::exists(guess) ? guess.string() : "";
}

void (*WebProgram::on_report)(const std::string& log) = [](const std::string& log) {
  std::fputs(log.c_str(), stderr);
};

WebProgram::WebProgram(std::vector<std::string> arguments, unsigned descriptors) {
  std::string pattern = (std::filesystem::temp_directory_path() / "seathold-web-XXXXXX").string();
  const int log = ::mkstemp(pattern.data());
  log_path_ = pattern;
  int out[2];
  if (::pipe2(out, O_CLOEXEC) != 0) return;
  std::vector<std::string> words{WebProgramPath(), "--port", "0"};
  words.insert(words.end(), std::make_move_iterator(arguments.begin()),
               std::make_move_iterator(arguments.end()));
  process_ = ::fork();
  if (process_ == 0) Become(std::move(words), out[1], log, descriptors);
  ::close(out[1]);
  ::close(log);
  announced_ = FirstLines(out[0]);
  ::close(out[0]);
  const std::size_t slash = announced_.find("/\n");
  const std::size_t colon = announced_.rfind(':', slash);
  if (slash != std::string::npos) {
    port_ = static_cast<std::uint16_t>(std::stoi(announced_.substr(colon + 1)));
  }
}

// What a sanitizer has to say of a program that is killed is said nowhere else.
WebProgram::~WebProgram() {
  Kill();
  const std::string log = Log();
  if (log.find("Sanitizer") != std::string::npos) on_report(log);
  std::filesystem::remove(log_path_);
}

void WebProgram::Kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

int WebProgram::Stop(int signal) {
  int status = 0;
  ::kill(process_, signal);
  ::waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string WebProgram::Log() const {
  std::ifstream in(log_path_);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

double WebProgram::CpuSeconds() const {
  std::ifstream in("/proc/" + std::to_string(process_) + "/stat");
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::istringstream words(text.substr(text.rfind(')') + 2));
  std::string word;
  for (int i = 3; i < 14; ++i) words >> word;
  double user = 0, system = 0;
  words >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::uint64_t WebProgram::Bytes() const {
  std::ifstream in("/proc/" + std::to_string(process_) + "/statm");
  std::uint64_t size = 0, resident = 0;
  in >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

WebFolder::WebFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "seathold-hall-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

WebFolder::~WebFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace seathold::testing
