#include "cli/at_once.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace sluice::cli {

void at_once(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& act) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) act(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(threads, count); ++i) others.emplace_back(work);
  work();
}

}  // namespace sluice::cli
