// Operations that are one request: what goes over the wire in each dialect, what is refused before any
// request, and how the vendors' answers are read.
#include <gtest/gtest.h>

#include "engine/append.h"
#include "engine/batch_delete.h"
#include "engine/codec_decode.h"
#include "engine/object_change.h"
#include "engine/request_objects.h"
#include "engine/request_properties.h"
#include "engine/store_http.h"
#include "io/checksum.h"
#include "signers/digest.h"
#include "store_fixture.h"

namespace sluice::engine {
namespace {

using test::Bench;

const Ref kBucket{"bucket-1", ""}, kObject{"bucket-1", "a b"};
const std::string kBucketPath = "/bucket-1/", kObjectPath = "/bucket-1/a%20b";

/// One value a dialect.
struct ByDialect {
  std::string s3, oss, cos, tos, qs;
  const std::string& of(const Dialect& d) const {
    return &d == &kS3 ? s3 : &d == &kOss ? oss : &d == &kCos ? cos : &d == &kTos ? tos : qs;
  }
};

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
                         "Tencent Cloud COS lists buckets by a tag's key and value, not by its key alone", none,
                         none}
                   .of(*d)));
  }
}

TEST(Operations, ListsOfBucketsHoldWhatWasAskedForEvenWhereTheStoreTellsAll) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(200, {},
                  d->wire == Wire::xml ? "<ListAllMyBucketsResult><Buckets><Bucket><Name>ab</Name></Bucket>"
                                         "<Bucket><Name>ac</Name></Bucket><Bucket><Name>b</Name></Bucket>"
                                         "</Buckets></ListAllMyBucketsResult>"
                  : d == &kTos         ? R"({"Buckets":[{"Name":"ab"},{"Name":"ac"},{"Name":"b"}]})"
                               : R"({"count":3,"buckets":[{"name":"ab"},{"name":"ac"},{"name":"b"}]})");
    BucketListOptions options;
    options.prefix = "a";
    options.after = "ab";
    const auto list = b.run(b.store->list_buckets(b.call(), options));
    ASSERT_TRUE(list) << list.error().describe();
    ASSERT_EQ(list->buckets.size(), 1u);
    EXPECT_EQ(list->buckets[0].name, "ac");
    EXPECT_EQ(list->reply.status, 200);
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
      EXPECT_EQ(sent(b, request::set_acl(*d, kBucket, known)), "QingStor has no group of authenticated users");
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

TEST(Operations, ManyKeysTakeAThousandARequestAndOddOnesARequestEach) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const std::string answer = d->wire == Wire::xml ? "<DeleteResult><Deleted><Key>k</Key></Deleted><Error>"
                                                      "<Key>x</Key><Code>AccessDenied</Code><Message>m"
                                                      "</Message></Error></DeleteResult>"
                               : d == &kTos ? R"({"Deleted":[{"Key":"k"}],"Error":[{"Key":"x","Code":)"
                                              R"("AccessDenied","Message":"m"}]})"
                                            : R"({"deleted":[{"key":"k"}],"errors":[{"key":"x","code":)"
                                              R"("AccessDenied","message":"m"}]})";
    const bool alone = d->wire == Wire::xml;
    b.wire.answer(200, {{std::string(d->request_id_header), "R1"}}, answer);
    b.wire.answer(200, {}, answer);
    if (alone) b.wire.answer(204);
    std::vector<std::string> keys(1500, "k");
    keys[3] = "odd\x01";

    const auto gone = b.run(remove_many(b.call(), b.store, "bucket-1", keys, false));

    ASSERT_TRUE(gone) << gone.error().describe();
    EXPECT_EQ(gone->requests, alone ? 3u : 2u);
    EXPECT_EQ(gone->keys.size(), alone ? 3u : 2u);
    ASSERT_EQ(gone->failed.size(), 2u);
    EXPECT_EQ(gone->failed[0].key, "x");
    EXPECT_EQ(gone->failed[0].code, "AccessDenied");
    EXPECT_EQ(gone->failed[0].message, "m");
    if (alone) {
      EXPECT_EQ(b.target(), "/bucket-1/odd%01");
    }
  }
}

