// Saved transfers: what was committed is there after any kill, and nothing is taken for what it is not.
#include "io/state_store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <thread>

#include "io/state_lock.h"
#include "tests/io/file_temp.h"

namespace sluice::io {
namespace {

using testing::in_child;
using testing::Random;
using testing::TempDir;
using testing::write_file;
using namespace std::chrono_literals;

const TransferKey kKey{.kind = "upload", .source = "/data/file one", .target = "oss://bucket/key"};

const TransferRecord kRecord{.source_fingerprint = "size=1 mtime=2",
                             .target_identity = "127.0.0.1 cn",
                             .bucket = "bucket",
                             .object = "key",
                             .size = 0xfedcba9876543210,
                             .part_size = 8u << 20,
                             .upload_id = {},
                             .created = std::chrono::sys_seconds(1'700'000'000s)};

PartRecord part(std::uint32_t number) {
  return {.number = number,
          .length = number * 10ull,
          .etag = "etag" + std::to_string(number),
          .crc64 = 0xffffffffffffff00 + number,
          .crc32c = 0xffffff00 + number,
          .md5_hex = "md5",
          .crc64nvme = 0xfffffffffffffff0 - number};
}

std::unique_ptr<StateStore> opened(const std::string& dir, const TransferKey& key = kKey,
                                   StateOptions options = {}) {
  auto store = StateStore::open(dir, key, options);
  EXPECT_TRUE(store) << store.error().message;
  return store ? std::move(*store) : nullptr;
}

SavedTransfer loaded(StateStore& store) {
  auto saved = store.load();
  EXPECT_TRUE(saved) << saved.error().message;
  EXPECT_TRUE(saved && *saved);
  return saved && *saved ? **saved : SavedTransfer{};
}

/// Runs SQL on a state file as a stranger would.
void run_sql(const std::string& file, const char* sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  sqlite3_close(db);
}

std::vector<std::string> names_below(const std::string& dir) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(dir + "/transfers"))
    names.push_back(entry.path().filename().string());
  return names;
}

TEST(StateStore, BeginsEmptyAndNamesNothing) {
  TempDir dir;
  const auto store = opened(dir.path());

  const auto saved = store->load();
  ASSERT_TRUE(saved);
  EXPECT_FALSE(*saved);
  EXPECT_EQ(store->note(), "");
}

TEST(StateStore, AnswersWhatWasSavedAfterReopening) {
  TempDir dir;
  for (const Durability durability : {Durability::kill, Durability::power}) {
    {
      const auto store = opened(dir.path(), kKey, {.durability = durability});
      ASSERT_TRUE(store->begin(kRecord));
      ASSERT_TRUE(store->set_upload_id("upload-1"));
      store->add_part(part(2));
      store->add_part({.number = 7, .length = 1});
      store->add_part(part(1));
      ASSERT_TRUE(store->flush());
    }
    const auto store = opened(dir.path());
    const SavedTransfer saved = loaded(*store);

    TransferRecord expected = kRecord;
    expected.upload_id = "upload-1";
    EXPECT_EQ(saved.record, expected);
    ASSERT_EQ(saved.parts.size(), 3u);
    EXPECT_EQ(saved.parts[0], part(1));
    EXPECT_EQ(saved.parts[1], part(2));
    EXPECT_EQ(saved.parts[2], (PartRecord{.number = 7, .length = 1}));
  }
}

TEST(StateStore, ReplacesEverythingAtBegin) {
  TempDir dir;
  const auto store = opened(dir.path());
  ASSERT_TRUE(store->begin(kRecord));
  store->add_part(part(1));
  ASSERT_TRUE(store->flush());
  store->add_part(part(2));

  TransferRecord other = kRecord;
  other.part_size = 5;
  other.created = {};
  ASSERT_TRUE(store->begin(other));
  ASSERT_TRUE(store->flush());

  const SavedTransfer saved = loaded(*store);
  EXPECT_EQ(saved.record.part_size, 5u);
  EXPECT_GT(saved.record.created.time_since_epoch(), 1'700'000'000s);
  EXPECT_TRUE(saved.parts.empty());
}

TEST(StateStore, KeepsTheLastOfAPartToldTwiceAndDropsOnRequest) {
  TempDir dir;
  const auto store = opened(dir.path());
  ASSERT_TRUE(store->begin(kRecord));
  store->add_part(part(1));
  PartRecord again = part(1);
  again.etag = "other";
  store->add_part(again);
  store->add_part(part(2));
  ASSERT_TRUE(store->flush());
  ASSERT_TRUE(store->drop_parts({2, 99}));

  const SavedTransfer saved = loaded(*store);
  ASSERT_EQ(saved.parts.size(), 1u);
  EXPECT_EQ(saved.parts[0].etag, "other");
}

TEST(StateStore, FlushesWhatIsLeftWhenItEnds) {
  TempDir dir;
  {
    const auto store = opened(dir.path());
    ASSERT_TRUE(store->begin(kRecord));
    store->add_part(part(1));
  }
  EXPECT_EQ(loaded(*opened(dir.path())).parts.size(), 1u);
}

TEST(StateStore, TakesPartsWhileAnotherThreadFlushes) {
  TempDir dir;
  const auto store = opened(dir.path());
  ASSERT_TRUE(store->begin(kRecord));
  std::atomic<bool> done{false};
  std::atomic<int> failures{0};
  std::thread flusher([&] {
    while (!done) {
      if (!store->flush()) ++failures;
    }
  });
  std::vector<std::thread> workers;
  for (std::uint32_t w = 0; w < 3; ++w)
    workers.emplace_back([&, w] {
      for (std::uint32_t n = 0; n < 200; ++n) store->add_part(part(w * 200 + n));
    });
  for (auto& t : workers) t.join();
  done = true;
  flusher.join();
  ASSERT_TRUE(store->flush());

  EXPECT_EQ(failures, 0);
  const SavedTransfer saved = loaded(*store);
  ASSERT_EQ(saved.parts.size(), 600u);
  for (std::uint32_t n = 0; n < 600; ++n) EXPECT_EQ(saved.parts[n], part(n));
}

// The child commits groups of 16 parts for ever and says so after each; it is killed at a moment that
// the seed decides. What it said must be there, and what is there must be whole groups.
TEST(StateStore, KeepsEveryCommittedPartWhenTheProcessIsKilled) {
  constexpr std::uint32_t group = 16;
  std::uint32_t latest = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    TempDir dir;
    Random random(seed + 1);
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      const auto say = [&](char c) { (void)!write(pipe_ends[1], &c, 1); };
      auto store = StateStore::open(dir.path(), kKey);
      if (!store || !(*store)->begin(kRecord)) _exit(1);
      say('b');
      if (!(*store)->set_upload_id("upload-1")) _exit(1);
      say('u');
      for (std::uint32_t n = 0;; ++n) {
        (*store)->add_part(part(n));
        if (n % group != group - 1) continue;
        if (!(*store)->flush()) _exit(1);
        say('g');
      }
    }
    close(pipe_ends[1]);
    std::uint64_t heard = 0;
    const auto hear = [&] {
      char c = 0;
      const bool got = read(pipe_ends[0], &c, 1) == 1;
      heard += got;
      return got;
    };
    for (std::uint64_t wait = random.below(40); wait > 0 && hear();) --wait;
    for (std::uint64_t spin = random.below(300'000); spin > 0; --spin) asm volatile("");
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child failed by itself";
    while (hear()) {
    }
    close(pipe_ends[0]);

    auto store = StateStore::open(dir.path(), kKey);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*store)->note(), "");
    auto saved = (*store)->load();
    ASSERT_TRUE(saved) << saved.error().message;
    if (heard >= 1) {
      ASSERT_TRUE(*saved) << seed;
    }
    if (!*saved) continue;
    if (heard >= 2) {
      EXPECT_EQ((*saved)->record.upload_id, "upload-1");
    }
    const std::vector<PartRecord>& parts = (*saved)->parts;
    const std::uint64_t groups = heard > 2 ? heard - 2 : 0;
    EXPECT_EQ(parts.size() % group, 0u);
    EXPECT_GE(parts.size(), groups * group);
    EXPECT_LE(parts.size(), (groups + 1) * group);
    for (std::uint32_t n = 0; n < parts.size(); ++n) ASSERT_EQ(parts[n], part(n));
    latest = std::max(latest, static_cast<std::uint32_t>(parts.size()));
  }
  EXPECT_GT(latest, group);
}

TEST(StateStore, NamesTheProcessThatWorksOnTheTransfer) {
  TempDir dir;
  int to_parent[2], to_child[2];
  ASSERT_EQ(pipe(to_parent), 0);
  ASSERT_EQ(pipe(to_child), 0);
  const pid_t child = fork();
  if (child == 0) {
    char c = 0;
    auto store = StateStore::open(dir.path(), kKey);
    (void)!write(to_parent[1], store ? "k" : "f", 1);
    (void)!read(to_child[0], &c, 1);
    _exit(0);
  }
  char c = 0;
  ASSERT_EQ(read(to_parent[0], &c, 1), 1);
  ASSERT_EQ(c, 'k');

  const auto second = StateStore::open(dir.path(), kKey);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::state);
  EXPECT_EQ(second.error().message,
            "another process (pid " + std::to_string(child) + ") is working on this transfer");
  TransferKey other = kKey;
  other.target += "2";
  EXPECT_TRUE(StateStore::open(dir.path(), other));

  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(StateStore::open(dir.path(), kKey));
  for (const int fd : {to_parent[0], to_parent[1], to_child[0], to_child[1]}) close(fd);
}

