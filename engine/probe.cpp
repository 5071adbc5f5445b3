#include "engine/probe.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>

#include <fmt/format.h>

#include "engine/transfer_context.h"
#include "io/file_source.h"
#include "scheduler/guarded.h"
#include "scheduler/latch.h"
#include "scheduler/sleep.h"

namespace sluice::engine {
namespace {

using scheduler::Clock;
using scheduler::Task;
using scheduler::Worker;
using Outcome = ProbeRequest::Outcome;

constexpr unsigned kMostConnections = 1024;
constexpr std::chrono::milliseconds kLastUploads{3000}, kLook{50};

// A throttled store is to show its rate: together the connections ask often enough to use all of it, not
// in step with each other, and not as often as they could.
Clock::duration pause_after_failure(unsigned connections) {
  static thread_local std::minstd_rand engine{std::random_device{}()};
  const std::chrono::duration<double, std::milli> usual(std::max(10.0, 2.0 * connections));
  return std::chrono::duration_cast<Clock::duration>(
      usual * std::uniform_real_distribution<double>(0.5, 1.5)(engine));
}

std::chrono::nanoseconds cpu_time() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& t) {
    return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

/// Bytes that no store can pack or find again.
std::unique_ptr<char[]> noise(std::uint64_t size) {
  auto bytes = std::make_unique_for_overwrite<char[]>(size);
  auto state = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
  for (std::uint64_t i = 0; i < size; i += sizeof state) {
    std::uint64_t x = state += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    x ^= x >> 31;
    std::copy_n(reinterpret_cast<const char*>(&x), std::min<std::uint64_t>(sizeof x, size - i), &bytes[i]);
  }
  return bytes;
}

/// Counts what comes, and forgets it.
class Nowhere final : public io::BodySink {
 public:
  Nowhere(Clock::time_point began, std::atomic<std::uint64_t>* moved) : began_(began), moved_(moved) {}
  Result<void> begin(const io::Response&) override {
    first_byte_ = Clock::now() - began_;
    return {};
  }
  Result<std::size_t> write(std::string_view data) override {
    bytes_ += data.size();
    *moved_ += data.size();
    return data.size();
  }
  bool rewind() override {
    bytes_ = 0;
    return true;
  }
  std::uint64_t bytes() const { return bytes_; }
  std::chrono::nanoseconds first_byte() const { return first_byte_; }

 private:
  const Clock::time_point began_;
  std::atomic<std::uint64_t>* const moved_;
  std::uint64_t bytes_ = 0;
  std::chrono::nanoseconds first_byte_{0};
};

/// An upload for the load alone: its last byte never leaves, so that no store ever holds the object.
class Withheld final : public io::BodySource {
 public:
  explicit Withheld(io::BodySource* whole) : whole_(whole) {}
  std::uint64_t size() const override { return whole_->size(); }
  Result<std::size_t> read(std::span<char> into) override {
    const auto left = static_cast<std::size_t>(size() - 1 - given_);
    if (left == 0) return io::kPaused;
    auto got = whole_->read(into.first(std::min(into.size(), left)));
    if (got) given_ += *got;
    return got;
  }
  bool rewind() override {
    given_ = 0;
    return whole_->rewind();
  }

 private:
  io::BodySource* const whole_;
  std::uint64_t given_ = 0;
};

class Probe {
 public:
  explicit Probe(ProbeSpec spec)
      : spec_(std::move(spec)),
        options_(spec_.options),
        digests_(digests_for(spec_.store->dialect())),
        bytes_(options_.upload ? noise(options_.bytes) : nullptr),
        requests_(options_.connections),
        latch_(options_.connections) {}

  Task<Result<ProbeReport>> run(Worker* home) {
    const std::stop_callback linked(spec_.stop, [this] { give_up(); });
    const auto cpu = cpu_time();
    for (unsigned i = 0; i < options_.connections; ++i) {
      Worker& worker = home->workers().worker(i % home->workers().count());
      home->workers().spawn(worker.index(), connection(&worker, i));
    }
    co_await scheduler::sleep_for(home->loop(), options_.duration, loaded_.get_token());
    ProbeReport report;
    report.load = since_begin();
    report.cpu = cpu_time() - cpu;
    report.workers = home->workers().count();
    loaded_.request_stop();
    co_await wait_for_load(home);
    ended_.request_stop();
    co_await latch_.wait(home->loop());

    if (spec_.stop.stop_requested()) co_return fail(ErrorKind::cancelled, "cancelled");
    if (error_ && (fatal_ || succeeded_ == 0)) co_return unexpected(*error_);
    for (auto& of_one : requests_)
      report.requests.insert(report.requests.end(), of_one.begin(), of_one.end());
    report.bytes_begun = begun_bytes_;
    co_return report;
  }

 private:
  std::chrono::nanoseconds since_begin() const { return Clock::now() - began_; }

  /// No request begins any more. Uploads under way may end, within kLastUploads: what was cut off may
  /// yet become an object when somebody believes it removed.
  void give_up() {
    given_up_ = true;
    loaded_.request_stop();
    if (!options_.upload) ended_.request_stop();
  }

  Task<void> wait_for_load(Worker* home) {
    const auto since = Clock::now();
    while (!ended_.stop_requested()) {
      const Clock::duration most = given_up_ ? std::min(kLastUploads, options_.grace) : options_.grace;
      if (Clock::now() - since >= most) co_return;
      co_await scheduler::sleep_for(home->loop(), kLook, ended_.get_token());
    }
  }

  /// Bytes for one more request, if there are any left.
  bool take_bytes() {
    const bool any =
        options_.max_bytes == 0 || taken_.fetch_add(options_.bytes) + options_.bytes <= options_.max_bytes;
    if (any) begun_bytes_ += options_.bytes;
    return any;
  }

  Task<void> connection(Worker* worker, unsigned number) {
    bool counted = false;
    while (!ended_.stop_requested()) {
      const bool of_load = !loaded_.stop_requested();
      if (!of_load && !std::exchange(counted, true)) request_of_load_ended();
      if (given_up_ || ended_.stop_requested() || !take_bytes()) break;
      const bool good = co_await request(worker, number, of_load);
      if (options_.max_bytes > 0 && moved_ >= options_.max_bytes / 2) loaded_.request_stop();
      if (good) continue;
      const auto pause = pause_after_failure(options_.connections);
      co_await scheduler::sleep_for(worker->loop(), pause, ended_.get_token());
    }
    if (!counted) request_of_load_ended();
    latch_.count_down();
  }

  void request_of_load_ended() {
    if (++connections_done_ == options_.connections) ended_.request_stop();
  }

  Task<bool> request(Worker* worker, unsigned number, bool of_load) {
    ProbeRequest one;
    one.began = since_begin();
    const auto asked = [&] {
      return options_.upload ? put(worker, number, of_load, &one) : get(worker, &one);
    };
    const auto done = co_await scheduler::guarded(asked);
    one.ended = since_begin();
    if (done) {
      ++succeeded_;
    } else {
      one.outcome = outcome_of(done.error());
      if (one.outcome != Outcome::cut) keep(done.error());
    }
    if (of_load) requests_[number].push_back(one);
    co_return done.has_value();
  }

  Task<Result<void>> put(Worker* worker, unsigned number, bool of_load, ProbeRequest* one) {
    one->object = number % static_cast<std::uint32_t>(options_.objects.size());
    const auto source = io::memory_source(std::span<const char>(bytes_.get(), options_.bytes), digests_);
    Withheld withheld(source.get());
    io::BodySource* const body = of_load ? static_cast<io::BodySource*>(source.get()) : &withheld;
    PutOptions how;
    how.content_type = "application/octet-stream";
    const auto stored = co_await spec_.store->put(call(worker), ref(*one), body, std::move(how));
    if (!stored) co_return unexpected(stored.error());
    one->bytes = options_.bytes;
    moved_ += one->bytes;
    co_return Result<void>();
  }

  /// Ranges of all objects in turn, so that not every request finds the same bytes in a cache.
  Task<Result<void>> get(Worker* worker, ProbeRequest* one) {
    const std::uint64_t turn = turn_++, objects = options_.objects.size();
    one->object = static_cast<std::uint32_t>(turn % objects);
    const std::uint64_t size = options_.objects[one->object].size;
    const std::uint64_t length = std::min(size, options_.bytes);
    io::ByteRange range;
    range.first = turn / objects % (size / length) * length;
    range.last = range.first + length - 1;
    GetOptions what;
    what.range = range;
    what.expects = length;
    Nowhere sink(began_ + one->began, &moved_);
    const auto reply = co_await spec_.store->get(call(worker), ref(*one), std::move(what), &sink);
    one->bytes = sink.bytes();
    one->first_byte = sink.first_byte();
    if (!reply) co_return unexpected(reply.error());
    co_return Result<void>();
  }

  Outcome outcome_of(const Error& error) const {
    if (is_throttled(error)) return Outcome::throttled;
    return error.kind == ErrorKind::cancelled ? Outcome::cut : Outcome::failed;
  }

  void keep(const Error& error) {
    const bool fatal = !is_retryable(error) && !is_throttled(error);
    {
      std::lock_guard lock(mutex_);
      if (!fatal_) error_ = error;
      fatal_ |= fatal;
    }
    if (fatal) give_up();
  }

  Call call(Worker* worker) {
    Call call = call_on(*worker, ended_.get_token());
    call.timed = true;
    return call;
  }
  Ref ref(const ProbeRequest& one) const { return {spec_.bucket, options_.objects[one.object].key}; }

  const ProbeSpec spec_;
  const ProbeOptions& options_;
  const io::DigestFlags digests_;
  const std::unique_ptr<char[]> bytes_;
  const Clock::time_point began_ = Clock::now();
  std::stop_source loaded_;  ///< the load is over: what begins now is not judged
  std::stop_source ended_;   ///< everything is
  std::atomic<std::uint64_t> taken_{0}, begun_bytes_{0}, moved_{0}, turn_{0}, succeeded_{0};
  std::atomic<unsigned> connections_done_{0};
  std::atomic<bool> given_up_{false};
  std::vector<std::vector<ProbeRequest>> requests_;  ///< by connection
  std::mutex mutex_;
  std::optional<Error> error_;
  bool fatal_ = false;
  scheduler::Latch latch_;
};

Result<void> check(const ProbeSpec& spec) {
  const ProbeOptions& o = spec.options;
  if (o.connections < 1 || o.connections > kMostConnections)
    return fail(ErrorKind::argument, fmt::format("connections must be 1 to {}", kMostConnections));
  if (o.objects.empty()) return fail(ErrorKind::argument, "a probe needs an object");
  const std::uint64_t most = spec.store->dialect().limits.max_put;
  if (o.bytes < 1 || (o.upload && o.bytes > most))
    return fail(ErrorKind::argument, fmt::format("bytes must be 1 to {}", most));
  for (const auto& object : o.objects) {
    if (!o.upload && object.size == 0) return fail(ErrorKind::argument, "an empty object measures nothing");
    if (auto fine = spec.store->check({spec.bucket, object.key}); !fine) return fine;
  }
  return {};
}

}  // namespace

Task<Result<ProbeReport>> probe(Worker* home, ProbeSpec spec) {
  if (auto fine = check(spec); !fine) co_return unexpected(fine.error());
  Probe probe(std::move(spec));
  co_return co_await probe.run(home);
}

}  // namespace sluice::engine
