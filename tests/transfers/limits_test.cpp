// Transfers under limits: nothing but slower, and never slower than the limit asks for.
#include <atomic>
#include <thread>

#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

/// An eighth of a second's bytes goes at once, and the last piece does not wait.
double least_seconds(std::uint64_t bytes, std::uint64_t rate) {
  return static_cast<double>(bytes - 64 * kKiB) / static_cast<double>(rate) - 1.0 / 8;
}

TransferOptions with_parts(std::uint64_t part) {
  TransferOptions options;
  options.part_size = part;
  options.threshold = part;
  return options;
}

TEST(LimitedTransfers, MoveEachWayAtItsOwnRate) {
  for (const char* scheme : {"oss", "cos"}) {
    const DialectUnderTest& d = dialect(scheme);
    Place place;
    Store store = place.store(d);
    const std::string bytes = bytes_of(3 * kMiB + 5);
    write_file(place.dir.path("f"), bytes);

    // Were they not apart, the unlimited way would take an hour.
    place.client->set_limits({.up = 2 * kMiB, .down = kKiB});
    auto began = Clock::now();
    must(place.client
             ->upload(Source::file(place.dir.path("f")), store, d.bucket, "k", with_parts(d.part))
             .wait());
    EXPECT_GE(seconds_since(began), least_seconds(bytes.size(), 2 * kMiB)) << scheme;

    place.client->set_limits({.up = kKiB, .down = 2 * kMiB});
    std::string back;
    began = Clock::now();
    must(place.client->download(store, d.bucket, "k", Sink::memory(&back), with_parts(d.part)).wait());
    EXPECT_GE(seconds_since(began), least_seconds(bytes.size(), 2 * kMiB)) << scheme;
    EXPECT_TRUE(back == bytes) << scheme;
  }
}

TEST(LimitedTransfers, KeepToOneLimitTogetherAndWithThoseOfAnotherClient) {
  constexpr std::uint64_t kRate = 2 * kMiB;
  Place place({}, [](ClientOptions& options) { options.limits.up = kRate; });
  const DialectUnderTest& d = dialect("oss");
  Client other = must(Client::open(place.options, *place.client));
  Store store = place.store(d), same = must(other.store(store_options(place.local, d)));
  const std::string bytes = bytes_of(1 * kMiB);

  const auto began = Clock::now();
  std::vector<Transfer> transfers;
  for (int i = 0; i < 4; ++i) {
    const std::string key = std::to_string(i);
    transfers.push_back(place.client->upload(Source::memory(bytes), store, d.bucket, key));
    transfers.push_back(other.upload(Source::memory(bytes), same, d.bucket, "other" + key));
  }
  for (Transfer& transfer : transfers) must(transfer.wait());

  EXPECT_GE(seconds_since(began), least_seconds(8 * kMiB, kRate));
}

TEST(LimitedTransfers, MoveTreesOfSmallObjects) {
  constexpr std::uint64_t kRate = 512 * kKiB;
  Place place({}, [](ClientOptions& options) { options.limits = {.up = kRate, .down = kRate}; });
  const DialectUnderTest& d = dialect("s3");
  Store store = place.store(d);
  const std::string from = place.dir.path("tree"), to = place.dir.path("back");
  std::filesystem::create_directories(from);
  for (int i = 0; i < 60; ++i) write_file(from + "/" + std::to_string(i), bytes_of(10 * kKiB, i));

  auto began = Clock::now();
  EXPECT_EQ(must(place.client->upload_tree(from, store, d.bucket, "t/").wait()).objects, 60u);
  EXPECT_GE(seconds_since(began), least_seconds(600 * kKiB, kRate));
  began = Clock::now();
  EXPECT_EQ(must(place.client->download_tree(store, d.bucket, "t/", to).wait()).objects, 60u);
  EXPECT_GE(seconds_since(began), least_seconds(600 * kKiB, kRate));
  for (int i = 0; i < 60; ++i)
    EXPECT_TRUE(same_files(from + "/" + std::to_string(i), to + "/" + std::to_string(i))) << i;
}

