// The objects that a store is measured with: those that uploads make, below a prefix that nothing else
// has and of which nothing stays, or those that are there already.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/location.h"
#include "sluice/client.h"

namespace sluice::cli {

class BenchObjects {
 public:
  explicit BenchObjects(Location at);

  /// For uploads: one a connection, so that no two of a key are under way at once.
  std::vector<ObjectInfo> to_make(std::uint64_t bytes, unsigned connections);
  /// What became of uploads to these; nothing is known of them when the probe failed.
  void made(const ProbeOptions&, const Result<ProbeReport>&);

  /// Takes what the location names, or the first page of what is below it, and will remove nothing.
  Result<void> find(Store&);

  /// For downloads: those of this size, else all that are larger.
  std::vector<ObjectInfo> holding(std::uint64_t bytes) const;
  std::uint64_t largest() const;
  bool any() const { return !there_.empty(); }
  bool began_any() const { return !begun_.empty(); }  ///< an upload: something may be to remove

  /// Removes whatever uploads may have made, and looks; an error when some of it may be left.
  Result<void> remove(Store&) const;
  std::string left_at() const;  ///< the URL of what may be left

 private:
  const Location at_;
  const std::string prefix_;
  std::set<std::string> begun_;                 ///< keys that may be there and must go
  std::map<std::string, std::uint64_t> there_;  ///< keys that are there, and their sizes
  bool cut_off_ = false;                        ///< an upload was, amid its body or after
};

}  // namespace sluice::cli
