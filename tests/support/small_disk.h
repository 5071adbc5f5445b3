// A full disk for whoever runs the tests: root or not.
#pragma once

#include <functional>
#include <string>

namespace sluice::testing {

inline constexpr int kNoSmallDisk = 50;

/// Runs `work` in a child process that alone sees a disk of `size` (as mount(8) takes it) at `path`; in a
/// user namespace where the caller may not mount. Answers what `work` answers, 128 + the signal that ended
/// it, or kNoSmallDisk. Call it before the test has threads.
int on_small_disk(const std::string& path, const std::string& size, const std::function<int()>& work);

}  // namespace sluice::testing
