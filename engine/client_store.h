// What stands behind the public Store: the engine's store of one dialect, endpoint and account.
#pragma once

#include <memory>
#include <string>

#include "engine/runtime.h"
#include "engine/store.h"
#include "sluice/client.h"

namespace sluice {

class Store::State {
 public:
  engine::Runtime* runtime = nullptr;
  std::shared_ptr<engine::Store> store;
  std::string scheme;
  std::string account;  ///< access key: whose requests these are
};

/// May the store copy between these two by itself?
inline bool same_store(const Store::State& a, const Store::State& b) {
  return a.scheme == b.scheme && a.store->identity() == b.store->identity() && a.account == b.account;
}

}  // namespace sluice
