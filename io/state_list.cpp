// Looks over all saved transfers without owning any of them.
#include <dirent.h>

#include <algorithm>
#include <cerrno>

#include "io/file_error.h"
#include "io/state_lock.h"
#include "io/state_schema.h"
#include "io/state_store.h"

namespace sluice::io {
namespace {

Result<std::vector<std::string>> state_files(const std::string& directory) {
  std::vector<std::string> names;
  DIR* open_directory = opendir(directory.c_str());
  if (!open_directory && errno == ENOENT) return names;
  if (!open_directory) {
    Error e = make_error(ErrorKind::state, "cannot read " + directory + ": " + error_text(errno));
    e.system_error = errno;
    return unexpected(std::move(e));
  }
  while (const dirent* entry = readdir(open_directory)) {
    const std::string name = entry->d_name;
    if (name.size() > 3 && name.ends_with(".db")) names.push_back(name);
  }
  closedir(open_directory);
  std::ranges::sort(names);
  return names;
}

std::optional<OwnedTransfer> read_one(const std::string& stem) {
  const LockHolder holder = lock_holder(stem + ".lock");
  auto db = Sqlite::open(stem + ".db", false);
  if (!db) return {};
  const auto version = (*db)->number("PRAGMA user_version");
  if (!version || *version == 0 || *version > kStateVersion) return {};
  auto saved = load_record(**db);
  if (!saved || !*saved) return {};
  const auto parts = (*db)->number("SELECT count(*) FROM part");
  return OwnedTransfer{.key = std::move((*saved)->key),
                       .record = std::move((*saved)->record),
                       .parts = parts ? *parts : 0,
                       .file = stem + ".db",
                       .live = holder.held,
                       .pid = holder.pid};
}

}  // namespace

Result<std::vector<OwnedTransfer>> list_owned(const std::string& dir) {
  const std::string directory = dir + "/transfers";
  auto names = state_files(directory);
  if (!names) return unexpected(names.error());
  std::vector<OwnedTransfer> found;
  for (const std::string& name : *names)
    if (auto transfer = read_one(directory + "/" + name.substr(0, name.size() - 3)))
      found.push_back(std::move(*transfer));
  return found;
}

}  // namespace sluice::io