TEST(StateStore, ExcludesASecondOwnerInTheSameProcess) {
  TempDir dir;
  auto first = opened(dir.path());

  const auto second = StateStore::open(dir.path(), kKey);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::state);
  EXPECT_EQ(second.error().message, "this process is working on this transfer");
  first.reset();
  EXPECT_TRUE(StateStore::open(dir.path(), kKey));
}

// An owner that ends unlinks the lock that others have just opened.
TEST(StateLock, HasOneHolderAtATimeWhenHoldersUnlinkIt) {
  TempDir dir;
  std::atomic<int> holders{0}, most{0}, held_often{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        auto lock = StateLock::acquire(dir / "lock");
        if (!lock) continue;
        const int now = ++holders;
        if (now > most) most = now;
        ++held_often;
        std::this_thread::yield();
        --holders;
        lock->unlink();
      }
    });
  for (auto& t : threads) t.join();

  EXPECT_EQ(most, 1);
  EXPECT_GT(held_often, 0);
}

TEST(StateStore, TellsKeysApart) {
  TempDir dir;
  const auto a = opened(dir.path(), {.kind = "copy", .source = "ab", .target = "c"});
  const auto b = opened(dir.path(), {.kind = "copy", .source = "a", .target = "bc"});

  EXPECT_NE(a->file(), b->file());
}

