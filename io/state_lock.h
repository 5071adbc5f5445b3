// The lock beside a state file: an flock that its process holds, with that process's number inside.
#pragma once

#include <string>

#include "sluice/result.h"

namespace sluice::io {

class StateLock {
 public:
  /// kind state when another process (or another store of this one) holds it.
  static Result<StateLock> acquire(std::string path);
  StateLock(StateLock&&) noexcept;
  StateLock& operator=(StateLock&&) = delete;
  ~StateLock();  ///< gives it up; the file stays

  void unlink();  ///< what it guarded is gone
  int fd() const { return fd_; }

 private:
  StateLock(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  std::string path_;
  int fd_;
};

/// Who holds a lock right now.
struct LockHolder {
  bool held = false;
  int pid = 0;  ///< 0 = not known
};
LockHolder lock_holder(const std::string& path);

}  // namespace sluice::io
