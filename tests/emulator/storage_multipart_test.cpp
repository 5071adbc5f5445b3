// Multipart uploads: parts, slices of objects as parts, Complete and its refusals, lists of uploads.
#include <map>
#include <set>

#include "emulator/blob_sums.h"
#include "io/checksum.h"
#include "storage_fixture.h"

namespace sluice::emulator {
namespace {

class StorageMultipart : public StorageTest {
 protected:
  PartInfo part(const UploadRef& upload, std::uint32_t number, std::string_view bytes) {
    auto stored = storage->put_part(upload, number, body(bytes));
    EXPECT_TRUE(stored) << stored.error().message;
    return stored ? *stored : PartInfo{};
  }
  UploadRef start(std::string key) { return {bucket, key, start_upload(key)}; }
};

TEST_F(StorageMultipart, JoinsPartsWithoutCopying) {
  auto created = storage->create_upload(
      bucket, {.key = "k",
               .owner = "o",
               .attributes = {.storage_class = "IA", .headers = {{"content-type", "a/b"}}}});
  ASSERT_TRUE(created);
  UploadRef upload{bucket, "k", created->id};
  std::string whole, md5s;
  CompleteOptions options;
  std::size_t sizes[] = {100'000, 5, 0, 70'000, 16'384};
  for (std::uint32_t number = 1; number <= 5; ++number) {
    std::string bytes = random_bytes(sizes[number - 1], number);
    PartInfo stored = part(upload, number, bytes);
    EXPECT_EQ(stored.etag, hex(md5_of(bytes)));
    whole += bytes;
    md5s.append(reinterpret_cast<const char*>(stored.sums.md5->data()), 16);
    options.parts.push_back({number, '"' + upper_hex(*stored.sums.md5) + '"'});
  }
  EXPECT_EQ(code_of(storage->head(bucket, "k")), StorageCode::no_such_key);
  std::size_t files_before = files();
  now += 10;
  auto done = storage->complete(upload, options);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(files(), files_before);
  EXPECT_EQ(done->size, whole.size());
  EXPECT_EQ(done->type, ObjectType::multipart);
  EXPECT_EQ(done->parts, 5u);
  EXPECT_EQ(done->etag, hex(md5_of(md5s)) + "-5");
  EXPECT_EQ(done->sums.crc64, io::crc64_ecma(0, whole));
  EXPECT_EQ(done->sums.crc32c, io::crc32c(0, whole));
  EXPECT_FALSE(done->sums.md5);
  EXPECT_FALSE(done->sums.crc32);
  EXPECT_EQ(done->modified, now);
  EXPECT_EQ(done->attributes.storage_class, "IA");
  EXPECT_EQ(done->attributes.headers, created->attributes.headers);
  EXPECT_EQ(get("k"), whole);
  EXPECT_EQ(code_of(storage->complete(upload, options)), StorageCode::no_such_upload);
  EXPECT_EQ(code_of(storage->head_upload(upload)), StorageCode::no_such_upload);
  open();
  EXPECT_EQ(get("k"), whole);
  ASSERT_TRUE(storage->remove(bucket, "k"));
  EXPECT_EQ(files(), 0u);
}

TEST_F(StorageMultipart, RefusesWhatDoesNotFit) {
  UploadRef upload = start("k");
  PartInfo one = part(upload, 1, random_bytes(1000, 1));
  PartInfo two = part(upload, 2, random_bytes(500, 2));
  part(upload, 3, random_bytes(10, 3));
  auto complete = [&](std::vector<CompletePart> parts, std::uint64_t least = 0) {
    return storage->complete(upload, {.parts = std::move(parts), .min_part_size = least});
  };
  EXPECT_EQ(code_of(complete({})), StorageCode::no_parts);
  auto missing = complete({{1, one.etag}, {7, ""}});
  EXPECT_EQ(code_of(missing), StorageCode::invalid_part);
  EXPECT_EQ(missing.error().number, 7u);
  EXPECT_EQ(code_of(complete({{1, two.etag}})), StorageCode::invalid_part);
  auto disorder = complete({{2, two.etag}, {1, one.etag}});
  EXPECT_EQ(code_of(disorder), StorageCode::invalid_part_order);
  EXPECT_EQ(disorder.error().number, 1u);
  EXPECT_EQ(code_of(complete({{1, one.etag}, {1, one.etag}})), StorageCode::invalid_part_order);
  auto small = complete({{1, one.etag}, {2, two.etag}, {3, ""}}, 501);
  EXPECT_EQ(code_of(small), StorageCode::part_too_small);
  EXPECT_EQ(small.error().number, 2u);
  EXPECT_EQ(small.error().size, 500u);
  EXPECT_EQ(code_of(storage->complete(upload, {.parts = {{1, ""}}, .expect_size = 999})),
            StorageCode::checksum_mismatch);
  CompleteOptions wrong_sum{.parts = {{1, ""}}};
  wrong_sum.expect.crc64 = 1;
  EXPECT_EQ(code_of(storage->complete(upload, wrong_sum)), StorageCode::checksum_mismatch);
  CompleteOptions uncomputed{.parts = {{1, ""}}};
  uncomputed.expect.crc32 = 1;
  EXPECT_EQ(code_of(storage->complete(upload, uncomputed)), StorageCode::checksum_mismatch);
  EXPECT_EQ(code_of(storage->complete({bucket, "other", upload.id}, {.all = true})),
            StorageCode::no_such_upload);
  EXPECT_EQ(code_of(storage->put_part({bucket, "k", "none"}, 1, body("x"))), StorageCode::no_such_upload);
  put("k", "there");
  EXPECT_EQ(code_of(storage->complete(upload, {.all = true, .conditions = {.if_absent = true}})),
            StorageCode::key_exists);

  EXPECT_EQ(storage->list_parts(upload)->parts.size(), 3u);
  auto done = storage->complete(upload, {.parts = {{2, ""}, {1, ""}}, .sort = true, .etag = "given"});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->etag, "given");
  EXPECT_EQ(get("k"), random_bytes(1000, 1) + random_bytes(500, 2));
  EXPECT_EQ(files(), 2u);
}

TEST_F(StorageMultipart, TakesAllPartsFromZero) {
  UploadRef upload = start("k");
  part(upload, 1, "b");
  part(upload, 0, "a");
  part(upload, 4, "c");
  CompleteOptions options{.all = true, .add_headers = {{"x", "1"}}, .upper_etag = true, .expect_size = 3};
  options.expect.crc64 = io::crc64_ecma(0, std::string("abc"));
  auto done = storage->complete(upload, options);
  ASSERT_TRUE(done);
  EXPECT_EQ(get("k"), "abc");
  EXPECT_EQ(io::crc64_ecma(0, std::string("abc")), done->sums.crc64);
  EXPECT_TRUE(done->etag.ends_with("-3"));
  EXPECT_EQ(storage->head(bucket, "k")->attributes.headers, (HeaderList{{"x", "1"}}));
}

TEST_F(StorageMultipart, ReplacesAPartOfTheSameNumber) {
  UploadRef upload = start("k");
  part(upload, 1, random_bytes(100'000, 1));
  part(upload, 1, random_bytes(90'000, 2));
  EXPECT_EQ(files(), 1u);
  EXPECT_EQ(storage->list_parts(upload)->parts.size(), 1u);
  ASSERT_TRUE(storage->complete(upload, {.all = true}));
  EXPECT_EQ(get("k"), random_bytes(90'000, 2));
}

TEST_F(StorageMultipart, RemovesThePartsOfAnAbortedUpload) {
  UploadRef upload = start("k");
  part(upload, 1, random_bytes(100'000, 1));
  part(upload, 2, "x");
  EXPECT_EQ(files(), 2u);
  ASSERT_TRUE(storage->abort(upload));
  EXPECT_EQ(files(), 0u);
  EXPECT_EQ(code_of(storage->abort(upload)), StorageCode::no_such_upload);
  EXPECT_EQ(code_of(storage->list_parts(upload)), StorageCode::no_such_upload);
}

TEST_F(StorageMultipart, ListsPartsInPages) {
  UploadRef upload = start("k");
  for (std::uint32_t number : {9u, 2u, 5u, 0u, 7u}) part(upload, number, std::to_string(number));
  auto numbers = [](const PartsPage& page) {
    std::string joined;
    for (const auto& info : page.parts) joined += std::to_string(info.number) + " ";
    return joined + (page.truncated ? "..." : "");
  };
  EXPECT_EQ(numbers(*storage->list_parts(upload)), "0 2 5 7 9 ");
  EXPECT_EQ(numbers(*storage->list_parts(upload, -1, 2)), "0 2 ...");
  EXPECT_EQ(numbers(*storage->list_parts(upload, 2, 2)), "5 7 ...");
  EXPECT_EQ(numbers(*storage->list_parts(upload, 7, 2)), "9 ");
  EXPECT_EQ(numbers(*storage->list_parts(upload, 0)), "2 5 7 9 ");
  PartInfo last = storage->list_parts(upload, 7)->parts[0];
  EXPECT_EQ(last.size, 1u);
  EXPECT_EQ(last.etag, hex(md5_of("9")));
  EXPECT_EQ(last.sums.crc64, io::crc64_ecma(0, std::string("9")));
}

TEST_F(StorageMultipart, MakesPartsOfSlicesOfAnObject) {
  UploadRef first = start("source");
  std::string source;
  for (std::uint32_t number = 1; number <= 4; ++number) {
    std::string bytes = random_bytes(50'000, number);
    part(first, number, bytes);
    source += bytes;
  }
  ASSERT_TRUE(storage->complete(first, {.all = true}));

  UploadRef upload = start("k");
  std::pair<std::uint64_t, std::uint64_t> slices[] = {{0, 50'000},  {49'999, 2},  {10, 199'990},
                                                      {0, 200'000}, {200'000, 0}, {150'000, 50'000}};
  std::string whole;
  std::uint32_t number = 0;
  for (auto [offset, size] : slices) {
    auto stored = storage->copy_part(upload, ++number, bucket, "source", {.first = offset, .size = size});
    ASSERT_TRUE(stored) << stored.error().message;
    std::string bytes = source.substr(offset, size);
    EXPECT_EQ(stored->size, size);
    EXPECT_EQ(stored->etag, hex(md5_of(bytes)));
    EXPECT_EQ(stored->sums.crc64, io::crc64_ecma(0, bytes));
    whole += bytes;
  }
  EXPECT_EQ(files(), 4u);
  EXPECT_EQ(storage->verify(), std::vector<std::string>());
  ASSERT_TRUE(storage->remove(bucket, "source"));
  auto done = storage->complete(upload, {.all = true});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->sums.crc64, io::crc64_ecma(0, whole));
  EXPECT_EQ(get("k"), whole);
  ASSERT_TRUE(storage->remove(bucket, "k"));
  EXPECT_EQ(files(), 0u);
}

TEST_F(StorageMultipart, SlicesInlineAndAppendedBodiesToo) {
  std::string bytes = random_bytes(30'000, 1) + random_bytes(100, 2);
  ASSERT_TRUE(storage->append(bucket, "appended", 0, body(random_bytes(30'000, 1))));
  ASSERT_TRUE(storage->append(bucket, "appended", 30'000, body(random_bytes(100, 2))));
  put("small", "0123456789");
  UploadRef upload = start("k");
  ASSERT_TRUE(storage->copy_part(upload, 1, bucket, "small", {.first = 2, .size = 3}));
  ASSERT_TRUE(storage->copy_part(upload, 2, bucket, "appended", {.first = 29'990, .size = 20}));
  ASSERT_TRUE(storage->copy_part(upload, 3, bucket, "appended", {.first = 30'050}));
  ASSERT_TRUE(storage->copy_part(upload, 4, bucket, "small", {}));
  ASSERT_TRUE(storage->complete(upload, {.all = true}));
  EXPECT_EQ(get("k"), "234" + bytes.substr(29'990, 20) + bytes.substr(30'050) + "0123456789");
}

TEST_F(StorageMultipart, RefusesASliceThatDoesNotExist) {
  put("source", random_bytes(100, 1));
  UploadRef upload = start("k");
  auto copy = [&](CopyPartOptions options) {
    return storage->copy_part(upload, 1, bucket, "source", options);
  };
  EXPECT_EQ(code_of(copy({.first = 50, .size = 51})), StorageCode::invalid_range);
  EXPECT_EQ(code_of(copy({.first = 101})), StorageCode::invalid_range);
  EXPECT_EQ(code_of(copy({.first = 1, .size = ~std::uint64_t{0}})), StorageCode::invalid_range);
  EXPECT_EQ(code_of(copy({.source_if_match = "x"})), StorageCode::precondition_failed);
  EXPECT_EQ(code_of(storage->copy_part(upload, 1, bucket, "none")), StorageCode::no_such_key);
  EXPECT_EQ(code_of(storage->copy_part({bucket, "k", "none"}, 1, bucket, "source")),
            StorageCode::no_such_upload);
}

TEST_F(StorageMultipart, KeepsUploadsApart) {
  UploadRef a = start("k"), b = start("k");
  EXPECT_LT(a.id, b.id);
  part(a, 1, "of a");
  part(b, 1, "of b");
  ASSERT_TRUE(storage->complete(a, {.all = true}));
  ASSERT_TRUE(storage->complete(b, {.all = true}));
  EXPECT_EQ(get("k"), "of b");
  EXPECT_EQ(files(), 1u);
}

TEST_F(StorageMultipart, CompletesTenThousandParts) {
  UploadRef upload = start("k");
  std::string whole;
  for (std::uint32_t number = 1; number <= 10'000; ++number) {
    std::string bytes = std::to_string(number);
    ASSERT_TRUE(storage->put_part(upload, number, body(bytes)));
    whole += bytes;
  }
  auto done = storage->complete(upload, {.all = true});
  ASSERT_TRUE(done);
  EXPECT_EQ(get("k"), whole);
  EXPECT_TRUE(done->etag.ends_with("-10000"));
  auto named = storage->copy(bucket, "k", bucket, "copy");
  ASSERT_TRUE(named);
  ASSERT_TRUE(storage->remove(bucket, "k"));
  EXPECT_EQ(files(), 10'000u);
}

// The model of lists of uploads: names are (key, id) or common prefixes.
TEST_F(StorageMultipart, ListsUploadsAsTheModelDoes) {
  std::mt19937_64 random(5);
  std::vector<std::string> pieces = {"a", "b", "/", "\xff", "-"};
  std::set<std::pair<std::string, std::string>> uploads;
  std::vector<std::string> ids = {""};
  for (int i = 0; i < 120; ++i) {
    std::string key;
    for (std::size_t count = 1 + random() % 4; count > 0; --count) key += pieces[random() % pieces.size()];
    ids.push_back(start_upload(key));
    uploads.insert({key, ids.back()});
  }
  for (int i = 0; i < 3000; ++i) {
    ListUploadsRequest request;
    if (random() % 2) request.prefix = pieces[random() % pieces.size()];
    if (random() % 2) request.delimiter = "/";
    if (random() % 4) {
      auto at = std::next(uploads.begin(), static_cast<std::ptrdiff_t>(random() % uploads.size()));
      request.key_marker = at->first.substr(0, 1 + random() % at->first.size());
      request.id_marker = random() % 2 ? at->second : ids[random() % ids.size()];
    }
    request.limit = static_cast<std::uint32_t>(random() % 10);

    std::vector<std::string> expected;
    bool truncated = false;
    std::set<std::string> prefixes;
    for (const auto& [key, id] : uploads) {
      if (!key.starts_with(request.prefix)) continue;
      std::size_t found =
          request.delimiter.empty() ? std::string::npos : key.find(request.delimiter, request.prefix.size());
      std::string name = found == std::string::npos ? key : key.substr(0, found + 1);
      bool folded = found != std::string::npos;
      bool after = name > request.key_marker || (!folded && name == request.key_marker &&
                                                 !request.id_marker.empty() && id > request.id_marker);
      if (!after || (folded && prefixes.contains(name))) continue;
      if (expected.size() == request.limit) {
        truncated = request.limit > 0;
        break;
      }
      if (folded) prefixes.insert(name);
      expected.push_back(folded ? name + "*" : name + " " + id);
    }
    std::sort(expected.begin(), expected.end());

    auto page = storage->list_uploads(bucket, request);
    ASSERT_TRUE(page);
    std::vector<std::string> got;
    for (const auto& upload : page->uploads) got.push_back(upload.key + " " + upload.id);
    for (const auto& prefix : page->prefixes) got.push_back(prefix + "*");
    std::sort(got.begin(), got.end());
    ASSERT_EQ(got, expected) << "prefix " << request.prefix << " delimiter " << request.delimiter
                             << " marker " << request.key_marker << " " << request.id_marker;
    ASSERT_EQ(page->truncated, truncated);
  }
}

TEST_F(StorageMultipart, WalksAllPagesOfUploads) {
  std::multiset<std::string> started;
  for (int i = 0; i < 60; ++i) {
    std::string key =
        std::string(1, static_cast<char>('a' + i % 5)) + (i % 3 ? "/" : "") + std::to_string(i % 7);
    start_upload(key);
    started.insert(key);
  }
  for (std::uint32_t limit : {1u, 3u, 59u, 60u}) {
    ListUploadsRequest request{.limit = limit};
    std::multiset<std::string> walked;
    for (bool more = true; more;) {
      auto page = storage->list_uploads(bucket, request);
      ASSERT_TRUE(page);
      for (const auto& upload : page->uploads) walked.insert(upload.key);
      request.key_marker = page->next_key_marker;
      request.id_marker = page->next_id_marker;
      more = page->truncated;
    }
    EXPECT_EQ(walked, started);
  }
}

TEST_F(StorageMultipart, SurvivesReopeningMidway) {
  UploadRef upload = start("k");
  part(upload, 1, random_bytes(100'000, 1));
  open();
  part(upload, 2, random_bytes(100'000, 2));
  UploadRef second = start("k");
  EXPECT_LT(upload.id, second.id);
  part(second, 1, "other");
  ASSERT_TRUE(storage->complete(upload, {.all = true}));
  EXPECT_EQ(get("k"), random_bytes(100'000, 1) + random_bytes(100'000, 2));
}

}  // namespace
}  // namespace sluice::emulator
