// What goes over the wire for buckets and for uploads in parts, in one loop over the five dialects.
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

TEST(StoreRequests, BucketsAreMadeAskedForAndRemoved) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(d == &kQingStor ? 201 : 200);
    ASSERT_TRUE(b.run(b.store->create_bucket(b.call(), "bucket-1")));
    EXPECT_EQ(b.sent().method, "PUT");
    EXPECT_EQ(b.target(), "/bucket-1/");
    EXPECT_EQ(b.wire.last().body,
              d == &kS3 ? "<CreateBucketConfiguration><LocationConstraint>region-1</LocationConstraint>"
                          "</CreateBucketConfiguration>"
                        : "");
    expect_signed(b);
    b.wire.answer(200);
    ASSERT_TRUE(b.run(b.store->head_bucket(b.call(), "bucket-1")));
    EXPECT_EQ(b.sent().method, "HEAD");
    EXPECT_EQ(b.target(), "/bucket-1/");
    b.wire.answer(204);
    ASSERT_TRUE(b.run(b.store->delete_bucket(b.call(), "bucket-1")));
    EXPECT_EQ(b.sent().method, "DELETE");
    EXPECT_EQ(b.target(), "/bucket-1/");
  }
  auto config = test::config_of(kS3);
  config.region = "us-east-1";
  Bench first(config);
  first.wire.answer(200);
  ASSERT_TRUE(first.run(first.store->create_bucket(first.call(), "bucket-1")));
  EXPECT_EQ(first.wire.last().body, "");
}

TEST(StoreRequests, ListsOfBucketsAreReadToTheirEnd) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(200, {}, bodies(*d).buckets);
    auto list = b.run(b.store->list_buckets(b.call()));
    ASSERT_TRUE(list) << list.error().describe();
    EXPECT_EQ(list->buckets.size(), 2u);
    EXPECT_EQ(b.target(), d == &kQingStor ? "/?offset=0&limit=200" : "/");
    expect_signed(b);
  }
  Bench oss(kOss);
  oss.wire.answer(
      200, {},
      "<ListAllMyBucketsResult><IsTruncated>true</IsTruncated><NextMarker>one</NextMarker><Buckets>"
      "<Bucket><Name>one</Name></Bucket></Buckets></ListAllMyBucketsResult>");
  oss.wire.answer(
      200, {},
      "<ListAllMyBucketsResult><IsTruncated>false</IsTruncated><Buckets><Bucket><Name>two</Name></Bucket>"
      "</Buckets></ListAllMyBucketsResult>");
  EXPECT_EQ(oss.run(oss.store->list_buckets(oss.call()))->buckets.size(), 2u);
  EXPECT_EQ(oss.target(), "/?marker=one");
  Bench qs(kQingStor);
  std::string full = R"({"count":200,"buckets":[)";
  for (int i = 0; i < 200; ++i)
    full += (i ? "," : "") + std::string(R"({"name":"bucket-)") + std::to_string(i) + "\"}";
  qs.wire.answer(200, {}, full + "]}");
  qs.wire.answer(200, {}, R"({"count":0,"buckets":[]})");
  EXPECT_EQ(qs.run(qs.store->list_buckets(qs.call()))->buckets.size(), 200u);
  EXPECT_EQ(qs.target(), "/?offset=200&limit=200");
}

TEST(StoreRequests, UploadsInPartsSpeakTheVendorsWords) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const auto w = words(*d);
    const auto first = d->limits.first_part;

    b.wire.answer(200, {{"x-amz-checksum-algorithm", "CRC32C"}}, bodies(*d).create);
    PutOptions options;
    options.content_type = "text/plain";
    auto id = b.run(b.store->create_upload(b.call(), kObject, options));
    ASSERT_TRUE(id) << id.error().describe();
    EXPECT_EQ(id->id, "up&1");
    EXPECT_EQ(b.sent().method, "POST");
    EXPECT_EQ(b.target(), kPath + "?uploads");
    EXPECT_EQ(b.header("Content-Type"), "text/plain");
    EXPECT_EQ(b.header("x-amz-checksum-algorithm"), d == &kS3 ? "CRC32C" : "");
    EXPECT_EQ(b.header("x-amz-checksum-type"), d == &kS3 ? "FULL_OBJECT" : "");
    expect_signed(b);

    b.wire.answer(
        d == &kQingStor ? 201 : 200,
        {{"ETag", "\"aa\""}, {w.prefix + "hash-crc64ecma", "9"}, {"x-amz-checksum-crc32c", "4waSgw=="}});
    test::TextSource source("123456789");
    auto part = b.run(b.store->upload_part(b.call(), kObject, id->id, first, &source));
    ASSERT_TRUE(part) << part.error().describe();
    EXPECT_EQ(b.sent().method, "PUT");
    EXPECT_EQ(b.target(), kPath + "?" + w.part + "=" + std::to_string(first) + "&" + w.upload + "=up%261");
    EXPECT_EQ(part->etag, "aa");
    EXPECT_EQ(b.wire.last().body.find("123456789") != std::string::npos, true);
    expect_signed(b);

    b.wire.answer(d == &kQingStor ? 201 : 200, {{"ETag", "\"bb\""}},
                  d->wire == Wire::xml ? "<CopyPartResult><ETag>\"bb\"</ETag></CopyPartResult>"
                  : d == &kTos         ? R"({"ETag":"\"bb\""})"
                                       : "");
    const Ref to{"bucket-1", "copy"};
    const io::ByteRange range{5, 9};
    auto copied = b.run(b.store->upload_part_copy(b.call(), kObject, to, id->id, 2, range, "e1"));
    ASSERT_TRUE(copied) << copied.error().describe();
    EXPECT_EQ(copied->etag, "bb");
    EXPECT_EQ(b.target(), "/bucket-1/copy?" + w.part + "=2&" + w.upload + "=up%261");
    EXPECT_EQ(b.header(w.prefix + (d == &kQingStor ? "copy-range" : "copy-source-range")), "bytes=5-9");
    EXPECT_FALSE(b.header(w.prefix + "copy-source").empty());

    b.wire.answer(204);
    ASSERT_TRUE(b.run(b.store->abort_upload(b.call(), kObject, id->id)));
    EXPECT_EQ(b.sent().method, "DELETE");
    EXPECT_EQ(b.target(), kPath + "?" + w.upload + "=up%261");

    b.wire.answer(200, {}, bodies(*d).uploads);
    auto uploads = b.run(b.store->list_uploads(b.call(), "bucket-1", "k", "km", "um"));
    ASSERT_TRUE(uploads) << uploads.error().describe();
    EXPECT_EQ(
        b.target(),
        d == &kQingStor
            ? "/bucket-1/?uploads&limit=1000&prefix=k&key_marker=km&upload_id_marker=um"
            : std::string("/bucket-1/?uploads&max-uploads=1000&prefix=k&key-marker=km&upload-id-marker=um") +
                  (d == &kS3 ? "" : "&encoding-type=url"));
  }
}

