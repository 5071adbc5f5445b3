// What a deque costs, alone and with thieves at it, and what a whole worker adds to an index. A
// lock-free deque would have to beat the first two by more than the third can notice.
#include <benchmark/benchmark.h>

#include <atomic>
#include <memory>
#include <vector>

#include "io/curl_loop.h"
#include "scheduler/workers.h"

namespace {

using namespace sluice;
using scheduler::Deque;
using scheduler::Range;
using scheduler::Task;

/// Does nothing, and tells when it has done so often enough.
class Nothing : public scheduler::Job {
 public:
  explicit Nothing(std::uint64_t count = 0) : left_(count) {}
  Task<void> run(scheduler::Worker&, std::uint64_t, bool) override {
    if (left_.fetch_sub(1) == 1) left_.notify_all();
    co_return;
  }
  void wait() {
    for (std::uint64_t left; (left = left_) != 0;) left_.wait(left);
  }

 private:
  std::atomic<std::uint64_t> left_;
};

Range range_of(const std::shared_ptr<Nothing>& job, std::uint64_t count) {
  Range range;
  range.job = job;
  range.hi = count;
  return range;
}

void owner_takes(benchmark::State& state) {
  constexpr std::uint64_t kParts = 10'000;
  const auto job = std::make_shared<Nothing>();
  Deque deque;
  for (auto _ : state) {
    auto one = deque.take();
    if (!one) deque.push(range_of(job, kParts));
    benchmark::DoNotOptimize(one);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(owner_takes);

/// Thread 0 owns the deque, the others steal from it; all take single indices of what they got.
void owner_takes_and_thieves_steal(benchmark::State& state) {
  static Deque deque;
  static const auto job = std::make_shared<Nothing>();
  const bool owner = state.thread_index() == 0;
  Deque mine;
  for (auto _ : state) {
    auto one = owner ? deque.take() : mine.take();
    if (one) continue;
    if (owner) {
      deque.push(range_of(job, 10'000));
    } else if (auto stolen = deque.steal()) {
      mine.push(*std::move(stolen));
    }
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(owner_takes_and_thieves_steal)->ThreadRange(1, 4)->UseRealTime();

/// Indices that do nothing, given to one worker and stolen by the others.
void workers_carry(benchmark::State& state) {
  constexpr std::uint64_t kCount = 100'000;
  std::vector<std::unique_ptr<scheduler::Loop>> loops;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    auto loop = io::CurlLoop::create(io::CurlLoopOptions());
    if (!loop) return state.SkipWithError("no loop");
    loops.push_back(*std::move(loop));
  }
  scheduler::Workers workers(std::move(loops));
  for (auto _ : state) {
    const auto job = std::make_shared<Nothing>(kCount);
    workers.submit(job, 0, kCount, 0);
    job->wait();
  }
  state.SetItemsProcessed(state.iterations() * kCount);
}
BENCHMARK(workers_carry)->Arg(1)->Arg(2)->Arg(4)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
