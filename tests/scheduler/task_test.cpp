// Task: values, exceptions, threads, and a stack that does not grow with awaits that end at once.
#include "scheduler/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "scheduler/guarded.h"
#include "scheduler/pool.h"
#include "support/plain_loop.h"

namespace sluice::scheduler {
namespace {

using testing::PlainLoop;
using testing::run_to_end;

Task<int> one() {
  co_return 1;
}

Task<std::uint64_t> sum_of(std::uint64_t count) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < count; ++i) sum += co_await one();
  co_return sum;
}

TEST(Task, AwaitsAMillionChildrenThatEndAtOnceWithoutGrowingTheStack) {
  std::uint64_t sum = 0;

  const auto body = [](std::uint64_t* into) -> Task<void> { *into = co_await sum_of(1'000'000); };
  start(body(&sum));

  EXPECT_EQ(sum, 1'000'000u);
}

Task<std::string> broken() {
  throw std::runtime_error("no luck");
  co_return "";
}

TEST(Task, CarriesAnExceptionToTheAwaiter) {
  std::string caught;

  const auto body = [](std::string* into) -> Task<void> {
    try {
      *into = co_await broken();
    } catch (const std::runtime_error& e) {
      *into = e.what();
    }
  };
  start(body(&caught));

  EXPECT_EQ(caught, "no luck");
}

Task<Result<int>> breaks_when(int at) {
  if (at == 1) throw std::runtime_error("no luck");
  if (at == 2) throw std::bad_alloc();
  if (at == 3) throw 3;
  co_return at;
}

TEST(Guarded, AnswersAnErrorForWhateverIsThrown) {
  std::vector<std::string> said;

  const auto body = [](std::vector<std::string>* into) -> Task<void> {
    for (const int at : {0, 1, 2, 3}) {
      auto got = co_await guarded([&] { return breaks_when(at); });
      into->push_back(got ? std::to_string(*got) : got.error().message);
    }
    auto unmade = co_await guarded([&]() -> Task<Result<int>> { throw std::runtime_error("not begun"); });
    into->push_back(unmade.error().message);
  };
  start(body(&said));

  EXPECT_EQ(said, (std::vector<std::string>{"0", "an exception: no luck", "out of memory", "an exception",
                                            "an exception: not begun"}));
}

TEST(Task, MovesResultsThatCannotBeCopied) {
  std::unique_ptr<int> got;

  const auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  const auto body = [](auto source, std::unique_ptr<int>* into) -> Task<void> { *into = co_await source(); };
  start(body(make, &got));

  ASSERT_TRUE(got);
  EXPECT_EQ(*got, 7);
}

TEST(Task, DoesNothingUntilAwaitedAndFreesItsFrameWhenDropped) {
  const auto held = std::make_shared<int>(1);
  bool ran = false;

  const auto body = [](std::shared_ptr<int> keep, bool* flag) -> Task<void> {
    *flag = *keep == 1;
    co_return;
  };
  { const Task<void> dropped = body(held, &ran); }

  EXPECT_FALSE(ran);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Task, HopsBetweenThreadsAndComesBackToItsLoop) {
  constexpr int kHops = 2'000;
  PlainLoop loop;
  BlockingPool pool(2);
  const auto here = std::this_thread::get_id();
  int on_pool = 0, on_loop = 0;

  const auto hop = [](BlockingPool* p, PlainLoop* l) -> Task<std::thread::id> {
    co_return co_await p->run(*l, [] { return std::this_thread::get_id(); });
  };
  const auto body = [](auto hop_once, BlockingPool* p, PlainLoop* l, std::thread::id home, int* away,
                       int* back) -> Task<void> {
    for (int i = 0; i < kHops; ++i) {
      const std::thread::id there = co_await hop_once(p, l);
      *away += there != home;
      *back += std::this_thread::get_id() == home;
    }
  };
  run_to_end(loop, body(hop, &pool, &loop, here, &on_pool, &on_loop));

  EXPECT_EQ(on_pool, kHops);
  EXPECT_EQ(on_loop, kHops);
}

TEST(BlockingPool, BringsAnExceptionBackToTheLoop) {
  PlainLoop loop;
  BlockingPool pool(1);
  std::string caught;

  const auto body = [](BlockingPool* p, PlainLoop* l, std::string* into) -> Task<void> {
    try {
      co_await p->run(*l, [] { throw std::runtime_error("from the pool"); });
    } catch (const std::runtime_error& e) {
      *into = e.what();
    }
  };
  run_to_end(loop, body(&pool, &loop, &caught));

  EXPECT_EQ(caught, "from the pool");
}

TEST(BlockingPool, FinishesWhatIsQueuedBeforeItGoes) {
  std::atomic<int> ran{0};

  {
    BlockingPool pool(2);
    for (int i = 0; i < 1'000; ++i) pool.post([&ran] { ++ran; });
  }

  EXPECT_EQ(ran.load(), 1'000);
}

}  // namespace
}  // namespace sluice::scheduler
