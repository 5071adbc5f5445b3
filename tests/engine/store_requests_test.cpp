// What goes over the wire for objects, operation by operation, in one loop over the five dialects.
#include <gtest/gtest.h>

#include "codec_bodies.h"
#include "store_words.h"

namespace sluice::engine {
namespace {

using test::Bench;
using test::bodies;
using test::expect_signed;
using test::kObject;
using test::kPath;
using test::words;

TEST(StoreRequests, HeadReadsEverythingAnObjectTells) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const auto w = words(*d);
    b.wire.answer(200, {{"Content-Length", "12"},
                        {"ETag", "\"0123456789ABCDEF0123456789ABCDEF\""},
                        {"Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT"},
                        {"Content-Type", "text/plain"},
                        {"Cache-Control", "no-cache"},
                        {"Content-Encoding", "aws-chunked,gzip"},
                        {w.prefix + "storage-class", "IA"},
                        {w.prefix + "META-One", "1"},
                        {w.prefix + "hash-crc64ecma", "11051210869376104954"},
                        {w.prefix + "checksum-crc32c", "4waSgw=="},
                        {w.prefix + "checksum-type", "FULL_OBJECT"},
                        {w.prefix + "checksum-crc64nvme", "rosUhgp5mIg="},
                        {w.prefix + "request-id", "R7"}});

    auto info = b.run(b.store->head(b.call(), kObject));

    ASSERT_TRUE(info) << info.error().describe();
    EXPECT_EQ(b.sent().method, "HEAD");
    EXPECT_EQ(b.target(), kPath);
    EXPECT_EQ(b.header("x-amz-checksum-mode"), d == &kS3 ? "ENABLED" : "");
    expect_signed(b);
    EXPECT_EQ(info->key, kObject.key);
    EXPECT_EQ(info->size, 12u);
    EXPECT_EQ(info->etag, "0123456789ABCDEF0123456789ABCDEF");
    EXPECT_EQ(info->modified->time_since_epoch().count(), 1'700'000'000'000);
    EXPECT_EQ(info->content_type, "text/plain");
    EXPECT_EQ(info->storage_class, "IA");
    EXPECT_EQ(info->metadata, (std::map<std::string, std::string>{{"one", "1"}}));
    EXPECT_EQ(info->system_headers.get("Cache-Control"), "no-cache");
    EXPECT_EQ(info->system_headers.get("Content-Encoding"), "gzip");
    EXPECT_EQ(info->crc64.value_or(0), d->integrity == Integrity::crc64_ecma ? 11051210869376104954u : 0u);
    EXPECT_EQ(info->crc32c.has_value(), d == &kS3);
    if (d == &kS3) {
      EXPECT_EQ(*info->crc32c, 0xE3069283u);
      EXPECT_EQ(info->crc64nvme, 0xAE8B14860A799888u);
    }
    EXPECT_EQ(info->reply.request_id, "R7");
    EXPECT_EQ(info->reply.attempts, 1);
  }
}

TEST(StoreRequests, HeadLeavesOutChecksumsOfChecksums) {
  Bench b(kS3);
  b.wire.answer(200, {{"Content-Length", "1"}, {"ETag", "\"a-2\""}, {"x-amz-checksum-crc32c", "4waSgw==-2"}});
  b.wire.answer(200, {{"Content-Length", "1"},
                      {"ETag", "\"a-2\""},
                      {"x-amz-checksum-crc32c", "4waSgw=="},
                      {"x-amz-checksum-type", "COMPOSITE"}});
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(b.run(b.store->head(b.call(), kObject))->crc32c);
}

