// Files of kept uploads: kept.h.
#include "bench/sink/kept.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>

namespace sink {
namespace {

namespace fs = std::filesystem;

void make_parent(const std::string& path) {
  std::error_code ignored;
  fs::create_directories(fs::path(path).parent_path(), ignored);
}

bool append_file(const std::string& from, int to) {
  const int file = open(from.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  ssize_t copied = 0;
  while ((copied = copy_file_range(file, nullptr, to, nullptr, 1 << 30, 0)) > 0) {
  }
  close(file);
  return copied == 0;
}

std::string parts_directory(const std::string& root, const std::string& upload) {
  return root + "/.parts/" + upload;
}

}  // namespace

KeptFile::KeptFile(const std::string& root) {
  static std::atomic<unsigned> made{0};
  path_ = root + "/.incoming/" + std::to_string(made++);
  make_parent(path_);
  file_ = open(path_.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0644);
}

KeptFile::~KeptFile() {
  if (file_ < 0) return;
  close(file_);
  unlink(path_.c_str());
}

void KeptFile::write(const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(file_, bytes, count);
    if (written <= 0) return;  // the size or the content will show it
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
}

bool KeptFile::move_to(const std::string& path) {
  make_parent(path);
  if (file_ < 0 || std::rename(path_.c_str(), path.c_str()) != 0) return false;
  close(file_);
  file_ = -1;
  return true;
}

std::string object_path(const std::string& root, const std::string& bucket, const std::string& key) {
  return root + "/" + bucket + "/" + key;
}

std::string part_path(const std::string& root, const std::string& upload, int number) {
  return parts_directory(root, upload) + "/" + std::to_string(number);
}

bool join_parts(const std::string& root, const std::string& upload, const std::vector<int>& numbers,
                const std::string& path) {
  make_parent(path);
  const int whole = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  if (whole < 0) return false;
  bool fine = true;
  for (const int number : numbers) fine = append_file(part_path(root, upload, number), whole) && fine;
  close(whole);
  remove_parts(root, upload);
  return fine;
}

void remove_parts(const std::string& root, const std::string& upload) {
  std::error_code ignored;
  fs::remove_all(parts_directory(root, upload), ignored);
}

}  // namespace sink
