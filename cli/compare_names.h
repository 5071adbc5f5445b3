// NameMerge: what two sorted lists of names have in common and each has alone, in the memory of one name.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sluice/result.h"
#include "sluice/types.h"

namespace sluice::cli {

/// One thing of a side; `info.key` is its whole key where it is an object.
struct NamedObject {
  std::string name;  ///< relative
  ObjectInfo info;
};

/// The left names are given one by one, the right ones are asked for. Both in byte order.
class NameMerge {
 public:
  using Next = std::function<Result<std::optional<NamedObject>>()>;
  /// Either side may be missing, never both. An error ends the merge.
  using Told = std::function<Result<void>(std::optional<NamedObject> left, std::optional<NamedObject> right)>;

  NameMerge(Next right, Told told) : next_(std::move(right)), told_(std::move(told)) {}

  Result<void> left(NamedObject one);
  /// After the last left one.
  Result<void> finish();

 private:
  Result<void> advance();

  const Next next_;
  const Told told_;
  bool begun_ = false;
  std::optional<NamedObject> right_;  ///< the first that is not told yet
};

}  // namespace sluice::cli
