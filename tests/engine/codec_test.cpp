#include "engine/codec_decode.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "codec_bodies.h"
#include "engine/request_metadata.h"

namespace sluice::engine {
namespace {

using test::bodies;

TEST(Codecs, ReadAPageOfObjectsInEveryDialect) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    auto page = decode::list(*d, bodies(*d).list);
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->objects.size(), 2u);
    EXPECT_EQ(page->objects[0].key, "a/b c+d");
    EXPECT_EQ(page->objects[0].size, 5368709120u);
    EXPECT_TRUE(io::equal_ignoring_case(page->objects[0].etag, "0123456789abcdef0123456789abcdef"));
    ASSERT_TRUE(page->objects[0].modified);
    EXPECT_EQ(page->objects[0].modified->time_since_epoch().count(), 1'700'000'000'000);
    EXPECT_TRUE(io::equal_ignoring_case(page->objects[0].storage_class, "standard"));
    EXPECT_EQ(page->objects[1].key, "a/\xE6\x96\x87");
    EXPECT_EQ(page->objects[1].size, 0u);
    EXPECT_EQ(page->prefixes, std::vector<std::string>{"a/sub/"});
    EXPECT_EQ(page->objects[0].crc64.value_or(0), d == &kTos ? 11051210869376104954u : 0u);
  }
  // Markers go back as they came: decoded where the vendor encodes them, and only there.
  EXPECT_EQ(decode::list(kS3, bodies(kS3).list)->next_marker, "1+ueGc%2B");
  EXPECT_EQ(decode::list(kOss, bodies(kOss).list)->next_marker, "1+ueGc");
  EXPECT_EQ(decode::list(kCos, bodies(kCos).list)->next_marker, "a/sub/");
  EXPECT_EQ(decode::list(kTos, bodies(kTos).list)->next_marker, "1+ueGc%2B");
  EXPECT_EQ(decode::list(kQingStor, bodies(kQingStor).list)->next_marker, "m+%2B");
}

TEST(Codecs, ReadAPageIntoTheMemoryOfAnotherAndKeepNothingOfThat) {
  Listed old;
  old.key = "an/old/key/that/is/longer/than/the/new/ones";
  old.size = 7;
  old.etag = std::string(100, 'e');
  old.opaque_etag = true;
  old.modified = TimePoint(std::chrono::milliseconds(5));
  old.content_type = "text/old";
  old.storage_class = "OLD";
  old.crc64 = 9;
  old.metadata["old"] = "old";
  old.reply.request_id = "old";
  for (const Dialect* d : dialects()) {
    for (const std::size_t before : {1u, 2u, 5u}) {
      SCOPED_TRACE(std::string(d->name) + " over " + std::to_string(before));
      const auto fresh = decode::list(*d, bodies(*d).list);
      const auto page = decode::list(*d, bodies(*d).list, std::vector<Listed>(before, old));
      ASSERT_TRUE(fresh && page);
      ASSERT_EQ(page->objects.size(), fresh->objects.size());
      for (std::size_t i = 0; i < page->objects.size(); ++i) {
        const Listed &a = page->objects[i], &b = fresh->objects[i];
        EXPECT_EQ(a.key, b.key);
        EXPECT_EQ(a.size, b.size);
        EXPECT_EQ(a.etag, b.etag);
        EXPECT_EQ(a.opaque_etag, b.opaque_etag);
        EXPECT_EQ(a.modified, b.modified);
        EXPECT_EQ(a.content_type, b.content_type);
        EXPECT_EQ(a.storage_class, b.storage_class);
        EXPECT_EQ(a.crc64, b.crc64);
        EXPECT_EQ(a.metadata, b.metadata);
        EXPECT_EQ(a.reply.request_id, b.reply.request_id);
      }
      EXPECT_EQ(page->prefixes, fresh->prefixes);
      EXPECT_EQ(page->next_marker, fresh->next_marker);
      EXPECT_TRUE(decode::list(*d, bodies(*d).last_list, std::vector<Listed>(before, old))->objects.empty());
    }
  }
}

