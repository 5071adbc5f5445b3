// Objects: bodies of every size, conditions, copies, appends, readers that outlive their object.
#include "storage_fixture.h"

#include "emulator/blob_sums.h"
#include "io/checksum.h"

namespace sluice::emulator {
namespace {

using StorageObjects = StorageTest;

const std::size_t kSizes[] = {0,      1,      kInlineBytes - 1, kInlineBytes, kInlineBytes + 1,
                              65'536, 65'537, 1'000'003,        3 << 20};

TEST_F(StorageObjects, GivesBackEveryBodyWithItsSums) {
  for (std::size_t size : kSizes) {
    for (std::size_t piece : {1u << 30, 7'000u, 65'536u, 65'535u}) {
      std::string bytes = random_bytes(size, size + piece);
      auto stored =
          storage->put(bucket, "k", body(bytes, {.crc32 = true, .crc64nvme = true, .sha256 = true}, piece));
      ASSERT_TRUE(stored);
      EXPECT_EQ(get("k"), bytes);
      EXPECT_EQ(stored->size, size);
      EXPECT_EQ(stored->sums.md5, md5_of(bytes));
      EXPECT_EQ(stored->sums.crc64, io::crc64_ecma(0, bytes));
      EXPECT_EQ(stored->sums.crc32c, io::crc32c(0, bytes));
      EXPECT_EQ(stored->sums.crc32, io::crc32(0, bytes));
      EXPECT_EQ(stored->sums.crc64nvme, io::crc64_nvme(0, bytes));
      EXPECT_TRUE(stored->sums.sha256);
      EXPECT_EQ(stored->etag, hex(md5_of(bytes)));
      auto head = storage->head(bucket, "k");
      ASSERT_TRUE(head);
      EXPECT_EQ(head->sums, stored->sums);
      EXPECT_EQ(head->etag, stored->etag);
      EXPECT_EQ(files(), size > kInlineBytes ? 1u : 0u);
    }
  }
}

TEST_F(StorageObjects, ComputesTheKnownSumsOfATest) {
  auto stored = storage->put(
      bucket, "k", body("123456789", {.crc32 = true, .crc64nvme = true, .sha1 = true, .sha256 = true}));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->etag, "25f9e794323b453885f5181f1b624d0b");
  EXPECT_EQ(stored->sums.crc64, 0x995dc9bbdf1939faull);
  EXPECT_EQ(stored->sums.crc32c, 0xe3069283u);
  EXPECT_EQ(stored->sums.crc32, 0xcbf43926u);
  EXPECT_EQ(stored->sums.crc64nvme, 0xae8b14860a799888ull);
  EXPECT_EQ((*stored->sums.sha1)[0], 0xf7);
  EXPECT_EQ((*stored->sums.sha256)[0], 0x15);
}

TEST_F(StorageObjects, ReadsAnyRange) {
  for (std::size_t size : kSizes) {
    std::string bytes = random_bytes(size, 3);
    put("k", bytes);
    auto opened = storage->get(bucket, "k");
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->reader.size(), size);
    std::mt19937_64 random(size);
    for (int i = 0; i < 20; ++i) {
      std::size_t offset = random() % (size + 2), length = random() % 70'000;
      std::string into(length, '\0');
      auto count = opened->reader.read_at(offset, {into.data(), length});
      ASSERT_TRUE(count);
      std::string expected = offset < size ? bytes.substr(offset, length) : "";
      EXPECT_EQ(into.substr(0, *count), expected);
    }
  }
}

TEST_F(StorageObjects, KeepsWhatTheCallerSaid) {
  Attributes attributes{
      .storage_class = "IA",
      .headers = {
          {"content-type", "text/x"}, {"x-meta", std::string("a\0b", 3)}, {"x-meta", ""}, {"", "empty"}}};
  now += 5;
  put("k", "x", {.attributes = attributes, .etag = "given"});
  open();
  auto info = storage->head(bucket, "k");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->attributes.storage_class, "IA");
  EXPECT_EQ(info->attributes.headers, attributes.headers);
  EXPECT_EQ(info->etag, "given");
  EXPECT_EQ(info->modified, now);
  EXPECT_EQ(info->type, ObjectType::normal);
  EXPECT_EQ(put("k", "x", {.upper_etag = true}).etag, upper_hex(md5_of("x")));
}

