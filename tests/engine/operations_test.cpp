// Operations that are one request: what goes over the wire in each dialect, and what is refused before any
// request.
#include <gtest/gtest.h>

#include "engine/append.h"
#include "engine/request_objects.h"
#include "engine/request_properties.h"
#include "engine/store_http.h"
#include "signers/digest.h"
#include "store_fixture.h"

namespace sluice::engine {
namespace {

using test::Bench;
using test::ByDialect;

const Ref kBucket{"bucket-1", ""}, kObject{"bucket-1", "a b"};
const std::string kBucketPath = "/bucket-1/", kObjectPath = "/bucket-1/a%20b";

std::string md5_of(const std::string& body) {
  return signers::base64(signers::md5(body));
}

/// Sends it, if there is something to send; the refusal's message otherwise.
std::string sent(Bench& b, Result<Draft> draft) {
  if (!draft) {
    EXPECT_EQ(draft.error().kind, ErrorKind::argument);
    return draft.error().message;
  }
  b.wire.answer(200);
  const auto answer = b.run(b.store->ask(b.call(), *std::move(draft)));
  EXPECT_TRUE(answer) << answer.error().describe();
  EXPECT_FALSE(b.header("Authorization").empty());
  if (!b.wire.last().body.empty() && b.sent().headers.has("Content-MD5")) {
    EXPECT_EQ(b.header("Content-MD5"), md5_of(b.wire.last().body));
  }
  return b.sent().method + " " + b.target();
}

TEST(Operations, WhatAStoreLacksIsRefusedByNameBeforeAnyRequest) {
  for (const Dialect* d : dialects()) {
    for (const Lack& lack : d->lacks) {
      const auto refused = check_offered(*d, lack.operation);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().kind, ErrorKind::argument);
      EXPECT_EQ(refused.error().message,
                std::string(d->vendor) + " has no " + std::string(words_of(lack.operation)));
      EXPECT_EQ(refused.error().hint, lack.instead);
    }
    EXPECT_TRUE(check_offered(*d, Operation::put));
  }
  EXPECT_EQ(check_offered(kS3, Operation::append).error().message, "Amazon S3 has no append");
  Bench b(kS3);
  AppendSpec spec;
  spec.store = b.store;
  spec.to = kObject;
  spec.bytes = "x";
  const auto refused = b.run(append(b.call(), spec));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().describe(),
            "append of s3://bucket-1/a b: Amazon S3 has no append; write the whole object again");
  EXPECT_TRUE(b.wire.seen.empty());
}

TEST(Operations, NewBucketsAreToldWhatTheStoreCanBeTold) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const auto create = [&](BucketOptions o) {
      return sent(b, request::create_bucket(*d, "bucket-1", "", o));
    };
    const std::string vendor(d->vendor);
    BucketOptions acl, storage, redundancy, type;
    acl.acl = "public-read";
    storage.storage_class = "IA";
    redundancy.redundancy = "ZRS";
    type.type = "hns";

    const std::string put = "PUT /bucket-1/";
    EXPECT_EQ(create(acl), d == &kQingStor ? vendor + " has no ACL of a new bucket" : put);
    if (d != &kQingStor) {
      EXPECT_EQ(b.header(header_name(*d, "acl")), "public-read");
    }

    const bool classes = d == &kOss || d == &kTos || d == &kCos;
    EXPECT_EQ(create(storage), classes ? put : vendor + " has no storage class of buckets");
    if (d == &kTos) {
      EXPECT_EQ(b.header("x-tos-storage-class"), "IA");
    }
    if (d == &kOss) {
      EXPECT_EQ(b.wire.last().body,
                "<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>");
    }
    if (d == &kCos) {
      EXPECT_EQ(b.wire.last().body,
                "<CreateBucketConfiguration><BucketStorageClass>IA</BucketStorageClass>"
                "</CreateBucketConfiguration>");
    }

    EXPECT_EQ(create(redundancy), classes ? put : vendor + " has no redundancy of buckets");
    if (d == &kTos) {
      EXPECT_EQ(b.header("x-tos-az-redundancy"), "ZRS");
    }
    if (d == &kCos) {
      EXPECT_EQ(
          b.wire.last().body,
          "<CreateBucketConfiguration><BucketAZConfig>ZRS</BucketAZConfig></CreateBucketConfiguration>");
    }

    EXPECT_EQ(create(type), d == &kTos || d == &kCos ? put : vendor + " has no types of buckets");
    if (d == &kTos) {
      EXPECT_EQ(b.header("x-tos-bucket-type"), "hns");
    }
    acl.acl = "private\r\nx: y";
    EXPECT_FALSE(request::create_bucket(*d, "bucket-1", "", acl));
  }
}

