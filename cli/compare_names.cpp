#include "cli/compare_names.h"

namespace sluice::cli {

Result<void> NameMerge::advance() {
  Result<std::optional<NamedObject>> next = next_();
  if (!next) return unexpected(next.error());
  right_ = *std::move(next);
  begun_ = true;
  return {};
}

Result<void> NameMerge::left(NamedObject one) {
  if (!begun_)
    if (Result<void> first = advance(); !first) return first;
  while (right_ && right_->name < one.name) {
    if (Result<void> told = told_({}, std::move(right_)); !told) return told;
    if (Result<void> more = advance(); !more) return more;
  }
  if (!right_ || right_->name != one.name) return told_(std::move(one), {});
  if (Result<void> told = told_(std::move(one), std::move(right_)); !told) return told;
  return advance();
}

Result<void> NameMerge::finish() {
  if (!begun_)
    if (Result<void> first = advance(); !first) return first;
  while (right_) {
    if (Result<void> told = told_({}, std::move(right_)); !told) return told;
    if (Result<void> more = advance(); !more) return more;
  }
  return {};
}

}  // namespace sluice::cli
