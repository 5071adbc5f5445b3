// Buckets and namespaces.
#include "storage_fixture.h"

namespace sluice::emulator {
namespace {

using StorageBuckets = StorageTest;

TEST_F(StorageBuckets, KeepsTheSameNameApartInTwoNamespaces) {
  BucketRef other{"oss", bucket.name};
  ASSERT_TRUE(storage->create_bucket(other, {.region = "oss-x", .owner = "alice"}));
  put("k", "of s3");
  ASSERT_TRUE(storage->put(other, "k", body("of oss")));

  EXPECT_EQ(get("k"), "of s3");
  EXPECT_EQ(storage->head(other, "k")->size, 6u);
  EXPECT_EQ(storage->spaces_of("bucket"), (std::vector<std::string>{"oss", "s3"}));
  EXPECT_EQ(storage->head_bucket(other)->region, "oss-x");
  EXPECT_EQ(storage->head_bucket(bucket)->region, "");
}

TEST_F(StorageBuckets, RefusesASecondOneOfTheSameName) {
  EXPECT_EQ(code_of(storage->create_bucket(bucket, {})), StorageCode::bucket_exists);
}

TEST_F(StorageBuckets, NamesTheMissingBucketInEveryCall) {
  BucketRef none{"s3", "none"};
  EXPECT_EQ(code_of(storage->head_bucket(none)), StorageCode::no_such_bucket);
  EXPECT_EQ(code_of(storage->put(none, "k", body("x"))), StorageCode::no_such_bucket);
  EXPECT_EQ(code_of(storage->get(none, "k")), StorageCode::no_such_bucket);
  EXPECT_EQ(code_of(storage->remove(none, "k")), StorageCode::no_such_bucket);
  EXPECT_EQ(code_of(storage->list(none, {})), StorageCode::no_such_bucket);
  EXPECT_EQ(code_of(storage->create_upload(none, {.key = "k"})), StorageCode::no_such_bucket);
  EXPECT_EQ(code_of(storage->list_uploads(none, {})), StorageCode::no_such_bucket);
  EXPECT_EQ(code_of(storage->abort({none, "k", "id"})), StorageCode::no_such_bucket);
  EXPECT_EQ(code_of(storage->delete_bucket(none)), StorageCode::no_such_bucket);
  EXPECT_EQ(code_of(storage->copy(none, "k", bucket, "k")), StorageCode::no_such_bucket);
  put("k", "x");
  EXPECT_EQ(code_of(storage->copy(bucket, "k", none, "k")), StorageCode::no_such_bucket);
}

TEST_F(StorageBuckets, TellsObjectsFromUploadsWhenDeletionIsRefused) {
  std::string id = start_upload("k");
  ASSERT_TRUE(storage->put_part({bucket, "k", id}, 1, body(random_bytes(100'000, 1))));
  put("k", "x");
  EXPECT_EQ(code_of(storage->delete_bucket(bucket)), StorageCode::bucket_not_empty);
  ASSERT_TRUE(storage->remove(bucket, "k"));
  EXPECT_EQ(code_of(storage->delete_bucket(bucket)), StorageCode::bucket_has_uploads);
  EXPECT_EQ(files(), 1u);
  EXPECT_TRUE(storage->delete_bucket(bucket, true));
  EXPECT_EQ(files(), 0u);
  EXPECT_EQ(code_of(storage->head_bucket(bucket)), StorageCode::no_such_bucket);
}

TEST_F(StorageBuckets, DoesNotShowADeletedBucketsObjectsInItsSuccessor) {
  put("k", "x");
  ASSERT_TRUE(storage->remove(bucket, "k"));
  ASSERT_TRUE(storage->delete_bucket(bucket));
  ASSERT_TRUE(storage->create_bucket(bucket, {}));
  EXPECT_TRUE(storage->list(bucket, {})->objects.empty());
}

TEST_F(StorageBuckets, ListsByNameWithPrefixMarkerAndOwner) {
  for (const char* name : {"b-1", "b-2", "b-3", "c-1"})
    ASSERT_TRUE(storage->create_bucket({"cos", name}, {.owner = name[0] == 'b' ? "bob" : "eve"}));
  auto names = [](const Storage::BucketsPage& page) {
    std::string joined;
    for (const auto& info : page.buckets) joined += info.name + " ";
    return joined + (page.truncated ? "..." : "");
  };
  EXPECT_EQ(names(storage->list_buckets("cos")), "b-1 b-2 b-3 c-1 ");
  EXPECT_EQ(names(storage->list_buckets("cos", "b-")), "b-1 b-2 b-3 ");
  EXPECT_EQ(names(storage->list_buckets("cos", "", "b-1", 2)), "b-2 b-3 ...");
  EXPECT_EQ(names(storage->list_buckets("cos", "", "b-3", 2)), "c-1 ");
  EXPECT_EQ(names(storage->list_buckets("cos", "", "", 1000, "eve")), "c-1 ");
  EXPECT_EQ(names(storage->list_buckets("tos")), "");
}

TEST_F(StorageBuckets, SurvivesReopening) {
  ASSERT_TRUE(
      storage->create_bucket({"qs", "b"}, {.region = "pek3", .owner = "o", .attributes = "{\"a\":1}"}));
  ASSERT_TRUE(storage->set_bucket_attributes({"qs", "b"}, "{\"a\":2}"));
  open();
  auto info = storage->head_bucket({"qs", "b"});
  ASSERT_TRUE(info);
  EXPECT_EQ(info->name, "b");
  EXPECT_EQ(info->region, "pek3");
  EXPECT_EQ(info->owner, "o");
  EXPECT_EQ(info->attributes, "{\"a\":2}");
  EXPECT_EQ(info->created, now);
}

TEST_F(StorageBuckets, RefusesASecondProcessOnTheDirectory) {
  EXPECT_EQ(code_of(Storage::open({.root = dir.path()})), StorageCode::locked);
}

}  // namespace
}  // namespace sluice::emulator