TEST(Operations, BucketsAreAskedForTheirPropertiesInTheVendorsWords) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    EXPECT_EQ(sent(b, request::bucket_info(*d, "bucket-1")),
              (ByDialect{"HEAD " + kBucketPath, "GET " + kBucketPath + "?bucketInfo", "HEAD " + kBucketPath,
                         "HEAD " + kBucketPath, "GET " + kBucketPath + "?stats"}
                   .of(*d)));
    EXPECT_EQ(sent(b, request::bucket_location(*d, "bucket-1")),
              "GET " + kBucketPath + (d == &kQingStor ? "?stats" : "?location"));
    BucketListOptions by_tag;
    by_tag.prefix = "b";
    by_tag.tag_key = "team";
    by_tag.tag_value = "x y";
    const std::string none = std::string(d->vendor) + " has no list of buckets by tag";
    EXPECT_EQ(sent(b, request::list_buckets(*d, by_tag, "", 0)),
              (ByDialect{none, "GET /?prefix=b&tag-key=team&tag-value=x%20y",
                         "GET /?tagkey=team&tagvalue=x%20y", none, none}
                   .of(*d)));
    by_tag.tag_value.clear();
    EXPECT_EQ(sent(b, request::list_buckets(*d, by_tag, "", 0)),
              (ByDialect{none, "GET /?prefix=b&tag-key=team",
                         "Tencent Cloud COS lists buckets by a tag's key and value, not by its key alone",
                         none, none}
                   .of(*d)));
  }
}

TEST(Operations, AclsAreSetByAWordInTheVendorsWay) {
  Acl acl;
  acl.canned = "public-read";
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    EXPECT_EQ(sent(b, request::set_acl(*d, kBucket, acl)), "PUT " + kBucketPath + "?acl");
    EXPECT_EQ(b.header(header_name(*d, "acl")), d == &kQingStor ? "" : "public-read");
    EXPECT_EQ(b.wire.last().body, d == &kQingStor ? R"({"acl":[{"grantee":{"type":"group","name":)"
                                                    R"("QS_ALL_USERS"},"permission":"READ"}]})"
                                                  : "");
    EXPECT_EQ(sent(b, request::get_acl(*d, kBucket)), "GET " + kBucketPath + "?acl");
    const bool none = d == &kQingStor;
    EXPECT_EQ(sent(b, request::set_acl(*d, kObject, acl)),
              none ? "QingStor has no ACL of objects" : "PUT " + kObjectPath + "?acl");
    if (!none) {
      EXPECT_EQ(b.header(header_name(*d, d == &kOss ? "object-acl" : "acl")), "public-read");
    }
    EXPECT_EQ(sent(b, request::get_acl(*d, kObject)),
              none ? "QingStor has no ACL of objects" : "GET " + kObjectPath + "?acl");
  }
  acl.canned = "public-read\r\nx: y";
  EXPECT_FALSE(request::set_acl(kS3, kBucket, acl));
  EXPECT_FALSE(request::set_acl(kS3, kBucket, Acl()));
  acl.canned = "authenticated-read";
  EXPECT_FALSE(request::set_acl(kQingStor, kBucket, acl));
}

