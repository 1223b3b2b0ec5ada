// The program as an operator runs it: a process of its own, on a port of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace seathold::testing {

// The path of the program; empty where none was built.
std::string WebProgramPath();

class WebProgram {
 public:
  // `descriptors` 0: as the machine has it; else the process may have so many.
  explicit WebProgram(std::vector<std::string> arguments, unsigned descriptors = 0);
  ~WebProgram();  // kills it
  // Told of a log in which a sanitizer reports something.
  static void (*on_report)(const std::string& log);

  // From the line that it prints; 0 where it did not start.
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_; }
  const std::string& announced() const { return announced_; }
  void Kill();                  // signal 9
  int Stop(int signal);         // the exit code
  std::string Log() const;      // standard error so far
  double CpuSeconds() const;    // that it has used
  std::uint64_t Bytes() const;  // of memory that it has resident

 private:
  std::string log_path_;
  std::string announced_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

// A folder of its own, gone with it.
class WebFolder {
 public:
  WebFolder();
  ~WebFolder();
  std::string Path(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace seathold::testing
