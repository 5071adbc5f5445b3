// Store::probe: what it times is what the store did, and nothing of it stays unseen.

#include <set>
#include <thread>

#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

using Outcome = ProbeRequest::Outcome;

std::vector<ObjectInfo> objects(unsigned count, std::uint64_t size) {
  std::vector<ObjectInfo> all(count);
  for (unsigned i = 0; i < count; ++i) {
    all[i].key = "probe/" + std::to_string(i);
    all[i].size = size;
  }
  return all;
}

ProbeOptions options(bool upload, unsigned connections, std::uint64_t bytes) {
  ProbeOptions probe;
  probe.upload = upload;
  probe.objects = objects(connections, bytes);
  probe.bytes = bytes;
  probe.connections = connections;
  probe.duration = std::chrono::milliseconds(100);
  return probe;
}

std::uint64_t count(const ProbeReport& report, Outcome outcome) {
  std::uint64_t found = 0;
  for (const ProbeRequest& one : report.requests) found += one.outcome == outcome;
  return found;
}

TEST(Probe, UploadsAndDownloadsOverAndOverInEveryDialect) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    for (const std::uint64_t bytes : {std::uint64_t{1}, 300 * kKiB}) {
      for (const bool upload : {true, false}) {
        const ProbeReport report = must(store.probe(d.bucket, options(upload, 3, bytes)), d.scheme.c_str());
        EXPECT_EQ(count(report, Outcome::failed) + count(report, Outcome::throttled), 0u) << d.scheme;
        EXPECT_GE(report.load, std::chrono::milliseconds(100));
        EXPECT_EQ(report.workers, 2u);
        std::set<std::uint32_t> used;
        for (const ProbeRequest& one : report.requests) {
          if (one.outcome != Outcome::done) continue;
          used.insert(one.object);
          EXPECT_EQ(one.bytes, bytes);
          EXPECT_LT(one.began, one.ended);
          EXPECT_EQ(one.first_byte.count() > 0, !upload);
        }
        EXPECT_EQ(used.size(), 3u) << d.scheme;
      }
    }
    const ListPage page = must(store.list(d.bucket, {.prefix = "probe/"}));
    ASSERT_EQ(page.objects.size(), 3u) << d.scheme;
    EXPECT_EQ(page.objects[0].size, 300 * kKiB);
  }
}

TEST(Probe, ReadsThePiecesOfAnObjectInTurn) {
  Place place;
  const DialectUnderTest& d = dialect("s3");
  Store store = place.store(d);
  const std::string bytes = bytes_of(1000, 1);
  must(place.client->upload(Source::memory(bytes), store, d.bucket, "probe/0").wait());

  ProbeOptions probe = options(false, 1, 300);
  probe.objects = objects(1, 1000);
  const ProbeReport report = must(store.probe(d.bucket, probe));

  EXPECT_GE(count(report, Outcome::done), 4u);
  for (const ProbeRequest& one : report.requests)
    EXPECT_TRUE(one.bytes == 300 || one.outcome == Outcome::cut);
}

TEST(Probe, StopsBeforeItsBytesAreUsedUp) {
  Place place;
  const DialectUnderTest& d = dialect("oss");
  Store store = place.store(d);
  ProbeOptions probe = options(true, 2, 100 * kKiB);
  probe.duration = std::chrono::hours(1);
  probe.max_bytes = 2 * kMiB;

  const ProbeReport report = must(store.probe(d.bucket, probe));

  std::uint64_t moved = 0;
  for (const ProbeRequest& one : report.requests) moved += one.bytes;
  EXPECT_GE(moved, 1 * kMiB);
  EXPECT_GE(report.bytes_begun, moved);
  EXPECT_LE(report.bytes_begun, 2 * kMiB);
}