TEST(StoreRequests, ACipheredObjectsEtagIsTakenForOpaque) {
  struct Row {
    const Dialect* dialect;
    std::string header, value;
    bool opaque;
  };
  for (const Row& row : {Row{&kS3, "x-amz-server-side-encryption", "AES256", false},
                         {&kS3, "x-amz-server-side-encryption", "aws:kms", true},
                         {&kS3, "x-amz-server-side-encryption-customer-algorithm", "AES256", true},
                         {&kOss, "x-oss-server-side-encryption", "AES256", false},
                         {&kOss, "x-oss-server-side-encryption", "SM4", true},
                         {&kCos, "x-cos-server-side-encryption", "cos/kms", true},
                         {&kTos, "x-tos-server-side-encryption-customer-algorithm", "AES256", true},
                         {&kQingStor, "x-qs-encryption-customer-algorithm", "AES256", true},
                         {&kQingStor, "x-amz-server-side-encryption", "aws:kms", false}}) {
    SCOPED_TRACE(row.header + ": " + row.value);
    Bench b(*row.dialect);
    const io::Headers headers{{"Content-Length", "1"},
                              {"ETag", "\"0123456789abcdef0123456789abcdef\""},
                              {"x-amz-checksum-crc32c", "4waSgw=="},
                              {row.header, row.value}};
    b.wire.answer(200, headers);
    b.wire.answer(200, headers);
    test::TextSource source("123456789");

    EXPECT_EQ(b.run(b.store->head(b.call(), kObject))->opaque_etag, row.opaque);
    EXPECT_EQ(b.run(b.store->put(b.call(), kObject, &source, {}))->opaque_etag, row.opaque);
  }
}

TEST(StoreRequests, GetAsksForARangeOfTheSameObject) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(206, {{"Content-Range", "bytes 2-4/10"}}, "cde");
    test::TextSink sink;
    GetOptions options;
    options.range = io::ByteRange{2, 4};
    options.if_match = "e1";

    auto reply = b.run(b.store->get(b.call(), kObject, options, &sink));

    ASSERT_TRUE(reply) << reply.error().describe();
    EXPECT_EQ(sink.text, "cde");
    EXPECT_EQ(b.sent().method, "GET");
    EXPECT_EQ(b.target(), kPath);
    EXPECT_EQ(b.header("Range"), "bytes=2-4");
    EXPECT_EQ(b.header("If-Match"), "\"e1\"");
    EXPECT_EQ(b.header("x-oss-range-behavior"), d == &kOss ? "standard" : "");
    expect_signed(b);
  }
}

TEST(StoreRequests, PutCarriesWhatIsStoredWithTheObject) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const auto w = words(*d);
    b.wire.answer(
        d == &kQingStor ? 201 : 200,
        {{"ETag", "\"e1\""}, {w.prefix + "hash-crc64ecma", "7"}, {w.prefix + "checksum-crc32c", "4waSgw=="}});
    test::TextSource source("123456789");
    PutOptions options;
    options.content_type = "text/plain";
    options.storage_class = "IA";
    if (d != &kQingStor) options.acl = "private";
    options.system_headers.add("Cache-Control", "no-store");
    options.metadata["one"] = "a b";

    auto reply = b.run(b.store->put(b.call(), kObject, &source, options));

    ASSERT_TRUE(reply) << reply.error().describe();
    EXPECT_EQ(b.sent().method, "PUT");
    EXPECT_EQ(b.target(), kPath);
    EXPECT_EQ(b.header("Content-Type"), "text/plain");
    EXPECT_EQ(b.header("Cache-Control"), "no-store");
    EXPECT_EQ(b.header(w.prefix + "storage-class"), "IA");
    EXPECT_EQ(b.header(w.prefix + "meta-one"), d == &kTos ? "a%20b" : "a b");
    EXPECT_EQ(b.header(w.prefix + (d == &kOss ? "object-acl" : "acl")), d == &kQingStor ? "" : "private");
    expect_signed(b);
    EXPECT_EQ(reply->etag, "e1");
    EXPECT_EQ(reply->crc64.has_value(), d->integrity == Integrity::crc64_ecma);
    EXPECT_EQ(reply->crc32c.has_value(), d == &kS3);
    if (d == &kS3) {
      EXPECT_EQ(b.wire.last().body, "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32c:4waSgw==\r\n\r\n");
      EXPECT_EQ(b.header("Content-Encoding"), "aws-chunked");
      EXPECT_EQ(b.header("x-amz-decoded-content-length"), "9");
      EXPECT_EQ(b.header("x-amz-trailer"), "x-amz-checksum-crc32c");
      EXPECT_EQ(b.header("x-amz-content-sha256"), "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    } else {
      EXPECT_EQ(b.wire.last().body, "123456789");
      EXPECT_EQ(b.header("Content-Encoding"), "");
    }
  }
}

