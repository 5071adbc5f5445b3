// Router: which dialect a request speaks, and which bucket and key it names. Pure but for the question
// which dialects have a bucket of a name.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "emulator/dialect.h"

namespace sluice::emulator {

struct RouterContext {
  const Dialect* pinned = nullptr;    ///< of a --listen port: nothing else is looked at
  const Dialect* fallback = nullptr;  ///< --dialect
  std::function<std::vector<std::string>(std::string_view bucket)> spaces_of;
};

struct Routed {
  const Dialect* dialect = nullptr;
  signers::Resource resource;
  bool virtual_host = false;
  std::string region;  ///< from the host's name
  Level level = Level::service;
};

/// By Authorization scheme or presign parameters; the vendor's public host; x-oss-, x-cos-, x-tos-,
/// x-qs-, x-amz- headers; the one dialect that has the bucket in the path; the fallback.
Routed route_request(const signers::Received& request, const RouterContext& context);

}  // namespace sluice::emulator
