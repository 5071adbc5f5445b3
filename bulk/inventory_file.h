// The files of an inventory on local disk: a manifest that names several, or one of them alone.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sluice/result.h"

namespace sluice::bulk {

struct InventoryFiles {
  std::vector<std::string> paths{};  ///< CSV, plain or gzip
  std::string schema{};              ///< their columns, where a manifest told them
};

/// `path`: a manifest when it ends in ".json", else the one file. The files of a manifest are looked for
/// under their key below each directory that the manifest is in, and beside it.
Result<InventoryFiles> inventory_files(const std::string& path);

/// Every record; the fields may be taken.
Result<void> each_record(const std::string& path,
                         const std::function<Result<void>(std::vector<std::string>& fields)>& use);

}  // namespace sluice::bulk
