// A depth-first walk that holds one open directory and its names a level.
#include "io/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "io/file_error.h"

namespace sluice::io {
namespace {

struct Name {
  std::string text;  ///< with a '/' behind directories, so that they sort as their contents' paths do
  bool directory = false;
};

class Level {
 public:
  /// `start_after`: what the names are to be behind, from here on.
  Level(int fd, std::string prefix, std::string_view start_after)
      : fd_(fd), prefix_(std::move(prefix)), start_after_(start_after) {}
  Level(Level&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        prefix_(std::move(other.prefix_)),
        start_after_(other.start_after_),
        names_(std::move(other.names_)),
        next_(other.next_) {}
  Level& operator=(Level&&) = delete;
  ~Level() {
    if (fd_ >= 0) close(fd_);
  }

  int fd() const { return fd_; }
  const std::string& prefix() const { return prefix_; }
  const Name* next() { return next_ < names_.size() ? &names_[next_++] : nullptr; }
  /// What start_after says within the directory of that name.
  std::string_view start_within(const Name& directory) const {
    return start_after_.starts_with(directory.text) ? start_after_.substr(directory.text.size())
                                                    : std::string_view();
  }

  /// 0, or why the names could not be read; those read until then are kept.
  int read_names() {
    const int copy = fcntl(fd_, F_DUPFD_CLOEXEC, 0);
    DIR* directory = copy >= 0 ? fdopendir(copy) : nullptr;
    if (!directory) {
      const int error = errno;
      if (copy >= 0) close(copy);
      return error;
    }
    errno = 0;
    while (const dirent* entry = readdir(directory)) {
      add(*entry);
      errno = 0;
    }
    const int error = errno;
    closedir(directory);
    std::ranges::sort(names_, {}, &Name::text);
    skip_start();
    return error;
  }

 private:
  /// The only directory among the names before it that reaches behind it is the one that it lies in.
  void skip_start() {
    if (start_after_.empty()) return;
    const auto first = std::ranges::upper_bound(names_, start_after_, {}, &Name::text);
    next_ = static_cast<std::size_t>(first - names_.begin());
    if (next_ > 0 && names_[next_ - 1].directory && start_after_.starts_with(names_[next_ - 1].text)) --next_;
  }

  void add(const dirent& entry) {
    std::string text = entry.d_name;
    if (text == "." || text == "..") return;
    bool is_directory = entry.d_type == DT_DIR;
    if (entry.d_type == DT_UNKNOWN) {
      struct stat s {};
      is_directory = fstatat(fd_, entry.d_name, &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(s.st_mode);
    }
    if (is_directory) text += '/';
    names_.push_back({std::move(text), is_directory});
  }

  int fd_;
  std::string prefix_;  ///< relative path with a '/' behind it, or empty
  std::string_view start_after_;
  std::vector<Name> names_;
  std::size_t next_ = 0;
};

std::string_view kind_of(mode_t mode) {
  if (S_ISLNK(mode)) return "symbolic link";
  if (S_ISFIFO(mode)) return "pipe";
  if (S_ISSOCK(mode)) return "socket";
  if (S_ISBLK(mode) || S_ISCHR(mode)) return "device";
  return "not a regular file";
}

class Walk {
 public:
  Walk(const std::string& root, const WalkCallbacks& callbacks, std::string_view start_after)
      : root_(root), callbacks_(callbacks), start_after_(start_after) {}

  Result<void> run() {
    const int fd = open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return disk_error("read the directory", root_, errno);
    Level top(fd, "", start_after_);
    if (const int error = top.read_names(); error != 0) return disk_error("read the directory", root_, error);
    levels_.push_back(std::move(top));
    while (!levels_.empty() && !stopped_) {
      const Name* name = levels_.back().next();
      if (!name)
        levels_.pop_back();
      else if (name->directory)
        enter(*name);
      else
        look_at(name->text);
    }
    return {};
  }

 private:
  void enter(const Name& name) {
    const Level& above = levels_.back();
    const std::string path = above.prefix() + name.text;
    if (callbacks_.enter && !callbacks_.enter(path)) return;
    const std::string bare = name.text.substr(0, name.text.size() - 1);
    const int fd = openat(above.fd(), bare.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return failed("read the directory", path, errno);
    Level level(fd, path, above.start_within(name));
    if (const int error = level.read_names(); error != 0) failed("read the directory", path, error);
    levels_.push_back(std::move(level));
  }

  void look_at(const std::string& name) {
    const Level& level = levels_.back();
    const std::string path = level.prefix() + name;
    struct stat s {};
    if (fstatat(level.fd(), name.c_str(), &s, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno != ENOENT) failed("look at", path, errno);  // removed since its name was read
      return;
    }
    if (!S_ISREG(s.st_mode)) {
      if (callbacks_.skipped) callbacks_.skipped(path, kind_of(s.st_mode));
      return;
    }
    const WalkEntry entry{
        .path = path,
        .size = static_cast<std::uint64_t>(s.st_size),
        .mtime_ns = static_cast<std::int64_t>(s.st_mtim.tv_sec) * 1'000'000'000 + s.st_mtim.tv_nsec};
    if (callbacks_.file && !callbacks_.file(entry)) stopped_ = true;
  }

  void failed(std::string_view what, const std::string& path, int error) {
    const bool slash = root_.ends_with('/');
    if (callbacks_.failed)
      callbacks_.failed(disk_error(what, root_ + (slash ? "" : "/") + path, error).error);
  }

  const std::string& root_;
  const WalkCallbacks& callbacks_;
  const std::string_view start_after_;
  std::vector<Level> levels_;
  bool stopped_ = false;
};

}  // namespace

Result<void> walk(const std::string& directory, const WalkCallbacks& callbacks,
                  std::string_view start_after) {
  return Walk(directory, callbacks, start_after).run();
}

}  // namespace sluice::io
