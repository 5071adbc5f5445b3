// Part files: what is under the final name is whole, what is not whole is never under it.
#include "io/file_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <thread>
#include <vector>

#include "io/checksum.h"
#include "support/small_disk.h"
#include "tests/io/file_temp.h"

namespace sluice::io {
namespace {

using testing::in_child;
using testing::Random;
using testing::random_bytes;
using testing::read_file;
using testing::TempDir;
using testing::write_file;

std::uint64_t crc_of(std::string_view bytes) {
  return crc64_ecma(0, Bytes(bytes.data(), bytes.size()));
}

/// Feeds bytes as libcurl does, in pieces of at most 16 KiB, or as others might.
Result<void> feed(BodySink& sink, std::string_view bytes, std::uint64_t seed, std::size_t largest = 16384) {
  Random random(seed);
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), std::size_t{1 + random.below(largest)});
    auto taken = sink.write(bytes.substr(0, count));
    if (!taken) return unexpected(taken.error());
    EXPECT_EQ(*taken, count);
    bytes.remove_prefix(count);
  }
  return {};
}

std::shared_ptr<PartFile> created(const std::string& path, PartFileOptions options = {}) {
  auto file = PartFile::create(path, options);
  EXPECT_TRUE(file) << file.error().message;
  return file ? *file : nullptr;
}

class FileSink : public ::testing::Test {
 protected:
  TempDir dir_;
  const std::string path_ = dir_ / "object.bin";
  const std::string part_path_ = path_ + ".sluice-part";
};

TEST_F(FileSink, ShowsTheFinalNameOnlyWhenFinished) {
  const std::string content = random_bytes(3'000'001, 1);
  const auto file = created(path_, {.size = content.size()});
  const auto part = file->part(0, content.size(), kCrc64 | kMd5);
  ASSERT_TRUE(feed(*part, content, 2));
  ASSERT_TRUE(part->finish());
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_TRUE(std::filesystem::exists(part_path_));

  ASSERT_TRUE(file->finish());

  EXPECT_TRUE(read_file(path_) == content);
  EXPECT_FALSE(std::filesystem::exists(part_path_));
  EXPECT_EQ(part->digests().crc64, crc_of(content));
  EXPECT_EQ(part->digests().bytes, content.size());
}

TEST_F(FileSink, TakesPiecesOfEverySize) {
  const std::string content = random_bytes(2'500'000, 3);
  for (const std::size_t largest : {100u, 16384u, 262143u, 262144u, 262145u, 1'000'000u}) {
    const auto file = created(path_, {.size = content.size()});
    const auto part = file->part(0, content.size(), kCrc64);
    ASSERT_TRUE(feed(*part, content, largest, largest));
    ASSERT_TRUE(part->finish());
    ASSERT_TRUE(file->finish());
    ASSERT_TRUE(read_file(path_) == content) << largest;
    EXPECT_EQ(part->digests().crc64, crc_of(content));
  }
}

TEST_F(FileSink, WritesPartsOfSeveralThreadsToTheirPlaces) {
  constexpr std::uint64_t part_size = 777'777, parts = 12;
  const std::string content = random_bytes(part_size * parts - 5, 4);
  const auto file = created(path_, {.size = content.size()});
  std::atomic<std::uint64_t> next{0};
  std::atomic<int> failures{0};

  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (std::uint64_t n = next++; n < parts; n = next++) {
        const std::string_view bytes = std::string_view(content).substr(n * part_size, part_size);
        const auto part = file->part(n * part_size, bytes.size(), kCrc64);
        const bool good = feed(*part, bytes, n) && part->finish() && part->digests().crc64 == crc_of(bytes);
        if (!good) ++failures;
      }
    });
  for (auto& t : threads) t.join();

  EXPECT_EQ(failures, 0);
  ASSERT_TRUE(file->finish());
  EXPECT_TRUE(read_file(path_) == content);
}

