// example ENDPOINT FILE STATE_DIR: uploads with a progress callback, cancels, resumes, streams a range.
#include <sluice/client.h>

#include <atomic>
#include <fstream>
#include <iostream>
#include <string>

namespace {

int complain(const sluice::Error& error) {
  std::cerr << error.describe() << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  auto client = sluice::Client::open({.concurrency = 2, .state_dir = argv[3]});
  if (!client) return complain(client.error());
  auto store =
      client->store({.scheme = "oss",
                     .endpoint = argv[1],
                     .region = "local-1",
                     .credentials = {"AKEXAMPLE00000000001", "examplesecretexamplesecret000001", ""}});
  if (!store) return complain(store.error());
  if (auto made = store->create_bucket("example"); !made) return complain(made.error());

  std::atomic<std::uint64_t> reported{0};
  sluice::TransferOptions options;
  options.part_size = 1 << 20;
  options.progress = [&](const sluice::Progress& p) {
    reported = p.bytes_done;
    reported.notify_all();
  };

  auto first = client->upload(sluice::Source::file(argv[2]), *store, "example", "object", options);
  while (reported == 0) reported.wait(0);
  first.cancel();
  if (const auto ended = first.wait(); ended) {
    std::cerr << "the upload was over before it could be cancelled\n";
    return 1;
  }

  auto second = client->upload(sluice::Source::file(argv[2]), *store, "example", "object", options).wait();
  if (!second) return complain(second.error());
  if (second->parts_resumed == 0) {
    std::cerr << "nothing was resumed\n";
    return 1;
  }

  std::string streamed;
  sluice::TransferOptions range;
  range.range = sluice::ByteSpan{1'000'000, 5'000'000};
  auto write = [&](std::string_view piece) -> sluice::Result<void> {
    streamed += piece;
    return {};
  };
  auto third = client->download(*store, "example", "object", sluice::Sink::stream(write), range).wait();
  if (!third) return complain(third.error());

  std::ifstream file(argv[2], std::ios::binary);
  std::string expected(4'000'001, '\0');
  file.seekg(1'000'000).read(expected.data(), static_cast<std::streamsize>(expected.size()));
  if (streamed != expected) {
    std::cerr << "the range differs\n";
    return 1;
  }
  std::cout << "resumed " << second->parts_resumed << " parts, streamed " << streamed.size() << " bytes\n";
}