TEST(Operations, QuietDeletesMayAnswerNothing) {
  EXPECT_TRUE(decode::deleted(kOss, "")->keys.empty());
  EXPECT_TRUE(decode::deleted(kTos, "{}")->failed.empty());
  EXPECT_TRUE(decode::deleted(kS3, "<DeleteResult/>")->failed.empty());
  EXPECT_FALSE(decode::deleted(kS3, "<html>"));
}

TEST(Operations, AppendsContinueThePositionAndTheChecksum) {
  const std::string first = "hello ", second = "world";
  const auto crc = io::crc64_ecma(0, first), whole = io::crc64_ecma(0, first + second);
  for (const Dialect* d : dialects()) {
    if (d->lack_of(Operation::append)) continue;
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const std::string next = header_name(*d, d->header.next_position);
    io::Headers headers{{next, "11"}};
    if (!d->header.crc64.empty()) headers.add(header_name(*d, d->header.crc64), std::to_string(whole));
    b.wire.answer(200, headers);
    AppendSpec spec;
    spec.store = b.store;
    spec.to = kObject;
    spec.position = first.size();
    spec.bytes = second;
    spec.before = crc;

    auto done = b.run(append(b.call(), spec));

    ASSERT_TRUE(done) << done.error().describe();
    EXPECT_EQ(b.sent().method + " " + b.target(),
              "POST " + kObjectPath + "?append&" + (d == &kTos ? "offset" : "position") + "=6");
    EXPECT_EQ(b.wire.last().body, second);
    EXPECT_EQ(done->next_position, 11u);
    EXPECT_EQ(done->crc64, whole);

    if (d->header.crc64.empty()) continue;
    b.wire.answer(200, {{next, "11"}, {header_name(*d, d->header.crc64), "1"}});
    const auto wrong = b.run(append(b.call(), spec));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().kind, ErrorKind::integrity);
  }
}

TEST(Operations, AnAppendWhoseAnswerWasLostIsNotRepeatedBlindly) {
  const std::string bytes = "world";
  Bench b(kOss);
  AppendSpec spec;
  spec.store = b.store;
  spec.to = kObject;
  spec.position = 6;
  spec.bytes = bytes;
  spec.before = io::crc64_ecma(0, std::string("hello "));
  const auto whole = std::to_string(io::crc64_ecma(0, std::string("hello world")));

  b.wire.fail_with(ErrorKind::network);
  b.wire.answer(200, {{"Content-Length", "11"}, {"x-oss-hash-crc64ecma", whole}});
  auto heard = b.run(append(b.call(), spec));
  ASSERT_TRUE(heard) << heard.error().describe();
  EXPECT_EQ(heard->next_position, 11u);
  EXPECT_EQ(b.wire.seen.size(), 2u);

  b.wire.fail_with(ErrorKind::network);
  b.wire.answer(200, {{"Content-Length", "6"}});
  b.wire.answer(200, {{"x-oss-next-append-position", "11"}, {"x-oss-hash-crc64ecma", whole}});
  ASSERT_TRUE(b.run(append(b.call(), spec)));
  EXPECT_EQ(b.wire.seen.size(), 5u);

  // Somebody else has written: neither the size before nor the size after.
  b.wire.fail_with(ErrorKind::network);
  b.wire.answer(200, {{"Content-Length", "9"}});
  EXPECT_FALSE(b.run(append(b.call(), spec)));
  EXPECT_EQ(b.wire.seen.size(), 7u);

  b.wire.answer(409, {}, "<Error><Code>PositionNotEqualToLength</Code></Error>");
  const auto refused = b.run(append(b.call(), spec));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().service->code, "PositionNotEqualToLength");
  EXPECT_EQ(b.wire.seen.size(), 8u);
}

