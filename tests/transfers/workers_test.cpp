// What the engine promises of its workers, connections, reads and callbacks.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <numeric>
#include <set>
#include <thread>

#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

TransferReport upload_one(Place& place, const DialectUnderTest& d, std::uint64_t size, std::uint64_t part) {
  const std::string from = place.dir.path("big");
  write_big_file(from, size);
  TransferOptions options;
  options.part_size = part;
  Store store = place.store(d);
  return must(place.client->upload(Source::file(from), store, d.bucket, "big", options).wait());
}

TEST(Workers, ShareTheObjectThatOneOfThemWasGiven) {
  // As far away as a store usually is, so that requests and not this machine's cores are what is shared.
  LocalStoreOptions far;
  far.faults = R"({"seed": 1, "rules": [{"operation": "put_part", "action": "delay", "ms": 20}]})";
  Place place(far, [](ClientOptions& options) {
    options.workers = 4;
    options.concurrency = 16;
  });

  const auto report = upload_one(place, dialect("oss"), 1024 * kMiB, 4 * kMiB);

  EXPECT_GT(report.stolen, 0u);
  ASSERT_EQ(report.parts_by_worker.size(), 4u);
  EXPECT_EQ(std::accumulate(report.parts_by_worker.begin(), report.parts_by_worker.end(), 0ull),
            report.parts);
  for (const std::uint64_t carried : report.parts_by_worker) EXPECT_GE(carried, report.parts * 15 / 100);
}

TEST(Workers, KeepToThemselvesWithStealingOff) {
  Place place({}, [](ClientOptions& options) {
    options.workers = 4;
    options.stealing = false;
  });

  const auto report = upload_one(place, dialect("oss"), 64 * kMiB, 1 * kMiB);

  EXPECT_EQ(report.stolen, 0u);
  std::multiset<std::uint64_t> carried(report.parts_by_worker.begin(), report.parts_by_worker.end());
  EXPECT_EQ(carried, (std::multiset<std::uint64_t>{0, 0, 0, report.parts}));
}

TEST(Workers, AnswerAThreadOverOneConnection) {
  Place place({}, [](ClientOptions& options) { options.workers = 4; });
  const DialectUnderTest& d = dialect("s3");
  place.reopen();
  Store store = place.store(d);
  place.local.reset_counters();

  for (int i = 0; i < 8; ++i) ASSERT_TRUE(store.head_bucket(d.bucket));

  EXPECT_LE(place.local.connections(), 1u);
}

TEST(Workers, OpenNoMoreConnectionsThanRequestsInFlight) {
  Place place({}, [](ClientOptions& options) {
    options.workers = 2;
    options.concurrency = 32;
  });
  const DialectUnderTest& d = dialect("s3");
  const std::string from = place.dir.path("many");
  std::filesystem::create_directories(from);
  for (int i = 0; i < 1000; ++i) write_file(from + "/" + std::to_string(i), bytes_of(100, i));
  Store store = place.store(d);
  place.reopen();
  store = place.store(d);
  place.local.reset_counters();

  const auto report = must(place.client->upload_tree(from, store, d.bucket, "m/").wait());

  EXPECT_EQ(report.objects, 1000u);
  EXPECT_LE(place.local.connections(), 32u);
}

TEST(MappedUpload, ReadsNoFileBytesThroughTheKernel) {
  Place place({}, [](ClientOptions& options) { options.io = FileIo::map; });
  const std::string from = place.dir.path("big");
  write_big_file(from, 1024 * kMiB);
  const DialectUnderTest& d = dialect("oss");
  // The store runs in this process, where its sockets count as reads; so the upload runs in another.
  const std::string program = SLUICE_BUILD_DIR "/bin/mapped_upload";
  const std::string command =
      program + " " + place.local.endpoint() + " " + d.bucket + " " + from + " " + place.dir.path("child");

  FILE* child = ::popen(command.c_str(), "r");
  ASSERT_NE(child, nullptr);
  std::uint64_t read = 0;
  const int fields = std::fscanf(child, "%lu", &read);
  const int status = ::pclose(child);

  EXPECT_EQ(status, 0);
  ASSERT_EQ(fields, 1);
  EXPECT_LT(read, 16 * kMiB);
}

