#include "engine/plan.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::engine {
namespace {

constexpr std::uint64_t kSmallestRange = 64ull << 10;

std::uint64_t parts_needed(std::uint64_t size, std::uint64_t part) {
  return size == 0 ? 1 : size / part + (size % part != 0);
}

Result<std::uint64_t> first_part_size(std::uint64_t wanted, const Limits& limits,
                                      std::uint64_t usual = kDefaultPart) {
  if (wanted == 0) return std::clamp(usual, limits.min_part, limits.max_part);
  if (wanted < limits.min_part || wanted > limits.max_part)
    return fail(ErrorKind::argument, fmt::format("part size {} is outside this store's {} to {} bytes",
                                                 wanted, limits.min_part, limits.max_part));
  return wanted;
}

}  // namespace

PartRange Plan::part(std::uint64_t index) const {
  const std::uint64_t offset = index * part_size;
  return {offset, std::min(part_size, size - offset)};
}

Result<Plan> plan_upload(std::uint64_t size, std::uint64_t wanted, const Limits& limits,
                         std::uint64_t usual) {
  if (size > limits.max_object)
    return fail(ErrorKind::argument, fmt::format("{} bytes are more than this store's largest object, {}",
                                                 size, limits.max_object));
  auto part = first_part_size(wanted, limits, usual);
  if (!part) return unexpected(part.error());
  if (wanted == 0)
    while (parts_needed(size, *part) > limits.max_parts) *part = std::min(*part * 2, limits.max_part);
  if (parts_needed(size, *part) > limits.max_parts)
    return fail(ErrorKind::argument,
                fmt::format("{} bytes in parts of {} are more than this store's {} parts", size, *part,
                            limits.max_parts));
  return Plan{size, *part, parts_needed(size, *part)};
}

Result<Plan> plan_download(std::uint64_t size, std::uint64_t wanted, std::uint64_t most) {
  std::uint64_t part = wanted == 0 ? kDefaultPart : wanted;
  if (part < kSmallestRange)
    return fail(ErrorKind::argument, fmt::format("part size {} is below {} bytes", part, kSmallestRange));
  while (parts_needed(size, part) > most) part *= 2;
  return Plan{size, part, parts_needed(size, part)};
}

Result<StreamPlan> StreamPlan::create(std::uint64_t wanted, const Limits& limits) {
  auto first = first_part_size(wanted, limits);
  if (!first) return unexpected(first.error());
  StreamPlan plan;
  plan.first_ = *first;
  plan.max_part_ = limits.max_part;
  plan.max_parts_ = limits.max_parts;
  // Capacity falls as the step grows, so the largest step that still holds the largest object is found
  // by halving.
  std::uint64_t low = 1, high = limits.max_parts;
  while (low < high) {
    plan.step_ = low + (high - low + 1) / 2;
    if (plan.capacity() >= limits.max_object) {
      low = plan.step_;
    } else {
      high = plan.step_ - 1;
    }
  }
  plan.step_ = low;
  return plan;
}

std::uint64_t StreamPlan::size_of(std::uint64_t index) const {
  const std::uint64_t doublings = std::min<std::uint64_t>(index / step_, 63);
  if (doublings >= 40 || (max_part_ >> doublings) < first_) return max_part_;
  return first_ << doublings;
}

std::uint64_t StreamPlan::capacity() const {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < max_parts_;) {
    const std::uint64_t same = std::min(step_ - i % step_, max_parts_ - i);
    sum += same * size_of(i);
    i += same;
  }
  return sum;
}

}  // namespace sluice::engine
