#include "cli/remove_keys.h"

#include "cli/at_once.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kDeletesAtOnce = 16;

}  // namespace

void remove_keys(Store& store, const std::string& bucket, const std::vector<std::string>& keys,
                 const std::function<void(const std::string& key, const Result<void>&)>& told) {
  at_once(keys.size(), kDeletesAtOnce, [&](std::size_t i) { told(keys[i], store.remove(bucket, keys[i])); });
}

}  // namespace sluice::cli