TEST_F(FileSink, InterleavesPartsOfOneThread) {
  const std::string content = random_bytes(2'000'000, 5);
  const auto file = created(path_, {.size = content.size()});
  const auto low = file->part(0, 1'000'000), high = file->part(1'000'000, 1'000'000);

  for (std::size_t at = 0; at < 1'000'000; at += 10'000) {
    ASSERT_TRUE(high->write(std::string_view(content).substr(1'000'000 + at, 10'000)));
    ASSERT_TRUE(low->write(std::string_view(content).substr(at, 10'000)));
  }

  ASSERT_TRUE(low->finish() && high->finish() && file->finish());
  EXPECT_TRUE(read_file(path_) == content);
}

TEST_F(FileSink, RefusesMoreAndFewerBytesThanThePartHas) {
  const auto file = created(path_, {.size = 100});

  const auto more = file->part(0, 100);
  const auto written = more->write(std::string(101, 'x'));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::integrity);
  EXPECT_FALSE(more->finish());

  const auto fewer = file->part(0, 100);
  ASSERT_TRUE(fewer->write(std::string(99, 'x')));
  const auto ended = fewer->finish();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::network);
  EXPECT_EQ(ended.error().message, "the answer ended after 99 of 100 bytes");
}

TEST_F(FileSink, WritesAPartAgainAfterRewind) {
  const std::string content = random_bytes(600'000, 6);
  const auto file = created(path_, {.size = content.size()});
  const auto part = file->part(0, content.size(), kCrc64);
  ASSERT_TRUE(feed(*part, random_bytes(400'000, 7), 8));
  EXPECT_FALSE(part->finish());

  ASSERT_TRUE(part->rewind());
  ASSERT_TRUE(feed(*part, content, 9));

  ASSERT_TRUE(part->finish() && file->finish());
  EXPECT_TRUE(read_file(path_) == content);
  EXPECT_EQ(part->digests().crc64, crc_of(content));
}

TEST_F(FileSink, ForgetsBufferedBytesOnRewind) {
  const std::string content = random_bytes(300'000, 17);
  const auto file = created(path_, {.size = content.size()});
  const auto part = file->part(0, content.size());
  ASSERT_TRUE(feed(*part, random_bytes(100'000, 18), 19));

  ASSERT_TRUE(part->rewind());
  ASSERT_TRUE(feed(*part, content, 20));

  ASSERT_TRUE(part->finish() && file->finish());
  EXPECT_TRUE(read_file(path_) == content);
}

TEST_F(FileSink, ChecksTheAnswerBeforeItsFirstByte) {
  const auto file = created(path_, {.size = 100});
  const auto part =
      file->part(10, 20, kNoDigest, ExpectedRange{.first = 10, .length = 20, .total = 100, .etag = "a"});
  Response whole;
  whole.status = 200;
  Response right;
  right.status = 206;
  right.headers = {{"Content-Range", "bytes 10-29/100"}, {"ETag", "\"a\""}};

  EXPECT_FALSE(part->begin(whole));
  EXPECT_TRUE(part->begin(right));
}

TEST_F(FileSink, ResumesWhatAnEarlierRunLeft) {
  const std::string content = random_bytes(2'000'000, 10);
  std::string identity;
  {
    const auto file = created(path_, {.size = content.size()});
    EXPECT_FALSE(file->found());
    identity = file->identity();
    const auto part = file->part(0, 1'000'000);
    ASSERT_TRUE(feed(*part, content.substr(0, 1'000'000), 11) && part->finish());
  }
  ASSERT_TRUE(std::filesystem::exists(part_path_));

  const auto file = created(path_, {.size = content.size(), .resume = true});

  EXPECT_TRUE(file->found());
  EXPECT_EQ(file->identity(), identity);
  EXPECT_EQ(file->crc64_of(0, 1'000'000).value_or(0), crc_of(content.substr(0, 1'000'000)));
  EXPECT_NE(file->crc64_of(1'000'000, 1'000'000).value_or(0), crc_of(content.substr(1'000'000)));
  const auto part = file->part(1'000'000, 1'000'000);
  ASSERT_TRUE(feed(*part, content.substr(1'000'000), 12) && part->finish() && file->finish());
  EXPECT_TRUE(read_file(path_) == content);
}

TEST_F(FileSink, IsAnotherFileWhenItStartsAfresh) {
  const std::string identity = created(path_, {.size = 2'000'000})->identity();
  write_file(part_path_, "left over");

  const auto file = created(path_, {.size = 2'000'000, .resume = false});

  EXPECT_FALSE(file->found());
  EXPECT_NE(file->identity(), identity);
  EXPECT_EQ(file->crc64_of(0, 9).value_or(0), crc_of(std::string(9, '\0')));
}

TEST_F(FileSink, KeepsOnlyTheFileThatTheRecordsBelongTo) {
  const std::string first = created(path_, {.size = 2'000'000})->identity();
  const std::string second = created(path_, {.size = 2'000'000})->identity();
  ASSERT_NE(first, second);

  EXPECT_TRUE(created(path_, {.size = 2'000'000, .resume = true, .identity = second})->found());
  const auto other = created(path_, {.size = 2'000'000, .resume = true, .identity = first});

  EXPECT_FALSE(other->found());
  EXPECT_NE(other->identity(), second);
}

TEST_F(FileSink, RefusesToVerifyBehindTheEnd) {
  const auto file = created(path_);
  const auto part = file->part(0, 10);
  ASSERT_TRUE(part->write("0123456789") && part->finish());

  const auto crc = file->crc64_of(5, 6);

  ASSERT_FALSE(crc);
  EXPECT_EQ(crc.error().kind, ErrorKind::integrity);
}

TEST_F(FileSink, ExcludesASecondDownloadToTheSameFile) {
  auto file = created(path_, {.size = 10});

  const auto here = PartFile::create(path_, {.size = 10, .resume = true});
  ASSERT_FALSE(here);
  EXPECT_EQ(here.error().kind, ErrorKind::state);
  EXPECT_EQ(here.error().message, "another download is writing " + part_path_);
  EXPECT_EQ(in_child([&] { return PartFile::create(path_, {.size = 10}) ? 1 : 0; }), 0);

  file.reset();
  EXPECT_TRUE(PartFile::create(path_, {.size = 10, .resume = true}));
}

TEST_F(FileSink, RefusesPlacesWhereItCannotOrMustNotWrite) {
  const auto message = [](const std::string& path, PartFileOptions options = {}) {
    auto file = PartFile::create(path, options);
    return file ? "created" : file.error().message;
  };
  EXPECT_EQ(message(dir_.path()), "cannot write " + dir_.path() + ": Is a directory");
  EXPECT_EQ(message(dir_ / "new/"), "cannot write " + (dir_ / "new/") + ": Is a directory");
  EXPECT_NE(message(dir_ / "no/such/file").find("No such file or directory"), std::string::npos);

  std::filesystem::create_symlink(dir_ / "elsewhere", part_path_);
  EXPECT_EQ(message(path_), "cannot write " + part_path_ + ": it is a symbolic link");
  EXPECT_FALSE(std::filesystem::exists(dir_ / "elsewhere"));

  ASSERT_EQ(mkfifo((dir_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(message(dir_ / "pipe"), "cannot write " + (dir_ / "pipe") + ": not a regular file");
  ASSERT_EQ(mkfifo((dir_ / "x.sluice-part").c_str(), 0600), 0);
  EXPECT_EQ(message(dir_ / "x"), "cannot write " + (dir_ / "x.sluice-part") + ": not a regular file");

  write_file(dir_ / "file", "");
  EXPECT_NE(message(dir_ / "file/below", {.create_parents = true}).find("Not a directory"),
            std::string::npos);
}

TEST_F(FileSink, SaysThatADirectoryIsReadOnly) {
  std::filesystem::create_directory(dir_ / "closed");
  ASSERT_EQ(chmod((dir_ / "closed").c_str(), 0555), 0);
  ASSERT_EQ(chmod(dir_.path().c_str(), 0755), 0);

  const int code = in_child([&] {
    if (geteuid() == 0 && seteuid(65534) != 0) return 50;
    const auto file = PartFile::create(dir_ / "closed/file");
    return !file && file.error().kind == ErrorKind::disk && file.error().system_error == EACCES ? 0 : 1;
  });

  EXPECT_EQ(code, 0);
}

TEST_F(FileSink, CreatesParentsOnRequest) {
  const auto file = created(dir_ / "a/b/c/file", {.size = 0, .create_parents = true});
  ASSERT_TRUE(file && file->finish());

  EXPECT_EQ(read_file(dir_ / "a/b/c/file"), "");
  EXPECT_TRUE(std::filesystem::exists(dir_ / "a/b/c/file"));
}

TEST_F(FileSink, KeepsTheModeOfTheFileItReplaces) {
  write_file(path_, "old");
  ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  const auto file = created(path_, {.size = 3});
  const auto part = file->part(0, 3);
  ASSERT_TRUE(part->write("new") && part->finish() && file->finish());

  struct stat s {};
  ASSERT_EQ(stat(path_.c_str(), &s), 0);
  EXPECT_EQ(s.st_mode & 0777, 0600u);
  EXPECT_EQ(read_file(path_), "new");
}

TEST_F(FileSink, ReplacesNothingWhenToldNotTo) {
  const auto file = created(path_, {.size = 3, .replace = false});
  ASSERT_TRUE(file->write_at(0, "new"));
  write_file(path_, "came meanwhile");

  const auto finished = file->finish();

  ASSERT_FALSE(finished);
  EXPECT_TRUE(is_already_exists(finished.error())) << finished.error().describe();
  EXPECT_EQ(read_file(path_), "came meanwhile");
  const auto again = PartFile::create(path_, {.size = 3, .replace = false});
  ASSERT_FALSE(again);
  EXPECT_TRUE(is_already_exists(again.error()));
  std::filesystem::remove(path_);
  EXPECT_TRUE(file->finish());
  EXPECT_EQ(read_file(path_), "new");
  EXPECT_FALSE(std::filesystem::exists(part_path_));
}

TEST_F(FileSink, ManagesNamesThatLeaveNoRoomForASuffix) {
  std::string name;
  while (name.size() < 254) name += "\xc3\xa9";  // two bytes each
  for (const std::string& path : {dir_ / (name + "a"), dir_ / (name + "b")}) {
    const auto file = created(path, {.size = 1});
    const auto part = file->part(0, 1);
    ASSERT_TRUE(part->write(path.substr(path.size() - 1)) && part->finish() && file->finish());
  }
  EXPECT_EQ(read_file(dir_ / (name + "a")), "a");
  EXPECT_EQ(read_file(dir_ / (name + "b")), "b");
}

TEST_F(FileSink, FlushesWithDurabilityPower) {
  const auto file = created(path_, {.size = 300'000, .durability = Durability::power});
  const auto part = file->part(0, 300'000);
  ASSERT_TRUE(feed(*part, random_bytes(300'000, 13), 14) && part->finish());
  ASSERT_TRUE(file->sync());

  EXPECT_TRUE(file->finish());
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(FileSink, RemovesThePartFileOnDiscardAndOnlyThat) {
  write_file(path_, "old");
  const auto file = created(path_, {.size = 3});
  file->discard();
  EXPECT_FALSE(std::filesystem::exists(part_path_));
  EXPECT_EQ(read_file(path_), "old");

  const auto again = created(path_, {.size = 0});
  ASSERT_TRUE(again->finish());
  again->discard();
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(FileSink, DoesNotRenameWhatIsNotItsFileAnyMore) {
  const auto file = created(path_, {.size = 0});
  std::filesystem::remove(part_path_);
  write_file(part_path_, "somebody else's");

  const auto finished = file->finish();

  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().kind, ErrorKind::disk);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(FileSink, DoesNotRenameAFileOfTheWrongSize) {
  const auto file = created(path_, {.size = 10});
  const auto part = file->part(0, 5);
  ASSERT_TRUE(part->write("12345") && part->finish());

  EXPECT_FALSE(file->finish());
  EXPECT_FALSE(std::filesystem::exists(path_));
}

/// 0 when `good` holds, else the error on stderr and 1.
template <class T>
int verdict(const Result<T>& result, bool good) {
  if (!good) fprintf(stderr, "%s\n", result ? "no error" : result.error().message.c_str());
  return good ? 0 : 1;
}

/// Writes without end; the answer is the error, or none after 64 MiB.
Result<void> fill(PartFile& file) {
  const auto part = file.part(0, 64 << 20);
  const std::string piece(16384, 'x');
  for (int i = 0; i < 4096; ++i)
    if (auto written = part->write(piece); !written) {
      if (part->finish()) return {};  // it must not speak well of such a part
      return unexpected(written.error());
    }
  return {};
}

TEST_F(FileSink, SaysWhichFileDidNotFitOnAFullDisk) {
  const auto fills_it = [&] {
    const auto early = PartFile::create(path_, {.size = 64 << 20});
    const bool early_good =
        !early && early.error().kind == ErrorKind::disk && early.error().system_error == ENOSPC &&
        early.error().message.find(path_) != std::string::npos && !std::filesystem::exists(part_path_);
    if (!early_good) return verdict(early, false);

    const auto file = PartFile::create(path_);
    if (!file) return verdict(file, false);
    const auto late = fill(**file);
    return verdict(late, !late && late.error().system_error == ENOSPC &&
                             late.error().kind == ErrorKind::disk &&
                             late.error().message.find(part_path_) != std::string::npos);
  };
  const int code = testing::on_small_disk(dir_.path(), "2m", fills_it);
  ASSERT_NE(code, testing::kNoSmallDisk) << "cannot mount here";
  EXPECT_EQ(code, 0);
}

TEST_F(FileSink, SaysThatALimitForbidsTheFile) {
  const int code = in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 3'000'000, .rlim_max = 3'000'000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 50;
    const auto early = PartFile::create(path_, {.size = 64 << 20});
    if (early || early.error().system_error != EFBIG) return verdict(early, false);
    const auto file = PartFile::create(path_);
    if (!file) return verdict(file, false);
    const auto late = fill(**file);
    return verdict(late, !late && late.error().system_error == EFBIG && late.error().kind == ErrorKind::disk);
  });
  EXPECT_EQ(code, 0);
}

TEST_F(FileSink, NeverSpeaksWellOfAPartWhoseLastWriteFailed) {
  const int code = in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 100'000, .rlim_max = 100'000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 50;
    const auto file = PartFile::create(path_);
    if (!file) return verdict(file, false);
    const auto part = (*file)->part(0, 150'000);
    const auto written = part->write(std::string(150'000, 'x'));  // fits the buffer, not the file
    if (written || written.error().system_error != EFBIG) return verdict(written, false);
    const auto finished = part->finish();
    return verdict(finished, !finished && finished.error().system_error == EFBIG);
  });
  EXPECT_EQ(code, 0);
}

// Every create() that succeeds owns the file of that name: its finish() succeeds too, however many others
// finish or start afresh meanwhile.
TEST_F(FileSink, HandsTheFileToOneOwnerAtATime) {
  std::atomic<int> finished{0}, refused{0}, wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int round = 0; round < 500; ++round) {
        const auto file = PartFile::create(path_, {.size = 0, .resume = t % 2 == 0});
        if (file)
          ++((*file)->finish() ? finished : wrong);
        else
          ++(file.error().kind == ErrorKind::state ? refused : wrong);
      }
    });
  for (auto& t : threads) t.join();

  EXPECT_EQ(wrong, 0);
  EXPECT_GT(finished, 0);
}

TEST(MemorySink, FillsItsPlaceAndNoMore) {
  std::string into(10, '.');
  const auto sink = memory_sink(&into, 2, 5, kCrc64);
  ASSERT_TRUE(sink->write("ab"));
  ASSERT_TRUE(sink->write("cde"));
  EXPECT_FALSE(sink->write("f"));
  ASSERT_TRUE(sink->rewind());
  ASSERT_TRUE(sink->write("vwxyz"));

  EXPECT_TRUE(sink->finish());
  EXPECT_EQ(into, "..vwxyz...");
  EXPECT_EQ(sink->digests().crc64, crc_of("vwxyz"));

  const auto beyond = memory_sink(&into, 8, 5);
  EXPECT_FALSE(beyond->write("12345"));
}

}  // namespace
}  // namespace sluice::io
