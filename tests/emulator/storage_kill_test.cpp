// SIGKILL amid writes: what was acknowledged is there, what is there is whole, and nothing is left over.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <thread>

#include "storage_fixture.h"

namespace sluice::emulator {
namespace {

constexpr int kThreads = 3;
const BucketRef kBucket{"s3", "bucket"};

struct Note {  // one write() of at most PIPE_BUF bytes: whole or not at all
  std::uint32_t thread = 0, key = 0, step = 0;
};

std::string key_of(int round, std::uint32_t thread, std::uint32_t key) {
  return "r" + std::to_string(round) + "/t" + std::to_string(thread) + "/k" + std::to_string(key);
}

std::uint64_t seed_of(std::uint32_t thread, std::uint32_t key, std::uint32_t step) {
  return thread * 1'000'003ull + key * 10'007ull + step;
}

std::string bytes_of(std::uint32_t thread, std::uint32_t key, std::uint32_t step) {
  std::uint64_t seed = seed_of(thread, key, step);
  std::size_t size = seed % 2 ? seed % 2000 : 20'000 + seed % 300'000;
  return "step " + std::to_string(step) + ":" + random_bytes(size, seed);
}

bool is_removal(std::uint32_t step) {
  return step % 5 == 4;
}

bool do_step(Storage& storage, const std::string& key, std::uint32_t step, const std::string& bytes) {
  auto written = [&](std::string_view part) {
    Writer writer = storage.writer();
    for (; !part.empty(); part.remove_prefix(std::min<std::size_t>(part.size(), 40'000))) {
      if (!writer.write(part.substr(0, 40'000))) _exit(3);
    }
    return writer;
  };
  if (is_removal(step)) return storage.remove(kBucket, key).has_value();
  if (step % 5 == 1) {  // by parts, of which one is replaced and one not taken
    auto upload = storage.create_upload(kBucket, {.key = key});
    if (!upload) return false;
    UploadRef ref{kBucket, key, upload->id};
    std::size_t half = bytes.size() / 2;
    return storage.put_part(ref, 1, written("replaced " + bytes)) &&
           storage.put_part(ref, 1, written(bytes.substr(0, half))) &&
           storage.put_part(ref, 2, written(bytes)) &&
           storage.put_part(ref, 3, written(bytes.substr(half))) &&
           storage.complete(ref, {.parts = {{1, ""}, {3, ""}}});
  }
  if (step % 5 == 2) {  // by a copy from beside, which is removed again
    std::string beside = key + ".beside";
    return storage.put(kBucket, beside, written(bytes)) && storage.copy(kBucket, beside, kBucket, key) &&
           storage.remove(kBucket, beside);
  }
  return storage.put(kBucket, key, written(bytes)).has_value();
}

[[noreturn]] void serve_until_killed(const std::string& root, int round, int notes) {
  auto storage = Storage::open({.root = root});
  if (!storage) _exit(2);
  std::vector<std::thread> threads;
  for (std::uint32_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint32_t i = 0;; ++i) {
        std::uint32_t key = i % 4, step = i / 4;
        if (!do_step(**storage, key_of(round, thread, key), step, bytes_of(thread, key, step))) _exit(4);
        Note note{thread, key, step};
        if (write(notes, &note, sizeof note) != sizeof note) _exit(5);
      }
    });
  }
  for (;;) pause();
}

/// Runs a child until it has acknowledged `count` steps, kills it, and answers the last step
/// acknowledged of each key.
std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> run_and_kill(const std::string& root,
                                                                              int round, int count) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> last;
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    serve_until_killed(root, round, ends[1]);
  }
  close(ends[1]);
  Note note;
  int seen = 0;
  while (read(ends[0], &note, sizeof note) == sizeof note) {
    last[{note.thread, note.key}] = note.step;
    if (++seen == count) kill(child, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
  EXPECT_GE(seen, count);
  return last;
}

TEST(StorageKill, LeavesWholeObjectsAndNothingElse) {
  TempDir dir;
  {
    auto storage = Storage::open({.root = dir.path()});
    ASSERT_TRUE(storage);
    ASSERT_TRUE((*storage)->create_bucket(kBucket, {}));
  }
  std::mt19937_64 random(4711);
  std::size_t files_collected = 0, uploads_left = 0;
  for (int round = 0; round < 20; ++round) {
    auto last = run_and_kill(dir.path(), round, 1 + static_cast<int>(random() % 60));

    auto count_files = [&] {
      std::size_t count = 0;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path() + "/data"))
        count += entry.is_regular_file();
      return count;
    };
    std::size_t before = count_files();
    auto opened = Storage::open({.root = dir.path()});
    ASSERT_TRUE(opened) << opened.error().message;
    Storage& storage = **opened;
    files_collected += before - count_files();
    ASSERT_EQ(storage.verify(), std::vector<std::string>()) << "round " << round;

    for (std::uint32_t thread = 0; thread < kThreads; ++thread) {
      for (std::uint32_t key = 0; key < 4; ++key) {
        auto acknowledged = last.find({thread, key});
        bool any = acknowledged != last.end();
        std::uint32_t least = any ? acknowledged->second : 0, next = any ? least + 1 : 0;
        auto object = storage.get(kBucket, key_of(round, thread, key));
        if (!object) {
          EXPECT_TRUE(!any || is_removal(least) || is_removal(next)) << "lost after step " << least;
          continue;
        }
        std::string bytes = read_all(object->reader);
        auto step = static_cast<std::uint32_t>(std::strtoul(bytes.c_str() + 5, nullptr, 10));
        EXPECT_TRUE(step == next || (any && step == least)) << step << " after " << least;
        EXPECT_EQ(bytes, bytes_of(thread, key, step));
      }
    }
    auto uploads = storage.list_uploads(kBucket, {});
    ASSERT_TRUE(uploads);
    for (const auto& upload : uploads->uploads) {
      ++uploads_left;
      ASSERT_TRUE(storage.abort({kBucket, upload.key, upload.id}));
    }
    ASSERT_EQ(storage.verify(), std::vector<std::string>());
  }
  // The kills did fall amid writes.
  EXPECT_GT(files_collected, 0u);
  EXPECT_GT(uploads_left, 0u);
}

}  // namespace
}  // namespace sluice::emulator
