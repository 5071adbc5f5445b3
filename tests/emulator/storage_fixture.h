// A storage in a directory of its own, and bodies for it; shared by the tests of the storage.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>

#include "emulator/storage.h"

namespace sluice::emulator {

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-storage-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; i += 8) {
    std::uint64_t value = random();
    bytes.replace(i, std::min<std::size_t>(8, size - i), reinterpret_cast<const char*>(&value),
                  std::min<std::size_t>(8, size - i));
  }
  return bytes;
}

inline std::string read_all(Reader& reader, std::size_t piece = 100'000) {
  std::string bytes;
  std::string buffer(piece, '\0');
  for (;;) {
    auto count = reader.read_at(bytes.size(), {buffer.data(), buffer.size()});
    if (!count) return "error: " + count.error().message;
    if (*count == 0) return bytes;
    bytes.append(buffer, 0, *count);
  }
}

class StorageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    open();
    ASSERT_TRUE(storage->create_bucket(bucket, {}));
  }

  /// Also closes and opens again.
  void open() {
    storage.reset();
    auto opened = Storage::open({.root = dir.path(), .now_ms = [this] { return now; }});
    ASSERT_TRUE(opened) << opened.error().message;
    storage = std::move(*opened);
  }

  Writer body(std::string_view bytes, WriterOptions options = {}, std::size_t piece = 50'000) {
    Writer writer = storage->writer(options);
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
      EXPECT_TRUE(writer.write(bytes.substr(0, piece)));
    return writer;
  }

  ObjectInfo put(std::string_view key, std::string_view bytes, PutOptions options = {}) {
    auto stored = storage->put(bucket, key, body(bytes), std::move(options));
    EXPECT_TRUE(stored) << stored.error().message;
    return stored ? *stored : ObjectInfo{};
  }

  std::string get(std::string_view key) {
    auto opened = storage->get(bucket, key);
    if (!opened) return "error: " + opened.error().message;
    return read_all(opened->reader);
  }

  std::string start_upload(std::string_view key) {
    auto upload = storage->create_upload(bucket, {.key = std::string(key)});
    EXPECT_TRUE(upload);
    return upload ? upload->id : "";
  }

  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path() + "/data"))
      count += entry.is_regular_file();
    return count;
  }

  void TearDown() override {
    if (!storage) return;
    EXPECT_EQ(storage->verify(), std::vector<std::string>());
  }

  TempDir dir;
  std::int64_t now = 1'700'000'000'000;
  BucketRef bucket{"s3", "bucket"};
  std::unique_ptr<Storage> storage;
};

template <class T>
StorageCode code_of(const StorageResult<T>& result) {
  EXPECT_FALSE(result);
  return result ? StorageCode::database : result.error().code;
}

}  // namespace sluice::emulator
