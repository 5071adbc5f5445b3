// QuickJobs: in place while jobs are quick, on other threads after slow ones.
#include "scheduler/quick_jobs.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>

#include "support/plain_loop.h"

namespace sluice::scheduler {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::PlainLoop;
using testing::run_to_end;

struct Seen {
  std::thread::id job, after;
};

Seen run_one(QuickJobs& jobs) {
  PlainLoop loop;
  Seen seen;
  const auto body = [](QuickJobs* all, PlainLoop* on, Seen* into) -> Task<void> {
    into->job = co_await all->run(*on, [] { return std::this_thread::get_id(); });
    into->after = std::this_thread::get_id();
  };
  run_to_end(loop, body(&jobs, &loop, &seen));
  return seen;
}

TEST(QuickJobs, RunsQuickOnesWhereTheyAre) {
  QuickJobs jobs(1);
  for (int i = 0; i < 100; ++i) jobs.took(microseconds(30));

  const Seen seen = run_one(jobs);

  EXPECT_EQ(seen.job, std::this_thread::get_id());
  EXPECT_EQ(seen.after, std::this_thread::get_id());
}

TEST(QuickJobs, SendsThemToAnotherThreadAfterASlowOneAndComesBackToTheLoop) {
  QuickJobs jobs(1);
  jobs.took(milliseconds(50));

  const Seen seen = run_one(jobs);

  EXPECT_NE(seen.job, std::this_thread::get_id());
  EXPECT_EQ(seen.after, std::this_thread::get_id());
}

TEST(QuickJobs, RunsThemInPlaceAgainOnceManyWereQuick) {
  QuickJobs jobs(1);
  jobs.took(milliseconds(50));
  for (int i = 0; i < 100; ++i) jobs.took(microseconds(30));
  EXPECT_FALSE(jobs.in_place()) << "one in a hundred still blocks";
  for (int i = 0; i < 300; ++i) jobs.took(microseconds(30));
  EXPECT_TRUE(jobs.in_place());
}

TEST(QuickJobs, LetsAnExceptionThroughEitherWay) {
  for (const auto usual : {microseconds(1), microseconds(1'000'000)}) {
    QuickJobs jobs(1);
    jobs.took(usual);
    PlainLoop loop;
    std::string caught;
    const auto body = [](QuickJobs* all, PlainLoop* on, std::string* into) -> Task<void> {
      try {
        co_await all->run(*on, [] { throw std::runtime_error("from the job"); });
      } catch (const std::runtime_error& e) {
        *into = e.what();
      }
    };

    run_to_end(loop, body(&jobs, &loop, &caught));

    EXPECT_EQ(caught, "from the job");
  }
}

}  // namespace
}  // namespace sluice::scheduler
