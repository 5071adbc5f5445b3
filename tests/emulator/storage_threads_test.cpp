// Many threads on one storage: bodies stay whole, lists ordered, references right.
#include <atomic>
#include <set>
#include <thread>

#include "storage_fixture.h"

namespace sluice::emulator {
namespace {

using StorageThreads = StorageTest;

/// A body that tells whether it is whole: its seed decides length and bytes.
std::string seeded_body(std::uint64_t seed) {
  std::size_t size = seed % 3 == 0   ? seed % 50
                     : seed % 3 == 1 ? kInlineBytes - 20 + seed % 40
                                     : 100'000 + seed % 1000;
  return std::to_string(seed) + ":" + random_bytes(size, seed);
}
bool is_whole(const std::string& bytes) {
  return bytes == seeded_body(std::strtoull(bytes.c_str(), nullptr, 10));
}

void run_threads(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (auto& thread : threads) thread.join();
}

TEST_F(StorageThreads, NeverShowAMixtureOfTwoBodies) {
  std::atomic<int> torn = 0, failed = 0, read = 0;
  run_threads(6, [&](int thread) {
    std::mt19937_64 random(static_cast<std::uint64_t>(thread));
    for (int step = 0; step < 300; ++step) {
      std::string key = "k" + std::to_string(random() % 8), other = "k" + std::to_string(random() % 8);
      switch (random() % 6) {
        case 0:
        case 1:
          if (!storage->put(bucket, key, body(seeded_body(random())))) ++failed;
          break;
        case 2:
          if (!storage->remove(bucket, key)) ++failed;
          break;
        case 3: {
          auto copied = storage->copy(bucket, key, bucket, other);
          if (!copied && copied.error().code != StorageCode::no_such_key) ++failed;
          break;
        }
        default: {
          auto opened = storage->get(bucket, key);
          if (!opened) {
            failed += opened.error().code != StorageCode::no_such_key;
            break;
          }
          std::string bytes = read_all(opened->reader, 30'000);
          if (!is_whole(bytes) || bytes.size() != opened->info.size) ++torn;
          ++read;
        }
      }
    }
  });
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(failed, 0);
  EXPECT_GT(read, 100);
}

// The window between reading a row and pinning its files is short: many tries, on one key, of a body
// of many slices.
TEST_F(StorageThreads, OpenABodyThatIsBeingReplaced) {
  std::atomic<bool> done = false;
  std::atomic<int> failed = 0, read = 0;
  run_threads(4, [&](int thread) {
    if (thread == 0) {
      for (std::uint64_t seed = 0; seed < 60; ++seed) {
        UploadRef upload{bucket, "k", start_upload("k")};
        bool fine =
            storage->put(bucket, "source", body(random_bytes(20'000, seed), {.md5 = false})).has_value();
        WriterOptions nothing{.md5 = false, .crc64 = false, .crc32c = false};
        for (std::uint32_t i = 0; i < 100; ++i)
          fine = fine &&
                 storage->copy_part(upload, i, bucket, "source", {.first = i, .size = 1, .sums = nothing});
        fine = fine && storage->complete(upload, {.all = true}) && storage->put(bucket, "source", body(""));
        failed += !fine;
      }
      done = true;
      return;
    }
    while (!done) {
      auto opened = storage->get(bucket, "k");
      if (!opened) continue;
      failed += read_all(opened->reader).size() != 100;
      ++read;
    }
  });
  EXPECT_EQ(failed, 0);
  EXPECT_GT(read, 0);
}

TEST_F(StorageThreads, ListInOrderWhileKeysComeAndGo) {
  std::vector<BulkObject> steady;
  for (int i = 0; i < 500; ++i)
    steady.push_back({.key = "steady/" + std::to_string(10'000 + i), .body = "x"});
  ASSERT_TRUE(storage->bulk_put(bucket, steady));
  std::atomic<int> wrong = 0;
  run_threads(4, [&](int thread) {
    std::mt19937_64 random(static_cast<std::uint64_t>(thread));
    for (int step = 0; step < 150; ++step) {
      if (thread < 2) {
        std::string key = "steady/" + std::to_string(10'000 + random() % 500) + "+";
        if (!storage->put(bucket, key, body("y")) || !storage->remove(bucket, key)) ++wrong;
        continue;
      }
      ListRequest request{.prefix = "steady/", .limit = 37};
      std::size_t seen = 0;
      std::string last;
      for (bool more = true; more;) {
        auto page = storage->list(bucket, request);
        if (!page) {
          ++wrong;
          break;
        }
        for (const auto& object : page->objects) {
          if (object.key <= last) ++wrong;
          last = object.key;
          if (!object.key.ends_with('+')) ++seen;
        }
        request.marker = page->next_marker;
        more = page->truncated;
      }
      if (seen != 500) ++wrong;
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST_F(StorageThreads, UploadPartsOfOneObjectTogether) {
  UploadRef upload{bucket, "k", start_upload("k")};
  std::atomic<int> failed = 0;
  run_threads(4, [&](int thread) {
    for (std::uint32_t i = 0; i < 40; ++i) {
      std::uint32_t number = 4 * i + static_cast<std::uint32_t>(thread);
      if (!storage->put_part(upload, number, body(random_bytes(20'000, number)))) ++failed;
    }
  });
  ASSERT_EQ(failed, 0);
  ASSERT_TRUE(storage->complete(upload, {.all = true}));
  std::string whole;
  for (std::uint32_t number = 0; number < 160; ++number) whole += random_bytes(20'000, number);
  EXPECT_EQ(get("k"), whole);
}

TEST_F(StorageThreads, LetOneOfManyCreateOrCompleteOrAppend) {
  UploadRef upload{bucket, "whole", start_upload("whole")};
  ASSERT_TRUE(storage->put_part(upload, 1, body("x")));
  std::atomic<int> created = 0, completed = 0, appended = 0, buckets = 0;
  run_threads(6, [&](int) {
    created += storage->put(bucket, "new", body("x"), {.conditions = {.if_absent = true}}).has_value();
    completed += storage->complete(upload, {.all = true}).has_value();
    appended += storage->append(bucket, "appended", 0, body("x")).has_value();
    buckets += storage->create_bucket({"oss", "b"}, {}).has_value();
  });
  EXPECT_EQ(created, 1);
  EXPECT_EQ(completed, 1);
  EXPECT_EQ(appended, 1);
  EXPECT_EQ(buckets, 1);
}

// A slice is of one version of its object, and keeps that version's file from going.
TEST_F(StorageThreads, SliceAnObjectThatChanges) {
  put("source", random_bytes(200'000, 0));
  std::set<std::string> versions;
  for (std::uint64_t seed = 0; seed < 5; ++seed)
    versions.insert(random_bytes(200'000, seed).substr(1000, 100'000));
  std::atomic<int> failed = 0, torn = 0, overwritten = 0;
  run_threads(2, [&](int thread) {
    if (thread == 0) {
      for (; overwritten < 60; ++overwritten) {
        auto seed = static_cast<std::uint64_t>(overwritten) % 5;
        failed += !storage->put(bucket, "source", body(random_bytes(200'000, seed), {.md5 = false}));
      }
      return;
    }
    while (overwritten < 60) {
      UploadRef upload{bucket, "slice", start_upload("slice")};
      failed += !storage->copy_part(upload, 1, bucket, "source", {.first = 1000, .size = 100'000});
      failed += !storage->complete(upload, {.all = true});
      torn += !versions.contains(get("slice"));
      failed += !storage->remove(bucket, "slice");  // so that nothing else keeps the file
    }
  });
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(torn, 0);
}

}  // namespace
}  // namespace sluice::emulator
