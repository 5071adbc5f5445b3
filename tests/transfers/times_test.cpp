// Downloaded files have the time of their objects where that is asked for, by every path that writes one.
#include <sys/stat.h>

#include <atomic>

#include "transfers/scripted_store.h"

namespace sluice::transfers {
namespace {

using testing::HttpAnswer;
using testing::HttpRequest;

constexpr std::time_t kWhen = 1'700'000'000;  // of every object of a scripted store

std::time_t time_of(const std::string& path) {
  struct stat s {};
  EXPECT_EQ(::stat(path.c_str(), &s), 0) << path;
  return s.st_mtime;
}

struct Times : ::testing::Test {
  TempDir dir;
  Client client = must(Client::open(client_options(dir)));
  const std::string to = dir.path("to");
};

TransferOptions with_times(const DialectUnderTest& d, bool keep = true) {
  TransferOptions options;
  options.part_size = d.part;
  options.keep_times = keep;
  return options;
}

/// Held as a whole, in one request to a part file, in parts.
std::vector<std::uint64_t> sizes(const DialectUnderTest& d) {
  return {0, 5, 100 * kKiB, 2 * d.part + 3};
}

TEST_F(Times, AreThoseOfTheObjectsOnlyWhereThatIsAskedFor) {
  for (const DialectUnderTest& d : kDialects) {
    ScriptedStore store(d);
    for (const std::uint64_t size : sizes(d)) {
      store.put("t/k", bytes_of(size));
      for (const bool keep : {true, false}) {
        for (const bool replaced : {false, true}) {
          for (const Durability durability : {Durability::kill, Durability::power}) {
            SCOPED_TRACE(d.scheme + " " + std::to_string(size) + (keep ? " kept" : "") +
                         (replaced ? " replaced" : ""));
            std::filesystem::remove_all(to);
            if (replaced) write_file(to, "another");
            TransferOptions options = with_times(d, keep);
            options.durability = durability;

            must(client.download(store.open(client), d.bucket, "t/k", Sink::file(to), options).wait());

            EXPECT_EQ(time_of(to) == kWhen, keep);
            EXPECT_EQ(std::filesystem::file_size(to), size);
          }
        }
      }
    }
  }
}

TEST_F(Times, OfTreesAreThoseThatTheListTells) {
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    ScriptedStore store(d);
    for (const std::uint64_t size : sizes(d)) store.put("t/" + std::to_string(size), bytes_of(size));

    must(client.download_tree(store.open(client), d.bucket, "t/", to, with_times(d)).wait());

    for (const std::uint64_t size : sizes(d))
      EXPECT_EQ(time_of(to + "/" + std::to_string(size)), kWhen) << size;
    std::filesystem::remove_all(to);
  }
}

TEST_F(Times, OfAResumedDownloadAreTheObjectsToo) {
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    ScriptedStore store(d);
    store.put("k", bytes_of(5 * d.part));
    std::atomic<int> ranges = 0;
    store.refuse = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
      if (request.method != "GET" || ++ranges != 4) return {};
      HttpAnswer refusal;
      refusal.status = 403;
      return refusal;
    };
    ASSERT_FALSE(client.download(store.open(client), d.bucket, "k", Sink::file(to), with_times(d)).wait());

    const auto report =
        must(client.download(store.open(client), d.bucket, "k", Sink::file(to), with_times(d)).wait());

    EXPECT_GE(report.parts_resumed, 1u);
    EXPECT_EQ(time_of(to), kWhen);
    std::filesystem::remove(to);
  }
}

}  // namespace
}  // namespace sluice::transfers