TEST(Codecs, EndAListWhereTheStoreSaysSo) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    auto page = decode::list(*d, bodies(*d).last_list);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_TRUE(page->objects.empty());
    EXPECT_EQ(page->next_marker, "");
  }
  // Cut off, and no word on where to go on: losing the rest silently is the worst answer.
  EXPECT_FALSE(decode::list(kS3, "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"));
  // The first version of the list may leave it out; the last name is the marker then.
  auto first =
      decode::list(kCos,
                   "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>b</Key></Contents>"
                   "<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes></ListBucketResult>");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->next_marker, "c/");
  // Older QingStor answers have no has_more.
  EXPECT_EQ(decode::list(kQingStor, R"({"name":"b","keys":[],"next_marker":"m"})")->next_marker, "m");
}

TEST(Codecs, LeaveKeysAloneWhenTheAnswerIsNotEncoded) {
  auto page =
      decode::list(kS3, "<ListBucketResult><Contents><Key>a%20+b</Key></Contents></ListBucketResult>");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->objects.at(0).key, "a%20+b");
}

TEST(Codecs, TakeAnyNamespaceAndNoneAndKeepBlankKeys) {
  for (const std::string head : {"<ListBucketResult>", "<ListBucketResult xmlns='urn:any'>"}) {
    auto page =
        decode::list(kOss, "\xEF\xBB\xBF" + head + "<Contents><Key> </Key></Contents></ListBucketResult>");
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->objects.at(0).key, " ");
  }
  auto prefixed = decode::list(
      kS3,
      "<a:ListBucketResult "
      "xmlns:a='u'><a:Contents><a:Key><![CDATA[<&>]]></a:Key></a:Contents></a:ListBucketResult>");
  ASSERT_TRUE(prefixed);
  EXPECT_EQ(prefixed->objects.at(0).key, "<&>");
}

TEST(Codecs, ReadBucketsInEveryDialect) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    auto page = decode::buckets(*d, bodies(*d).buckets);
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->buckets.size(), 2u);
    EXPECT_EQ(page->buckets[0].name, "one");
    ASSERT_TRUE(page->buckets[0].created);
    EXPECT_EQ(page->buckets[0].created->time_since_epoch().count(), 1'700'000'000'000);
    EXPECT_EQ(page->buckets[1].name, "two");
    EXPECT_FALSE(page->buckets[1].region.empty());
    EXPECT_EQ(page->next_marker, "");
  }
  EXPECT_EQ(decode::buckets(kOss, bodies(kOss).buckets)->buckets[0].region, "cn-hangzhou");
}

TEST(Codecs, ReadMultipartAnswersInEveryDialect) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    auto id = decode::upload_id(*d, bodies(*d).create);
    ASSERT_TRUE(id) << id.error().message;
    EXPECT_EQ(*id, "up&1");

    auto parts = decode::parts(*d, bodies(*d).parts);
    ASSERT_TRUE(parts) << parts.error().message;
    ASSERT_EQ(parts->parts.size(), 2u);
    EXPECT_EQ(parts->parts[0].number, d->limits.first_part);
    EXPECT_EQ(parts->parts[0].size, 5242880u);
    EXPECT_EQ(parts->parts[0].etag, "aa");
    EXPECT_EQ(parts->parts[1].number, 2u);
    EXPECT_EQ(parts->next_marker, "2");

    auto uploads = decode::uploads(*d, bodies(*d).uploads);
    ASSERT_TRUE(uploads) << uploads.error().message;
    ASSERT_EQ(uploads->uploads.size(), 2u);
    EXPECT_EQ(uploads->uploads[0].key, "k+1");
    EXPECT_EQ(uploads->uploads[0].upload_id, "up1");
    EXPECT_TRUE(uploads->uploads[0].initiated);
    EXPECT_EQ(uploads->next_key_marker, "k+2");
    EXPECT_EQ(uploads->next_upload_id_marker, "up2");

    auto outcome = decode::outcome(*d, bodies(*d).outcome);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->etag, d->has(kEmptyCompleteBody) ? "" : "cc-2");
  }
  EXPECT_EQ(decode::parts(kOss, bodies(kOss).parts)->parts[0].crc64, 11051210869376104954u);
  EXPECT_EQ(decode::parts(kS3, bodies(kS3).parts)->parts[0].crc32c, 0xE3069283u);
  EXPECT_EQ(decode::outcome(kS3, bodies(kS3).outcome)->crc32c, 0xE3069283u);
}