TEST_F(StorageObjects, TakesAnyBytesAsAKey) {
  std::vector<std::string> keys = {std::string("\0", 1),
                                   std::string("a\0b", 3),
                                   "\xff\xff",
                                   "ü/日本",
                                   "a b+c//",
                                   "..",
                                   "../../etc",
                                   "%2e",
                                   std::string(1024, 'k'),
                                   "'; drop table objects;"};
  for (const auto& key : keys) put(key, "body of " + key);
  for (const auto& key : keys) EXPECT_EQ(get(key), "body of " + key);
  EXPECT_EQ(storage->list(bucket, {})->objects.size(), keys.size());
}

TEST_F(StorageObjects, RefusesToOverwriteWhenToldSo) {
  PutOptions absent{.conditions = {.if_absent = true}};
  ASSERT_TRUE(storage->put(bucket, "k", body("first"), absent));
  EXPECT_EQ(code_of(storage->put(bucket, "k", body(random_bytes(100'000, 1)), absent)),
            StorageCode::key_exists);
  EXPECT_EQ(get("k"), "first");
  EXPECT_EQ(files(), 0u);
}

TEST_F(StorageObjects, PutsOnlyOverTheNamedEtag) {
  auto matching = [](std::string etag) { return PutOptions{.conditions = {.if_match = std::move(etag)}}; };
  EXPECT_EQ(code_of(storage->put(bucket, "k", body("x"), matching("*"))), StorageCode::no_such_key);
  ObjectInfo first = put("k", "first");
  EXPECT_EQ(code_of(storage->put(bucket, "k", body("x"), matching("0123"))),
            StorageCode::precondition_failed);
  EXPECT_TRUE(storage->put(bucket, "k", body("second"), matching('"' + upper_hex(*first.sums.md5) + '"')));
  EXPECT_TRUE(storage->put(bucket, "k", body("third"), matching("*")));
  EXPECT_EQ(get("k"), "third");
  EXPECT_EQ(code_of(storage->remove(bucket, "k", first.etag)), StorageCode::precondition_failed);
  EXPECT_EQ(code_of(storage->remove(bucket, "none", first.etag)), StorageCode::no_such_key);
}

TEST_F(StorageObjects, RemovesTheDataFileWithItsLastReference) {
  std::string bytes = random_bytes(100'000, 1);
  put("a", bytes);
  ASSERT_TRUE(storage->copy(bucket, "a", bucket, "b"));
  ASSERT_TRUE(storage->copy(bucket, "b", bucket, "c"));
  EXPECT_EQ(files(), 1u);
  EXPECT_TRUE(*storage->remove(bucket, "a"));
  EXPECT_FALSE(*storage->remove(bucket, "a"));
  put("b", "overwritten");
  EXPECT_EQ(files(), 1u);
  EXPECT_EQ(get("c"), bytes);
  EXPECT_EQ(*storage->remove_all(bucket, std::vector<std::string>{"b", "none", "c"}),
            (std::vector<bool>{true, false, true}));
  EXPECT_EQ(files(), 0u);
  EXPECT_EQ(code_of(storage->head(bucket, "c")), StorageCode::no_such_key);
}

TEST_F(StorageObjects, DropsTheFileOfAWriterThatIsNotPut) {
  {
    Writer dropped = body(random_bytes(1'000'000, 1));
    EXPECT_EQ(files(), 1u);
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(StorageObjects, CopiesOverAnotherAndOntoItself) {
  std::string bytes = random_bytes(50'000, 2);
  ObjectInfo a = put("a", bytes, {.attributes = {.headers = {{"x", "1"}}}});
  put("b", random_bytes(60'000, 3));
  now += 1000;
  auto copied = storage->copy(bucket, "a", bucket, "b");
  ASSERT_TRUE(copied);
  EXPECT_EQ(copied->key, "b");
  EXPECT_EQ(copied->modified, now);
  EXPECT_EQ(copied->etag, a.etag);
  EXPECT_EQ(copied->sums, a.sums);
  EXPECT_EQ(copied->attributes.headers, a.attributes.headers);
  EXPECT_EQ(get("b"), bytes);
  EXPECT_EQ(files(), 1u);

  Attributes fresh{.headers = {{"y", "2"}}};
  ASSERT_TRUE(storage->copy(bucket, "a", bucket, "a", {.attributes = fresh}));
  EXPECT_EQ(storage->head(bucket, "a")->attributes.headers, fresh.headers);
  EXPECT_EQ(get("a"), bytes);
  EXPECT_EQ(storage->verify(), std::vector<std::string>());

  EXPECT_EQ(code_of(storage->copy(bucket, "a", bucket, "c", {.source_if_match = "else"})),
            StorageCode::precondition_failed);
  EXPECT_EQ(code_of(storage->copy(bucket, "none", bucket, "c")), StorageCode::no_such_key);
  EXPECT_EQ(code_of(storage->copy(bucket, "a", bucket, "b", {.conditions = {.if_absent = true}})),
            StorageCode::key_exists);
}

TEST_F(StorageObjects, MovesByOneChange) {
  std::string bytes = random_bytes(50'000, 2);
  put("a", bytes);
  put("b", random_bytes(60'000, 3));
  ASSERT_TRUE(storage->copy(bucket, "a", bucket, "b", {.remove_source = true}));
  EXPECT_EQ(get("b"), bytes);
  EXPECT_EQ(code_of(storage->head(bucket, "a")), StorageCode::no_such_key);
  EXPECT_EQ(files(), 1u);
  ASSERT_TRUE(storage->copy(bucket, "b", bucket, "b", {.remove_source = true}));
  EXPECT_EQ(get("b"), bytes);
}

TEST_F(StorageObjects, ReplacesAttributesWithoutTouchingTheRest) {
  ObjectInfo before = put("k", random_bytes(50'000, 2));
  now += 1000;
  ASSERT_TRUE(storage->set_attributes(bucket, "k", {.storage_class = "COLD", .headers = {{"t", "v"}}}));
  auto after = storage->head(bucket, "k");
  EXPECT_EQ(after->attributes.storage_class, "COLD");
  EXPECT_EQ(after->modified, before.modified);
  EXPECT_EQ(after->etag, before.etag);
  EXPECT_EQ(get("k"), random_bytes(50'000, 2));
}

TEST_F(StorageObjects, ReadsOnWhileTheObjectIsOverwrittenAndDeleted) {
  std::string bytes = random_bytes(200'000, 4);
  put("k", bytes);
  auto unread = storage->get(bucket, "k");
  auto half_read = storage->get(bucket, "k");
  ASSERT_TRUE(unread && half_read);
  std::string half(100'000, '\0');
  ASSERT_TRUE(half_read->reader.read_at(0, {half.data(), half.size()}));

  put("k", "other");
  ASSERT_TRUE(storage->remove(bucket, "k"));

  EXPECT_EQ(files(), 1u);
  EXPECT_EQ(read_all(unread->reader), bytes);
  EXPECT_EQ(read_all(half_read->reader), bytes);
  unread = StorageError{};
  EXPECT_EQ(files(), 1u);
  half_read = StorageError{};
  EXPECT_EQ(files(), 0u);
}

TEST_F(StorageObjects, KeepsAReaderValidAfterTheStorageIsClosed) {
  std::string bytes = random_bytes(200'000, 4);
  put("k", bytes);
  auto opened = storage->get(bucket, "k");
  ASSERT_TRUE(opened);
  storage.reset();
  EXPECT_EQ(read_all(opened->reader), bytes);
}

TEST_F(StorageObjects, MakesAnEtagOfTheOtherSumsWithoutMd5) {
  auto a = storage->put(bucket, "a", body("bytes", {.md5 = false}));
  auto b = storage->put(bucket, "b", body("bytes", {.md5 = false}));
  auto c = storage->put(bucket, "c", body("other", {.md5 = false}));
  ASSERT_TRUE(a && b && c);
  EXPECT_FALSE(a->sums.md5);
  EXPECT_EQ(a->etag.size(), 32u);
  EXPECT_EQ(a->etag, b->etag);
  EXPECT_NE(a->etag, c->etag);
}

TEST_F(StorageObjects, AppendsOnlyAtTheEnd) {
  EXPECT_EQ(code_of(storage->append(bucket, "k", 3, body("abc"))), StorageCode::position_mismatch);
  auto first = storage->append(bucket, "k", 0, body("abc"), {.attributes = {.headers = {{"x", "1"}}}});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, ObjectType::appendable);
  auto wrong = storage->append(bucket, "k", 0, body("abc"));
  EXPECT_EQ(code_of(wrong), StorageCode::position_mismatch);
  EXPECT_EQ(wrong.error().number, 3u);
  put("n", "abc");
  EXPECT_EQ(code_of(storage->append(bucket, "n", 3, body("abc"))), StorageCode::not_appendable);
  auto second = storage->append(bucket, "k", 3, body("def"));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->size, 6u);
  EXPECT_NE(second->etag, first->etag);
  EXPECT_EQ(second->attributes.headers, first->attributes.headers);
  EXPECT_EQ(get("k"), "abcdef");
}

TEST_F(StorageObjects, AppendsBodiesOfAllSizesAndKeepsTheCrcOfTheWhole) {
  std::mt19937_64 random(7);
  std::string whole;
  for (int i = 0; i < 200; ++i) {
    std::size_t size = i % 10 == 0 ? random() % 100'000 : random() % 5'000;
    if (i % 17 == 0) size = 0;
    std::string more = random_bytes(size, random());
    auto appended = storage->append(bucket, "k", whole.size(), body(more));
    ASSERT_TRUE(appended) << appended.error().message;
    whole += more;
    EXPECT_EQ(appended->sums.crc64, io::crc64_ecma(0, whole));
    EXPECT_EQ(appended->sums.crc32c, io::crc32c(0, whole));
    if (i == 100) {
      ASSERT_TRUE(storage->copy(bucket, "k", bucket, "copy"));
      ASSERT_EQ(storage->verify(), std::vector<std::string>());
    }
  }
  EXPECT_EQ(get("k"), whole);
  EXPECT_EQ(get("copy"), whole.substr(0, storage->head(bucket, "copy")->size));
  EXPECT_LT(files(), 100u);
  ASSERT_TRUE(storage->remove(bucket, "k"));
  ASSERT_TRUE(storage->remove(bucket, "copy"));
  EXPECT_EQ(files(), 0u);
}

TEST_F(StorageObjects, PutsManySmallOnesAtOnce) {
  std::vector<BulkObject> objects;
  for (int i = 0; i < 1000; ++i)
    objects.push_back({.key = "k" + std::to_string(i), .body = std::to_string(i)});
  put("k7", random_bytes(100'000, 1));
  ASSERT_TRUE(storage->bulk_put(bucket, objects));
  EXPECT_EQ(get("k7"), "7");
  EXPECT_EQ(get("k999"), "999");
  EXPECT_EQ(files(), 0u);
  objects = {{.key = "big", .body = random_bytes(kInlineBytes + 1, 1)}};
  EXPECT_FALSE(storage->bulk_put(bucket, objects));
}

TEST_F(StorageObjects, SurvivesReopening) {
  std::vector<std::string> keys;
  for (std::size_t size : kSizes) put("k" + std::to_string(size), random_bytes(size, size));
  auto appended = storage->append(bucket, "appended", 0, body(random_bytes(30'000, 9)));
  ASSERT_TRUE(appended);
  ASSERT_TRUE(storage->append(bucket, "appended", 30'000, body("tail")));
  open();
  for (std::size_t size : kSizes) EXPECT_EQ(get("k" + std::to_string(size)), random_bytes(size, size));
  EXPECT_EQ(get("appended"), random_bytes(30'000, 9) + "tail");
  put("new", random_bytes(100'000, 5));
  EXPECT_EQ(get("new"), random_bytes(100'000, 5));
}

}  // namespace
}  // namespace sluice::emulator
