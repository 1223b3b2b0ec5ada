// Child processes for tests: forked from a parent without threads, ended without its destructors.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <optional>
#include <string>
#include <type_traits>

namespace seathold::testing {

// A folder that goes away with this object, in the process that made it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "seathold-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Values of fixed size from one process to another, each whole.
class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0) std::abort();
  }
  ~Pipe() {
    CloseReader();
    CloseWriter();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void CloseReader() { CloseEnd(0); }
  void CloseWriter() { CloseEnd(1); }

  template <class T>
  bool Send(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    static_assert(sizeof value <= PIPE_BUF, "a longer write could be torn");
    return write(ends_[1], &value, sizeof value) == static_cast<ssize_t>(sizeof value);
  }
  // nullopt: nobody will write any more, or nothing came for minutes. (Who waits for a child also
  // holds the end that the child writes to, and would not be told that it ended.)
  template <class T>
  std::optional<T> Receive() {
    T value{};
    std::size_t has = 0;
    while (has < sizeof value) {
      pollfd readable{ends_[0], POLLIN, 0};
      if (poll(&readable, 1, 300'000) == 0) return std::nullopt;
      const ssize_t n = read(ends_[0], reinterpret_cast<char*>(&value) + has, sizeof value - has);
      if (n <= 0) return std::nullopt;
      has += static_cast<std::size_t>(n);
    }
    return value;
  }

 private:
  void CloseEnd(int end) {
    if (ends_[end] >= 0) close(ends_[end]);
    ends_[end] = -1;
  }

  int ends_[2] = {-1, -1};
};

// A value that a process and its children share. T must do without pointers.
template <class T>
class SharedValue {
 public:
  SharedValue() {
    void* at = mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) std::abort();
    value_ = new (at) T();
  }
  ~SharedValue() { munmap(value_, sizeof(T)); }
  SharedValue(const SharedValue&) = delete;
  SharedValue& operator=(const SharedValue&) = delete;

  T* operator->() { return value_; }
  T& operator*() { return *value_; }

 private:
  T* value_;
};

inline int FailuresSoFar() {
  const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
  if (test == nullptr) return 0;
  int failures = 0;
  for (int i = 0; i < test->result()->total_part_count(); ++i) {
    failures += test->result()->GetTestPartResult(i).failed();
  }
  return failures;
}

// A child that runs `body`; failed expectations in it make it end with 1.
template <class Body>
pid_t Spawn(const Body& body) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int before = FailuresSoFar();
  body();
  std::fflush(nullptr);
  _exit(FailuresSoFar() > before ? 1 : 0);
}

inline void ExpectClean(pid_t child) {
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0)
      << "the child ended with status " << status << "; what it found stands above";
}

template <class Body>
void InChild(const Body& body) {
  ExpectClean(Spawn(body));
}

}  // namespace seathold::testing
