#include "scheduler/workers.h"

#include <algorithm>
#include <cassert>

namespace sluice::scheduler {
namespace {

// Pieces that end at once must not keep the loop from its sockets.
constexpr int kBurst = 64;
// With more refusals than this in one round, what is behind them can wait for the next release.
constexpr std::size_t kMaxRefused = 32;

}  // namespace

Worker::Worker(Workers& all, unsigned index, std::unique_ptr<Loop> loop)
    : all_(all), index_(index), loop_(std::move(loop)) {}

void Worker::wake() {
  if (wake_posted_.exchange(true)) return;
  loop_->post([this] {
    wake_posted_.exchange(false);
    pull();
  });
}

void Worker::lend() {
  ++lent_;
  wake();
}

// Those who have lent their slots come back: never more than twice as many as there are.
unsigned Worker::with_lent(unsigned slots) const {
  return all_.options_.lending ? slots + std::min(lent_, slots) : slots;
}

// What is next need not fit: it may be the heaviest, and a worker that waited for it would stand idle.
bool Worker::has_room() const {
  const unsigned most = all_.options_.most;
  return active_.load(std::memory_order_relaxed) < with_lent(all_.share_of(all_.slots(), index_)) &&
         (most == 0 || indices_ < with_lent(all_.share_of(most, index_)));
}

void Worker::pull() {
  all_.began();  // keeps the destructor waiting while a piece is on its way out of a deque
  hungry_.store(false);
  refused_.clear();
  bool full = false;
  for (int burst = 0; all_.open(); ++burst) {
    full = !has_room();
    if (full) break;
    if (burst == kBurst) {
      wake();
      break;
    }
    if (!start_one()) break;
  }
  full_.store(full, std::memory_order_relaxed);
  refused_.clear();
  all_.ended();
}

bool Worker::start_one() {
  std::optional<Range> one = next();
  if (!one) return false;
  std::optional<Tickets> tickets = one->job->admit(*this, one->lo);
  if (!tickets) {
    refused_.push_back(one->job);
    deque_.put_back(*std::move(one));
    return true;
  }
  const unsigned weight = std::clamp(one->job->weight(one->lo), 1u, all_.options_.heaviest);
  active_.fetch_add(weight, std::memory_order_relaxed);
  ++indices_;
  all_.began();
  start(carry(*std::move(one), *std::move(tickets)), [this, weight] {
    active_.fetch_sub(weight, std::memory_order_relaxed);
    --indices_;
    // Posted, not called: the frame that ends here, with its buffers, goes first.
    wake();
    all_.ended();
  });
  return true;
}

std::optional<Range> Worker::next() {
  const bool look_on = refused_.size() < kMaxRefused;
  if (look_on) {
    if (auto own = deque_.take(refused_)) return own;
    if (auto stolen = steal()) return stolen;
  }
  hungry_.store(true);
  if (!look_on) return {};
  auto found = deque_.take(refused_);
  if (!found) found = steal();
  if (found) hungry_.store(false);
  return found;
}

std::optional<Range> Worker::steal() {
  if (!all_.options_.stealing) return {};
  const unsigned count = all_.count();
  for (unsigned i = 1; i < count; ++i) {
    std::optional<Range> range = all_.workers_[(index_ + i) % count]->deque_.steal(refused_);
    if (!range) continue;
    Range one = take_first(*range);
    if (!range->empty()) all_.push(*this, *std::move(range));
    return one;
  }
  return {};
}

Task<void> Worker::carry(Range one, Tickets tickets) {
  const bool stolen = one.home != index_;
  one.job->count(index_, stolen);
  co_await one.job->run(*this, one.lo, stolen);
  tickets.clear();
}

Workers::Workers(std::vector<std::unique_ptr<Loop>> loops, WorkersOptions options)
    : options_(options), slots_(options.slots) {
  assert(!loops.empty() && loops.size() <= kMaxWorkers);
  workers_.reserve(loops.size());
  for (auto& loop : loops) workers_.push_back(std::make_unique<Worker>(*this, count(), std::move(loop)));
  threads_.reserve(workers_.size());
  for (auto& worker : workers_) threads_.emplace_back([w = worker.get()] { w->loop().run(); });
}

Workers::~Workers() {
  open_.store(false);
  {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return live_.load() == 0; });
  }
  for (auto& worker : workers_) worker->loop().stop();
  for (auto& thread : threads_) thread.join();
}

void Workers::set_slots(unsigned slots) {
  if (slots_.exchange(slots) < slots) wake();
}

void Workers::wake() {
  for (auto& worker : workers_) worker->wake();
}

bool Workers::full() const {
  return std::any_of(workers_.begin(), workers_.end(),
                     [](const auto& worker) { return worker->full_.load(std::memory_order_relaxed); });
}

unsigned Workers::in_use() const {
  unsigned sum = 0;
  for (const auto& worker : workers_) {
    const unsigned active = worker->active_.load(std::memory_order_relaxed);
    const unsigned slots = share_of(this->slots(), worker->index());
    const unsigned beyond = active > slots ? std::min(active - slots, options_.heaviest - 1) : 0;
    sum += active - beyond;
  }
  return sum;
}

unsigned Workers::share_of(unsigned all, unsigned index) const {
  return std::max(1u, all / count() + (index < all % count() ? 1 : 0));
}

Worker& Workers::next_worker() {
  return *workers_[turn_.fetch_add(1) % count()];
}

void Workers::submit(std::shared_ptr<Job> job, std::uint64_t lo, std::uint64_t hi,
                     std::optional<unsigned> worker) {
  if (lo >= hi) return;
  Worker& to = worker ? this->worker(*worker) : next_worker();
  Range range;
  range.job = std::move(job);
  range.lo = lo;
  range.hi = hi;
  range.home = to.index();
  push(to, std::move(range));
}

// Whoever found nothing announced it before its last look. So either that look saw this range, or
// the announcement is seen here: the deque's mutex orders the two.
void Workers::push(Worker& to, Range range) {
  const bool for_all = options_.stealing && range.job->stealable();
  to.deque_.push(std::move(range));
  if (to.hungry()) to.wake();
  if (!for_all) return;
  for (auto& worker : workers_)
    if (worker.get() != &to && worker->hungry()) worker->wake();
}

std::uint64_t Workers::withdraw(const Job& job) {
  std::uint64_t indices = 0;
  for (auto& worker : workers_) indices += worker->deque_.withdraw(job);
  return indices;
}

void Workers::spawn(unsigned worker, Task<void> task) {
  began();
  auto held = std::make_shared<Task<void>>(std::move(task));
  this->worker(worker).loop().post([this, held] { start(std::move(*held), [this] { ended(); }); });
}

void Workers::ended() {
  if (live_.fetch_sub(1) != 1) return;
  std::lock_guard lock(mutex_);
  idle_.notify_all();
}

}  // namespace sluice::scheduler
