// 256 folders by the low byte of the number, so that successive files spread; made when first needed.
#include "emulator/blob_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sluice::emulator {
namespace {

constexpr char kDigits[] = "0123456789abcdef";
constexpr unsigned kFolders = 256;

struct Place {
  char text[20];  // "xx/0123456789abcdef"
};

Place place_of(std::uint64_t id) {
  Place place{};
  place.text[0] = kDigits[id >> 4 & 15];
  place.text[1] = kDigits[id & 15];
  place.text[2] = '/';
  for (int i = 0; i < 16; ++i) place.text[3 + i] = kDigits[id >> (60 - 4 * i) & 15];
  return place;
}

bool id_of(std::string_view name, std::uint64_t& id) {
  if (name.size() != 16) return false;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id, 16);
  return error == std::errc() && end == name.data() + name.size();
}

}  // namespace

StorageError BlobFiles::failed(const char* what, std::uint64_t id, int error) const {
  return {StorageCode::disk,
          std::string(what) + " " + directory_ + "/" + place_of(id).text + ": " + std::strerror(error),
          static_cast<std::uint64_t>(error)};
}

StorageResult<std::shared_ptr<BlobFiles>> BlobFiles::open(const std::string& directory) {
  std::shared_ptr<BlobFiles> files(new BlobFiles);
  files->directory_ = directory;
  if (mkdir(directory.c_str(), 0777) != 0 && errno != EEXIST)
    return StorageError{StorageCode::disk, "cannot make " + directory + ": " + std::strerror(errno)};
  files->directory_fd_ = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (files->directory_fd_ < 0)
    return StorageError{StorageCode::disk, "cannot open " + directory + ": " + std::strerror(errno)};
  return files;
}

BlobFiles::~BlobFiles() {
  if (directory_fd_ >= 0) ::close(directory_fd_);
}

StorageResult<std::vector<std::uint64_t>> BlobFiles::scan() const {
  std::vector<std::uint64_t> ids;
  for (unsigned folder = 0; folder < kFolders; ++folder) {
    const char name[] = {kDigits[folder >> 4], kDigits[folder & 15], 0};
    int fd = openat(directory_fd_, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) continue;
    DIR* opened = fd < 0 ? nullptr : fdopendir(fd);
    if (!opened) {
      int error = errno;
      if (fd >= 0) ::close(fd);
      return StorageError{StorageCode::disk,
                          "cannot read " + directory_ + "/" + name + ": " + std::strerror(error)};
    }
    while (const dirent* entry = readdir(opened)) {
      std::uint64_t id = 0;
      if (id_of(entry->d_name, id) && (id & (kFolders - 1)) == folder) ids.push_back(id);
    }
    closedir(opened);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

void BlobFiles::start_after(std::uint64_t last) {
  std::lock_guard lock(mutex_);
  last_id_ = std::max(last_id_, last);
}

StorageResult<BlobFiles::Created> BlobFiles::create() {
  std::uint64_t id = 0;
  {
    std::lock_guard lock(mutex_);
    id = ++last_id_;
  }
  Place place = place_of(id);
  auto open_new = [&] {
    return openat(directory_fd_, place.text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  };
  int fd = open_new();
  if (fd < 0 && errno == ENOENT) {
    const char folder[] = {place.text[0], place.text[1], 0};
    if (mkdirat(directory_fd_, folder, 0777) == 0 || errno == EEXIST) fd = open_new();
  }
  if (fd < 0) return failed("cannot create", id, errno);
  return Created{id, fd};
}

StorageResult<int> BlobFiles::open_read(std::uint64_t id) const {
  int fd = openat(directory_fd_, place_of(id).text, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed("cannot open", id, errno);
  return fd;
}

StorageResult<std::uint64_t> BlobFiles::size_of(std::uint64_t id) const {
  struct stat status {};
  if (fstatat(directory_fd_, place_of(id).text, &status, 0) != 0) return failed("cannot look at", id, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

void BlobFiles::pin(std::span<const std::uint64_t> ids) {
  std::lock_guard lock(mutex_);
  for (std::uint64_t id : ids) ++pins_[id];
}

void BlobFiles::unpin(std::span<const std::uint64_t> ids) {
  std::vector<std::uint64_t> gone;
  {
    std::lock_guard lock(mutex_);
    for (std::uint64_t id : ids) {
      auto found = pins_.find(id);
      if (found == pins_.end() || --found->second > 0) continue;
      pins_.erase(found);
      if (doomed_.erase(id)) gone.push_back(id);
    }
  }
  for (std::uint64_t id : gone) unlink(id);
}

void BlobFiles::remove(std::span<const std::uint64_t> ids) {
  std::vector<std::uint64_t> gone;
  {
    std::lock_guard lock(mutex_);
    for (std::uint64_t id : ids) {
      if (pins_.contains(id)) {
        doomed_.insert(id);
      } else {
        gone.push_back(id);
      }
    }
  }
  for (std::uint64_t id : gone) unlink(id);
}

// A file that cannot be unlinked is no one's error: the next start collects it.
void BlobFiles::unlink(std::uint64_t id) const {
  unlinkat(directory_fd_, place_of(id).text, 0);
}

}  // namespace sluice::emulator
