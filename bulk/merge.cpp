#include "bulk/merge.h"

#include <utility>

namespace sluice::bulk {

Merge::Merge(std::unique_ptr<Listing> source, std::unique_ptr<Listing> target)
    : source_(std::move(source)), target_(std::move(target)) {}

Result<Entry*> Merge::Head::look() {
  if (at_ == page_.size() && listing_) {
    Result<std::vector<Entry>> page = listing_->next();
    if (!page) return unexpected(page.error());
    page_ = *std::move(page);
    at_ = 0;
    if (page_.empty()) listing_.reset();
  }
  return at_ < page_.size() ? &page_[at_] : nullptr;
}

Result<std::optional<Both>> Merge::next() {
  const Result<Entry*> source = source_.look();
  if (!source) return unexpected(source.error());
  const Result<Entry*> target = target_.look();
  if (!target) return unexpected(target.error());
  if (!*source && !*target) return std::optional<Both>();
  const int order = !*source ? 1 : (!*target ? -1 : (*source)->name.compare((*target)->name));
  Both both;
  if (order <= 0) both.source = source_.take();
  if (order >= 0) both.target = target_.take();
  return std::optional<Both>(std::move(both));
}

}  // namespace sluice::bulk
