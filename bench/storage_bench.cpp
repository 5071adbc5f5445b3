// What the local store's storage does by itself: puts, gets and listed keys a second, so that a slow
// store is not mistaken for a slow client. Directory: $TMPDIR, else /tmp.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "emulator/storage.h"

namespace sluice::emulator {
namespace {

const BucketRef kBucket{"s3", "bucket"};

/// One storage for all threads of a benchmark.
class Place {
 public:
  Place() {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base ? base : "/tmp") + "/sluice-storage-bench-XXXXXX";
    if (!mkdtemp(path_.data())) std::abort();
    storage = std::move(*Storage::open({.root = path_}));
    if (!storage->create_bucket(kBucket, {})) std::abort();
  }
  ~Place() {
    storage.reset();
    std::filesystem::remove_all(path_);
  }
  std::unique_ptr<Storage> storage;

 private:
  std::string path_;
};

std::string key_of(std::uint64_t number) {
  std::string digits = std::to_string(1'000'000'000 + number);
  return "folder-" + digits.substr(1, 6) + "/object-" + digits;
}

void put_one(benchmark::State& state, Storage& storage, const std::string& key, const std::string& bytes,
             bool md5) {
  Writer writer = storage.writer({.md5 = md5});
  constexpr std::size_t kPiece = 256 * 1024;
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    if (!writer.write(std::string_view(bytes).substr(at, kPiece))) state.SkipWithError("write failed");
  }
  if (!storage.put(kBucket, key, std::move(writer))) state.SkipWithError("put failed");
}

std::unique_ptr<Place> place;

void open_place(const benchmark::State&) {
  place = std::make_unique<Place>();
}
void close_place(const benchmark::State&) {
  place.reset();
}

/// Arguments: size, MD5 or not.
void BM_Put(benchmark::State& state) {
  std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  std::uint64_t number = static_cast<std::uint64_t>(state.thread_index()) << 26;
  std::uint64_t wrap = bytes.size() > 1'000'000 ? 16 : 1 << 25;
  std::uint64_t count = 0;
  for (auto _ : state)
    put_one(state, *place->storage, key_of(number + count++ % wrap), bytes, state.range(1) != 0);
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Put)
    ->ArgNames({"size", "md5"})
    ->Args({4096, 1})
    ->Args({65536, 1})
    ->Setup(open_place)
    ->Teardown(close_place)
    ->ThreadRange(1, 4)
    ->UseRealTime();
BENCHMARK(BM_Put)
    ->ArgNames({"size", "md5"})
    ->Args({8 << 20, 1})
    ->Args({8 << 20, 0})
    ->Setup(open_place)
    ->Teardown(close_place)
    ->UseRealTime();

void open_with_objects(const benchmark::State& state) {
  open_place(state);
  std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  for (std::uint64_t i = 0; i < 64; ++i) {
    Writer writer = place->storage->writer({});
    if (!writer.write(bytes) || !place->storage->put(kBucket, key_of(i), std::move(writer))) std::abort();
  }
}

void BM_Get(benchmark::State& state) {
  std::string buffer(256 * 1024, '\0');
  std::uint64_t number = static_cast<std::uint64_t>(state.thread_index());
  for (auto _ : state) {
    auto opened = place->storage->get(kBucket, key_of(number++ % 64));
    if (!opened) return state.SkipWithError("get failed");
    for (std::uint64_t at = 0; at < opened->reader.size();) {
      auto count = opened->reader.read_at(at, {buffer.data(), buffer.size()});
      if (!count) return state.SkipWithError("read failed");
      at += *count;
    }
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Get)
    ->ArgName("size")
    ->Arg(4096)
    ->Arg(65536)
    ->Arg(8 << 20)
    ->Setup(open_with_objects)
    ->Teardown(close_place)
    ->ThreadRange(1, 4)
    ->UseRealTime();

/// A million keys, a thousand to a folder; made once, kept to the end of the process.
Place& million() {
  static Place made;
  static const bool filled = [] {
    std::vector<BulkObject> objects;
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
      objects.push_back(
          {.key = key_of(i), .body = {}, .attributes = {.headers = {{"content-type", "text/plain"}}}});
      if (objects.size() < 10'000) continue;
      if (!made.storage->bulk_put(kBucket, objects)) std::abort();
      objects.clear();
    }
    return true;
  }();
  (void)filled;
  return made;
}

void BM_ListMillion(benchmark::State& state) {
  Storage& storage = *million().storage;
  for (auto _ : state) {
    ListRequest request;
    std::size_t keys = 0;
    for (bool more = true; more;) {
      auto page = storage.list(kBucket, request);
      if (!page) return state.SkipWithError("list failed");
      keys += page->objects.size();
      request.marker = page->next_marker;
      more = page->truncated;
    }
    if (keys != 1'000'000) return state.SkipWithError("keys are missing");
  }
  state.SetItemsProcessed(state.iterations() * 1'000'000);
}
BENCHMARK(BM_ListMillion)->Unit(benchmark::kMillisecond);

/// A page of 1000 keys that begins at this percentage of the bucket: the cost must not depend on it.
void BM_ListPage(benchmark::State& state) {
  Storage& storage = *million().storage;
  ListRequest request{.marker = key_of(static_cast<std::uint64_t>(state.range(0)) * 10'000)};
  for (auto _ : state) {
    auto page = storage.list(kBucket, request);
    if (!page || page->objects.size() < 999) return state.SkipWithError("list failed");
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(BM_ListPage)->ArgName("percent")->Arg(0)->Arg(50)->Arg(99);

/// 1000 common prefixes that stand for a million keys.
void BM_ListFolders(benchmark::State& state) {
  Storage& storage = *million().storage;
  for (auto _ : state) {
    auto page = storage.list(kBucket, {.delimiter = "/", .limit = 1000});
    if (!page || page->prefixes.size() != 1000) return state.SkipWithError("list failed");
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(BM_ListFolders);

}  // namespace
}  // namespace sluice::emulator