TEST(StoreRequests, ListPartsFollowsEveryPage) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(200, {}, bodies(*d).parts);
    b.wire.answer(200, {},
                  d->wire == Wire::xml ? "<ListPartsResult><IsTruncated>false</"
                                         "IsTruncated><Part><PartNumber>3</PartNumber><ETag>\"cc\"</ETag>"
                                         "<Size>1</Size></Part></ListPartsResult>"
                  : d == &kTos
                      ? R"({"IsTruncated":false,"Parts":[{"PartNumber":3,"ETag":"\"cc\"","Size":1}]})"
                      : R"({"count":1,"object_parts":[{"part_number":3,"size":1,"etag":"cc"}]})");
    if (d == &kQingStor) b.wire.answer(200, {}, R"({"count":0,"object_parts":[]})");
    auto parts = b.run(b.store->list_parts(b.call(), kObject, "up1"));
    ASSERT_TRUE(parts) << parts.error().describe();
    ASSERT_EQ(parts->parts.size(), 3u);
    EXPECT_EQ(parts->parts.back().number, 3u);
    const auto& seen = b.wire.seen;
    const bool qs = d == &kQingStor;
    EXPECT_EQ(seen[0].request.target(),
              kPath + (qs ? "?upload_id=up1&limit=1000" : "?uploadId=up1&max-parts=1000"));
    EXPECT_EQ(seen[1].request.target(), kPath + (qs ? "?upload_id=up1&limit=1000&part_number_marker=2"
                                                    : "?uploadId=up1&max-parts=1000&part-number-marker=2"));
  }
}

TEST(StoreRequests, CompleteSendsThePartsInOrder) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(d == &kQingStor ? 201 : 200,
                  {{"x-" + std::string(d->name) + "-hash-crc64ecma", "11051210869376104954"}},
                  bodies(*d).outcome);
    const auto first = d->limits.first_part;
    std::vector<PartInfo> parts(2);
    parts[0].number = first;
    parts[0].etag = "aa";
    parts[1].number = first + 1;
    parts[1].etag = "b\"<&b";
    CompleteOptions options;
    options.crc32c = 0xE3069283;
    options.md5_hex = "0123456789abcdef0123456789abcdef";

    auto reply = b.run(b.store->complete_upload(b.call(), kObject, "up&1", parts, options));

    ASSERT_TRUE(reply) << reply.error().describe();
    EXPECT_EQ(b.sent().method, "POST");
    EXPECT_EQ(b.target(), kPath + "?" + words(*d).upload + "=up%261");
    EXPECT_EQ(b.header("Content-Type"), d->wire == Wire::xml ? "application/xml" : "application/json");
    const std::string expected =
        d == &kTos ? R"({"Parts":[{"PartNumber":1,"ETag":"\"aa\""},{"PartNumber":2,"ETag":"\"b\"<&b\""}]})"
        : d == &kQingStor
            ? R"({"object_parts":[{"part_number":0,"etag":"\"aa\""},{"part_number":1,"etag":"\"b\"<&b\""}]})"
            : "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;aa&quot;</ETag></"
              "Part><Part><PartNumber>2"
              "</PartNumber><ETag>&quot;b&quot;&lt;&amp;b&quot;</ETag></Part></CompleteMultipartUpload>";
    EXPECT_EQ(b.wire.last().body, expected);
    EXPECT_EQ(b.header("x-amz-checksum-crc32c"), d == &kS3 ? "4waSgw==" : "");
    EXPECT_EQ(b.header("x-amz-checksum-type"), d == &kS3 ? "FULL_OBJECT" : "");
    EXPECT_EQ(b.header("ETag"), d == &kQingStor ? "\"0123456789abcdef0123456789abcdef\"" : "");
    EXPECT_EQ(reply->etag, d == &kQingStor ? "" : "cc-2");
    EXPECT_EQ(reply->crc64.has_value(), d->integrity == Integrity::crc64_ecma);
    expect_signed(b);
  }
}

}  // namespace
}  // namespace sluice::engine