TEST(LimitedTransfers, CopyBetweenTwoStoresWithFewRequestsAtOnceEachWay) {
  // One large request at once each way, or eight of these: nobody may wait for a place that waits for his.
  Place place({}, [](ClientOptions& options) { options.limits = {.up = 120 * kKiB, .down = 120 * kKiB}; });
  const DialectUnderTest &a = dialect("oss"), &b = dialect("qs");
  Store from = place.store(a), to = place.store(b);
  place.client->set_limits({});
  for (int i = 0; i < 24; ++i)
    must(place.client
             ->upload(Source::memory(bytes_of(8 * kKiB, i)), from, a.bucket, "t/" + std::to_string(i))
             .wait());
  place.client->set_limits({.up = 120 * kKiB, .down = 120 * kKiB});

  const auto report = must(place.client->copy_tree(from, a.bucket, "t/", to, b.bucket, "u/").wait());

  EXPECT_EQ(report.objects, 24u);
  EXPECT_EQ(report.failed, 0u);
  EXPECT_EQ(must(to.read(b.bucket, "u/7")), bytes_of(8 * kKiB, 7));
}

TEST(LimitedTransfers, StreamBothWays) {
  constexpr std::uint64_t kRate = 2 * kMiB;
  Place place({}, [](ClientOptions& options) { options.limits = {.up = kRate, .down = kRate}; });
  const DialectUnderTest& d = dialect("oss");
  Store store = place.store(d);
  const std::string bytes = bytes_of(3 * kMiB);
  std::size_t at = 0;
  const auto read = [&](std::span<char> into) -> Result<std::size_t> {
    const std::size_t count = bytes.copy(into.data(), into.size(), at);
    at += count;
    return count;
  };
  std::string back;
  const auto write = [&](std::string_view data) -> Result<void> {
    back += data;
    return {};
  };

  const auto began = Clock::now();
  must(place.client->upload(Source::stream(read), store, d.bucket, "k", with_parts(d.part)).wait());
  must(place.client->download(store, d.bucket, "k", Sink::stream(write), with_parts(d.part)).wait());

  EXPECT_GE(seconds_since(began), 2 * least_seconds(bytes.size(), kRate));
  EXPECT_TRUE(back == bytes);
}

TEST(LimitedTransfers, GoOnAtOnceWhenTheLimitIsLifted) {
  // At a kilobyte a second this would take hours.
  Place place({}, [](ClientOptions& options) { options.limits = {.up = kKiB, .down = kKiB}; });
  const DialectUnderTest& d = dialect("oss");
  Store store = place.store(d);
  const std::string bytes = bytes_of(24 * kMiB);
  auto transfer =
      place.client->upload(Source::memory(bytes), store, d.bucket, "k", with_parts(d.part));
  while (place.local.requests("oss", "create_upload") == 0) std::this_thread::yield();

  place.client->set_limits({});

  EXPECT_EQ(must(transfer.wait()).parts, 24u);
}

TEST(LimitedTransfers, EndWhenTheyAreCancelledWhereverTheyWait) {
  Place place({}, [](ClientOptions& options) { options.limits = {.up = kKiB, .down = kKiB}; });
  const DialectUnderTest& d = dialect("oss");
  Store store = place.store(d);
  const std::string bytes = bytes_of(24 * kMiB);
  // The second waits for places that the first holds for hours.
  auto first = place.client->upload(Source::memory(bytes), store, d.bucket, "a", with_parts(d.part));
  while (place.local.requests("oss", "create_upload") < 1) std::this_thread::yield();
  auto second = place.client->upload(Source::memory(bytes), store, d.bucket, "b", with_parts(d.part));
  while (place.local.requests("oss", "create_upload") < 2) std::this_thread::yield();

  second.cancel();
  const auto second_end = second.wait();
  first.cancel();
  const auto first_end = first.wait();

  ASSERT_FALSE(second_end);
  EXPECT_EQ(second_end.error().kind, ErrorKind::cancelled);
  ASSERT_FALSE(first_end);
  EXPECT_EQ(first_end.error().kind, ErrorKind::cancelled);
}

TEST(LimitedTransfers, MakeNoMoreRequestsASecondThanAllowed) {
  Place place;
  const DialectUnderTest& d = dialect("tos");
  Store store = place.store(d);
  const std::string from = place.dir.path("tree");
  std::filesystem::create_directories(from);
  for (int i = 0; i < 40; ++i) write_file(from + "/" + std::to_string(i), bytes_of(100, i));
  place.client->set_limits({.requests = 40});

  const auto began = Clock::now();
  must(place.client->upload_tree(from, store, d.bucket, "t/").wait());

  // The first goes at once.
  EXPECT_GE(seconds_since(began), 39.0 / 40 - 0.001);
}

}  // namespace
}  // namespace sluice::transfers
