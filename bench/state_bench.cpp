// What it costs to put finished parts on record: groups of them committed to a transfer's file, what is
// committed once a transfer, and reading it all back. Directory: $TMPDIR, else /tmp.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "io/state_store.h"

namespace {

using namespace sluice;
using namespace sluice::io;

constexpr std::uint32_t kMostParts = 10'000;

/// A saved transfer that has begun, in a directory of its own.
class Begun {
 public:
  explicit Begun(Durability durability = Durability::kill) {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base ? base : "/tmp") + "/sluice-state-bench-XXXXXX";
    if (!mkdtemp(path_.data())) std::abort();
    auto opened = StateStore::open(path_, {"upload", "/data/file", "s3://bucket/key"}, {durability});
    if (!opened) std::abort();
    store = *std::move(opened);
    if (!store->begin(record)) std::abort();
  }
  ~Begun() {
    store.reset();
    std::filesystem::remove_all(path_);
  }
  const TransferRecord record{.source_fingerprint = "size=83886080000 mtime=1700000000",
                              .target_identity = "https://s3.us-east-1.amazonaws.com us-east-1",
                              .bucket = "bucket",
                              .object = "key",
                              .size = 83'886'080'000,
                              .part_size = 8u << 20};
  std::unique_ptr<StateStore> store;

 private:
  std::string path_;
};

PartRecord part(std::uint32_t number) {
  return {.number = number,
          .length = 8u << 20,
          .etag = "\"0123456789abcdef0123456789abcdef\"",
          .crc64nvme = 0x0123456789abcdef + number};
}

/// Groups of so many, one transaction each; after the last part from the first again.
void commit_parts(benchmark::State& state) {
  Begun begun;
  std::uint32_t number = 0;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) begun.store->add_part(part(1 + number++ % kMostParts));
    if (!begun.store->flush()) return state.SkipWithError("not committed");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(commit_parts)->ArgName("group")->Arg(1)->Arg(64)->Arg(1000)->UseRealTime();

/// Before the first part is sent: the record, then the upload id.
void begin(benchmark::State& state, Durability durability) {
  Begun begun(durability);
  for (auto _ : state)
    if (!begun.store->begin(begun.record) || !begun.store->set_upload_id("0004B9894A22E5B1888A1E29F8236E2D"))
      return state.SkipWithError("not committed");
}
BENCHMARK_CAPTURE(begin, survives_a_kill, Durability::kill)->UseRealTime();
BENCHMARK_CAPTURE(begin, survives_a_power_cut, Durability::power)->UseRealTime();

void load(benchmark::State& state) {
  Begun begun;
  for (std::uint32_t number = 1; number <= kMostParts; ++number) begun.store->add_part(part(number));
  if (!begun.store->flush()) return state.SkipWithError("not committed");
  for (auto _ : state) {
    const auto saved = begun.store->load();
    if (!saved || !*saved || (*saved)->parts.size() != kMostParts) return state.SkipWithError("not loaded");
  }
  state.SetItemsProcessed(state.iterations() * kMostParts);
}
BENCHMARK(load)->Unit(benchmark::kMillisecond);

}  // namespace