TEST(Operations, MetadataChangeAndTypeAndHeadersStay) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(200, {{"Content-Length", "3"},
                        {"ETag", "\"e1\""},
                        {"Content-Type", "text/x-special"},
                        {"Cache-Control", "no-cache"},
                        {header_name(*d, "storage-class"), "IA"},
                        {header_name(*d, "meta-old"), "1"}});
    b.wire.answer(
        200, {},
        d == &kQingStor || d == &kTos ? "" : "<CopyObjectResult><ETag>\"e1\"</ETag></CopyObjectResult>");
    const auto changed = b.run(set_metadata(b.call(), b.store, kObject, {{"new", "2"}}));
    ASSERT_TRUE(changed) << changed.error().describe();
    const bool own = d == &kTos;
    EXPECT_EQ(b.sent().method + " " + b.target(),
              own ? "POST " + kObjectPath + "?metadata" : "PUT " + kObjectPath);
    EXPECT_EQ(b.header("Content-Type"), "text/x-special");
    EXPECT_EQ(b.header("Cache-Control"), "no-cache");
    EXPECT_EQ(b.header(header_name(*d, "meta-new")), "2");
    EXPECT_EQ(b.header(header_name(*d, "meta-old")), "");
    EXPECT_EQ(b.header(header_name(*d, "storage-class")), own ? "" : "IA");
    EXPECT_EQ(b.header(header_name(*d, "copy-source-if-match")), own ? "" : "\"e1\"");
    EXPECT_EQ(b.header(header_name(*d, "metadata-directive")), own ? "" : std::string(d->header.replace));
  }
}

TEST(Operations, TheStorageClassChangesByACopyOntoItselfThatReplacesWhereItMust) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(200, {{"ETag", "\"e1\""},
                        {"Content-Type", "text/x-special"},
                        {"Cache-Control", "no-cache"},
                        {header_name(*d, "meta-one"), "1"}});
    b.wire.answer(200, {},
                  d->wire == Wire::xml ? "<CopyObjectResult><ETag>\"e1\"</ETag></CopyObjectResult>"
                  : d == &kTos         ? R"({"ETag":"\"e1\""})"
                                       : "");
    const auto changed = b.run(set_storage_class(b.call(), b.store, kObject, "IA"));
    ASSERT_TRUE(changed) << changed.error().describe();
    EXPECT_EQ(b.sent().method + " " + b.target(), "PUT " + kObjectPath);
    EXPECT_EQ(b.header(header_name(*d, "storage-class")), "IA");
    EXPECT_EQ(b.header(header_name(*d, "copy-source-if-match")), "\"e1\"");
    const bool replaces = d == &kCos;
    EXPECT_EQ(b.header(header_name(*d, "metadata-directive")), replaces ? "Replaced" : "");
    EXPECT_EQ(b.header(header_name(*d, "meta-one")), replaces ? "1" : "");
    EXPECT_EQ(b.header("Content-Type"), replaces ? "text/x-special" : "");
    EXPECT_EQ(b.header("Cache-Control"), replaces ? "no-cache" : "");
  }
}

TEST(Operations, ARenameWhoseAnswerWasLostIsDoneWhenTheObjectIsAtItsNewKey) {
  for (const Dialect* d : {&kTos, &kQingStor}) {
    SCOPED_TRACE(d->name);
    const io::Headers object{{"Content-Length", "3"}, {"ETag", "\"e1\""}};
    const std::string gone = d == &kTos ? R"({"Code":"NoSuchKey"})" : R"({"code":"object_not_exists"})";
    const auto renames = [&](bool lost, const io::Headers& there) {
      Bench b(*d);
      b.wire.answer(200, object);
      if (lost) b.wire.fail_with(ErrorKind::network);
      b.wire.answer(404, {}, gone);
      if (lost) b.wire.answer(there.empty() ? 404 : 200, there);
      const auto done = b.run(rename(b.call(), b.store, kObject, "c d"));
      EXPECT_EQ(b.wire.left(), 0u);
      if (lost) {
        EXPECT_EQ(b.sent().method + " " + b.target(), "HEAD /bucket-1/c%20d");
      }
      return done.has_value();
    };
    EXPECT_TRUE(renames(true, object));
    EXPECT_FALSE(renames(false, object)) << "somebody else took it";
    EXPECT_FALSE(renames(true, {}));
    EXPECT_FALSE(renames(true, {{"Content-Length", "3"}, {"ETag", "\"e2\""}}));
  }
}

