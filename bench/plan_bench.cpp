// What it costs to say which bytes each part carries, and to deal ranges of indices out: by the plan of an
// object, by a stream's, and by the halves that workers steal from each other.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "engine/plan.h"
#include "scheduler/range.h"

namespace {

using namespace sluice;
using engine::Plan;
using engine::StreamPlan;
using scheduler::Range;

constexpr engine::Limits kLimits{.min_part = 5u << 20,
                                 .max_part = 5ull << 30,
                                 .max_put = 5ull << 30,
                                 .max_copy = 5ull << 30,
                                 .max_object = 5ull << 40};

void every_part(benchmark::State& state, const Plan& plan) {
  std::uint64_t bytes = 0;
  for (std::uint64_t i = 0; i < plan.count; ++i) bytes += plan.part(i).length;
  if (bytes != plan.size) state.SkipWithError("the parts are not the object");
}

void plan_of_an_upload(benchmark::State& state) {
  const auto size = static_cast<std::uint64_t>(state.range(0)) << 30;
  for (auto _ : state) every_part(state, *engine::plan_upload(size, 0, kLimits));
}
BENCHMARK(plan_of_an_upload)->ArgName("GiB")->Arg(1)->Arg(5 << 10);

void plan_of_a_download(benchmark::State& state) {
  const auto size = static_cast<std::uint64_t>(state.range(0)) << 30;
  for (auto _ : state) every_part(state, *engine::plan_download(size, 0));
}
BENCHMARK(plan_of_a_download)->ArgName("GiB")->Arg(1)->Arg(5 << 10);

void sizes_of_a_stream(benchmark::State& state) {
  const StreamPlan plan = *StreamPlan::create(0, kLimits);
  for (auto _ : state)
    for (std::uint64_t i = 0; i < kLimits.max_parts; ++i) benchmark::DoNotOptimize(plan.size_of(i));
  state.SetItemsProcessed(state.iterations() * kLimits.max_parts);
}
BENCHMARK(sizes_of_a_stream);

struct Nothing : scheduler::Job {
  scheduler::Task<void> run(scheduler::Worker&, std::uint64_t, bool) override { co_return; }
};

/// Halves until every range is one index: the most that stealing can do to a job. Items: splits.
void split_into_single_indices(benchmark::State& state) {
  constexpr std::uint64_t kIndices = 1024;
  const auto job = std::make_shared<Nothing>();
  std::vector<Range> ranges;
  ranges.reserve(kIndices);
  for (auto _ : state) {
    ranges.clear();
    ranges.push_back(Range{job, 0, kIndices});
    for (std::size_t i = 0; i < ranges.size(); ++i)
      while (ranges[i].size() > 1) ranges.push_back(split(ranges[i]));
  }
  if (ranges.size() != kIndices) state.SkipWithError("indices are missing");
  state.SetItemsProcessed(state.iterations() * (kIndices - 1));
}
BENCHMARK(split_into_single_indices);

}  // namespace
