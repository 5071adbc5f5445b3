// Deques, stealing, admission and the sleep protocol.
#include "scheduler/workers.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <numeric>
#include <random>
#include <set>

#include "scheduler/sleep.h"
#include "support/plain_loop.h"

namespace sluice::scheduler {
namespace {

using namespace std::chrono_literals;
using testing::plain_loops;

/// Opens when it was counted down as often as told.
class Latch {
 public:
  explicit Latch(std::uint64_t count) : left_(count) {}
  void count_down(std::uint64_t n = 1) {
    std::lock_guard lock(mutex_);
    left_ -= n;
    if (left_ == 0) open_.notify_all();
  }
  bool wait(std::chrono::seconds longest = 120s) {
    std::unique_lock lock(mutex_);
    return open_.wait_for(lock, longest, [this] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable open_;
  std::uint64_t left_;
};

/// Counts how often each index ran; a run may pause on its worker's loop.
class Counting : public Job {
 public:
  Counting(std::uint64_t count, Latch* latch, Clock::duration pause = {}, bool may_steal = true)
      : runs_(count), latch_(latch), pause_(pause), may_steal_(may_steal) {}

  Task<void> run(Worker& worker, std::uint64_t index, bool) override {
    if (pause_ > Clock::duration::zero()) co_await sleep_for(worker.loop(), pause_);
    ++runs_[index];
    latch_->count_down();
  }
  bool stealable() const override { return may_steal_; }
  std::uint64_t runs_of(std::uint64_t index) const { return runs_[index].load(); }
  bool each_once() const {
    return std::all_of(runs_.begin(), runs_.end(), [](const auto& n) { return n.load() == 1; });
  }

 private:
  std::vector<std::atomic<std::uint64_t>> runs_;
  Latch* latch_;
  Clock::duration pause_;
  bool may_steal_;
};

Range range_of(std::shared_ptr<Job> job, std::uint64_t lo, std::uint64_t hi) {
  Range range;
  range.job = std::move(job);
  range.lo = lo;
  range.hi = hi;
  return range;
}

TEST(Deque, OwnerTakesTheFirstIndexAndLeavesTheRest) {
  Latch latch(1);
  Deque deque;
  deque.push(range_of(std::make_shared<Counting>(10, &latch), 3, 6));

  EXPECT_EQ(deque.take()->lo, 3u);
  EXPECT_EQ(deque.take()->lo, 4u);
  EXPECT_EQ(deque.indices(), 1u);
  EXPECT_EQ(deque.take()->lo, 5u);
  EXPECT_FALSE(deque.take());
}

TEST(Deque, ThiefTakesTheFarHalfOfTheLastRangeAndTheWholeOfASingleIndex) {
  Latch latch(1);
  Deque deque;
  const auto job = std::make_shared<Counting>(100, &latch);
  deque.push(range_of(job, 0, 10));
  deque.push(range_of(job, 50, 53));

  const Range far = *deque.steal();
  EXPECT_EQ(far.lo, 51u);
  EXPECT_EQ(far.hi, 53u);
  const Range single = *deque.steal();
  EXPECT_EQ(single.lo, 50u);
  EXPECT_EQ(single.hi, 51u);
  const Range half = *deque.steal();
  EXPECT_EQ(half.lo, 5u);
  EXPECT_EQ(half.hi, 10u);
  EXPECT_EQ(deque.indices(), 5u);
}

TEST(Deque, NeverStealsFromAJobThatForbidsIt) {
  Latch latch(1);
  Deque deque;
  deque.push(range_of(std::make_shared<Counting>(9, &latch, Clock::duration::zero(), false), 0, 9));

  EXPECT_FALSE(deque.steal());
  EXPECT_EQ(deque.indices(), 9u);
}

TEST(Deque, JoinsAnIndexThatComesBackWithItsRange) {
  Latch latch(1);
  Deque deque;
  deque.push(range_of(std::make_shared<Counting>(9, &latch), 0, 9));

  deque.put_back(*deque.take());

  EXPECT_EQ(deque.indices(), 9u);
  EXPECT_EQ(deque.steal()->size(), 5u) << "one range again";
  EXPECT_EQ(deque.take()->lo, 0u);
}

TEST(Deque, PassesOverJobsItIsToldToSpare) {
  Latch latch(1);
  Deque deque;
  const std::vector<std::shared_ptr<Job>> spared = {std::make_shared<Counting>(9, &latch)};
  deque.push(range_of(spared[0], 0, 5));

  EXPECT_FALSE(deque.take(spared));
  EXPECT_FALSE(deque.steal(spared));
  deque.push(range_of(std::make_shared<Counting>(9, &latch), 7, 8));
  EXPECT_EQ(deque.take(spared)->lo, 7u);
}

TEST(Workers, CarryEveryIndexOnceAndShareWhatWasGivenToOne) {
  // As long as a small part: the shares are those of the slots, whoever else uses the processor.
  constexpr std::uint64_t kCount = 480;
  Latch latch(kCount);
  const auto job = std::make_shared<Counting>(kCount, &latch, 15ms);
  WorkersOptions options;
  options.slots = 16;
  {
    Workers workers(plain_loops(4), options);
    workers.submit(job, 0, kCount, 0);
    ASSERT_TRUE(latch.wait());
  }

  EXPECT_TRUE(job->each_once());
  EXPECT_GT(job->stolen(), 0u);
  const auto by_worker = job->by_worker(4);
  EXPECT_EQ(std::accumulate(by_worker.begin(), by_worker.end(), std::uint64_t{0}), kCount);
  EXPECT_EQ(job->stolen(), kCount - by_worker[0]);
  for (const std::uint64_t carried : by_worker) EXPECT_GE(carried, kCount * 15 / 100);
}

TEST(Workers, LeaveEverythingToOneWhenStealingIsOff) {
  constexpr std::uint64_t kCount = 500;
  Latch latch(kCount);
  const auto job = std::make_shared<Counting>(kCount, &latch, 50us);
  WorkersOptions options;
  options.stealing = false;
  {
    Workers workers(plain_loops(4), options);
    workers.submit(job, 0, kCount, 2);
    ASSERT_TRUE(latch.wait());
  }

  EXPECT_TRUE(job->each_once());
  EXPECT_EQ(job->stolen(), 0u);
  EXPECT_EQ(job->by_worker(4)[2], kCount);
}

/// How many of its indices ran at once.
class Watching : public Job {
 public:
  Watching(Latch* latch, unsigned weight) : latch_(latch), weight_(weight) {}
  Task<void> run(Worker& worker, std::uint64_t, bool) override {
    const int level = ++now_;
    for (int seen = most; seen < level && !most.compare_exchange_weak(seen, level);) continue;
    co_await sleep_for(worker.loop(), 300us);
    --now_;
    latch_->count_down();
  }
  unsigned weight(std::uint64_t) const override { return weight_; }
  std::atomic<int> most{0};

 private:
  std::atomic<int> now_{0};
  Latch* latch_;
  const unsigned weight_;
};

/// Of 200 indices over two workers.
int most_at_once(WorkersOptions options, unsigned weight = 1) {
  Latch latch(200);
  const auto job = std::make_shared<Watching>(&latch, weight);
  Workers workers(plain_loops(2), options);
  workers.submit(job, 0, 200);
  EXPECT_TRUE(latch.wait());
  return job->most;
}

TEST(Workers, RunNoMoreAtOnceThanTheyHaveSlots) {
  WorkersOptions options;
  options.slots = 3;
  const int most = most_at_once(options);
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 2);
}

TEST(Workers, GiveHeavyOnesSeveralSlots) {
  WorkersOptions options;
  options.slots = 16;
  options.heaviest = 4;
  EXPECT_LE(most_at_once(options, 9), 4);
}

TEST(Workers, WeighNothingWhereEachIndexTakesOneSlot) {
  WorkersOptions options;
  options.slots = 3;
  EXPECT_GE(most_at_once(options, 9), 2);
}

TEST(Workers, RunNoMoreLightOnesThanMayRun) {
  WorkersOptions options;
  options.slots = 16;
  options.most = 3;
  EXPECT_LE(most_at_once(options), 3);
}

/// Indices that hold their slot until the latch of all of them is open, or lend it meanwhile.
class Meeting : public Job {
 public:
  Meeting(std::uint64_t count, Latch* all_here, bool lend) : left_(count), all_here_(all_here), lend_(lend) {}
  Task<void> run(Worker& worker, std::uint64_t, bool) override {
    std::optional<Worker::LentSlot> lent;
    if (lend_) lent.emplace(&worker);
    if (left_.fetch_sub(1) == 1) all_here_->count_down();
    while (left_ > 0) co_await sleep_for(worker.loop(), 1ms);
  }

