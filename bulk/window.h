// Window: the steps that are under way, and the name up to which everything is settled. A step that outlasts
// many later ones is left behind, so that it does not hold the name back. Any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bulk/steps.h"

namespace sluice::bulk {

class Window {
 public:
  /// `batches`: that may hold the position back.
  explicit Window(std::size_t batches = 16) : batches_(batches) {}

  /// Later than all before. `steps`: those to be waited for; they are numbered from the answer on.
  std::uint64_t add(std::vector<Step> steps, std::string through);
  /// Steps that an earlier run has left behind, before the first add(); numbered from 0 on.
  void adopt(const std::vector<Step>& steps);
  /// A copy: what it names may be gone with its neighbours.
  Step step(std::uint64_t number) const;
  void settle(std::uint64_t number);

  /// What has changed since the last call.
  struct Change {
    std::optional<std::string> position;  ///< every step up to this name is settled, or was left behind
    std::vector<Step> left_behind;        ///< not settled, and no longer waited for
    std::vector<std::string> caught_up;   ///< names of these that are settled now
  };
  Change take();

 private:
  struct Page {
    std::vector<Step> steps;
    std::vector<bool> settled;
    std::size_t open = 0;
    std::string through;
  };
  static constexpr unsigned kIndexBits = 20;  // of a number: the rest is the page's

  const std::size_t batches_;
  mutable std::mutex mutex_;
  std::deque<Page> pages_;
  std::uint64_t first_page_ = 1;  // 0: of what was adopted
  std::map<std::uint64_t, Step> left_behind_;
  std::vector<std::string> caught_up_;
};

}  // namespace sluice::bulk