TEST(StateStore, LeavesNothingBehindWhenRemoved) {
  TempDir dir;
  const auto store = opened(dir.path());
  ASSERT_TRUE(store->begin(kRecord));
  store->add_part(part(1));
  ASSERT_TRUE(store->flush());
  store->add_part(part(2));

  ASSERT_TRUE(store->remove());

  EXPECT_EQ(names_below(dir.path()), std::vector<std::string>{});
  EXPECT_FALSE(store->flush());
  EXPECT_FALSE(store->load());
  EXPECT_FALSE(store->remove());
  const auto again = opened(dir.path());
  EXPECT_FALSE(*again->load());
}

TEST(StateStore, IsNobodyElsesBusiness) {
  TempDir dir;
  const auto store = opened(dir / "state");
  ASSERT_TRUE(store->begin(kRecord));

  struct stat s {};
  ASSERT_EQ(stat((dir / "state/transfers").c_str(), &s), 0);
  EXPECT_EQ(s.st_mode & 0777, 0700u);
  for (const std::string& name : names_below(dir / "state")) {
    ASSERT_EQ(stat((dir / ("state/transfers/" + name)).c_str(), &s), 0);
    EXPECT_EQ(s.st_mode & 0777, 0600u) << name;
  }
}

TEST(StateStore, LeavesTheFileOfANewerVersionAlone) {
  TempDir dir;
  std::string file;
  {
    const auto store = opened(dir.path());
    ASSERT_TRUE(store->begin(kRecord));
    file = store->file();
  }
  run_sql(file, "PRAGMA user_version = 3");
  const std::string before = testing::read_file(file);

  const auto store = StateStore::open(dir.path(), kKey);

  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::state);
  EXPECT_NE(store.error().message.find("newer version of sluice (format 3"), std::string::npos);
  EXPECT_TRUE(testing::read_file(file) == before);
}

