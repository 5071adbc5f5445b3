// Operations that take several requests: deletes of many keys, appends, changes and renames that look first.
#include <gtest/gtest.h>

#include "engine/append.h"
#include "engine/batch_delete.h"
#include "engine/object_change.h"
#include "io/checksum.h"
#include "store_fixture.h"

namespace sluice::engine {
namespace {

using test::Bench;

const Ref kObject{"bucket-1", "a b"};
const std::string kObjectPath = "/bucket-1/a%20b";

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

}  // namespace
}  // namespace sluice::engine
