// mapped_upload ENDPOINT BUCKET FILE STATE_DIR: uploads a file with --io map to the local store's oss
// dialect and prints by how many bytes that raised `rchar` of /proc/self/io.
#include <fstream>
#include <iostream>

#include "sluice/client.h"

namespace {

std::uint64_t bytes_read_by_this_process() {
  std::ifstream io("/proc/self/io");
  std::uint64_t count = 0;
  for (std::string word; io >> word;)
    if (word == "rchar:" && io >> count) break;
  return count;
}

int complain(const sluice::Error& error) {
  std::cerr << error.describe() << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  sluice::ClientOptions options;
  options.io = sluice::FileIo::map;
  options.state_dir = argv[4];
  auto client = sluice::Client::open(options);
  if (!client) return complain(client.error());
  sluice::StoreOptions to;
  to.scheme = "oss";
  to.endpoint = argv[1];
  to.region = "local-1";
  to.credentials = {"AKTRANSFERS0000000001", "secretsecretsecretsecretsecret01", ""};
  auto store = client->store(to);
  if (!store) return complain(store.error());

  const std::uint64_t before = bytes_read_by_this_process();
  const auto report = client->upload(sluice::Source::file(argv[3]), *store, argv[2], "mapped").wait();
  const std::uint64_t after = bytes_read_by_this_process();
  if (!report) return complain(report.error());
  std::cout << after - before << "\n";
}
