// Merge: two listings side by side, name by name, in the memory of a page of each.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "bulk/listing.h"

namespace sluice::bulk {

/// One name: at least one of the two is there.
struct Both {
  std::optional<Entry> source, target;
};

class Merge {
 public:
  /// `target` may be null: then nothing is there.
  Merge(std::unique_ptr<Listing> source, std::unique_ptr<Listing> target);

  /// Names rise; none: the end. After an error there is no more.
  Result<std::optional<Both>> next();

 private:
  /// The entry of a listing that comes next, which it keeps until it is taken.
  class Head {
   public:
    explicit Head(std::unique_ptr<Listing> listing) : listing_(std::move(listing)) {}
    /// Null at the end.
    Result<Entry*> look();
    Entry take() { return std::move(page_[at_++]); }

   private:
    std::unique_ptr<Listing> listing_;
    std::vector<Entry> page_;
    std::size_t at_ = 0;
  };

  Head source_, target_;
};

}  // namespace sluice::bulk