TEST(StoreRequests, ForbidOverwriteInTheVendorsWay) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const auto w = words(*d);
    PutOptions options;
    options.forbid_overwrite = true;
    test::TextSource source("x");
    if (d == &kQingStor) b.wire.answer(404);
    b.wire.answer(200, {{"ETag", "\"e\""}, {"x-amz-checksum-crc32c", "x"}});
    ASSERT_TRUE(b.run(b.store->put(b.call(), kObject, &source, options)));
    EXPECT_EQ(b.header("If-None-Match"), d == &kS3 ? "*" : "");
    EXPECT_EQ(b.header(w.prefix + "forbid-overwrite"), d == &kS3 || d == &kQingStor ? "" : "true");
    EXPECT_EQ(b.wire.seen.front().request.method, d == &kQingStor ? "HEAD" : "PUT");
  }
  Bench s3(kS3);
  s3.wire.answer(412, {}, "<Error><Code>PreconditionFailed</Code></Error>");
  PutOptions options;
  options.forbid_overwrite = true;
  test::TextSource source("x");
  EXPECT_TRUE(is_already_exists(s3.run(s3.store->put(s3.call(), kObject, &source, options)).error()));
  Bench b(kQingStor);
  b.wire.answer(200, {{"Content-Length", "1"}});
  auto refused = b.run(b.store->put(b.call(), kObject, &source, options));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(is_already_exists(refused.error()));
  EXPECT_EQ(b.wire.seen.size(), 1u);
}

TEST(StoreRequests, AConditionThatForbidsToOverwriteFailsAsAnObjectThatExists) {
  Bench b(kS3);
  b.wire.answer(412, {}, "<Error><Code>PreconditionFailed</Code></Error>");
  PutOptions options;
  options.forbid_overwrite = true;
  test::TextSource source("x");

  auto refused = b.run(b.store->put(b.call(), kObject, &source, options));

  ASSERT_FALSE(refused);
  EXPECT_TRUE(is_already_exists(refused.error())) << refused.error().describe();
  EXPECT_EQ(refused.error().target, "s3://bucket-1/" + kObject.key);
}

TEST(StoreRequests, AnObjectIsAskedForBeforeMuchIsSentThatItWouldForbid) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    PutOptions options;
    options.forbid_overwrite = true;
    test::TextSource source(std::string(100'000, 'x'));
    for (int i = 0; i < 2; ++i) b.wire.answer(200, {{"Content-Length", "1"}});

    EXPECT_TRUE(is_already_exists(b.run(b.store->put(b.call(), kObject, &source, options)).error()));
    EXPECT_TRUE(is_already_exists(b.run(b.store->create_upload(b.call(), kObject, options)).error()));

    ASSERT_EQ(b.wire.seen.size(), 2u);
    for (const auto& seen : b.wire.seen) EXPECT_EQ(seen.request.method, "HEAD");
  }
}

TEST(StoreRequests, DeleteTakesAMissingKeyForDone) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(204);
    b.wire.answer(404, {}, bodies(*d).error);
    EXPECT_TRUE(b.run(b.store->remove(b.call(), kObject)));
    EXPECT_EQ(b.sent().method, "DELETE");
    EXPECT_EQ(b.target(), kPath);
    EXPECT_TRUE(b.run(b.store->remove(b.call(), kObject)));
    b.wire.answer(404, {},
                  d->wire == Wire::xml ? "<Error><Code>NoSuchBucket</Code></Error>"
                  : d == &kTos         ? R"({"Code":"NoSuchBucket"})"
                                       : R"({"code":"bucket_not_exists"})");
    auto refused = b.run(b.store->remove(b.call(), kObject));
    ASSERT_FALSE(refused);
    EXPECT_TRUE(is_not_found(refused.error()));
    EXPECT_NE(refused.error().hint.find("bucket"), std::string::npos);
  }
}