TEST(StateStore, BringsAFileOfTheFirstFormatUpToDateAndKeepsWhatItHolds) {
  TempDir dir;
  std::string file;
  {
    const auto store = opened(dir.path());
    ASSERT_TRUE(store->begin(kRecord));
    store->add_part(part(1));
    ASSERT_TRUE(store->flush());
    file = store->file();
  }
  run_sql(file, "ALTER TABLE part DROP COLUMN crc64nvme; PRAGMA user_version = 1");
  const auto listed = list_owned(dir.path());
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->size(), 1u);
  {
    const auto store = opened(dir.path());
    store->add_part(part(2));
    ASSERT_TRUE(store->flush());
  }

  const SavedTransfer saved = loaded(*opened(dir.path()));

  PartRecord first = part(1);
  first.crc64nvme.reset();
  EXPECT_EQ(saved.parts, (std::vector<PartRecord>{first, part(2)}));
}

class DamagedState : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Ways, DamagedState,
                         ::testing::Values("garbage", "truncated", "torn", "column", "foreign"),
                         [](const auto& way) { return std::string(way.param); });

TEST_P(DamagedState, IsPutAsideAndStartedAfresh) {
  const std::string way = GetParam();
  TempDir dir;
  std::string file;
  {
    const auto store = opened(dir.path());
    ASSERT_TRUE(store->begin(kRecord));
    for (std::uint32_t n = 0; n < 500; ++n) store->add_part(part(n));
    ASSERT_TRUE(store->flush());
    file = store->file();
  }
  if (way == "garbage") write_file(file, testing::random_bytes(20'000, 1));
  if (way == "truncated") std::filesystem::resize_file(file, 4096 + 100);
  if (way == "torn") {
    std::string bytes = testing::read_file(file);
    for (std::size_t i = 4096; i < bytes.size(); i += 7) bytes[i] = 'x';
    write_file(file, bytes);
  }
  if (way == "column") run_sql(file, "ALTER TABLE part DROP COLUMN etag");
  if (way == "foreign") {
    std::filesystem::remove(file);
    run_sql(file, "CREATE TABLE notes(text)");
  }
  const std::string damaged = testing::read_file(file);

  const auto store = opened(dir.path());

  ASSERT_TRUE(store);
  EXPECT_FALSE(*store->load());
  EXPECT_NE(store->note().find("damaged"), std::string::npos);
  EXPECT_NE(store->note().find(file + ".damaged"), std::string::npos);
  EXPECT_TRUE(testing::read_file(file + ".damaged") == damaged);
  ASSERT_TRUE(store->begin(kRecord));
  store->add_part(part(1));
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(loaded(*store).parts.size(), 1u);
}

TEST(StateStore, TakesAnEmptyFileForANewOne) {
  TempDir dir;
  const std::string file = opened(dir.path())->file();
  write_file(file, "");

  const auto store = opened(dir.path());

  EXPECT_EQ(store->note(), "");
  EXPECT_TRUE(store->begin(kRecord));
}

TEST(StateStore, SaysThatItsDirectoryCannotBeUsed) {
  TempDir dir;
  write_file(dir / "file", "");
  const auto inside_a_file = StateStore::open(dir / "file/state", kKey);
  ASSERT_FALSE(inside_a_file);
  EXPECT_EQ(inside_a_file.error().kind, ErrorKind::state);

  std::string file;
  {
    const auto store = opened(dir.path());
    ASSERT_TRUE(store->begin(kRecord));
    file = store->file();
  }
  // Readable for everybody, writable for nobody.
  ASSERT_EQ(chmod(dir.path().c_str(), 0755), 0);
  ASSERT_EQ(chmod(file.c_str(), 0444), 0);
  ASSERT_EQ(chmod((dir / "transfers").c_str(), 0555), 0);
  const int code = in_child([&] {
    if (geteuid() == 0 && seteuid(65534) != 0) return 50;
    const auto store = StateStore::open(dir.path(), kKey);
    return store ? 1 : store.error().kind == ErrorKind::state ? 0 : 2;
  });
  EXPECT_EQ(code, 0);
  ASSERT_EQ(chmod((dir / "transfers").c_str(), 0777), 0);
  std::filesystem::remove(file.substr(0, file.size() - 3) + ".lock");
  const int read_only_file = in_child([&] {
    if (geteuid() == 0 && seteuid(65534) != 0) return 50;
    const auto store = StateStore::open(dir.path(), kKey);
    if (store) return 1;
    return store.error().kind == ErrorKind::state &&
                   store.error().message.find("read-only") != std::string::npos
               ? 0
               : 2;
  });
  EXPECT_EQ(read_only_file, 0);
  EXPECT_EQ(std::filesystem::exists(file + ".damaged"), false);
}

TEST(StateStore, KeepsBufferedPartsWhenTheDiskIsFull) {
  TempDir dir;
  const int code = in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    auto store = StateStore::open(dir.path(), kKey);
    if (!store || !(*store)->begin(kRecord)) return 50;
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit tight{.rlim_cur = 16'384, .rlim_max = limit.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    for (std::uint32_t n = 0; n < 2000; ++n) (*store)->add_part(part(n));
    const auto failed = (*store)->flush();
    if (failed || failed.error().kind != ErrorKind::state) return 1;
    setrlimit(RLIMIT_FSIZE, &limit);
    if (!(*store)->flush()) return 2;
    const auto saved = (*store)->load();
    return saved && *saved && (*saved)->parts.size() == 2000 ? 0 : 3;
  });
  EXPECT_EQ(code, 0);
}

TEST(ListOwned, FindsEveryTransferAndWhoWorksOnIt) {
  TempDir dir;
  EXPECT_TRUE(list_owned(dir / "missing").value_or({OwnedTransfer{}}).empty());
  const TransferKey dead{.kind = "copy", .source = "s3://a/b", .target = "cos://c/d e"};
  {
    const auto store = opened(dir.path(), dead);
    ASSERT_TRUE(store->begin(kRecord));
    ASSERT_TRUE(store->set_upload_id("dead-upload"));
  }
  const auto live = opened(dir.path());
  ASSERT_TRUE(live->begin(kRecord));
  ASSERT_TRUE(live->set_upload_id("live-upload"));
  live->add_part(part(1));
  ASSERT_TRUE(live->flush());
  const auto nothing_yet = opened(dir.path(), {.kind = "upload", .source = "x", .target = "y"});
  write_file(dir / "transfers/rubbish.db", "not a database at all, but long enough to be looked at twice");
  write_file(dir / "transfers/other.txt", "");

  auto list = list_owned(dir.path());

  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->size(), 2u);
  if ((*list)[0].key.kind != "copy") std::swap((*list)[0], (*list)[1]);
  const OwnedTransfer &first = (*list)[0], &second = (*list)[1];
  EXPECT_EQ(first.key, dead);
  EXPECT_EQ(first.record.upload_id, "dead-upload");
  EXPECT_FALSE(first.live);
  EXPECT_EQ(first.parts, 0u);
  EXPECT_EQ(second.key, kKey);
  EXPECT_EQ(second.record.upload_id, "live-upload");
  EXPECT_EQ(second.record.bucket, "bucket");
  EXPECT_EQ(second.record.object, "key");
  EXPECT_TRUE(second.live);
  EXPECT_EQ(second.pid, getpid());
  EXPECT_EQ(second.parts, 1u);
  // Looking took nothing away.
  live->add_part(part(2));
  EXPECT_TRUE(live->flush());
  EXPECT_TRUE(StateStore::open(dir.path(), dead));
}

TEST(ListOwned, NeverMakesAnOwnerBelieveInAnotherOne) {
  TempDir dir;
  { ASSERT_TRUE(opened(dir.path())->begin(kRecord)); }
  std::atomic<bool> done{false};
  std::thread looker([&] {
    while (!done) (void)list_owned(dir.path());
  });
  int refused = 0;
  for (int i = 0; i < 100; ++i)
    if (!StateStore::open(dir.path(), kKey)) ++refused;
  done = true;
  looker.join();

  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace sluice::io