TEST(Probe, AnUploadForTheLoadAloneIsNeverStored) {
  LocalStoreOptions slow;  // the second connection's upload is a long one, beside which the first goes on
  slow.faults =
      R"({"seed": 1, "rules": [{"operation": "put_object", "key_prefix": "probe/1", "action": "slow",
                                          "bytes": 1000000}]})";
  Place place(slow);
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    ProbeOptions probe = options(true, 2, 500 * kKiB);
    probe.duration = std::chrono::milliseconds(50);

    const ProbeReport report = must(store.probe(d.bucket, probe), d.scheme.c_str());

    EXPECT_EQ(count(report, Outcome::cut), 0u) << d.scheme;
    EXPECT_LE(count(report, Outcome::done), place.local.requests(d.scheme, "put_object")) << d.scheme;
    must(store.remove(d.bucket, "probe/0"));
    must(store.remove(d.bucket, "probe/1"));
    EXPECT_TRUE(must(store.list(d.bucket, {.prefix = "probe/"})).objects.empty()) << d.scheme;
  }
}

TEST(Probe, CountsWhatTheStoreThrottledAndWhatFailedAndRepeatsNothing) {
  LocalStoreOptions faulty;
  faulty.faults =
      R"({"seed": 3, "rules": [{"operation": "put_object", "action": "throttle", "probability": 0.3},
                                           {"operation": "put_object", "action": "error", "probability": 0.3}]})";
  Place place(faulty);
  const DialectUnderTest& d = dialect("tos");
  Store store = place.store(d);

  const ProbeReport report = must(store.probe(d.bucket, options(true, 4, 1000)));

  EXPECT_GT(count(report, Outcome::done), 0u);
  EXPECT_GT(count(report, Outcome::throttled), 0u);
  EXPECT_GT(count(report, Outcome::failed), 0u);
  EXPECT_LE(report.requests.size(), place.local.requests("tos", "put_object"));
}

TEST(Probe, FailsWithWhatTheStoreRefusesForGoodAndWhenNothingSucceeds) {
  LocalStoreOptions faulty;
  faulty.faults = R"({"seed": 3, "rules": [{"operation": "put_object", "action": "error"}]})";
  Place place(faulty);
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const auto missing = store.probe(d.bucket, options(false, 2, 1000));
    ASSERT_FALSE(missing) << d.scheme;
    EXPECT_TRUE(is_not_found(missing.error())) << missing.error().describe();
    const auto failing = store.probe(d.bucket, options(true, 2, 1000));
    ASSERT_FALSE(failing) << d.scheme;
    EXPECT_TRUE(is_retryable(failing.error())) << failing.error().describe();
  }
}

TEST(Probe, EndsWhenItIsStopped) {
  Place place;
  const DialectUnderTest& d = dialect("qs");
  Store store = place.store(d);
  for (const bool upload : {true, false}) {
    if (!upload) must(store.probe(d.bucket, options(true, 2, 1000)));
    ProbeOptions probe = options(upload, 2, 1000);
    probe.duration = std::chrono::hours(1);
    std::stop_source stop;
    std::jthread stopper([&] {
      while (place.local.requests("qs", upload ? "put_object" : "get_object") == 0) std::this_thread::yield();
      stop.request_stop();
    });
    const auto report = store.probe(d.bucket, probe, stop.get_token());
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::cancelled);
  }
}

TEST(Probe, RefusesWhatMakesNoSense) {
  Place place;
  const DialectUnderTest& d = dialect("s3");
  Store store = place.store(d);
  const auto refused = [&](auto change) {
    ProbeOptions probe = options(false, 1, 1000);
    change(probe);
    const auto report = store.probe(d.bucket, probe);
    return !report && report.error().kind == ErrorKind::argument;
  };
  EXPECT_TRUE(refused([](ProbeOptions& probe) { probe.connections = 0; }));
  EXPECT_TRUE(refused([](ProbeOptions& probe) { probe.connections = 1025; }));
  EXPECT_TRUE(refused([](ProbeOptions& probe) { probe.bytes = 0; }));
  EXPECT_TRUE(refused([](ProbeOptions& probe) { probe.objects.clear(); }));
  EXPECT_TRUE(refused([](ProbeOptions& probe) { probe.objects[0].size = 0; }));
  EXPECT_TRUE(refused([](ProbeOptions& probe) { probe.objects[0].key.clear(); }));
}

}  // namespace
}  // namespace sluice::transfers
