// Walking trees and making safe paths.
#include "io/walk.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "tests/io/file_temp.h"

namespace sluice::io {
namespace {

using testing::TempDir;
using testing::write_file;

struct Seen {
  std::vector<std::string> files, skipped, errors;
  WalkCallbacks callbacks() {
    return {.file =
                [this](const WalkEntry& e) {
                  files.push_back(e.path);
                  return true;
                },
            .skipped = [this](const std::string& path,
                              std::string_view what) { skipped.push_back(path + ": " + std::string(what)); },
            .failed = [this](const Error& e) { errors.push_back(e.message); }};
  }
};

void make_file(const std::string& path, std::string_view bytes = {}) {
  ASSERT_TRUE(mkdir_parents(path));
  write_file(path, bytes);
}

TEST(Walk, FindsEveryRegularFileInTheOrderOfTheirPaths) {
  TempDir dir;
  std::vector<std::string> paths = {"a/x",   "a/b/y", "a.txt",      "a-b", "a/b.c",     "B",
                                    "z/0/1", "z/0.1", "\xc3\xa9/f", " ",   "empty.d/f", "a0"};
  for (const auto& path : paths) make_file(dir / path);
  ASSERT_TRUE(make_directories(dir / "nothing/in/here"));
  std::ranges::sort(paths);

  Seen seen;
  ASSERT_TRUE(walk(dir.path(), seen.callbacks()));

  EXPECT_EQ(seen.files, paths);
  EXPECT_TRUE(seen.skipped.empty());
  EXPECT_TRUE(seen.errors.empty());
}

TEST(Walk, TellsSizeAndTime) {
  TempDir dir;
  write_file(dir / "f", "12345");
  const timespec times[2] = {{.tv_sec = 1, .tv_nsec = 2}, {.tv_sec = 1'500'000'000, .tv_nsec = 123}};
  ASSERT_EQ(utimensat(AT_FDCWD, (dir / "f").c_str(), times, 0), 0);
  WalkEntry entry;

  ASSERT_TRUE(walk(dir.path() + "/", {.file =
                                          [&](const WalkEntry& e) {
                                            entry = e;
                                            return true;
                                          },
                                      .skipped = {},
                                      .failed = {}}));

  EXPECT_EQ(entry.path, "f");
  EXPECT_EQ(entry.size, 5u);
  EXPECT_EQ(entry.mtime_ns, 1'500'000'000'000'000'123);
}

TEST(Walk, ReportsWhatItDoesNotFollow) {
  TempDir dir, elsewhere;
  write_file(elsewhere / "secret", "");
  std::filesystem::create_symlink(elsewhere.path(), dir / "link-to-directory");
  std::filesystem::create_symlink(elsewhere / "secret", dir / "link-to-file");
  std::filesystem::create_symlink(dir.path(), dir / "loop");
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0600), 0);

  Seen seen;
  ASSERT_TRUE(walk(dir.path(), seen.callbacks()));

  EXPECT_TRUE(seen.files.empty());
  EXPECT_EQ(seen.skipped,
            (std::vector<std::string>{"link-to-directory: symbolic link", "link-to-file: symbolic link",
                                      "loop: symbolic link", "pipe: pipe"}));
}

TEST(Walk, FollowsALinkThatIsTheDirectoryItself) {
  TempDir dir, elsewhere;
  write_file(elsewhere / "f", "");
  std::filesystem::create_symlink(elsewhere.path(), dir / "link");

  Seen seen;
  ASSERT_TRUE(walk(dir / "link", seen.callbacks()));
  EXPECT_EQ(seen.files, std::vector<std::string>{"f"});
}

TEST(Walk, GoesOnAfterADirectoryThatItMayNotRead) {
  TempDir dir;
  make_file(dir / "a/f");
  make_file(dir / "b/f");
  make_file(dir / "c/f");
  ASSERT_EQ(chmod((dir / "b").c_str(), 0), 0);
  ASSERT_EQ(chmod(dir.path().c_str(), 0755), 0);

  const int code = testing::in_child([&] {
    if (geteuid() == 0 && seteuid(65534) != 0) return 50;
    Seen seen;
    if (!walk(dir.path(), seen.callbacks())) return 1;
    if (seen.files != std::vector<std::string>{"a/f", "c/f"}) return 2;
    const std::string expected = "cannot read the directory " + (dir / "b/") + ": Permission denied";
    return seen.errors == std::vector<std::string>{expected} ? 0 : 3;
  });

  EXPECT_EQ(code, 0);
  ASSERT_EQ(chmod((dir / "b").c_str(), 0755), 0);
}

TEST(Walk, EndsWhenToldTo) {
  TempDir dir;
  for (const char* name : {"a", "b/c", "d"}) make_file(dir / name);
  int count = 0;

  ASSERT_TRUE(
      walk(dir.path(), {.file = [&](const WalkEntry&) { return ++count < 2; }, .skipped = {}, .failed = {}}));

  EXPECT_EQ(count, 2);
}

TEST(Walk, BeginsBehindANameThatNeedNotExist) {
  TempDir dir;
  std::vector<std::string> paths = {"a-b", "a/b.c", "a/b/y", "a/x", "a0", "b/c/d", "b/c/e", "b/d", "c"};
  for (const auto& path : paths) make_file(dir / path);
  std::ranges::sort(paths);
  std::vector<std::string> starts = paths;
  for (const char* more : {"a", "a/", "a/b", "a/b/", "a/b/z", "a/z", "b/c/d/x", "b/", "A", "~", "b/c/dd"})
    starts.emplace_back(more);

  for (const auto& start : starts) {
    Seen seen;
    ASSERT_TRUE(walk(dir.path(), seen.callbacks(), start));
    const std::vector<std::string> behind(std::ranges::upper_bound(paths, start), paths.end());
    EXPECT_EQ(seen.files, behind) << start;
  }
}

TEST(Walk, AsksBeforeItReadsADirectoryAndNeverOfThoseBeforeTheStart) {
  TempDir dir;
  for (const char* path : {"a/1", "b/1/x", "b/2/x", "c/1", "d"}) make_file(dir / path);
  Seen seen;
  std::vector<std::string> asked;
  WalkCallbacks callbacks = seen.callbacks();
  callbacks.enter = [&](std::string_view directory) {
    asked.emplace_back(directory);
    return directory != "c/";
  };

  ASSERT_TRUE(walk(dir.path(), callbacks, "b/1/y"));

  EXPECT_EQ(seen.files, (std::vector<std::string>{"b/2/x", "d"}));
  EXPECT_EQ(asked, (std::vector<std::string>{"b/", "b/1/", "b/2/", "c/"}));
}

TEST(Walk, FailsForADirectoryThatIsNone) {
  TempDir dir;
  write_file(dir / "f", "");
  const auto missing = walk(dir / "missing", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().system_error, ENOENT);
  EXPECT_FALSE(walk(dir / "f", {}));
}

TEST(Walk, GoesAsDeepAsDirectoriesGo) {
  TempDir dir;
  std::string path = dir.path();
  for (int i = 0; i < 150; ++i) path += "/d";
  make_file(path + "/f");

  Seen seen;
  ASSERT_TRUE(walk(dir.path(), seen.callbacks()));
  ASSERT_EQ(seen.files.size(), 1u);
  EXPECT_EQ(seen.files[0].size(), 301u);
}

TEST(SafeJoin, TakesOrdinaryKeys) {
  EXPECT_EQ(safe_join("/data", "a/b c+\xc3\xa9..txt").value_or(""), "/data/a/b c+\xc3\xa9..txt");
  EXPECT_EQ(safe_join("/data/", "...").value_or(""), "/data/...");
  EXPECT_EQ(safe_join("", "a").value_or(""), "./a");
  EXPECT_TRUE(safe_join("/d", std::string(255, 'x')));
}

TEST(SafeJoin, RefusesKeysWithTheRuleNamed) {
  const auto rule = [](std::string_view key) {
    const auto joined = safe_join("/data", key);
    if (joined) return "accepted as " + *joined;
    EXPECT_EQ(joined.error().kind, ErrorKind::argument);
    return joined.error().message;
  };
  const std::string refused = "cannot be a local file name: it ";
  EXPECT_EQ(rule(""), "the key '' " + refused + "is empty");
  EXPECT_EQ(rule("/etc/passwd"), "the key '/etc/passwd' " + refused + "begins with '/'");
  EXPECT_EQ(rule("a/../../b"), "the key 'a/../../b' " + refused + "has a '..' segment");
  EXPECT_EQ(rule(".."), "the key '..' " + refused + "has a '..' segment");
  EXPECT_EQ(rule("a/.."), "the key 'a/..' " + refused + "has a '..' segment");
  EXPECT_EQ(rule("./a"), "the key './a' " + refused + "has a '.' segment");
  EXPECT_EQ(rule("a//b"), "the key 'a//b' " + refused + "has an empty segment (//)");
  EXPECT_EQ(rule("a/"), "the key 'a/' " + refused + "ends in '/'");
  EXPECT_EQ(rule(std::string_view("a\0b", 3)), "the key 'a?b' " + refused + "contains a NUL byte");
  EXPECT_NE(rule("a/" + std::string(256, 'x')).find("segment of more than 255 bytes"), std::string::npos);
  std::string deep = "d";
  while (deep.size() < 4096) deep += "/d";
  EXPECT_NE(rule(deep).find("longer than the system allows"), std::string::npos);
}

TEST(MakeDirectories, MakesWhatIsMissingAndKeepsWhatIsThere) {
  TempDir dir;
  ASSERT_TRUE(make_directories(dir / "a//b/c/"));
  ASSERT_TRUE(make_directories(dir / "a/b/c"));
  ASSERT_TRUE(mkdir_parents(dir / "a/d/file"));
  EXPECT_TRUE(mkdir_parents("file-in-the-working-directory"));
  EXPECT_TRUE(std::filesystem::is_directory(dir / "a/b/c"));
  EXPECT_TRUE(std::filesystem::is_directory(dir / "a/d"));
  EXPECT_FALSE(std::filesystem::exists(dir / "a/d/file"));

  write_file(dir / "f", "");
  const auto through_a_file = make_directories(dir / "f/g");
  ASSERT_FALSE(through_a_file);
  EXPECT_EQ(through_a_file.error().kind, ErrorKind::disk);
}

}  // namespace
}  // namespace sluice::io
