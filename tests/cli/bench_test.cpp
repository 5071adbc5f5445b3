// What a measurement's numbers are taken to say.
#include <gtest/gtest.h>

#include <map>

#include "cli/bench_data.h"
#include "cli/bench_ladder.h"
#include "cli/bench_report.h"

namespace sluice::cli {
namespace {

using std::chrono::milliseconds;
using Kind = Limit::Kind;
using Outcome = ProbeRequest::Outcome;

constexpr std::uint64_t kKi = 1024, kMi = 1024 * kKi, kGi = 1024 * kMi;

ProbeRequest request(int began, int ended, std::uint64_t bytes, Outcome outcome = Outcome::done) {
  ProbeRequest one;
  one.began = milliseconds(began);
  one.ended = milliseconds(ended);
  one.first_byte = milliseconds(1);
  one.bytes = bytes;
  one.outcome = outcome;
  return one;
}

Step summary(std::vector<ProbeRequest> requests, int load_ms = 1000) {
  ProbeReport report;
  report.requests = std::move(requests);
  report.load = milliseconds(load_ms);
  report.cpu = milliseconds(load_ms);
  report.workers = 2;
  return summarize(ProbeOptions{.bytes = 1000, .connections = 1}, report, 4);
}

TEST(BenchStep, CountsTheShareOfARequestThatLiesWithinTheLoadButForItsFirstQuarter) {
  // 250 to 1000 ms is judged: all of the second, half of the third, none of the others.
  const Step step = summary(
      {request(0, 250, 100), request(300, 800, 600), request(900, 1100, 300), request(1100, 1200, 500)});
  EXPECT_DOUBLE_EQ(step.bytes_per_second, (600 + 150) / 0.75);
  EXPECT_DOUBLE_EQ(step.requests_per_second, 1.5 / 0.75);
  EXPECT_EQ(step.done, 2u);
  EXPECT_DOUBLE_EQ(step.request->p50, 0.2);
  EXPECT_DOUBLE_EQ(step.request->p99, 0.5);
  EXPECT_DOUBLE_EQ(step.first_byte->p99, 0.001);
  EXPECT_DOUBLE_EQ(step.busy, 0.5);
}

TEST(BenchStep, CountsWhatArrivedBeforeACutAndNothingOfFailures) {
  const Step step = summary({request(250, 1250, 1000, Outcome::cut), request(300, 310, 77, Outcome::failed),
                             request(310, 320, 0, Outcome::throttled)});
  EXPECT_DOUBLE_EQ(step.bytes_per_second, 1000);
  EXPECT_DOUBLE_EQ(step.requests_per_second, 0);
  EXPECT_EQ(step.failed, 1u);
  EXPECT_EQ(step.throttled, 1u);
  EXPECT_FALSE(step.request);
}

TEST(BenchStep, TakesPercentilesByNearestRank) {
  std::vector<double> values;
  for (int i = 100; i > 0; --i) values.push_back(i);
  const auto of_hundred = percentiles(values);
  EXPECT_EQ(of_hundred->p50, 50);
  EXPECT_EQ(of_hundred->p90, 90);
  EXPECT_EQ(of_hundred->p99, 99);
  EXPECT_EQ(percentiles({7})->p50, 7);
  EXPECT_EQ(percentiles({7})->p99, 7);
  EXPECT_FALSE(percentiles({}));
}

struct Rung {
  unsigned connections;
  double bytes_per_second;
};

std::vector<Step> ladder(std::vector<Rung> rungs, std::uint64_t bytes = 8 * kMi) {
  std::vector<Step> steps;
  for (const Rung& rung : rungs) {
    Step step;
    step.bytes = bytes;
    step.connections = rung.connections;
    step.bytes_per_second = rung.bytes_per_second;
    step.requests_per_second = rung.bytes_per_second / static_cast<double>(bytes);
    step.done = 100;
    const double seconds = rung.connections * static_cast<double>(bytes) / rung.bytes_per_second;
    step.request = Percentiles{seconds, seconds, seconds};
    steps.push_back(step);
  }
  return steps;
}

TEST(BenchLimit, IsTheConnectionWhileEachGetsTheSame) {
  const auto limit = limit_of(ladder({{1, 20e6}, {4, 79e6}, {16, 318e6}}), 0.001);
  ASSERT_TRUE(limit);
  EXPECT_EQ(limit->kind, Kind::connection);
  EXPECT_NEAR(limit->bytes_per_second, 20e6, 1e5);
  EXPECT_EQ(limit->connections, 16u);
}

TEST(BenchLimit, OfAConnectionIsWhatItMovesWhileBytesFlow) {
  // A part takes 100 ms for the bytes, after 20 in which nothing moves.
  const auto limit = limit_of(ladder({{1, 2e6 / 0.12}, {4, 8e6 / 0.12}}, 2'000'000), 0.02);
  EXPECT_EQ(limit->kind, Kind::connection);
  EXPECT_NEAR(limit->bytes_per_second, 20e6, 1);
}

TEST(BenchLimit, OfAConnectionIsNotLoweredByRequestsThatTookUnusuallyLong) {
  auto steps = ladder({{1, 20e6}, {4, 80e6}});
  steps[1].bytes_per_second *= 0.8;
  EXPECT_EQ(limit_of(steps, {})->kind, Kind::connection);
  EXPECT_NEAR(limit_of(steps, {})->bytes_per_second, 20e6, 1);
  steps[1].bytes_per_second *= 0.8;
  EXPECT_NE(limit_of(steps, {})->kind, Kind::connection) << "half of them got nothing";
}

TEST(BenchLimit, IsTheConnectionAlsoWhereManyOfThemMeetSomethingElse) {
  const auto limit = limit_of(ladder({{1, 20e6}, {4, 80e6}, {16, 320e6}, {64, 700e6}, {256, 700e6}}), {});
  EXPECT_EQ(limit->kind, Kind::connection);
  EXPECT_EQ(limit->bytes_per_second, 20e6);
  EXPECT_EQ(limit->connections, 16u);
}

TEST(BenchLimit, IsTheStoreOrTheNetworkWhereMoreConnectionsBringNothing) {
  const auto limit = limit_of(ladder({{1, 20e6}, {4, 20.2e6}}), 0.001);
  EXPECT_EQ(limit->kind, Kind::store_or_network);
  EXPECT_EQ(limit->bytes_per_second, 20.2e6);
  EXPECT_EQ(limit->connections, 1u);
  EXPECT_EQ(limit_of(ladder({{1, 100e6}, {4, 390e6}, {16, 900e6}, {64, 910e6}}), {})->connections, 16u);
}

TEST(BenchLimit, IsTheLatencyWhereRequestsMostlyWait) {
  // 1 MB in 50 ms, of which a small request takes 40.
  const auto limit = limit_of(ladder({{1, 20e6}, {4, 80e6}, {16, 320e6}}, 1'000'000), 0.04);
  EXPECT_EQ(limit->kind, Kind::latency);
  EXPECT_EQ(limit->seconds, 0.04);
  EXPECT_NEAR(limit->requests_per_second, 20, 0.01) << "of one connection";
}

TEST(BenchLimit, IsTheRateOfRequestsWhereTheStoreSaysSlowDown) {
  auto steps = ladder({{1, 4096 * 150.0}, {4, 4096 * 300.0}, {16, 4096 * 302.0}}, 4096);
  steps[2].throttled = 50;
  const auto limit = limit_of(steps, 0.001);
  EXPECT_EQ(limit->kind, Kind::requests);
  EXPECT_EQ(limit->requests_per_second, 302);
  steps[2].throttled = 2;
  EXPECT_NE(limit_of(steps, 0.001)->kind, Kind::requests) << "a mood of the store";
  steps[2].throttled = 50;
  steps[2].bytes_per_second *= 2;
  EXPECT_NE(limit_of(steps, 0.001)->kind, Kind::requests) << "it still rises";
}

TEST(BenchLimit, IsTheMachineWhereTheCoresAreUsedUp) {
  auto steps = ladder({{1, 800e6}, {4, 1000e6}, {16, 1010e6}});
  steps[2].busy = 0.97;
  EXPECT_EQ(limit_of(steps, 0.001)->kind, Kind::cpu);
}

TEST(BenchLimit, NeedsTwoSteps) {
  EXPECT_FALSE(limit_of(ladder({{1, 20e6}}), {}));
  EXPECT_FALSE(limit_of(ladder({{1, 0.0001}, {4, 0}}), {})->seconds);
}

TEST(BenchTuned, TakesTheFewestConnectionsThatAreEnoughForBothDirections) {
  Findings up, down;
  up.parts = ladder({{1, 50e6}, {4, 200e6}, {16, 210e6}});
  down.parts = ladder({{1, 50e6}, {4, 200e6}, {16, 800e6}, {64, 820e6}});
  const Tuned best = tuned({up, down}, 8 * kMi);
  EXPECT_EQ(best.concurrency, 16u);
  EXPECT_EQ(best.jobs, 16u);
  EXPECT_EQ(best.part_size, 8 * kMi);
}

TEST(BenchTuned, GivesSmallObjectsMoreConnectionsUnlessPartsWouldCrawl) {
  Findings fast, slow;
  fast.small = slow.small = ladder({{1, 1e5}, {4, 4e5}, {16, 16e5}, {64, 64e5}}, 4096);
  fast.parts = ladder({{1, 500e6}, {4, 1000e6}, {16, 1000e6}});
  slow.parts = ladder({{1, 20e6}, {4, 20e6}});
  EXPECT_EQ(tuned({fast}, 8 * kMi).concurrency, 64u);
  EXPECT_EQ(tuned({fast}, 8 * kMi).jobs, 4u);
  EXPECT_EQ(tuned({slow}, 8 * kMi).concurrency, 23u) << "as many as move a part in ten seconds";
}

TEST(BenchTuned, NeverLeavesALoneConnectionUnlessNoMoreWereMeasured) {
  Findings one;
  one.parts = ladder({{1, 20e6}, {4, 20e6}});
  EXPECT_EQ(tuned({one}, 8 * kMi).concurrency, 4u);
  EXPECT_EQ(tuned({one}, 8 * kMi).jobs, 2u);
  one.parts.pop_back();
  EXPECT_EQ(tuned({one}, 8 * kMi).concurrency, 1u);
}

TEST(BenchTuned, TakesTheSmallestPartThatIsEnough) {
  Findings one;
  one.parts = ladder({{1, 20e6}, {4, 20e6}});
  for (const auto& [size, rate] : std::map<std::uint64_t, double>{{8, 20e6}, {16, 40e6}, {32, 42e6}})
    one.larger.push_back(ladder({{1, rate}}, size * kMi)[0]);
  EXPECT_EQ(tuned({one}, 8 * kMi).part_size, 16 * kMi);
}

/// A store that gives each connection `each`, and all together `all`.
struct FakeStore {
  double each = 20e6, all = 1e12;
  std::vector<std::pair<std::uint64_t, unsigned>> asked{};

