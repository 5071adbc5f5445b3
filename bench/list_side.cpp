// Lists a bucket as jobs do, at several places at once or page behind page, and says what it took.
//
//   list_side ENDPOINT BUCKET [MEMORY]     MEMORY: bytes; 0 = page behind page
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "bulk/open_listing.h"

namespace {

using namespace sluice;

int complain(const Error& error) {
  std::fprintf(stderr, "list_side: %s\n", error.describe().c_str());
  return 1;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::fputs("list_side ENDPOINT BUCKET [MEMORY]\n", stderr);
    return 2;
  }
  ClientOptions client;
  client.state_dir = "/nowhere";
  auto runtime = engine::Runtime::create(client);
  if (!runtime) return complain(runtime.error());
  engine::StoreConfig config;
  config.dialect = &engine::kS3;
  config.endpoint = words[1];
  config.region = "us-east-1";
  config.addressing = engine::Addressing::path;
  config.credentials = {"AKIDEXAMPLE0123456789", "secretsecretsecretsecretsecretsecret0123", ""};
  auto store = engine::Store::create(config);
  if (!store) return complain(store.error());

  std::atomic<std::uint64_t> requests{0};
  bulk::ListingOptions options;
  options.requests = &requests;
  if (count > 3) options.memory = std::strtoull(words[3], nullptr, 10);
  options.parallel = options.memory > 0;
  const auto began = std::chrono::steady_clock::now();
  auto listing = bulk::open_listing(**runtime, {.store = *store, .root = {words[2], ""}}, options);
  if (!listing) return complain(listing.error());
  std::uint64_t keys = 0;
  std::string last;
  while (true) {
    auto page = (*listing)->next();
    if (!page) return complain(page.error());
    if (page->empty()) break;
    for (const bulk::Entry& entry : *page) {
      if (entry.name <= last) std::fprintf(stderr, "%s behind %s\n", entry.name.c_str(), last.c_str());
      last = entry.name;
    }
    keys += page->size();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%llu %.3f %llu\n", static_cast<unsigned long long>(keys), took.count(),
              static_cast<unsigned long long>(requests.load()));
  return 0;
}
