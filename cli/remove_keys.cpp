#include "cli/remove_keys.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace sluice::cli {
namespace {

constexpr std::size_t kDeletesAtOnce = 16;

}  // namespace

void remove_keys(Store& store, const std::string& bucket, const std::vector<std::string>& keys,
                 const std::function<void(const std::string& key, const Result<void>&)>& told) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < keys.size(); i = next++) told(keys[i], store.remove(bucket, keys[i]));
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < std::min(kDeletesAtOnce, keys.size()); ++i) threads.emplace_back(work);
  work();
}

}  // namespace sluice::cli
