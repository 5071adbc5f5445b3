// Side: one end of a job, a prefix of a bucket or a local directory.
#pragma once

#include <memory>
#include <string>

#include "engine/store.h"

namespace sluice::bulk {

struct Side {
  std::shared_ptr<engine::Store> store{};  ///< null: local
  engine::Ref root{};                      ///< bucket, and the prefix that every key begins with
  std::string directory{};                 ///< of a local side

  bool local() const { return !store; }
  /// For messages: a URL or a path.
  std::string text(const std::string& name = {}) const {
    if (local()) return name.empty() ? directory : directory + "/" + name;
    engine::Ref ref = root;
    ref.key += name;
    return store->url(ref);
  }
};

}  // namespace sluice::bulk