TEST(Codecs, TakeACompleteAnswerWithAnEmptyEtag) {
  auto outcome =
      decode::outcome(kS3, "<CompleteMultipartUploadResult><ETag></ETag></CompleteMultipartUploadResult>");
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->etag, "");
}

TEST(Codecs, ReadErrorsInEitherWire) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    const auto told = decode::error(bodies(*d).error);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->code, d == &kQingStor ? "object_not_exists" : "NoSuchKey");
    EXPECT_EQ(told->request_id, "R1");
    EXPECT_FALSE(told->message.empty());
  }
  for (const std::string none :
       {"", "   ", "<html><body>502 Bad Gateway</body></html>", "Service Unavailable", "{}", "[]",
        "<Error></Error>", "<Error><Code>", "\0x"})
    EXPECT_FALSE(decode::error(none)) << none;
}

TEST(Codecs, RefuseWhatIsCutOffOrFollowedByRubbish) {
  for (const Dialect* d : dialects()) {
    const std::string& whole = bodies(*d).list;
    for (std::size_t n = 0; n < whole.size(); ++n)
      ASSERT_FALSE(decode::list(*d, whole.substr(0, n))) << d->name << " cut at " << n;
    for (const std::string rubbish : {"x", "<a/>", "{}", "]", "<ListBucketResult/>"})
      EXPECT_FALSE(decode::list(*d, whole + rubbish)) << d->name << " with " << rubbish;
    EXPECT_FALSE(decode::list(*d, std::string(3, '\0') + whole));
    EXPECT_FALSE(decode::list(*d, whole + std::string(1, '\0') + "x"));
    EXPECT_FALSE(decode::list(*d, "{}"));
    EXPECT_FALSE(decode::list(*d, "<html/>"));
    EXPECT_FALSE(decode::list(*d, bodies(*d).error));
    EXPECT_EQ(decode::list(*d, "").error().kind, ErrorKind::decode);
  }
}

TEST(Codecs, RefuseAListOfUploadsThatDoesNotSayWhereItGoesOn) {
  const std::string xml =
      "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>";
  EXPECT_FALSE(decode::uploads(kS3, xml));
  EXPECT_FALSE(decode::uploads(kTos, R"({"Bucket":"b","IsTruncated":true,"Uploads":[]})"));
  EXPECT_TRUE(decode::uploads(kTos, R"({"Bucket":"b","IsTruncated":false,"Uploads":[]})"));
}

TEST(Codecs, RefuseEveryOtherAnswerThatIsCutOff) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    const auto refused = [](const std::string& whole, auto&& reads) {
      ASSERT_TRUE(whole.empty() || reads(whole));
      for (std::size_t n = 1; n < whole.size(); ++n)
        ASSERT_FALSE(reads(whole.substr(0, n))) << whole.substr(0, n);
    };
    const auto& b = bodies(*d);
    refused(b.buckets, [d](const std::string& body) { return decode::buckets(*d, body).has_value(); });
    refused(b.create, [d](const std::string& body) { return decode::upload_id(*d, body).has_value(); });
    refused(b.parts, [d](const std::string& body) { return decode::parts(*d, body).has_value(); });
    refused(b.uploads, [d](const std::string& body) { return decode::uploads(*d, body).has_value(); });
    refused(b.outcome, [d](const std::string& body) { return decode::outcome(*d, body).has_value(); });
    refused(b.error, [](const std::string& body) { return decode::error(body).has_value(); });
  }
}