 private:
  std::atomic<std::uint64_t> left_;
  Latch* all_here_;
  const bool lend_;
};

TEST(Workers, RunAnotherIndexWhileOneLendsItsSlot) {
  Latch all_here(1);
  WorkersOptions options;
  options.slots = 2;
  options.lending = true;
  Workers workers(plain_loops(1), options);

  workers.submit(std::make_shared<Meeting>(4, &all_here, true), 0, 4);

  EXPECT_TRUE(all_here.wait());
}

TEST(Workers, TakeMoreAtOnceWhenTheyGetMoreSlots) {
  Latch all_here(1);
  WorkersOptions options;
  options.slots = 2;
  Workers workers(plain_loops(2), options);
  workers.submit(std::make_shared<Meeting>(12, &all_here, false), 0, 12);

  workers.set_slots(12);

  EXPECT_TRUE(all_here.wait());
}

/// As Meeting, each of them so heavy.
class HeavyMeeting : public Meeting {
 public:
  HeavyMeeting(unsigned weight, std::uint64_t count, Latch* all_here)
      : Meeting(count, all_here, false), weight_(weight) {}
  unsigned weight(std::uint64_t) const override { return weight_; }

 private:
  const unsigned weight_;
};

TEST(Workers, BeginAHeavyOneInTheLastFreeSlot) {
  Latch both_here(1);
  WorkersOptions options;
  options.slots = 5;
  options.heaviest = 4;
  Workers workers(plain_loops(1), options);

  workers.submit(std::make_shared<HeavyMeeting>(4, 2, &both_here), 0, 2);

  EXPECT_TRUE(both_here.wait());
}

/// Takes `n` of a budget for each index.
class Budgeted : public Counting {
 public:
  Budgeted(std::uint64_t count, Latch* latch, Budget* budget, std::uint64_t n)
      : Counting(count, latch, 20us), budget_(budget), n_(n) {}
  std::optional<Tickets> admit(Worker& worker, std::uint64_t) override {
    Ticket ticket = try_take_or_wake(*budget_, worker, n_);
    if (!ticket) return {};
    Tickets tickets;
    tickets.push_back(std::move(ticket));
    return tickets;
  }

