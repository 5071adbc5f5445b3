// guarded: where coroutines begin that nobody awaits, and where one must end before those it has started.
//
// Results carry what can go wrong; an exception is what nobody thought of, or a lack of memory. It must
// end one piece of work with an error, and neither the process nor the frame that others still use.
#pragma once

#include <exception>
#include <new>
#include <string>

#include "scheduler/task.h"
#include "sluice/result.h"

namespace sluice::scheduler {

/// Within a handler: the exception as an error of kind internal.
inline Unexpected caught() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return fail(ErrorKind::internal, "out of memory");
  } catch (const std::exception& e) {
    return fail(ErrorKind::internal, std::string("an exception: ") + e.what());
  } catch (...) {
    return fail(ErrorKind::internal, "an exception");
  }
}

/// Calls `make` and awaits the Task<Result<T>> that it answers; whatever either throws is the error.
template <class Make>
auto guarded(Make make) -> decltype(make()) {
  try {
    co_return co_await make();
  } catch (...) {
    co_return caught();
  }
}

}  // namespace sluice::scheduler