TEST(Codecs, ReadKeysOfAnyBytesAsTheyAre) {
  std::mt19937 random(7);
  const auto pick = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  for (int i = 0; i < 200; ++i) {
    std::vector<std::string> keys;
    std::string body = "<ListBucketResult>";
    for (int n = 0; n < 20; ++n) {
      std::string key = "k", text = "k";
      for (auto left = pick(40); left > 0; --left) {
        const auto c = static_cast<unsigned char>(1 + pick(255));
        key += static_cast<char>(c);
        const bool plain = c > ' ' && c != '&' && c != '<';
        text += plain && pick(8) ? std::string(1, static_cast<char>(c))
                : c < 0x80       ? "&#" + std::to_string(c) + ";"
                                 : "<![CDATA[" + std::string(1, static_cast<char>(c)) + "]]>";
      }
      body += "<Contents><Size>1</Size><Key>" + text + "</Key></Contents>";
      keys.push_back(key);
    }
    const auto page = decode::list(kS3, body + "</ListBucketResult>");
    ASSERT_TRUE(page) << page.error().message << body;
    ASSERT_EQ(page->objects.size(), keys.size());
    for (std::size_t n = 0; n < keys.size(); ++n) ASSERT_EQ(page->objects[n].key, keys[n]);
  }
}

TEST(Codecs, RefuseValuesOfTheWrongKind) {
  const auto xml = [](const std::string& inside) {
    return "<ListBucketResult>" + inside + "</ListBucketResult>";
  };
  for (const std::string bad :
       {"<Contents><Key>k</Key><Size>-1</Size></Contents>",
        "<Contents><Key>k</Key><Size>1x</Size></Contents>", "<Contents><Key>k</Key><Size></Size></Contents>",
        "<Contents><Key>k</Key><Size>99999999999999999999</Size></Contents>",
        "<Contents><Size>1</Size></Contents>", "<Contents><Key><b/></Key></Contents>",
        "<IsTruncated>maybe</IsTruncated>"})
    EXPECT_FALSE(decode::list(kS3, xml(bad))) << bad;
  for (const std::string bad :
       {R"({"name":"b","keys":[{"key":1.5}]})", R"({"name":"b","keys":[{"size":1}]})",
        R"({"name":"b","keys":[{"key":"k","size":-1}]})", R"({"name":"b","keys":[{"key":"k","size":{}}]})",
        R"({"name":"b","keys":["k"]})", R"({"name":"b","common_prefixes":[{}]})",
        R"({"name":"b","has_more":1})"})
    EXPECT_FALSE(decode::list(kQingStor, bad)) << bad;
  EXPECT_FALSE(decode::upload_id(kTos, R"({"UploadId":""})"));
  EXPECT_FALSE(decode::upload_id(kS3, "<InitiateMultipartUploadResult/>"));
  EXPECT_FALSE(decode::parts(kS3, "<ListPartsResult><Part><ETag>a</ETag></Part></ListPartsResult>"));
}

TEST(Codecs, ExpandNoEntitiesOfADocumentType) {
  const std::string bomb =
      "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'><!ENTITY f SYSTEM "
      "'file:///etc/passwd'>]>"
      "<ListBucketResult><Contents><Key>&b;&f;</Key></Contents></ListBucketResult>";
  EXPECT_FALSE(decode::list(kS3, bomb));
}

TEST(Codecs, SurviveDeepNesting) {
  std::string xml = "<ListBucketResult>", json = R"({"name":"b","keys":)";
  for (int i = 0; i < 20'000; ++i) {
    xml += "<Contents>";
    json += '[';
  }
  EXPECT_FALSE(decode::list(kS3, xml));
  EXPECT_FALSE(decode::list(kQingStor, json));
  for (int i = 0; i < 20'000; ++i) {
    xml += "</Contents>";
    json += ']';
  }
  (void)decode::list(kS3, xml + "</ListBucketResult>");
  (void)decode::list(kQingStor, json + "}");
}

