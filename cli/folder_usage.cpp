#include "cli/folder_usage.h"

namespace sluice::cli {

void FolderUsage::add(std::string_view name, std::uint64_t bytes) {
  while (!open_.empty() && !name.starts_with(open_.back().folder)) close();
  while (open_.size() < depth_) {
    const std::size_t slash = name.find('/', open_.empty() ? 0 : open_.back().folder.size());
    if (slash == std::string_view::npos) break;
    open_.push_back({std::string(name.substr(0, slash + 1)), 0, 0});
  }
  for (Row& row : open_) {
    row.bytes += bytes;
    ++row.objects;
  }
  all_.bytes += bytes;
  ++all_.objects;
}

FolderUsage::Row FolderUsage::finish() {
  while (!open_.empty()) close();
  return all_;
}

void FolderUsage::close() {
  told_(open_.back());
  open_.pop_back();
}

}  // namespace sluice::cli