TEST(Upload, NamesASourceThatIsTruncatedWhileItIsSent) {
  for (const FileIo io : {FileIo::map, FileIo::pread}) {
    LocalStoreOptions slow;
    slow.faults = R"({"seed": 1, "rules": [{"operation": "put_part", "action": "stall", "of": "request",
                      "bytes": 262144, "ms": 20}]})";
    Place place(slow, [io](ClientOptions& options) {
      options.io = io;
      options.concurrency = 8;  // some parts are still to be read, whatever the moment
    });
    const DialectUnderTest& d = dialect("oss");
    Store store = place.store(d);
    const std::string from = place.dir.path("shrinking");
    for (int round = 0; round < 25; ++round) {
      write_big_file(from, 24 * kMiB, round);
      TransferOptions options;
      options.part_size = 1 * kMiB;
      options.resume = false;
      auto transfer = place.client->upload(Source::file(from), store, d.bucket, "k", options);
      // While parts are in flight, at a moment that differs each time.
      const auto begun = [&](const Progress& p) {
        return p.bytes_total && p.parts_done >= static_cast<std::uint64_t>(round % 8);
      };
      while (!begun(transfer.progress())) std::this_thread::yield();
      ASSERT_EQ(::truncate(from.c_str(), (round * 977) % 4096), 0);
      const auto ended = transfer.wait();
      ASSERT_FALSE(ended) << "round " << round;
      EXPECT_EQ(ended.error().kind, ErrorKind::integrity) << ended.error().describe();
      EXPECT_NE(ended.error().message.find(from), std::string::npos) << ended.error().describe();
    }
  }
}

TEST(Progress, NeverGoesBackEndsWithTheEndAndComesFromOneThreadAtATime) {
  Place place;
  const DialectUnderTest& d = dialect("cos");
  Store store = place.store(d);
  const std::string from = place.dir.path("f");
  write_big_file(from, 256 * kMiB);
  std::vector<Progress> seen;
  std::vector<std::chrono::steady_clock::time_point> times;
  std::atomic<int> inside{0};
  bool overlapped = false;
  TransferOptions options;
  options.part_size = 1 * kMiB;
  options.progress = [&](const Progress& p) {
    overlapped |= ++inside > 1;
    times.push_back(std::chrono::steady_clock::now());
    seen.push_back(p);
    --inside;
  };

  must(place.client->upload(Source::file(from), store, d.bucket, "k", options).wait());

  ASSERT_FALSE(seen.empty());
  EXPECT_FALSE(overlapped);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    EXPECT_GE(seen[i].bytes_done, seen[i - 1].bytes_done);
    EXPECT_GE(seen[i].parts_done, seen[i - 1].parts_done);
    EXPECT_GE(times[i] - times[i - 1], std::chrono::milliseconds(100));
    EXPECT_FALSE(seen[i - 1].finished);
  }
  EXPECT_TRUE(seen.back().finished);
  EXPECT_EQ(seen.back().bytes_done, 256 * kMiB);
  EXPECT_EQ(seen.back().bytes_total, 256 * kMiB);
  EXPECT_EQ(seen.back().parts_done, 256u);
}

TEST(Progress, HasNoTotalForAStream) {
  Place place;
  const DialectUnderTest& d = dialect("oss");
  Store store = place.store(d);
  std::uint64_t left = 8 * kMiB;
  bool had_total = false;
  std::uint64_t done = 0;
  TransferOptions options;
  options.part_size = 1 * kMiB;
  options.progress = [&](const Progress& p) {
    had_total |= p.bytes_total.has_value();
    done = p.bytes_done;
  };
  auto read = [&](std::span<char> into) -> Result<std::size_t> {
    const std::size_t count = std::min<std::uint64_t>(into.size(), left);
    std::fill_n(into.begin(), count, 'x');
    left -= count;
    return count;
  };

  must(place.client->upload(Source::stream(read), store, d.bucket, "k", options).wait());

  EXPECT_FALSE(had_total);
  EXPECT_EQ(done, 8 * kMiB);
}

TEST(Progress, HoldsUpNoPartWhenTheCallbackBlocks) {
  Place place;
  const DialectUnderTest& d = dialect("oss");
  Store store = place.store(d);
  const std::string from = place.dir.path("f");
  write_big_file(from, 512 * kMiB);
  std::atomic<bool> entered{false}, release{false};
  TransferOptions options;
  options.part_size = 1 * kMiB;
  options.progress = [&](const Progress&) {
    entered = true;
    release.wait(false);
  };

  auto transfer = place.client->upload(Source::file(from), store, d.bucket, "k", options);
  while (!entered) std::this_thread::yield();
  while (transfer.progress().parts_done < 512) std::this_thread::yield();
  release = true;
  release.notify_all();

  EXPECT_EQ(must(transfer.wait()).parts, 512u);
}

}  // namespace
}  // namespace sluice::transfers
