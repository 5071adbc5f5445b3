#include "engine/runtime.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

namespace sluice::engine {
namespace {

constexpr unsigned kPoolThreads = 4;
constexpr unsigned kSmallFilesWaiting = 8;
constexpr std::uint64_t kLeastMemory = 16ull << 20;

std::string default_state_dir() {
  if (const char* xdg = std::getenv("XDG_STATE_HOME"); xdg && *xdg) return std::string(xdg) + "/sluice";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::string(home) + "/.local/state/sluice";
  return {};
}

Result<void> out_of_range(const char* what, std::uint64_t low, std::uint64_t high) {
  return fail(ErrorKind::argument, fmt::format("{} must be {} to {}", what, low, high));
}

Result<ClientOptions> fill(ClientOptions o) {
  if (o.workers == 0) o.workers = std::min(2u, std::max(1u, std::thread::hardware_concurrency()));
  if (o.concurrency == 0) o.concurrency = std::max(16u, o.workers);
  if (o.jobs == 0) o.jobs = o.concurrency;
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

}  // namespace

Runtime::Runtime(ClientOptions filled)
    : options(std::move(filled)),
      memory(options.memory),
      objects(options.jobs),
      pool(kPoolThreads),
      small_files(kPoolThreads, kSmallFilesWaiting) {}

std::size_t Runtime::buffer_share(std::size_t most) const {
  const std::uint64_t share = options.memory / (4ull * options.concurrency);
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(share, 64u << 10, most));
}

Result<std::unique_ptr<Runtime>> Runtime::create(ClientOptions options) {
  auto filled = fill(std::move(options));
  if (!filled) return unexpected(filled.error());
  std::unique_ptr<Runtime> runtime(new Runtime(std::move(*filled)));
  const ClientOptions& o = runtime->options;

  io::CurlLoopOptions loop_options;
  loop_options.ca_file = o.ca_file;
  loop_options.connect_timeout = o.connect_timeout;
  loop_options.stall_timeout = o.stall_timeout;
  loop_options.receive_buffer = runtime->buffer_share(512u << 10);
  loop_options.upload_buffer = loop_options.receive_buffer;
  std::vector<std::unique_ptr<scheduler::Loop>> loops;
  for (unsigned i = 0; i < o.workers; ++i) {
    auto loop = io::CurlLoop::create(loop_options);
    if (!loop) return unexpected(loop.error());
    loops.push_back(std::move(*loop));
  }
  scheduler::WorkersOptions slots;
  slots.slots = std::max(1u, o.concurrency / o.workers);
  slots.stealing = o.stealing;
  runtime->workers = std::make_unique<scheduler::Workers>(std::move(loops), slots);
  return runtime;
}

}  // namespace sluice::engine