TEST(Operations, GrantsTravelAsHeadersOrAsAList) {
  Acl acl;
  acl.grants = {{Grant::To::user, "u1", "FULL_CONTROL"},
                {Grant::To::everyone, "", "READ"},
                {Grant::To::user, "u2", "READ"}};
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const auto said = sent(b, request::set_acl(*d, kBucket, acl));
    if (d == &kOss) {
      EXPECT_EQ(said, "Alibaba Cloud OSS has no grants on buckets");
      continue;
    }
    EXPECT_EQ(said, "PUT " + kBucketPath + "?acl");
    Acl known;
    known.grants = {{Grant::To::authenticated, "", "READ"}};
    if (d == &kQingStor) {
      EXPECT_EQ(b.wire.last().body,
                R"({"acl":[{"grantee":{"type":"user","id":"u1"},"permission":"FULL_CONTROL"},)"
                R"({"grantee":{"type":"group","name":"QS_ALL_USERS"},"permission":"READ"},)"
                R"({"grantee":{"type":"user","id":"u2"},"permission":"READ"}]})");
      EXPECT_EQ(sent(b, request::set_acl(*d, kBucket, known)),
                "QingStor has no group of authenticated users");
      continue;
    }
    const std::string s3 = R"(uri="http://acs.amazonaws.com/groups/global/)";
    const std::string cos = R"(id="qcs::cam::anyone:anyone")";
    EXPECT_EQ(b.header(header_name(*d, "grant-full-control")), R"(id="u1")");
    EXPECT_EQ(b.header(header_name(*d, "grant-read")),
              (ByDialect{s3 + "AllUsers\"", "", cos, R"(canned="AllUsers")", ""}.of(*d) + R"(, id="u2")"));
    if (d == &kCos) {
      EXPECT_EQ(sent(b, request::set_acl(*d, kBucket, known)),
                "Tencent Cloud COS takes no grants to authenticated users");
      continue;
    }
    EXPECT_EQ(sent(b, request::set_acl(*d, kBucket, known)), "PUT " + kBucketPath + "?acl");
    EXPECT_EQ(b.header(header_name(*d, "grant-read")),
              d == &kS3 ? s3 + "AuthenticatedUsers\"" : R"(canned="AuthenticatedUsers")");
  }
}

TEST(Operations, TagsTravelAsDocumentsAndWithPuts) {
  const Tags tags{{"a&b", "1"}, {"c", "\"2\""}};
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    for (const Ref& ref : {kBucket, kObject}) {
      const std::string path = (ref.key.empty() ? kBucketPath : kObjectPath) + "?tagging";
      const auto said = sent(b, request::set_tags(*d, ref, tags));
      if (d == &kQingStor) {
        EXPECT_EQ(said,
                  ref.key.empty() ? "QingStor has no tags of buckets" : "QingStor has no tags of objects");
        continue;
      }
      EXPECT_EQ(said, "PUT " + path);
      EXPECT_EQ(b.wire.last().body,
                d == &kTos ? R"({"TagSet":{"Tags":[{"Key":"a&b","Value":"1"},{"Key":"c","Value":"\"2\""}]}})"
                           : "<Tagging><TagSet><Tag><Key>a&amp;b</Key><Value>1</Value></Tag><Tag><Key>c</Key>"
                             "<Value>&quot;2&quot;</Value></Tag></TagSet></Tagging>");
      EXPECT_EQ(sent(b, request::get_tags(*d, ref)), "GET " + path);
      EXPECT_EQ(sent(b, request::remove_tags(*d, ref)), "DELETE " + path);
    }
    PutOptions put;
    put.tags = {{"a&b", "1 2"}, {"c", ""}};
    const auto draft = request::put(*d, kObject, put);
    ASSERT_EQ(draft.has_value(), d != &kQingStor);
    if (draft) {
      EXPECT_EQ(draft->headers.get(header_name(*d, "tagging")), "a%26b=1%202&c=");
    }
    EXPECT_FALSE(request::set_tags(*d, kBucket, {{"", "x"}}));
  }
}