TEST(StoreRequests, ListAsksInTheVendorsWords) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(200, {}, bodies(*d).list);
    ListOptions options;
    options.prefix = "a/";
    options.delimiter = "/";
    options.marker = "m&1";
    options.limit = 3;

    auto page = b.run(b.store->list(b.call(), "bucket-1", options));

    ASSERT_TRUE(page) << page.error().describe();
    EXPECT_EQ(b.sent().method, "GET");
    const std::string expected =
        d == &kCos ? "/bucket-1/?prefix=a%2F&delimiter=%2F&marker=m%261&max-keys=3&encoding-type=url"
        : d == &kQingStor
            ? "/bucket-1/?prefix=a%2F&delimiter=%2F&marker=m%261&limit=3"
            : "/bucket-1/"
              "?list-type=2&prefix=a%2F&delimiter=%2F&continuation-token=m%261&max-keys=3&encoding-type=url";
    EXPECT_EQ(b.target(), expected);
    EXPECT_EQ(page->objects.size(), 2u);
    EXPECT_FALSE(page->next_marker.empty());
    expect_signed(b);

    b.wire.answer(200, {}, bodies(*d).last_list);
    ListOptions whole;
    whole.limit = 5000;  // more than a page
    auto last = b.run(b.store->list(b.call(), "bucket-1", whole));
    ASSERT_TRUE(last);
    EXPECT_EQ(last->next_marker, "");
    EXPECT_NE(b.target().find(d == &kQingStor ? "limit=1000" : "max-keys=1000"), std::string::npos);
    EXPECT_EQ(b.target().find("prefix"), std::string::npos);
  }
}

TEST(StoreRequests, ListRefusesWhatDoesNotBeginWithThePrefix) {
  for (const Dialect* d : dialects()) {
    for (const std::string prefix : {"a/s", "a/b"}) {  // below it: only the common prefix, only the key
      SCOPED_TRACE(std::string(d->name) + " " + prefix);
      Bench b(*d);
      b.wire.answer(200, {}, bodies(*d).list);
      ListOptions options;
      options.prefix = prefix;

      auto page = b.run(b.store->list(b.call(), "bucket-1", options));

      ASSERT_FALSE(page);
      EXPECT_EQ(page.error().kind, ErrorKind::decode);
      EXPECT_NE(page.error().message.find("'" + prefix + "'"), std::string::npos) << page.error().message;
      EXPECT_NE(page.error().message.find("'a/"), std::string::npos) << page.error().message;
    }
  }
}

TEST(StoreRequests, ListThatGoesInCirclesIsAnError) {
  for (const Dialect* d : dialects()) {
    Bench b(*d);
    b.wire.answer(200, {}, bodies(*d).list);
    const auto first = b.run(b.store->list(b.call(), "bucket-1", {}));
    ASSERT_TRUE(first);
    b.wire.answer(200, {}, bodies(*d).list);
    ListOptions again;
    again.marker = first->next_marker;
    auto circle = b.run(b.store->list(b.call(), "bucket-1", again));
    ASSERT_FALSE(circle) << d->name;
    EXPECT_EQ(circle.error().kind, ErrorKind::decode);
  }
}

