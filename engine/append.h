// Append: adds bytes to an object's end, once.
//
// The request must not be repeated blindly: its answer may be lost and not its effect. After a failure
// that leaves this open the object is looked at: as long as it must be then (and, where the store tells
// CRCs, with the right one) it was done; as long as before, it is sent again.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/store.h"

namespace sluice::engine {

struct AppendSpec {
  std::shared_ptr<Store> store;
  Ref to;
  std::uint64_t position = 0;
  std::string bytes;
  PutOptions options;                   ///< count at position 0
  std::optional<std::uint64_t> before;  ///< CRC64-ECMA of what is there
};

Answer<Appended> append(Call, AppendSpec);

}  // namespace sluice::engine