TEST(Operations, ListsComeInBothVersionsWithOwners) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const bool has_second = !d->lack_of(Operation::list_v2);
    const std::string xml_owner = "<Owner><ID>o1</ID><DisplayName>One</DisplayName></Owner>";
    const std::string cut_xml = "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>p1</Key>" +
                                xml_owner + "</Contents></ListBucketResult>";
    const std::string cut = d->wire == Wire::xml ? cut_xml
                            : d == &kTos
                                ? R"({"IsTruncated":true,"NextMarker":"p1","Contents":[{"Key":"p1","Size":1,)"
                                  R"("Owner":{"ID":"o1","DisplayName":"One"}}]})"
                                : R"({"name":"b","owner":{"id":"o1","name":"One"},"has_more":true,)"
                                  R"("next_marker":"p1","keys":[{"key":"p1"}]})";
    ListOptions options;
    options.prefix = "p";
    options.start_after = "p0";
    options.version = ListVersion::v1;
    b.wire.answer(200, {}, cut);

    auto page = b.run(b.store->list(b.call(), "bucket-1", options));

    ASSERT_TRUE(page) << page.error().describe();
    EXPECT_EQ(b.target(), d == &kQingStor ? "/bucket-1/?prefix=p&marker=p0&limit=1000"
                                          : "/bucket-1/?prefix=p&marker=p0&max-keys=1000&encoding-type=url");
    EXPECT_EQ(page->next_marker, "p1");
    EXPECT_EQ(page->objects.at(0).owner, "");
    options.fetch_owner = true;
    b.wire.answer(200, {}, cut);
    page = b.run(b.store->list(b.call(), "bucket-1", options));
    ASSERT_TRUE(page) << page.error().describe();
    EXPECT_EQ(page->objects.at(0).owner + " " + page->objects.at(0).owner_name, "o1 One");

    options.version = ListVersion::v2;
    if (has_second)
      b.wire.answer(
          200, {},
          d == &kTos
              ? R"({"IsTruncated":false,"Contents":[{"Key":"p1","Owner":{"ID":"o1","DisplayName":"One"}}]})"
              : "<ListBucketResult><Contents><Key>p1</Key>" + xml_owner + "</Contents></ListBucketResult>");
    page = b.run(b.store->list(b.call(), "bucket-1", options));
    ASSERT_EQ(page.has_value(), has_second);
    if (!has_second) {
      EXPECT_EQ(page.error().kind, ErrorKind::argument);
      continue;
    }
    EXPECT_EQ(b.target(),
              "/bucket-1/?list-type=2&prefix=p&start-after=p0&fetch-owner=true&max-keys=1000"
              "&encoding-type=url");
    EXPECT_EQ(page->objects.at(0).owner, "o1");
    EXPECT_EQ(page->objects.at(0).owner_name, "One");
  }
}

TEST(Operations, TheFirstVersionGoesOnBehindTheLastNameWhereMarkersAreNotEncodedAsKeysAre) {
  const std::string ceph =
      "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
      "<NextMarker>b+ c</NextMarker><Contents><Key>b%2B+c</Key></Contents></ListBucketResult>";
  const auto page = decode::list(kS3, ceph, {}, decode::ListForm{true, false});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->next_marker, "b+ c");
}

TEST(Operations, AclsAreReadAsGrantsAndAsTheWordThatTheyComeTo) {
  const auto xml = [](const std::string& grants) {
    return "<AccessControlPolicy><Owner><ID>me</ID></Owner><AccessControlList>" + grants +
           "</AccessControlList></AccessControlPolicy>";
  };
  const auto grant = [](const std::string& who, const std::string& permission) {
    return "<Grant><Grantee xsi:type=\"x\">" + who + "</Grantee><Permission>" + permission +
           "</Permission></Grant>";
  };
  const std::string all = "<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>";
  const auto s3 = decode::acl(kS3, xml(grant("<ID>me</ID>", "FULL_CONTROL") + grant(all, "READ")));
  ASSERT_TRUE(s3) << s3.error().message;
  EXPECT_EQ(s3->owner, "me");
  EXPECT_EQ(s3->canned, "public-read");
  ASSERT_EQ(s3->grants.size(), 2u);
  EXPECT_EQ(s3->grants[0], (Grant{Grant::To::user, "me", "FULL_CONTROL"}));
  EXPECT_EQ(s3->grants[1], (Grant{Grant::To::everyone, "", "READ"}));
  EXPECT_EQ(decode::acl(kS3, xml(grant("<ID>you</ID>", "READ")))->canned, "");
  EXPECT_EQ(decode::acl(kCos, xml(grant("<ID>me</ID>", "FULL_CONTROL")))->canned, "private");
  EXPECT_EQ(decode::acl(kOss, xml("<Grant>public-read-write</Grant>"))->canned, "public-read-write");
  const auto tos = decode::acl(
      kTos,
      R"({"Owner":{"ID":"me"},"Grants":[{"Grantee":{"ID":"me","Type":"CanonicalUser"},"Permission":)"
      R"("FULL_CONTROL"},{"Grantee":{"Type":"Group","Canned":"AuthenticatedUsers"},"Permission":"READ"}]})");
  ASSERT_TRUE(tos);
  EXPECT_EQ(tos->canned, "authenticated-read");
  const auto qs = decode::acl(
      kQingStor,
      R"({"owner":{"id":"me","name":"n"},"acl":[{"grantee":{"type":"user","id":"me","name":"n"},)"
      R"("permission":"FULL_CONTROL"},{"grantee":{"type":"group","name":"QS_ALL_USERS"},"permission":)"
      R"("READ"},{"grantee":{"type":"group","name":"QS_ALL_USERS"},"permission":"WRITE"}]})");
  ASSERT_TRUE(qs) << qs.error().message;
  EXPECT_EQ(qs->canned, "public-read-write");
}

