#include "scheduler/budget.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "scheduler/workers.h"
#include "support/plain_loop.h"

namespace sluice::scheduler {
namespace {

using testing::plain_loops;
using testing::PlainLoop;
using testing::run_to_end;

TEST(Budget, RefusesWhatDoesNotFitAndTakesItBack) {
  Budget budget(10);

  Ticket first = budget.try_take(6);
  Ticket second = budget.try_take(5);
  EXPECT_TRUE(first);
  EXPECT_FALSE(second);

  first.release();
  second = budget.try_take(5);
  EXPECT_TRUE(second);
  EXPECT_EQ(budget.used(), 5u);
  EXPECT_EQ(budget.high_water(), 6u);
}

TEST(Budget, LetsWhatIsLargerThanTheLimitRunAlone) {
  Budget budget(10);

  Ticket small = budget.try_take(1);
  EXPECT_FALSE(budget.try_take(1'000));
  small.release();
  Ticket huge = budget.try_take(1'000);

  EXPECT_TRUE(huge);
  EXPECT_EQ(huge.amount(), 10u);
  EXPECT_FALSE(budget.try_take(1));
}

TEST(Budget, GivesBackPartOfATicket) {
  Budget budget(10);
  Ticket ticket = budget.try_take(10);

  ticket.shrink(4);

  EXPECT_EQ(ticket.amount(), 4u);
  EXPECT_EQ(budget.used(), 4u);
  EXPECT_TRUE(budget.try_take(6));
}

TEST(Budget, ServesALargeWaiterBeforeSmallOnesThatCameLater) {
  Budget budget(10);
  PlainLoop loop;
  std::string order;
  Ticket held = budget.try_take(6);

  const auto wait = [](Budget* b, Loop* l, std::uint64_t n, std::string* into, char name) -> Task<void> {
    const Ticket ticket = co_await b->take(*l, n);
    *into += name;
  };
  loop.post([&] {
    start(wait(&budget, &loop, 8, &order, 'L'));
    start(wait(&budget, &loop, 1, &order, 's'));
    EXPECT_FALSE(budget.try_take(1)) << "overtook those who wait";
    EXPECT_EQ(order, "");
    held.release();
    loop.post([&loop] { loop.post([&loop] { loop.stop(); }); });
  });
  loop.run();

  EXPECT_EQ(order, "Ls");
  EXPECT_EQ(budget.used(), 0u);
}

TEST(Budget, StoppedWaiterLeavesWithoutATicketAndOutOfTheWay) {
  Budget budget(10);
  PlainLoop loop;
  std::stop_source stop;
  std::string order;
  Ticket held = budget.try_take(6);

  const auto wait = [](Budget* b, Loop* l, std::uint64_t n, std::stop_token token,
                       std::string* into) -> Task<void> {
    const Ticket ticket = co_await b->take(*l, n, std::move(token));
    *into += ticket ? "ticket " : "stopped ";
  };
  std::thread other;
  loop.post([&] {
    start(wait(&budget, &loop, 8, stop.get_token(), &order));
    start(wait(&budget, &loop, 1, {}, &order), [&loop] { loop.stop(); });
    other = std::thread([&stop] { stop.request_stop(); });
  });
  loop.run();
  other.join();

  EXPECT_EQ(order, "stopped ticket ");
  EXPECT_EQ(budget.used(), 6u);
}

TEST(Budget, CallsBackOnceForEachWaiterAfterARelease) {
  Budget budget(1);
  PlainLoop loop;
  int first = 0, second = 0;
  const int a = 0, b = 0;

  Ticket held = budget.try_take(1);
  EXPECT_FALSE(budget.try_take_or_call(1, loop, &a, [&] { ++first; }));
  EXPECT_FALSE(budget.try_take_or_call(1, loop, &a, [&] { ++first; }));
  EXPECT_FALSE(budget.try_take_or_call(1, loop, &b, [&] { ++second; }));
  held.release();
  loop.post([&loop] { loop.stop(); });
  loop.run();

  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
}

TEST(Budget, SmallerLimitIsReachedAsTicketsComeBack) {
  Budget budget(4);
  Ticket a = budget.try_take(2), b = budget.try_take(2);

  budget.set_limit(2);
  a.release();
  EXPECT_FALSE(budget.try_take(1));
  b.release();
  EXPECT_TRUE(budget.try_take(2));
}

TEST(Budget, IsNeverOverdrawnByManyThreads) {
  constexpr std::uint64_t kLimit = 7;
  constexpr int kTasks = 400;
  Budget budget(kLimit);
  std::atomic<std::uint64_t> in_flight{0}, most{0};
  std::atomic<int> done{0}, stopped{0};
  {
    Workers workers(plain_loops(4));
    const auto body = [](Budget* b, Loop* l, std::uint64_t n, std::stop_token stop,
                         std::atomic<std::uint64_t>* now, std::atomic<std::uint64_t>* peak,
                         std::atomic<int>* ended, std::atomic<int>* given_up) -> Task<void> {
      for (int i = 0; i < 10; ++i) {
        const Ticket ticket = co_await b->take(*l, n, stop);
        if (!ticket) {
          ++*given_up;
          break;
        }
        const std::uint64_t level = *now += ticket.amount();
        for (std::uint64_t seen = *peak; seen < level && !peak->compare_exchange_weak(seen, level);) continue;
        *now -= ticket.amount();
      }
      ++*ended;
    };
    std::mt19937 random(5);
    std::vector<std::stop_source> stops(kTasks);
    for (int i = 0; i < kTasks; ++i)
      workers.spawn(i % 4, body(&budget, &workers.worker(i % 4).loop(), 1 + random() % 10,
                                stops[i].get_token(), &in_flight, &most, &done, &stopped));
    for (int i = 0; i < kTasks; i += 3) stops[i].request_stop();
  }
  EXPECT_EQ(done.load(), kTasks);
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_LE(most.load(), kLimit);
  EXPECT_LE(budget.high_water(), kLimit);
}

}  // namespace
}  // namespace sluice::scheduler
