#include "bulk/window.h"

#include <utility>

namespace sluice::bulk {

std::uint64_t Window::add(std::vector<Step> steps, std::string through) {
  std::lock_guard lock(mutex_);
  Page page;
  page.open = steps.size();
  page.settled.resize(steps.size());
  page.steps = std::move(steps);
  page.through = std::move(through);
  pages_.push_back(std::move(page));
  return (first_page_ + pages_.size() - 1) << kIndexBits;
}

void Window::adopt(const std::vector<Step>& steps) {
  std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < steps.size(); ++i) left_behind_.emplace(i, steps[i]);
}

Step Window::step(std::uint64_t number) const {
  std::lock_guard lock(mutex_);
  const auto behind = left_behind_.find(number);
  if (behind != left_behind_.end()) return behind->second;
  const std::uint64_t index = number & ((std::uint64_t{1} << kIndexBits) - 1);
  return pages_[(number >> kIndexBits) - first_page_].steps[index];
}

void Window::settle(std::uint64_t number) {
  std::lock_guard lock(mutex_);
  const auto behind = left_behind_.find(number);
  if (behind != left_behind_.end()) {
    caught_up_.push_back(std::move(behind->second.entry.name));
    left_behind_.erase(behind);
    return;
  }
  Page& page = pages_[(number >> kIndexBits) - first_page_];
  page.settled[number & ((std::uint64_t{1} << kIndexBits) - 1)] = true;
  --page.open;
}

Window::Change Window::take() {
  std::lock_guard lock(mutex_);
  Change change;
  while (!pages_.empty() && (pages_.front().open == 0 || pages_.size() > batches_)) {
    Page& page = pages_.front();
    for (std::size_t i = 0; page.open > 0 && i < page.steps.size(); ++i) {
      if (page.settled[i]) continue;
      change.left_behind.push_back(page.steps[i]);
      left_behind_.emplace((first_page_ << kIndexBits) + i, std::move(page.steps[i]));
    }
    if (!page.through.empty()) change.position = std::move(page.through);
    pages_.pop_front();
    ++first_page_;
  }
  change.caught_up.swap(caught_up_);
  return change;
}

}  // namespace sluice::bulk