  Measure measure() {
    return [this](std::uint64_t bytes, unsigned connections) -> Result<Step> {
      asked.emplace_back(bytes, connections);
      return ladder({{connections, std::min(all, each * connections)}}, bytes)[0];
    };
  }
  std::vector<unsigned> connections() const {
    std::vector<unsigned> all_of;
    for (const auto& one : asked) all_of.push_back(one.second);
    return all_of;
  }
};

TEST(BenchLadder, ClimbsWhileMoreConnectionsBringMore) {
  FakeStore store{.all = 100e6};
  ASSERT_TRUE(climb_connections(store.measure(), 4096, Bounds{}));
  EXPECT_EQ(store.connections(), (std::vector<unsigned>{1, 4, 16, 16, 64}))
      << "the first step that brings less than it could is measured twice";
}

TEST(BenchLadder, TakesTheBetterOfTwoMeasurementsWhereConnectionsCeaseToGetTheSame) {
  FakeStore store{.all = 1e12};
  int bad = 1;
  const Measure measure = [&](std::uint64_t bytes, unsigned connections) -> Result<Step> {
    store.all = connections == 4 && bad-- > 0 ? 20e6 : 1e12;
    return store.measure()(bytes, connections);
  };
  const auto steps = climb_connections(measure, 4096, Bounds{.connections = 16});
  ASSERT_TRUE(steps);
  EXPECT_EQ(store.connections(), (std::vector<unsigned>{1, 4, 4, 16}));
  EXPECT_EQ(limit_of(*steps, {})->kind, Kind::connection);
}

TEST(BenchLadder, EndsAtItsBound) {
  FakeStore store;
  ASSERT_TRUE(climb_connections(store.measure(), 4096, Bounds{.connections = 100}));
  EXPECT_EQ(store.connections(), (std::vector<unsigned>{1, 4, 16, 64, 100}));
}

TEST(BenchLadder, EndsWhereAStepWouldMoveTooMuch) {
  FakeStore store;
  ASSERT_TRUE(climb_connections(store.measure(), 8 * kMi, Bounds{.step_bytes = kGi}));
  EXPECT_EQ(store.connections(), (std::vector<unsigned>{1, 4, 16, 64}));
}

TEST(BenchLadder, EndsWithTheFirstError) {
  const auto steps = climb_connections(
      [](std::uint64_t bytes, unsigned connections) -> Result<Step> {
        if (connections > 1) return fail(ErrorKind::service, "no");
        return ladder({{1, 1e6}}, bytes)[0];
      },
      4096, Bounds{});
  ASSERT_FALSE(steps);
  EXPECT_EQ(steps.error().message, "no");
}

TEST(BenchLadder, TakesSmallerPartsOverASlowLinkAndFromASmallBudget) {
  FakeStore slow{.each = 1e6};
  ASSERT_TRUE(climb_parts(slow.measure(), 8 * kMi, Bounds{.connections = 4}));
  EXPECT_EQ(slow.asked, (std::vector<std::pair<std::uint64_t, unsigned>>{{8 * kMi, 1}, {kMi, 1}, {kMi, 4}}));

  FakeStore store;
  ASSERT_TRUE(climb_parts(store.measure(), 8 * kMi, Bounds{.connections = 1, .step_bytes = 5 * kMi}));
  EXPECT_EQ(store.asked.front().first, 2 * kMi);
}

TEST(BenchLadder, MovesNeverMoreThanAllowedAndLeavesEnoughForOnePart) {
  for (const std::uint64_t most : {16 * kMi, 100 * kMi, 16 * kGi}) {
    DataBudget data(most);
    Bounds bounds{.connections = 1024};
    std::uint64_t moved = 0, parts = 0;
    // Uses up what it may, brings more with every step, and makes every ladder as long as it can be.
    const Measure measure = [&](std::uint64_t bytes, unsigned connections) -> Result<Step> {
      EXPECT_LE(bytes * 2 * connections, bounds.step_bytes);
      EXPECT_GT(bytes, 0u);
      moved += bounds.step_bytes;
      data.moved(bounds.step_bytes);
      bounds.step_bytes = data.for_a_step();
      Step step = ladder({{connections, 1e3 * connections * static_cast<double>(moved)}}, bytes)[0];
      step.request = Percentiles{connections > 1 ? 9.0 : 1.0, 9, 9};
      return step;
    };
    for (const bool upload : {true, false}) {
      data.keep_back(upload ? most / 2 : 0);
      bounds.step_bytes = data.for_a_step();
      ASSERT_TRUE(climb_connections(measure, 4096, bounds));
      const auto of_parts = climb_parts(measure, 8 * kMi, bounds);
      ASSERT_TRUE(of_parts);
      parts += of_parts->size();
      ASSERT_TRUE(climb_sizes(measure, of_parts->back(), 64 * kMi, bounds));
      EXPECT_LE(moved, upload ? most / 2 : most);
    }
    EXPECT_LE(moved, most);
    EXPECT_GE(parts, 2u);
  }
}

TEST(BenchLadder, MakesPartsLargerWhileThatBringsMoreAndTheyAreThere) {
  std::vector<std::uint64_t> asked;
  const Measure measure = [&asked](std::uint64_t bytes, unsigned connections) -> Result<Step> {
    asked.push_back(bytes);
    return ladder({{connections, static_cast<double>(bytes) * 20}}, bytes)[0];
  };
  const Step from = ladder({{4, 8.0 * kMi * 20}})[0];
  ASSERT_TRUE(climb_sizes(measure, from, 32 * kMi, Bounds{}));
  EXPECT_EQ(asked, (std::vector<std::uint64_t>{16 * kMi, 32 * kMi}));
}

TEST(BenchLadder, GoesOnWithAnEighthWhereNotOnePartMovedInTime) {
  Step alone;
  alone.bytes = 8 * kMi;
  EXPECT_EQ(fitting_part(alone, 2), kMi);
  alone.bytes = 64 * kKi;
  EXPECT_EQ(fitting_part(alone, 2), 64 * kKi);
}

TEST(BenchReport, PutsEveryStepAndTheLimitIntoOneDocument) {
  BenchReport report;
  report.url = "s3://bucket";
  report.steps = ladder({{1, 20e6}, {4, 80e6}});
  report.limit = limit_of(report.steps, {});
  report.limits = {*report.limit};
  report.tuned = {.concurrency = 4, .jobs = 2, .part_size = 8 * kMi};
  const std::string json = json_of(report);
  EXPECT_NE(
      json.find(R"("limit":{"kind":"connection","direction":"download","bytes":8388608,"connections":4,)"
                R"("bytes_per_second":20000000,)"),
      std::string::npos)
      << json;
  EXPECT_NE(json.find(R"("profile":{"concurrency":4,"jobs":2,"part_size":"~8M"}})"), std::string::npos)
      << json;
  EXPECT_NE(text_of(report).find("downloads of 8M: the connection: each moves 19.1 MiB/s"),
            std::string::npos);
}

}  // namespace
}  // namespace sluice::cli
