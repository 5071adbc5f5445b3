// Worker: one thread, one loop, one deque.
//
// While it has a free slot it takes the next index of its own deque, else steals, else sleeps in its
// loop. Before sleeping it announces that it is hungry and looks once more at every deque; whoever pushes
// wakes the hungry, so no wake-up is lost. An index that merely waits, for another attempt say, may lend
// its slot to another one. Only wake() may be called from other threads.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "scheduler/deque.h"
#include "scheduler/loop.h"

namespace sluice::scheduler {

class Workers;

class Worker {
 public:
  Worker(Workers& all, unsigned index, std::unique_ptr<Loop> loop);

  unsigned index() const { return index_; }
  Loop& loop() { return *loop_; }
  Workers& workers() { return all_; }

  /// The loop as what else it is (io::Transport, ...). Throws std::bad_cast when it is not one.
  template <class Service>
  Service& service() {
    return dynamic_cast<Service&>(*loop_);
  }

  /// Look for work again, soon. Any thread.
  void wake();

  /// Until it is destroyed, one more index may run, where slots are lent. Own thread only; the worker must
  /// outlive it.
  class [[nodiscard]] LentSlot {
   public:
    explicit LentSlot(Worker* worker) : worker_(worker) { worker_->lend(); }
    ~LentSlot() { --worker_->lent_; }
    LentSlot(const LentSlot&) = delete;
    LentSlot& operator=(const LentSlot&) = delete;

   private:
    Worker* const worker_;
  };

 private:
  friend class Workers;
  void pull();
  bool start_one();
  std::optional<Range> next();
  std::optional<Range> steal();
  Task<void> carry(Range one, Tickets tickets);
  bool hungry() const { return hungry_.load(); }
  void lend();
  unsigned with_lent(unsigned slots) const;
  bool has_room() const;

  Workers& all_;
  const unsigned index_;
  std::unique_ptr<Loop> loop_;
  Deque deque_;
  std::atomic<bool> hungry_{true};
  std::atomic<bool> wake_posted_{false};
  std::atomic<unsigned> active_{0};            // slots in use here; changed on the own thread only
  unsigned indices_ = 0;                       // that are in them; own thread only
  std::atomic<bool> full_{false};              // the last pull ended for want of a slot
  unsigned lent_ = 0;                          // by running ones; own thread only
  std::vector<std::shared_ptr<Job>> refused_;  // did not admit in this pull; own thread only
};

/// For Job::admit: a ticket now, or the worker looks again after the budget's next release.
inline Ticket try_take_or_wake(Budget& budget, Worker& worker, std::uint64_t n) {
  return budget.try_take_or_call(n, worker.loop(), &worker, [w = &worker] { w->wake(); });
}

}  // namespace sluice::scheduler
