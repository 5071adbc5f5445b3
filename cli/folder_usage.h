// FolderUsage: bytes and objects of each folder of sorted names, in the memory of the folders that are open.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

class FolderUsage {
 public:
  struct Row {
    std::string folder;  ///< "a/b/"; "" = all
    std::uint64_t bytes = 0, objects = 0;
  };

  /// `told` learns of every folder of at most `depth` names, after those inside it.
  FolderUsage(unsigned depth, std::function<void(const Row&)> told) : depth_(depth), told_(std::move(told)) {}

  void add(std::string_view name, std::uint64_t bytes);
  /// After the last name; answers all of them.
  Row finish();

 private:
  void close();

  const unsigned depth_;
  const std::function<void(const Row&)> told_;
  Row all_;
  std::vector<Row> open_;
};

}  // namespace sluice::cli
