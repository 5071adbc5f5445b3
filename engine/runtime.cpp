#include "engine/runtime.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "io/machine_load.h"

namespace sluice::engine {
namespace {

constexpr unsigned kPoolThreads = 4;
constexpr std::uint64_t kLeastMemory = 16ull << 20;
constexpr std::uint64_t kMostBuffers = 8ull << 20;  // of all loops, for what is in flight
// Where the number of requests is left to us; large ones, and as many times kHeaviest of small ones:
constexpr unsigned kLeastRequests = 8, kMostRequests = 256;
constexpr unsigned kObjectsAtOnce = 64;

std::string default_state_dir() {
  if (const char* xdg = std::getenv("XDG_STATE_HOME"); xdg && *xdg) return std::string(xdg) + "/sluice";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::string(home) + "/.local/state/sluice";
  return {};
}

Result<void> out_of_range(const char* what, std::uint64_t low, std::uint64_t high) {
  return fail(ErrorKind::argument, fmt::format("{} must be {} to {}", what, low, high));
}

}  // namespace

Result<ClientOptions> filled(ClientOptions o) {
  if (o.workers == 0) o.workers = std::min(2u, std::max(1u, std::thread::hardware_concurrency()));
  if (o.jobs == 0) o.jobs = o.concurrency ? o.concurrency : kObjectsAtOnce;
  if (o.concurrency == 0) o.concurrency = kMostRequests;
  if (o.workers > scheduler::kMaxWorkers)
    return unexpected(out_of_range("workers", 1, scheduler::kMaxWorkers).error());
  if (o.concurrency > 1024) return unexpected(out_of_range("concurrency", 1, 1024).error());
  if (o.max_attempts < 1 || o.max_attempts > 100)
    return unexpected(out_of_range("max attempts", 1, 100).error());
  if (o.memory < kLeastMemory)
    return fail(ErrorKind::argument, fmt::format("memory must be at least {} bytes", kLeastMemory));
  if (o.state_dir.empty()) o.state_dir = default_state_dir();
  if (o.state_dir.empty())
    return fail(ErrorKind::config, "no place for saved state: neither XDG_STATE_HOME nor HOME is set",
                "give a state directory");
  // A worker without a request of its own would only steal from the others.
  o.workers = std::min(o.workers, o.concurrency);
  return o;
}

Runtime::Runtime(ClientOptions given, std::shared_ptr<scheduler::RateLimits> shared)
    : options(std::move(given)),
      memory(options.memory),
      held(options.memory / 4),
      objects(options.jobs),
      limits(shared ? std::move(shared) : std::make_shared<scheduler::RateLimits>(options.limits)),
      pool(kPoolThreads),
      small_files(kPoolThreads) {}

std::size_t Runtime::buffer_share(std::size_t least, std::size_t most) const {
  const unsigned requests = std::max(1u, workers->slots() / (flow ? kHeaviest : 1));
  const std::uint64_t share = options.memory / (32ull * requests);
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(share, least, most));
}

Result<std::unique_ptr<Runtime>> Runtime::create(ClientOptions options,
                                                 std::shared_ptr<scheduler::RateLimits> limits) {
  const bool adapts = options.concurrency == 0;
  auto whole = filled(std::move(options));
  if (!whole) return unexpected(whole.error());
  std::unique_ptr<Runtime> runtime(new Runtime(std::move(*whole), std::move(limits)));
  if (auto started = runtime->start(adapts); !started) return unexpected(started.error());
  return runtime;
}

Result<void> Runtime::start(bool adapts) {
  if (adapts) {
    scheduler::Climb::Bounds bounds;
    bounds.least = kLeastRequests;
    bounds.most = kMostRequests;
    io::Flow::Hooks hooks;
    hooks.in_full_use = [this] { return workers->full(); };
    hooks.in_flight = [this] { return workers->in_use() / kHeaviest; };
    hooks.busy = [this] {
      std::chrono::nanoseconds sum{};
      for (unsigned i = 0; i < workers->count(); ++i)
        sum += workers->worker(i).service<io::CurlLoop>().busy();
      return sum / workers->count();
    };
    hooks.idle = [load = std::make_shared<io::MachineLoad>()] { return load->idle(); };
    hooks.set_limit = [this](unsigned limit) { workers->set_slots(limit * kHeaviest); };
    flow = std::make_unique<io::Flow>(bounds, std::move(hooks));
  }
  io::CurlLoopOptions loop_options;
  loop_options.ca_file = options.ca_file;
  loop_options.connect_timeout = options.connect_timeout;
  loop_options.stall_timeout = options.stall_timeout;
  loop_options.buffers = std::min<std::uint64_t>(options.memory / 8, kMostBuffers) / options.workers;
  loop_options.flow = flow.get();
  loop_options.limits = limits.get();
  std::vector<std::unique_ptr<scheduler::Loop>> loops;
  for (unsigned i = 0; i < options.workers; ++i) {
    auto loop = io::CurlLoop::create(loop_options);
    if (!loop) return unexpected(loop.error());
    loops.push_back(std::move(*loop));
  }
  scheduler::WorkersOptions workers_options;
  workers_options.slots = adapts ? kLeastRequests * kHeaviest : options.concurrency;
  workers_options.heaviest = adapts ? kHeaviest : 1;
  workers_options.most = options.concurrency;
  workers_options.stealing = options.stealing;
  workers_options.lending = adapts;
  workers = std::make_unique<scheduler::Workers>(std::move(loops), workers_options);
  return {};
}

}  // namespace sluice::engine