TEST(StoreRequests, CopyNamesItsSourceInTheVendorsWay) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const auto w = words(*d);
    const std::string result = d->wire == Wire::xml
                                   ? "<CopyObjectResult><ETag>\"e2\"</ETag></CopyObjectResult>"
                               : d == &kTos ? R"({"ETag":"\"e2\"","LastModified":"x"})"
                                            : "";
    b.wire.answer(200, {}, result);
    PutOptions options;
    const Ref to{"bucket-1", "copy"};

    auto plain = b.run(b.store->copy(b.call(), kObject, to, options, "e1"));

    ASSERT_TRUE(plain) << plain.error().describe();
    EXPECT_EQ(plain->etag, d == &kQingStor ? "" : "e2");
    EXPECT_EQ(b.sent().method, "PUT");
    EXPECT_EQ(b.target(), "/bucket-1/copy");
    const std::string source =
        d == &kCos ? "bucket-1.cos.region-1.myqcloud.com/dir/a%20b%2B%E4%B8%AD" : kPath;
    EXPECT_EQ(b.header(w.prefix + "copy-source"), source);
    EXPECT_EQ(b.header(w.prefix + "copy-source-if-match"), "\"e1\"");
    EXPECT_EQ(b.header(w.prefix + "metadata-directive"), "");
    EXPECT_EQ(b.wire.last().body, "");
    expect_signed(b);

    b.wire.answer(200, {}, result);
    options.metadata["one"] = "1";
    ASSERT_TRUE(b.run(b.store->copy(b.call(), kObject, to, options, "")));
    EXPECT_EQ(b.header(w.prefix + "metadata-directive"), d == &kCos        ? "Replaced"
                                                         : d == &kQingStor ? "replace"
                                                                           : "REPLACE");
    EXPECT_EQ(b.header(w.prefix + "meta-one"), "1");
    EXPECT_EQ(b.header(w.prefix + "copy-source-if-match"), "");
  }
}

TEST(StoreRequests, PresignedUrlsCarryTheSignatureInTheQuery) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    auto url = b.store->presign("GET", kObject, std::chrono::hours(1));
    ASSERT_TRUE(url) << url.error().describe();
    EXPECT_TRUE(url->starts_with("http://127.0.0.1:9000" + kPath + "?")) << *url;
    EXPECT_EQ(url->find("not-a-real-secret"), std::string::npos);
    EXPECT_FALSE(b.store->presign("GET", kObject, std::chrono::seconds(0)));
    EXPECT_FALSE(b.store->presign("GET", kObject, std::chrono::hours(24 * 8)));
    EXPECT_FALSE(b.store->presign("PATCH", kObject, std::chrono::hours(1)));
    EXPECT_FALSE(b.store->presign("GET", Ref{"bucket-1", ""}, std::chrono::hours(1)));
    EXPECT_TRUE(b.wire.seen.empty());
  }
}

TEST(StoreRequests, NothingIsSentForNamesTheStoreWouldRefuse) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const Ref longest{"bucket-1", std::string(d->limits.max_key, 'k')};
    const Ref longer{"bucket-1", std::string(d->limits.max_key + 1, 'k')};
    EXPECT_TRUE(b.store->check(longest));
    EXPECT_FALSE(b.store->check(longer));
    test::TextSource source("x");
    test::TextSink sink;
    const auto refused = [&](const auto& result) {
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().kind, ErrorKind::argument);
      EXPECT_FALSE(result.error().operation.empty());
      EXPECT_FALSE(result.error().target.empty());
      EXPECT_EQ(result.error().attempts, 0);
    };
    refused(b.run(b.store->head(b.call(), longer)));
    refused(b.run(b.store->get(b.call(), longer, {}, &sink)));
    refused(b.run(b.store->put(b.call(), longer, &source, {})));
    refused(b.run(b.store->remove(b.call(), longer)));
    refused(b.run(b.store->copy(b.call(), longest, longer, {}, "")));
    refused(b.run(b.store->copy(b.call(), longer, longest, {}, "")));
    refused(b.run(b.store->create_upload(b.call(), longer, {})));
    refused(b.run(b.store->upload_part(b.call(), longer, "u", 1, &source)));
    refused(b.run(b.store->list_parts(b.call(), longer, "u")));
    refused(b.run(b.store->abort_upload(b.call(), longer, "u")));
    refused(b.run(b.store->complete_upload(b.call(), longer, "u", {}, {})));
    refused(b.run(b.store->list(b.call(), "UPPER/", {})));
    refused(b.run(b.store->create_bucket(b.call(), "no spaces")));
    refused(b.run(b.store->head_bucket(b.call(), "")));
    refused(b.run(b.store->complete_upload(b.call(), longest, "u", {}, {})));
    EXPECT_TRUE(b.wire.seen.empty());
  }
}

}  // namespace
}  // namespace sluice::engine
