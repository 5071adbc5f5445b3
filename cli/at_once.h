// The same for many, several at once. For calls that wait: each thread waits for one.
#pragma once

#include <cstddef>
#include <functional>

namespace sluice::cli {

/// Calls `act` with 0 to count - 1, on at most `threads` threads, and answers when all have returned.
void at_once(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& act);

}  // namespace sluice::cli