TEST(Operations, TagsLocationsAndPropertiesAreRead) {
  const std::string xml =
      "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value></Value></Tag></"
      "TagSet>"
      "</Tagging>";
  const Tags expected{{"a", "1"}, {"b", ""}};
  EXPECT_EQ(*decode::tags(kOss, xml), expected);
  EXPECT_EQ(*decode::tags(kTos, R"({"TagSet":{"Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":""}]}})"),
            expected);
  EXPECT_TRUE(decode::tags(kOss, "<Tagging><TagSet/></Tagging>")->empty());

  EXPECT_EQ(*decode::location(kOss, "<LocationConstraint>oss-cn-hangzhou</LocationConstraint>"),
            "cn-hangzhou");
  EXPECT_EQ(*decode::location(kS3, "<LocationConstraint xmlns='x'/>"), "us-east-1");
  EXPECT_EQ(*decode::location(kS3, "<LocationConstraint>EU</LocationConstraint>"), "eu-west-1");
  EXPECT_EQ(*decode::location(kTos, R"({"Region":"cn-beijing","ExtranetEndpoint":"x"})"), "cn-beijing");
  EXPECT_EQ(*decode::location(kQingStor, R"({"name":"b","location":"pek3b"})"), "pek3b");
  EXPECT_FALSE(decode::location(kTos, "{}"));

  const auto oss = decode::properties(
      kOss,
      "<BucketInfo><Bucket><CreationDate>2023-11-14T22:13:20.000Z</CreationDate><DataRedundancyType>ZRS"
      "</DataRedundancyType><ExtranetEndpoint>e</ExtranetEndpoint><IntranetEndpoint>i</IntranetEndpoint>"
      "<Location>oss-cn-hangzhou</Location><Name>b</Name><StorageClass>IA</StorageClass><Owner><ID>me</ID>"
      "</Owner><AccessControlList><Grant>private</Grant></AccessControlList></Bucket></BucketInfo>");
  ASSERT_TRUE(oss) << oss.error().message;
  EXPECT_EQ(oss->name + oss->region + oss->storage_class + oss->redundancy + oss->acl + oss->owner,
            "bcn-hangzhouIAZRSprivateme");
  EXPECT_EQ(oss->endpoint + oss->internal_endpoint, "ei");
  EXPECT_EQ(oss->created->time_since_epoch().count(), 1'700'000'000'000);
  const auto qs = decode::properties(
      kQingStor, R"({"name":"b","location":"pek3b","created":"2023-11-14T22:13:20Z","count":3,"size":42})");
  ASSERT_TRUE(qs);
  EXPECT_EQ(qs->objects, 3u);
  EXPECT_EQ(qs->bytes, 42u);
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

TEST(Operations, RepliesCarryStatusRequestIdAndHeaders) {
  for (const Dialect* d : dialects()) {
    Bench b(*d);
    b.wire.answer(204, {{std::string(d->request_id_header), "R9"}, {"X-Other", "1"}});
    const auto gone = b.run(b.store->remove(b.call(), kObject));
    ASSERT_TRUE(gone);
    EXPECT_EQ(gone->status, 204);
    EXPECT_EQ(gone->request_id, "R9");
    EXPECT_EQ(gone->header("x-other"), "1");
    EXPECT_EQ(gone->header("x-none"), "");
  }
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
