// A probe: one kind of request to a store, repeated by some connections at once, and timed.
//
// The load is kept up until every request that was part of it has ended, so that none is measured beside
// connections that idle already; what was begun for that alone is cut off, and stores nothing.
#pragma once

#include "engine/runtime.h"
#include "engine/store.h"

namespace sluice::engine {

struct ProbeSpec {
  std::shared_ptr<Store> store;
  std::string bucket;
  ProbeOptions options;
  std::stop_token stop;
};

/// On `home`; the connections are spread over all workers, beside their slots.
scheduler::Task<Result<ProbeReport>> probe(scheduler::Worker* home, ProbeSpec spec);

}  // namespace sluice::engine
