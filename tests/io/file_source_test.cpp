// Sources of uploads: both ways of reading answer the same bytes and the same errors.
#include "io/file_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <functional>
#include <set>
#include <thread>
#include <vector>

#include "io/checksum.h"
#include "tests/io/file_temp.h"

namespace sluice::io {
namespace {

using testing::Random;
using testing::random_bytes;
using testing::TempDir;
using testing::write_file;

constexpr unsigned kAll = kCrc64 | kCrc32c | kMd5;

/// Everything the source has, read in pieces of odd sizes.
Result<std::string> drain(BodySource& source, std::uint64_t seed, std::size_t largest = 300'000) {
  Random random(seed);
  std::string all;
  while (true) {
    std::string piece(1 + random.below(largest), '\0');
    auto got = source.read(piece);
    if (!got) return unexpected(got.error());
    if (*got == 0) return all;
    all.append(piece, 0, *got);
  }
}

std::shared_ptr<SourceFile> opened(const std::string& path, FileIo io) {
  auto file = SourceFile::open(path, io);
  EXPECT_TRUE(file) << file.error().message;
  return file ? *file : nullptr;
}

class FileSource : public ::testing::TestWithParam<FileIo> {
 protected:
  TempDir dir_;
  const std::string path_ = dir_ / "source";
};
INSTANTIATE_TEST_SUITE_P(Modes, FileSource, ::testing::Values(FileIo::map, FileIo::pread),
                         [](const auto& mode) { return mode.param == FileIo::map ? "map" : "pread"; });

TEST_P(FileSource, AnswersExactlyTheBytesOfThePart) {
  const std::string content = random_bytes(40'000'123, 1);
  write_file(path_, content);
  const auto file = opened(path_, GetParam());
  Random random(2);

  for (int i = 0; i < 12; ++i) {
    const std::uint64_t offset = random.below(content.size());
    const std::uint64_t length = random.below(content.size() - offset + 1);
    const auto part = file->part(offset, length, kAll);
    const auto got = drain(*part, static_cast<std::uint64_t>(i), 700'000);

    ASSERT_TRUE(got) << got.error().message;
    const std::string expected = content.substr(offset, length);
    ASSERT_TRUE(*got == expected);
    EXPECT_EQ(part->size(), length);
    EXPECT_EQ(part->digests().bytes, length);
    EXPECT_EQ(part->digests().crc64, crc64_ecma(0, Bytes(expected.data(), expected.size())));
    EXPECT_EQ(part->digests().crc32c, crc32c(0, Bytes(expected.data(), expected.size())));
  }
  EXPECT_TRUE(file->still_same());
}

TEST_P(FileSource, StartsAgainAfterRewind) {
  const std::string content = random_bytes(100'000, 3);
  write_file(path_, content);
  const auto part = opened(path_, GetParam())->part(0, content.size(), kAll);
  std::string some(33'333, '\0');
  ASSERT_TRUE(part->read(some));

  ASSERT_TRUE(part->rewind());

  EXPECT_EQ(part->digests().bytes, 0u);
  EXPECT_TRUE(drain(*part, 4).value_or("") == content);
  EXPECT_EQ(part->digests().crc64, crc64_ecma(0, Bytes(content.data(), content.size())));
}

TEST_P(FileSource, AnswersNothingForAnEmptyFile) {
  write_file(path_, "");
  const auto file = opened(path_, GetParam());
  const auto part = file->part(0, 0, kAll);

  std::string piece(10, '\0');
  EXPECT_EQ(part->read(piece).value_or(99), 0u);
  EXPECT_EQ(part->digests().crc64, 0u);
  EXPECT_EQ(part->digests().md5_hex, "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_P(FileSource, NamesTheSourceThatIsTruncatedMidPartFiftyTimes) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed + 100);
    const std::string content = random_bytes(1'000'000 + random.below(200'000), seed);
    write_file(path_, content);
    const auto file = opened(path_, GetParam());
    const auto part = file->part(4096 * random.below(3) + random.below(4096), 900'000, kAll);
    std::string piece(1 + random.below(500'000), '\0');
    ASSERT_TRUE(part->read(piece));

    // Sometimes behind what was read, sometimes before, sometimes within the last page.
    const std::uint64_t cut = seed % 5 == 0 ? 0 : random.below(899'000);
    ASSERT_EQ(truncate(path_.c_str(), static_cast<off_t>(cut)), 0);
    const auto rest = drain(*part, seed);

    ASSERT_FALSE(rest) << "seed " << seed;
    EXPECT_EQ(rest.error().kind, ErrorKind::integrity) << rest.error().message;
    EXPECT_EQ(rest.error().message, "source changed during the transfer: " + path_);
    EXPECT_FALSE(file->still_same());
  }
}

TEST_P(FileSource, NoticesATruncationInsideTheLastPage) {
  const std::string content = random_bytes(4096 * 3 + 2000, 5);
  write_file(path_, content);
  const auto part = opened(path_, GetParam())->part(0, content.size());
  std::string piece(100, '\0');
  ASSERT_TRUE(part->read(piece));

  ASSERT_EQ(truncate(path_.c_str(), 4096 * 3 + 1), 0);

  const auto rest = drain(*part, 6);
  ASSERT_FALSE(rest);
  EXPECT_EQ(rest.error().kind, ErrorKind::integrity);
}

TEST_P(FileSource, NoticesContentRewrittenWithTheSameSize) {
  const std::string content = random_bytes(500'000, 7);
  write_file(path_, content);
  const timespec past[2] = {{.tv_sec = 1'000'000'000, .tv_nsec = 5}, {.tv_sec = 1'000'000'000, .tv_nsec = 5}};
  ASSERT_EQ(utimensat(AT_FDCWD, path_.c_str(), past, 0), 0);
  const auto file = opened(path_, GetParam());
  const auto part = file->part(0, content.size());
  std::string piece(100, '\0');
  ASSERT_TRUE(part->read(piece));
  EXPECT_TRUE(file->still_same());

  const int fd = open(path_.c_str(), O_WRONLY);
  ASSERT_EQ(pwrite(fd, "x", 1, 400'000), 1);
  close(fd);

  const auto rest = drain(*part, 8);
  ASSERT_FALSE(rest);
  EXPECT_EQ(rest.error().message, "source changed during the transfer: " + path_);
  EXPECT_FALSE(file->still_same());
}

TEST_P(FileSource, NoticesThatThePathNamesAnotherFileNow) {
  write_file(path_, "one");
  const auto file = opened(path_, GetParam());
  write_file(dir_ / "other", "two");
  std::filesystem::rename(dir_ / "other", path_);

  EXPECT_EQ(drain(*file->part(0, 3), 9).value_or(""), "one");
  EXPECT_FALSE(file->still_same());
}

TEST_P(FileSource, SurvivesTruncationOnSeveralThreadsAtOnce) {
  constexpr int threads = 4, rounds = 12;
  std::atomic<int> errors{0}, whole{0}, wrong{0};
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      for (int round = 0; round < rounds; ++round) {
        const std::string path = dir_ / (std::to_string(t) + "-" + std::to_string(round));
        const std::string content = random_bytes(3'000'000, static_cast<std::uint64_t>(t * 100 + round));
        write_file(path, content);
        const auto file = opened(path, GetParam());
        const auto part = file->part(1, content.size() - 1, kCrc64);
        // One round in three is left alone, the others are cut by another thread at some moment.
        std::thread cutter;
        if (round % 3 != 0)
          cutter = std::thread([&path, round] {
            for (int spin = 0; spin < round * 2000; ++spin)
              std::atomic_signal_fence(std::memory_order_seq_cst);
            (void)!truncate(path.c_str(), 4096 * (round + 1));
          });
        const auto got = drain(*part, static_cast<std::uint64_t>(round), 40'000);
        if (cutter.joinable()) cutter.join();
        if (!got)
          ++(got.error().kind == ErrorKind::integrity ? errors : wrong);
        else
          ++(std::string_view(content).substr(1) == *got ? whole : wrong);
        std::filesystem::remove(path);
      }
    });
  }
  for (auto& t : running) t.join();

  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(errors + whole, threads * rounds);
  EXPECT_GE(whole, threads * rounds / 3);
}

TEST_P(FileSource, RefusesWhatIsNotARegularFileAndSaysWhy) {
  const auto missing = SourceFile::open(dir_ / "missing", GetParam());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::disk);
  EXPECT_EQ(missing.error().system_error, ENOENT);
  EXPECT_TRUE(is_not_found(missing.error()));
  EXPECT_NE(missing.error().message.find(dir_ / "missing"), std::string::npos);

  const auto directory = SourceFile::open(dir_.path(), GetParam());
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().system_error, EISDIR);

  ASSERT_EQ(mkfifo((dir_ / "fifo").c_str(), 0600), 0);
  const auto fifo = SourceFile::open(dir_ / "fifo", GetParam());
  ASSERT_FALSE(fifo);
  EXPECT_NE(fifo.error().message.find("not a regular file"), std::string::npos);
}

TEST_P(FileSource, SaysThatAFileMayNotBeRead) {
  write_file(path_, "secret");
  ASSERT_EQ(chmod(path_.c_str(), 0), 0);
  ASSERT_EQ(chmod(dir_.path().c_str(), 0755), 0);

  const int code = testing::in_child([&] {
    if (geteuid() == 0 && seteuid(65534) != 0) return 50;
    const auto file = SourceFile::open(path_, GetParam());
    return file ? 1 : file.error().system_error == EACCES && is_permission_denied(file.error()) ? 0 : 2;
  });

  EXPECT_EQ(code, 0);
}

TEST(FileSourceWhole, IsTheContentOrTheErrorThatItChanged) {
  const TempDir dir;
  const std::string path = dir / "source", content = random_bytes(50'000, 1);
  const auto read = [&](const std::function<void()>& meanwhile) -> Result<std::string> {
    write_file(path, content);
    const auto file = opened(path, FileIo::pread);
    meanwhile();
    std::string into(file->size(), '\0');
    if (auto done = file->read_whole(into); !done) return unexpected(done.error());
    return into;
  };

  EXPECT_EQ(read([] {}).value(), content);
  const std::function<void()> changes[] = {[&] { write_file(path, ""); },
                                           [&] { write_file(path, content.substr(1)); },
                                           [&] { write_file(path, content + "!"); }};
  for (const auto& change : changes) {
    const auto changed = read(change);
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().kind, ErrorKind::integrity);
    EXPECT_NE(changed.error().message.find(path), std::string::npos);
  }
}

TEST(FileSourceMap, LeavesTheReadCounterOfTheProcessAlone) {
  const auto read_so_far = [] {
    const std::string io = testing::read_file("/proc/thread-self/io");
    return io.starts_with("rchar: ") ? std::stoull(io.substr(7)) : 0;
  };
  if (read_so_far() == 0) FAIL() << "no I/O accounting";
  TempDir dir;
  write_file(dir / "source", random_bytes(32 << 20, 10));
  const auto mapped = opened(dir / "source", FileIo::map);
  const auto by_pread = opened(dir / "source", FileIo::pread);

  const auto before = read_so_far();
  ASSERT_TRUE(drain(*mapped->part(0, mapped->size()), 11));
  const auto between = read_so_far();
  ASSERT_TRUE(drain(*by_pread->part(0, by_pread->size()), 11));

  EXPECT_LT(between - before, 1u << 20);
  EXPECT_GE(read_so_far() - between, 32u << 20);  // the counter does count
}

TEST(FileSourceMap, WorksOnAThreadThatBlocksEverySignal) {
  TempDir dir;
  const std::string path = dir / "source";
  write_file(path, random_bytes(200'000, 12));
  const auto file = opened(path, FileIo::map);
  std::optional<Result<std::string>> answer;

  std::thread([&] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    const auto part = file->part(0, 200'000);
    std::string piece(100, '\0');
    EXPECT_TRUE(part->read(piece));
    EXPECT_EQ(truncate(path.c_str(), 0), 0);
    answer = drain(*part, 13);
  }).join();

  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().kind, ErrorKind::integrity);
}

/// Installs the guard by reading once, then touches a mapping of its own behind the end of its file.
void fault_elsewhere() {
  TempDir dir;
  write_file(dir / "source", "abc");
  (void)drain(*opened(dir / "source", FileIo::map)->part(0, 3), 14);
  const int fd = open((dir / "source").c_str(), O_RDWR);
  auto* at = static_cast<volatile char*>(mmap(nullptr, 8192, PROT_READ, MAP_SHARED, fd, 0));
  std::filesystem::remove_all(dir.path());
  (void)at[5000];
}

TEST(FileSourceGuardDeathTest, LeavesFaultsOfOthersToTheirHandler) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        signal(SIGBUS, [](int) { _exit(42); });
        fault_elsewhere();
      },
      ::testing::ExitedWithCode(42), "");
}

TEST(FileSourceGuardDeathTest, LeavesFaultsOfOthersDeadly) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        signal(SIGBUS, SIG_DFL);
        fault_elsewhere();
      },
      ::testing::KilledBySignal(SIGBUS), "");
}

TEST(FileSourceOpen, MapsOnALocalFileSystem) {
  TempDir dir;
  write_file(dir / "source", "abc");

  EXPECT_EQ(opened(dir / "source", FileIo::automatic)->io(), FileIo::map);
}

TEST(FileSourceOpen, TellsFilesApartByTheirFingerprint) {
  TempDir dir;
  write_file(dir / "a", "abc");
  write_file(dir / "b", "abc");
  const auto a = opened(dir / "a", FileIo::map), b = opened(dir / "b", FileIo::map);

  EXPECT_EQ(a->fingerprint().size, 3u);
  EXPECT_NE(a->fingerprint(), b->fingerprint());
  EXPECT_NE(a->fingerprint().text(), b->fingerprint().text());
  EXPECT_EQ(a->fingerprint().text(), opened(dir / "a", FileIo::pread)->fingerprint().text());
}

TEST(MemorySource, AnswersItsBytesAndTheirChecksums) {
  const std::string content = random_bytes(70'001, 15);
  const auto source = memory_source(content, kAll);

  EXPECT_TRUE(drain(*source, 16).value_or("") == content);
  EXPECT_EQ(source->digests().crc32c, crc32c(0, Bytes(content.data(), content.size())));
  ASSERT_TRUE(source->rewind());
  EXPECT_TRUE(drain(*source, 17).value_or("") == content);
  EXPECT_EQ(source->digests().bytes, content.size());
}

}  // namespace
}  // namespace sluice::io