 private:
  Budget* budget_;
  std::uint64_t n_;
};

TEST(Workers, KeepWithinABudgetAndStillFinish) {
  constexpr std::uint64_t kCount = 600;
  Budget budget(3);
  Latch latch(2 * kCount);
  const auto small = std::make_shared<Budgeted>(kCount, &latch, &budget, 1);
  const auto large = std::make_shared<Budgeted>(kCount, &latch, &budget, 5);
  {
    Workers workers(plain_loops(4));
    workers.submit(small, 0, kCount);
    workers.submit(large, 0, kCount);
    ASSERT_TRUE(latch.wait());
  }

  EXPECT_TRUE(small->each_once());
  EXPECT_TRUE(large->each_once());
  EXPECT_LE(budget.high_water(), 3u);
  EXPECT_EQ(budget.used(), 0u);
}

TEST(Workers, ServeOtherJobsWhileOneIsRefused) {
  Budget budget(1);
  Ticket held = budget.try_take(1);
  Latch refused_done(10), free_done(10);
  const auto refused = std::make_shared<Budgeted>(10, &refused_done, &budget, 1);
  const auto unbound = std::make_shared<Counting>(10, &free_done);
  {
    Workers workers(plain_loops(2));
    workers.submit(refused, 0, 10, 0);
    workers.submit(unbound, 0, 10, 0);
    ASSERT_TRUE(free_done.wait());
    EXPECT_EQ(refused->by_worker(2), (std::vector<std::uint64_t>{0, 0}));

    held.release();
    ASSERT_TRUE(refused_done.wait());
  }
  EXPECT_TRUE(refused->each_once());
}

TEST(Workers, FindWorkThatCameWhileTheyWereLookingElsewhere) {
  // The worst moment, made to happen: worker 0 has found its own deque empty, is looking at worker
  // 1's, and has not announced yet that it will sleep.
  class Decoy : public Counting {
   public:
    Decoy(Latch* latch, std::function<void()> meanwhile)
        : Counting(1, latch), meanwhile_(std::move(meanwhile)) {}
    bool stealable() const override {
      if (armed.exchange(false)) meanwhile_();
      return false;
    }
    mutable std::atomic<bool> armed{false};

   private:
    std::function<void()> meanwhile_;
  };
  class Held : public Counting {
   public:
    using Counting::Counting;
    Task<void> run(Worker& worker, std::uint64_t index, bool stolen) override {
      while (!released) co_await sleep_for(worker.loop(), 1ms);
      co_await Counting::run(worker, index, stolen);
    }
    std::atomic<bool> released{false};
  };
  Latch busy_done(1), decoy_done(1), work_done(1);
  WorkersOptions options;
  options.slots = 1;
  const auto busy = std::make_shared<Held>(1, &busy_done, Clock::duration::zero(), false);
  const auto work = std::make_shared<Counting>(1, &work_done, Clock::duration::zero(), false);
  Workers workers(plain_loops(2), options);
  const auto decoy = std::make_shared<Decoy>(&decoy_done, [&] { workers.submit(work, 0, 1, 0); });

  workers.submit(busy, 0, 1, 1);
  workers.submit(decoy, 0, 1, 1);
  decoy->armed = true;
  workers.worker(0).wake();

  EXPECT_TRUE(work_done.wait(20s)) << "asleep beside its own work";
  EXPECT_FALSE(decoy->armed) << "the moment never came";
  busy->released = true;
  EXPECT_TRUE(busy_done.wait());
  EXPECT_TRUE(decoy_done.wait());
}

TEST(Workers, LoseNoWakeUpWhenWorkTricklesIn) {
  // Small pushes from two threads, each followed by a wait that all of them ran: a worker that went
  // to sleep beside a full deque would hang the round.
  constexpr int kRounds = 1'500;
  Workers workers(plain_loops(4));
  const auto push = [&workers](unsigned seed) {
    std::mt19937 random(seed);
    for (int round = 0; round < kRounds; ++round) {
      const std::uint64_t first = 1 + random() % 3, second = random() % 2;
      Latch latch(first + second);
      const auto job = std::make_shared<Counting>(first + second, &latch);
      workers.submit(job, 0, first, random() % 4);
      if (second) workers.submit(job, first, first + second, random() % 4);
      ASSERT_TRUE(latch.wait(60s)) << "seed " << seed << ", round " << round;
    }
  };
  std::thread other([&push] { push(2); });
  push(1);
  other.join();
}

TEST(Workers, LoseNoWakeUpWhenABudgetIsTight) {
  constexpr int kRounds = 300;
  Budget budget(2);
  Workers workers(plain_loops(3));
  const auto push = [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int round = 0; round < kRounds; ++round) {
      const std::uint64_t count = 1 + random() % 8;
      Latch latch(count);
      const auto job = std::make_shared<Budgeted>(count, &latch, &budget, 1 + random() % 2);
      workers.submit(job, 0, count, random() % 3);
      ASSERT_TRUE(latch.wait(60s)) << "seed " << seed << ", round " << round;
    }
  };
  std::thread other([&push] { push(4); });
  push(3);
  other.join();
}

TEST(Workers, GiveBackWhatWasWithdrawnAndRunTheRest) {
  constexpr std::uint64_t kCount = 10'000;
  Latch latch(kCount);
  const auto job = std::make_shared<Counting>(kCount, &latch, 100us);
  std::uint64_t withdrawn = 0;
  {
    Workers workers(plain_loops(3));
    workers.submit(job, 0, kCount, 0);
    withdrawn = workers.withdraw(*job);
    latch.count_down(withdrawn);
    ASSERT_TRUE(latch.wait());
  }

  std::uint64_t ran = 0;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    ASSERT_LE(job->runs_of(i), 1u);
    ran += job->runs_of(i);
  }
  EXPECT_EQ(ran + withdrawn, kCount);
}

TEST(Workers, WaitForRunningPiecesAndSpawnedTasksAndDropTheRest) {
  Latch latch(1'000'000);
  std::atomic<bool> ended{false};
  const auto job = std::make_shared<Counting>(1'000'000, &latch, 1ms);
  {
    Workers workers(plain_loops(2));
    const auto body = [](Loop* loop, std::atomic<bool>* flag) -> Task<void> {
      co_await sleep_for(*loop, 20ms);
      *flag = true;
    };
    workers.spawn(1, body(&workers.worker(1).loop(), &ended));
    workers.submit(job, 0, 1'000'000);
  }

  EXPECT_TRUE(ended.load());
  EXPECT_EQ(job.use_count(), 1) << "a dropped range still holds its job";
}

TEST(Workers, GiveTheirLoopUnderItsOwnType) {
  Workers workers(plain_loops(1));

  EXPECT_EQ(&workers.worker(0).service<testing::PlainLoop>(), &workers.worker(0).loop());
}

}  // namespace
}  // namespace sluice::scheduler