TEST(Codecs, NeverCrashOrHangOnMutatedBodies) {
  std::mt19937 random(20240501);
  const auto pick = [&](std::size_t n) {
    return n == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  const std::string interesting = "<>&;\"'{}[]:,%+\\/!-?x0 \n\t\r=";
  const auto mutate = [&](std::string text) {
    const auto edits = 1 + pick(8);
    for (std::size_t i = 0; i < edits; ++i) {
      const auto at = pick(text.size());
      switch (pick(6)) {
        case 0:
          if (!text.empty()) text[at] = static_cast<char>(pick(256));
          break;
        case 1:
          text.insert(at, 1, interesting[pick(interesting.size())]);
          break;
        case 2:
          if (!text.empty()) text.erase(at, 1 + pick(20));
          break;
        case 3:
          text.resize(at);
          break;
        case 4:
          text.insert(at, text.substr(pick(text.size()), pick(200)));
          break;
        default:
          text.insert(at, interesting, pick(interesting.size()), 2);
          break;
      }
    }
    return text;
  };
  std::size_t refused = 0, taken = 0;
  for (const Dialect* d : dialects()) {
    const auto& b = bodies(*d);
    for (const std::string* seed :
         {&b.list, &b.last_list, &b.buckets, &b.create, &b.parts, &b.uploads, &b.outcome, &b.error}) {
      for (int i = 0; i < 400; ++i) {
        const std::string body = mutate(*seed);
        const bool fine[] = {decode::list(*d, body).has_value(),      decode::buckets(*d, body).has_value(),
                             decode::upload_id(*d, body).has_value(), decode::parts(*d, body).has_value(),
                             decode::uploads(*d, body).has_value(),   decode::outcome(*d, body).has_value(),
                             decode::error(body).has_value()};
        for (const bool f : fine) ++(f ? taken : refused);
      }
    }
  }
  EXPECT_GT(refused, taken);
  EXPECT_GT(taken, 0u);
}

TEST(Metadata, ComeBackAsTheyWentInEveryDialect) {
  const std::string values[] = {"plain",
                                "",
                                "a b",
                                "a=b?c",
                                "\xE4\xB8\xAD\xE6\x96\x87 \xF0\x9F\x98\x80",
                                " outer ",
                                "two  blanks",
                                "=?UTF-8?B?eA==?=",
                                "100% + 1",
                                "tab\there",
                                "new\nline"};
  for (const Dialect* d : dialects()) {
    PutOptions options;
    int n = 0;
    for (const auto& v : values) options.metadata["name-" + std::to_string(n++)] = v;
    io::Headers headers;
    ASSERT_TRUE(add_object_headers(*d, options, headers)) << d->name;
    for (const auto& [name, value] : headers)
      for (const char c : value) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << d->name << " " << name;
    EXPECT_EQ(read_metadata(*d, headers), options.metadata) << d->name;
  }
}

TEST(Metadata, ThatWouldBreakTheHeadAreRefused) {
  for (const Dialect* d : dialects()) {
    const auto refused = [&](auto change) {
      PutOptions options;
      change(options);
      io::Headers headers;
      return !add_object_headers(*d, options, headers);
    };
    EXPECT_TRUE(refused([](PutOptions& o) { o.content_type = "text/plain\r\nX: y"; }));
    EXPECT_TRUE(refused([](PutOptions& o) { o.storage_class = "IA\n"; }));
    EXPECT_TRUE(refused([](PutOptions& o) { o.acl = "private\r\n"; }));
    EXPECT_TRUE(refused([](PutOptions& o) { o.system_headers.add("Cache-Control", "a\r\nb"); }));
    EXPECT_TRUE(refused([](PutOptions& o) { o.system_headers.add("Authorization", "x"); }));
    EXPECT_TRUE(refused([](PutOptions& o) { o.metadata[""] = "x"; }));
    if (!d->has(kPercentMetadata)) {
      EXPECT_TRUE(refused([](PutOptions& o) { o.metadata["a\r\nb"] = "x"; }));
      EXPECT_TRUE(refused([](PutOptions& o) { o.metadata["a b"] = "x"; }));
    }
  }
}

TEST(Metadata, OfOthersAreReadAsTheyMeantThem) {
  EXPECT_EQ(decode_metadata(kS3, "=?UTF-8?Q?a=E4=B8=AD_b?="), "a\xE4\xB8\xAD b");
  EXPECT_EQ(decode_metadata(kS3, "=?utf-8?b?5Lit?= =?UTF-8?B?5paH?="), "\xE4\xB8\xAD\xE6\x96\x87");
  EXPECT_EQ(decode_metadata(kS3, "=?latin1?Q?x?="), "=?latin1?Q?x?=");
  EXPECT_EQ(decode_metadata(kS3, "=?UTF-8?B?***?="), "=?UTF-8?B?***?=");
  EXPECT_EQ(decode_metadata(kTos, "a%20b%25"), "a b%");
}

}  // namespace
}  // namespace sluice::engine
