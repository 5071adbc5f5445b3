// Buckets in every dialect.
#include <algorithm>

#include "conformance/stores.h"

namespace sluice::conformance {
namespace {

/// A bucket of its own, gone with the object: whoever lends a real one keeps its properties.
class NewBucket {
 public:
  explicit NewBucket(Subject& s) : store_(s.store), bucket_(s.store, s.new_bucket()) {
    must(store_.create_bucket(bucket_.name()));
  }
  ~NewBucket() { (void)store_.delete_bucket(bucket_.name()); }
  NewBucket(const NewBucket&) = delete;
  NewBucket& operator=(const NewBucket&) = delete;
  const Bucket* operator->() const { return &bucket_; }

 private:
  Store store_;
  Bucket bucket_;
};

bool contains(const BucketList& list, const std::string& name) {
  return std::any_of(list.buckets.begin(), list.buckets.end(),
                     [&name](const BucketInfo& bucket) { return bucket.name == name; });
}

TEST(Buckets, AreMadeFoundAndRemoved) {
  for_each_store([](Subject& s) {
    const std::string name = s.new_bucket();
    EXPECT_FALSE(must(s.store.bucket_exists(name)).value);
    expect_reply(must(s.store.create_bucket(name)), s);
    const auto there = must(s.store.bucket_exists(name));
    EXPECT_TRUE(there.value);
    expect_reply(there.reply, s);
    expect_reply(must(s.store.head_bucket(name)), s);
    EXPECT_TRUE(contains(must(s.store.list_buckets()), name));

    must(Object(s.store, name, "k").put("x"));
    const auto kept = s.store.delete_bucket(name);
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().service->status, 409);
    must(s.store.remove(name, "k"));
    EXPECT_EQ(must(s.store.delete_bucket(name)).status, 204);
    const auto gone = s.store.delete_bucket(name);
    ASSERT_FALSE(gone);
    EXPECT_TRUE(is_not_found(gone.error()));
    EXPECT_FALSE(must(s.store.bucket_exists(name)).value);
  });
}

TEST(Buckets, TakeWhatTheStoreCanBeToldAtTheirCreation) {
  for_each_store([](Subject& s) {
    if (!s.local) return;  // classes and redundancies cost money
    struct Row {
      Operation operation;
      BucketOptions options;
    };
    BucketOptions acl, storage, redundancy, type;
    acl.acl = "public-read";
    storage.storage_class = s.dialect->name == "oss" ? "Standard" : "STANDARD";
    redundancy.redundancy = s.dialect->name == "tos" ? "single-az" : s.dialect->name == "cos" ? "MAZ" : "LRS";
    type.type = s.dialect->name == "tos" ? "fns" : "OFS";
    for (const Row& row :
         {Row{Operation::create_bucket_acl, acl}, Row{Operation::create_bucket_class, storage},
          Row{Operation::create_bucket_redundancy, redundancy}, Row{Operation::create_bucket_type, type}}) {
      SCOPED_TRACE(engine::words_of(row.operation));
      const auto made = s.store.create_bucket(s.new_bucket(), row.options);
      if (!s.has(row.operation)) {
        expect_lacking(s, row.operation, made);
        continue;
      }
      ASSERT_TRUE(made) << made.error().describe();
      if (row.operation == Operation::create_bucket_acl) {
        EXPECT_EQ(must(Bucket(s.store, s.new_bucket()).acl()).canned, "public-read");
      }
      if (row.operation == Operation::create_bucket_redundancy) {
        EXPECT_EQ(must(Bucket(s.store, s.new_bucket()).info()).redundancy, redundancy.redundancy);
      }
      must(s.store.delete_bucket(s.new_bucket()));
    }
  });
}

TEST(Buckets, TellTheirPropertiesAndTheirLocation) {
  for_each_store([](Subject& s) {
    const auto info = must(s.bucket().info());
    EXPECT_EQ(info.name, s.bucket_name);
    expect_reply(info.reply, s);
    const auto location = must(s.bucket().location());
    EXPECT_FALSE(location.value.empty());
    expect_reply(location.reply, s);
    if (s.local && s.dialect->has(engine::kRegionSigned)) {
      EXPECT_EQ(location.value, "local-1");
    }
    if (!info.region.empty()) {
      EXPECT_EQ(info.region, location.value);
    }
    const auto none = Bucket(s.store, s.new_bucket()).info();
    ASSERT_FALSE(none);
    EXPECT_TRUE(is_not_found(none.error()));
  });
}

TEST(Buckets, AreListedByPrefixAndBehindAName) {
  for_each_store([](Subject& s) {
    const NewBucket bucket(s);
    BucketListOptions options;
    options.prefix = s.new_bucket();
    auto list = must(s.store.list_buckets(options));
    EXPECT_TRUE(contains(list, s.new_bucket()));
    EXPECT_FALSE(contains(list, s.bucket_name));
    expect_reply(list.reply, s);
    options.prefix.clear();
    options.after = s.new_bucket();
    EXPECT_FALSE(contains(must(s.store.list_buckets(options)), s.new_bucket()));
  });
}

TEST(Buckets, AreListedByTag) {
  for_each_store([](Subject& s) {
    BucketListOptions options;
    options.tag_key = "sluice-test";
    options.tag_value = "yes";
    if (!s.has(Operation::list_buckets_by_tag))
      return expect_lacking(s, Operation::list_buckets_by_tag, s.store.list_buckets(options));
    const NewBucket bucket(s);
    must(bucket->set_tags({{"sluice-test", "yes"}}));
    const auto list = must(s.store.list_buckets(options));
    EXPECT_TRUE(contains(list, bucket->name()));
    if (!s.local) {
      EXPECT_FALSE(contains(list, s.bucket_name));
    }  // the local one may answer all
  });
}

TEST(Buckets, KeepTheAclTheyAreGiven) {
  for_each_store([](Subject& s) {
    const NewBucket bucket(s);
    for (const std::string word : {"public-read", "public-read-write", "private"}) {
      Acl acl;
      acl.canned = word;
      const auto set = bucket->set_acl(acl);
      // Real accounts may forbid what is public.
      if (!set && !s.local && is_permission_denied(set.error())) continue;
      ASSERT_TRUE(set) << set.error().describe();
      expect_reply(*set, s);
      const auto told = must(bucket->acl());
      EXPECT_EQ(told.canned, word);
      expect_reply(told.reply, s);
      if (s.has(Operation::bucket_grants) && word != "private") {
        EXPECT_FALSE(told.grants.empty());
      }
    }
  });
}

TEST(Buckets, TakeGrants) {
  for_each_store([](Subject& s) {
    const NewBucket bucket(s);
    Acl acl;
    acl.grants = {{Grant::To::user, must(bucket->acl()).owner, "FULL_CONTROL"},
                  {Grant::To::everyone, "", "READ"}};
    const auto set = bucket->set_acl(acl);
    if (!s.has(Operation::bucket_grants)) return expect_lacking(s, Operation::bucket_grants, set);
    if (!set && !s.local && is_permission_denied(set.error())) return;
    ASSERT_TRUE(set) << set.error().describe();
    EXPECT_EQ(must(bucket->acl()).canned, "public-read");
    acl.grants.back().to = Grant::To::authenticated;
    const auto known = bucket->set_acl(acl);
    if (!known) {
      EXPECT_EQ(known.error().kind, ErrorKind::argument) << known.error().describe();
      return;  // no such group, or by a word alone
    }
    EXPECT_EQ(must(bucket->acl()).canned, "authenticated-read");
  });
}

TEST(Buckets, KeepTags) {
  for_each_store([](Subject& s) {
    const Tags tags{{"team", "a b"}, {"cost", "1"}};
    if (!s.has(Operation::bucket_tags)) {
      expect_lacking(s, Operation::bucket_tags, s.bucket().set_tags(tags));
      expect_lacking(s, Operation::bucket_tags, s.bucket().tags());
      return expect_lacking(s, Operation::bucket_tags, s.bucket().remove_tags());
    }
    const NewBucket bucket(s);
    expect_reply(must(bucket->set_tags(tags)), s);
    const auto told = must(bucket->tags());
    EXPECT_EQ(told.value, tags);
    expect_reply(told.reply, s);
    expect_reply(must(bucket->remove_tags()), s);
    EXPECT_TRUE(must(bucket->tags()).value.empty());
  });
}

}  // namespace
}  // namespace sluice::conformance