TEST(Operations, SymlinksRestoresAndRenamesSpeakTheVendorsWords) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const std::string none = std::string(d->vendor) + " has no ";
    const std::string link = "PUT " + kObjectPath + "?symlink";
    EXPECT_EQ(sent(b, request::set_symlink(*d, kObject, "to/x", {})),
              (ByDialect{none + "symbolic links", link, link, link, none + "symbolic links"}.of(*d)));
    if (!d->lack_of(Operation::symlink)) {
      EXPECT_EQ(b.header(header_name(*d, "symlink-target")), "to%2Fx");
      EXPECT_EQ(sent(b, request::get_symlink(*d, kObject)), "GET " + kObjectPath + "?symlink");
    }

    const std::string back = "POST " + kObjectPath + "?restore";
    EXPECT_EQ(sent(b, request::restore(*d, kObject, 3, "Bulk")),
              (ByDialect{back, back, back, back, none + "restore"}.of(*d)));
    const auto xml = [](const std::string& job) {
      return "<RestoreRequest><Days>3</Days><" + job + "><Tier>Bulk</Tier></" + job + "></RestoreRequest>";
    };
    if (d != &kQingStor) {
      EXPECT_EQ(b.wire.last().body,
                (ByDialect{xml("GlacierJobParameters"), xml("JobParameters"), xml("CASJobParameters"),
                           R"({"Days":3,"RestoreJobParameters":{"Tier":"Bulk"}})", ""}
                     .of(*d)));
    }
    EXPECT_FALSE(request::restore(*d, kObject, 0, ""));

    EXPECT_EQ(sent(b, request::allow_renames(*d, "bucket-1", true)),
              d == &kTos ? "PUT " + kBucketPath + "?rename" : none + "switch for renames");

    EXPECT_EQ(sent(b, request::rename(*d, kObject, "c d")),
              (ByDialect{none + "rename", none + "rename", none + "rename",
                         "PUT " + kObjectPath + "?rename&name=c%20d", "PUT /bucket-1/c%20d"}
                   .of(*d)));
    if (d == &kQingStor) {
      EXPECT_EQ(b.header("x-qs-move-source"), kObjectPath);
    }
  }
}

TEST(Operations, BatchDeletesNameTheirKeysInTheVendorsForm) {
  const std::vector<std::string> keys{"a", "<b>", "c\td"};
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    EXPECT_EQ(sent(b, request::remove_batch(*d, "bucket-1", keys, true)), "POST " + kBucketPath + "?delete");
    const std::string xml =
        "<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object><Object><Key>&lt;b&gt;</Key></Object>"
        "<Object><Key>c&#9;d</Key></Object></Delete>";
    EXPECT_EQ(b.wire.last().body,
              d->wire == Wire::xml ? xml
              : d == &kTos ? R"({"Objects":[{"Key":"a"},{"Key":"<b>"},{"Key":"c\u0009d"}],"Quiet":true})"
                           : R"({"objects":[{"key":"a"},{"key":"<b>"},{"key":"c\u0009d"}],"quiet":true})");
    EXPECT_EQ(request::fits_batch(*d, "a\x01"), d->wire == Wire::json);
    EXPECT_EQ(request::fits_batch(*d, "\xEF\xBF\xBF"), d->wire == Wire::json);
    EXPECT_TRUE(request::fits_batch(*d, "\xEF\xBF\xBD \xE4\xB8\xAD"));
  }
}

TEST(Operations, ConditionsBecomeHeaders) {
  Conditions c;
  c.if_match = "e1";
  c.if_none_match = "*";
  c.modified_since = TimePoint(std::chrono::seconds(1'700'000'000));
  c.unmodified_since = c.modified_since;
  io::Headers headers;
  request::add_conditions(c, headers);
  EXPECT_EQ(headers.get("If-Match"), "\"e1\"");
  EXPECT_EQ(headers.get("If-None-Match"), "*");
  EXPECT_EQ(headers.get("If-Modified-Since"), "Tue, 14 Nov 2023 22:13:20 GMT");
  EXPECT_EQ(headers.get("If-Unmodified-Since"), "Tue, 14 Nov 2023 22:13:20 GMT");
}

TEST(Operations, PresignedUrlsSignWhatElseTheyCarry) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    PresignOptions part;
    part.query = {{"partNumber", "3"}, {"uploadId", "u&1"}};
    const auto url = b.store->presign("PUT", kObject, std::chrono::hours(1), part);
    ASSERT_TRUE(url) << url.error().describe();
    EXPECT_NE(url->find("partNumber=3"), std::string::npos) << *url;
    EXPECT_NE(url->find("uploadId=u%261"), std::string::npos) << *url;
    const auto bare = b.store->presign("PUT", kObject, std::chrono::hours(1));
    EXPECT_EQ(bare->find("uploadId"), std::string::npos);
    PresignOptions bad;
    bad.headers = {{"x-a", "1\r\nx: y"}};
    EXPECT_FALSE(b.store->presign("PUT", kObject, std::chrono::hours(1), bad));
  }
}

}  // namespace
}  // namespace sluice::engine
