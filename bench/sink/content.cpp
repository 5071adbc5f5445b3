// Compares and writes by the pattern: content.h.
#include "bench/sink/content.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "bench/sink/pattern.h"
#include "bench/sink/synthetic.h"

namespace sink {
namespace {

namespace fs = std::filesystem;
constexpr int kDiffers = 1, kUsage = 2;
constexpr int kMostComplaints = 5;

const Pattern& pattern() {
  static const Pattern made;
  return made;
}

int no_such_bucket(const std::string& bucket) {
  std::fprintf(stderr, "sink: %s is no synthetic bucket\n", bucket.c_str());
  return kUsage;
}

bool write_object(int file, const Synthetic& bucket, std::uint64_t index) {
  std::uint64_t offset = Pattern::base(index), left = bucket.size;
  while (left > 0) {
    const ssize_t written = write(file, pattern().at(offset), std::min(left, Pattern::kPeriod));
    if (written <= 0) return false;
    offset += static_cast<std::uint64_t>(written);
    left -= static_cast<std::uint64_t>(written);
  }
  return true;
}

bool complain(const std::string& what, const std::string& path) {
  std::fprintf(stderr, "%s: %s\n", what.c_str(), path.c_str());
  return false;
}

bool same_bytes(const char* bytes, std::uint64_t size, std::uint64_t base, const std::string& path) {
  for (std::uint64_t at = 0; at < size; at += Pattern::kPeriod) {
    const std::uint64_t count = std::min(size - at, Pattern::kPeriod);
    const char* wanted = pattern().at(base + at);
    if (std::memcmp(bytes + at, wanted, count) == 0) continue;
    const auto differ = std::mismatch(bytes + at, bytes + at + count, wanted).first;
    return complain("differs at byte " + std::to_string(differ - bytes), path);
  }
  return true;
}

bool same_file(int file, const Synthetic& bucket, std::uint64_t index, const std::string& path) {
  struct stat about;
  if (file < 0 || fstat(file, &about) != 0) return complain("missing", path);
  if (static_cast<std::uint64_t>(about.st_size) != bucket.size)
    return complain("size " + std::to_string(about.st_size) + ", not " + std::to_string(bucket.size), path);
  if (bucket.size == 0) return true;
  void* map = mmap(nullptr, bucket.size, PROT_READ, MAP_SHARED, file, 0);
  if (map == MAP_FAILED) return complain("cannot be mapped", path);
  const bool same = same_bytes(static_cast<const char*>(map), bucket.size, Pattern::base(index), path);
  munmap(map, bucket.size);
  return same;
}

bool check_file(const Synthetic& bucket, std::uint64_t index, const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool same = same_file(file, bucket, index, path);
  if (file >= 0) close(file);
  return same;
}

bool make_file(const Synthetic& bucket, std::uint64_t index, const std::string& path) {
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  const bool written = file >= 0 && write_object(file, bucket, index);
  if (!written) std::perror(path.c_str());
  if (file >= 0) close(file);
  return written;
}

}  // namespace

int print_object(const std::string& name, const std::string& key) {
  const auto bucket = Synthetic::parse(name);
  if (!bucket) return no_such_bucket(name);
  const auto index = bucket->index(key);
  if (!index) return complain("no such key", key), kUsage;
  return write_object(STDOUT_FILENO, *bucket, *index) ? 0 : 1;
}

int check_files(const std::string& name, const std::string& path) {
  const auto bucket = Synthetic::parse(name);
  if (!bucket) return no_such_bucket(name);
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return check_file(*bucket, 0, path) ? 0 : kDiffers;
  int wrong = 0;
  for (std::uint64_t i = 0; i < bucket->count && wrong < kMostComplaints; ++i)
    if (!check_file(*bucket, i, path + "/" + bucket->key(i))) ++wrong;
  return wrong == 0 ? 0 : kDiffers;
}

int make_files(const std::string& name, const std::string& directory) {
  const auto bucket = Synthetic::parse(name);
  if (!bucket) return no_such_bucket(name);
  for (std::uint64_t i = 0; i < bucket->count; ++i) {
    const std::string path = directory + "/" + bucket->key(i);
    std::error_code ignored;
    if (i == 0 || bucket->per_directory > 0) fs::create_directories(fs::path(path).parent_path(), ignored);
    if (!make_file(*bucket, i, path)) return 1;
  }
  return 0;
}

}  // namespace sink
