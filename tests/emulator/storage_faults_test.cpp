// What happens when the disk is full, files are damaged, or a start is cut short.
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "storage_fixture.h"

namespace sluice::emulator {
namespace {

using StorageFaults = StorageTest;

/// No file may grow past this while it lives, as if the disk were full.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(StorageFaults, TellsAFullDiskAndGoesOnAfterwards) {
  put("before", random_bytes(1000, 1));
  {
    FileLimit limit(1 << 20);
    Writer writer = storage->writer();
    std::string piece = random_bytes(300'000, 2);
    bool failed = false;
    for (int i = 0; i < 10 && !failed; ++i) {
      auto written = writer.write(piece);
      failed = !written;
      EXPECT_TRUE(written || written.error().code == StorageCode::disk);
    }
    EXPECT_TRUE(failed);
    EXPECT_EQ(code_of(storage->put(bucket, "big", std::move(writer))), StorageCode::disk);
  }
  EXPECT_EQ(files(), 0u);
  put("big", random_bytes(3'000'000, 2));
  EXPECT_EQ(get("big"), random_bytes(3'000'000, 2));
  EXPECT_EQ(get("before"), random_bytes(1000, 1));
}

TEST_F(StorageFaults, TellsAFullIndexAndGoesOnAfterwards) {
  int stored = 0;
  {
    FileLimit limit(256 * 1024);
    for (;; ++stored) {
      ASSERT_LT(stored, 1000);
      auto put_one = storage->put(bucket, "k" + std::to_string(stored), body(random_bytes(10'000, 1)));
      if (put_one) continue;
      EXPECT_EQ(put_one.error().code, StorageCode::database);
      break;
    }
    EXPECT_EQ(storage->list(bucket, {})->objects.size(), static_cast<std::size_t>(stored));
  }
  put("k" + std::to_string(stored), random_bytes(10'000, 1));
  EXPECT_EQ(storage->list(bucket, {})->objects.size(), static_cast<std::size_t>(stored) + 1);
  EXPECT_EQ(get("k0"), random_bytes(10'000, 1));
}

TEST_F(StorageFaults, TellsAMissingOrShortDataFile) {
  put("k", random_bytes(100'000, 1));
  auto missing = storage->get(bucket, "k"), shortened = storage->get(bucket, "k");
  std::filesystem::path file;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path() + "/data"))
    if (entry.is_regular_file()) file = entry.path();
  std::string into(100'000, '\0');
  std::filesystem::resize_file(file, 50'000);
  EXPECT_EQ(code_of(shortened->reader.read_at(0, {into.data(), into.size()})), StorageCode::disk);
  EXPECT_EQ(storage->verify().size(), 1u);
  std::filesystem::remove(file);
  EXPECT_EQ(code_of(missing->reader.read_at(0, {into.data(), into.size()})), StorageCode::disk);
  put("k", "healed");
}

TEST_F(StorageFaults, CollectsFilesNobodyKnows) {
  put("k", random_bytes(100'000, 1));
  storage.reset();
  std::filesystem::create_directories(dir.path() + "/data/ff");
  std::ofstream(dir.path() + "/data/ff/00000000000000ff") << "left over";
  std::ofstream(dir.path() + "/data/ff/readme") << "not ours";
  open();
  EXPECT_EQ(files(), 2u);
  EXPECT_EQ(get("k"), random_bytes(100'000, 1));
  std::filesystem::remove(dir.path() + "/data/ff/readme");
}

TEST(StorageOpen, RefusesAnIndexThatIsNone) {
  TempDir dir;
  std::ofstream(dir.path() + "/index.db") << std::string(8192, 'x');
  EXPECT_EQ(code_of(Storage::open({.root = dir.path()})), StorageCode::database);
}

TEST(StorageOpen, RefusesAnIndexOfANewerVersion) {
  TempDir dir;
  ASSERT_TRUE(Storage::open({.root = dir.path()}));
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((dir.path() + "/index.db").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "PRAGMA user_version = 2", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  auto opened = Storage::open({.root = dir.path()});
  EXPECT_EQ(code_of(opened), StorageCode::database);
  EXPECT_NE(opened.error().message.find("newer version"), std::string::npos);
}

TEST(StorageOpen, TellsADirectoryThatCannotBe) {
  TempDir dir;
  std::ofstream(dir.path() + "/file") << "x";
  EXPECT_EQ(code_of(Storage::open({.root = dir.path() + "/file/below"})), StorageCode::disk);
}

// The timer's signal ends the child where it happens to be, without any cleaning up.
TEST(StorageOpen, SurvivesBeingCutShort) {
  std::mt19937_64 random(31);
  for (int round = 0; round < 20; ++round) {
    TempDir dir;
    auto microseconds = static_cast<suseconds_t>(1 + random() % 30'000);
    pid_t child = fork();
    if (child == 0) {
      signal(SIGALRM, SIG_DFL);
      itimerval timer{{0, 0}, {0, microseconds}};
      setitimer(ITIMER_REAL, &timer, nullptr);
      for (int i = 0;; ++i) {
        auto storage = Storage::open({.root = dir.path()});
        if (!storage) _exit(2);
        if (!(*storage)->create_bucket({"s3", "b" + std::to_string(i)}, {})) _exit(3);
      }
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    auto opened = Storage::open({.root = dir.path()});
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ((*opened)->verify(), std::vector<std::string>());
    EXPECT_TRUE((*opened)->create_bucket({"s3", "after"}, {}));
  }
}

}  // namespace
}  // namespace sluice::emulator
