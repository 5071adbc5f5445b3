// Small files: whole under their final name or not there at all, whatever stands in the way.
#include "io/whole_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/io/file_temp.h"

namespace sluice::io {
namespace {

using testing::in_child;
using testing::random_bytes;
using testing::read_file;
using testing::TempDir;
using testing::write_file;

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    names.push_back(entry.path().filename());
  return names;
}

TEST(WholeFile, IsWrittenWithNothingBesideIt) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{1} << 20}) {
    const TempDir dir;
    const std::string bytes = random_bytes(size, size);

    const auto written = write_whole_file(dir / "file", bytes);

    ASSERT_TRUE(written) << written.error().describe();
    EXPECT_TRUE(read_file(dir / "file") == bytes);
    EXPECT_EQ(names_in(dir.path()), std::vector<std::string>{"file"});
  }
}

TEST(WholeFile, HasTheModeThatTheUsersMaskLeaves) {
  const TempDir dir;
  const int code = in_child([&] {
    umask(027);
    if (!write_whole_file(dir / "file", "x")) return 1;
    struct stat s = {};
    return stat((dir / "file").c_str(), &s) == 0 && (s.st_mode & 0777) == 0640 ? 0 : 2;
  });
  EXPECT_EQ(code, 0);
}

TEST(WholeFile, ReplacesNothingWhenToldNotTo) {
  for (const Durability durability : {Durability::kill, Durability::power}) {
    const TempDir dir;
    const WholeFileOptions options{.durability = durability, .replace = false};
    ASSERT_TRUE(write_whole_file(dir / "file", "first", options));

    const auto second = write_whole_file(dir / "file", "second", options);

    ASSERT_FALSE(second);
    EXPECT_TRUE(is_already_exists(second.error())) << second.error().describe();
    EXPECT_EQ(read_file(dir / "file"), "first");
    EXPECT_EQ(names_in(dir.path()), std::vector<std::string>{"file"});
  }
}

TEST(WholeFile, ReplacesAFileAndKeepsItsMode) {
  const TempDir dir;
  write_file(dir / "file", "before, and longer");
  ASSERT_EQ(chmod((dir / "file").c_str(), 0600), 0);

  ASSERT_TRUE(write_whole_file(dir / "file", "after"));

  EXPECT_EQ(read_file(dir / "file"), "after");
  struct stat s = {};
  ASSERT_EQ(stat((dir / "file").c_str(), &s), 0);
  EXPECT_EQ(s.st_mode & 0777, 0600u);
  EXPECT_EQ(names_in(dir.path()), std::vector<std::string>{"file"});
}

TEST(WholeFile, MakesTheDirectoriesAboveItWhenAsked) {
  const TempDir dir;
  WholeFileOptions options;
  EXPECT_FALSE(write_whole_file(dir / "a/b/file", "x", options));
  options.create_parents = true;
  ASSERT_TRUE(write_whole_file(dir / "a/b/file", "x", options));
  EXPECT_EQ(read_file(dir / "a/b/file"), "x");
}

TEST(WholeFile, IsWrittenForPowerFailuresToo) {
  const TempDir dir;
  WholeFileOptions options;
  options.durability = Durability::power;
  ASSERT_TRUE(write_whole_file(dir / "file", "kept", options));
  EXPECT_EQ(read_file(dir / "file"), "kept");
  EXPECT_EQ(names_in(dir.path()), std::vector<std::string>{"file"});
}

TEST(WholeFile, IsRefusedWhereAnythingButAFileStands) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "directory");
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0600), 0);
  for (const char* name : {"directory", "pipe", "x.sluice-part", "new/"}) {
    const auto written = write_whole_file(dir / name, "x");
    ASSERT_FALSE(written) << name;
    EXPECT_NE(written.error().describe().find(dir / name), std::string::npos) << written.error().describe();
  }
  EXPECT_EQ(names_in(dir.path()).size(), 2u);
}

TEST(WholeFile, SaysThatALimitForbidsItAndLeavesNothing) {
  const TempDir dir;
  const int code = in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 100'000, .rlim_max = 100'000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 50;
    const auto written = write_whole_file(dir / "file", random_bytes(200'000, 1));
    return !written && written.error().kind == ErrorKind::disk && written.error().system_error == EFBIG ? 0
                                                                                                        : 1;
  });
  EXPECT_EQ(code, 0);
  EXPECT_TRUE(names_in(dir.path()).empty());
}

}  // namespace
}  // namespace sluice::io
