// Retries, repairs and refusals, in every dialect where the rule is everyone's.
#include <gtest/gtest.h>

#include "codec_bodies.h"
#include "io/time_text.h"
#include "signers/digest.h"
#include "store_fixture.h"

namespace sluice::engine {
namespace {

using test::Bench;
using namespace std::chrono_literals;

const Ref kObject{"bucket-1", "k"};

std::string error_body(const Dialect& d, const std::string& code, const std::string& more = {}) {
  if (d.wire == Wire::xml)
    return "<Error><Code>" + code + "</Code><Message>told so</Message>" + more + "</Error>";
  if (&d == &kTos) return R"({"Code":")" + code + R"(","Message":"told so"})";
  return R"({"code":")" + code + R"(","message":"told so"})";
}

std::chrono::sys_seconds wall() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

TEST(StoreRetries, RepeatWhatMaySucceedLaterAndSignEachAttemptAfresh) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(500, {}, "<html>oops</html>");
    b.wire.fail_with(ErrorKind::network);
    b.wire.fail_with(ErrorKind::timeout);
    b.wire.answer(200, {{"Content-Length", "1"}});

    auto info = b.run(b.store->head(b.call(), kObject));

    ASSERT_TRUE(info) << info.error().describe();
    EXPECT_EQ(info->reply.attempts, 4);
    EXPECT_EQ(b.loop.pauses.size(), 3u);
    for (const auto& seen : b.wire.seen) {
      int authorizations = 0;
      for (const auto& [name, value] : seen.request.headers)
        authorizations += io::equal_ignoring_case(name, "authorization");
      EXPECT_EQ(authorizations, 1);
    }
  }
}

TEST(StoreRetries, EndAtTheLimitWithTheLastRefusal) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    for (int i = 0; i < 4; ++i)
      b.wire.answer(503, {{std::string(d->request_id_header), "R9"}}, error_body(*d, "SlowDown"));

    auto info = b.run(b.store->head(b.call(), kObject));

    ASSERT_FALSE(info);
    EXPECT_EQ(b.wire.seen.size(), 4u);
    const Error& e = info.error();
    EXPECT_EQ(e.attempts, 4);
    EXPECT_EQ(e.operation, "head");
    EXPECT_EQ(e.target, std::string(d->name) + "://bucket-1/k");
    EXPECT_TRUE(is_throttled(e));
    ASSERT_TRUE(e.service);
    EXPECT_EQ(e.service->code, "SlowDown");
    EXPECT_EQ(e.service->request_id, "R9");
    EXPECT_FALSE(e.hint.empty());
  }
}

TEST(StoreRetries, PauseWithinTheJitterAndNoShorterThanRetryAfter) {
  auto config = test::config_of(kS3);
  config.retry.max_attempts = 8;
  config.retry.base = 100ms;
  config.retry.cap = 1000ms;
  Bench b(config);
  for (int i = 0; i < 7; ++i) b.wire.answer(503, i == 5 ? io::Headers{{"Retry-After", "7"}} : io::Headers{});
  b.wire.answer(200);
  ASSERT_TRUE(b.run(b.store->head(b.call(), kObject)));
  const std::chrono::milliseconds ceilings[] = {100ms, 200ms, 400ms, 800ms, 1000ms};
  for (int i = 0; i < 5; ++i) EXPECT_LE(b.loop.pauses[static_cast<std::size_t>(i)], ceilings[i]);
  EXPECT_EQ(b.loop.pauses[5], 7000ms);
  EXPECT_LE(b.loop.pauses[6], 1000ms);
}

TEST(StoreRetries, ObeyRetryAfterOnlyWithinReason) {
  Bench b(kS3);
  b.wire.answer(503, {{"Retry-After", "86400"}});
  b.wire.answer(503, {{"Retry-After", "-5"}});
  b.wire.answer(503, {{"Retry-After", "soon"}});
  b.wire.answer(200);
  ASSERT_TRUE(b.run(b.store->head(b.call(), kObject)));
  EXPECT_EQ(b.loop.pauses[0], 60s);
  EXPECT_LT(b.loop.pauses[1], 1s);
}

TEST(StoreRetries, EndWhenTheTimeIsUp) {
  auto config = test::config_of(kS3);
  config.retry.max_attempts = 100;
  config.retry.max_elapsed = 100s;
  Bench b(config);
  for (int i = 0; i < 5; ++i) b.wire.answer(503, {{"Retry-After", "60"}});
  auto info = b.run(b.store->head(b.call(), kObject));
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().attempts, 3);
}

TEST(StoreRetries, LeaveTheStoresNoAsItIs) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    for (const int status : {400, 401, 403, 404, 405, 409, 412, 416, 501}) {
      Bench b(*d);
      b.wire.answer(status);
      auto info = b.run(b.store->head(b.call(), kObject));
      ASSERT_FALSE(info);
      EXPECT_EQ(info.error().service->status, status);
      EXPECT_FALSE(info.error().service->code.empty());
      EXPECT_EQ(info.error().attempts, 1);
    }
    for (const ErrorKind kind : {ErrorKind::tls, ErrorKind::disk, ErrorKind::integrity}) {
      Bench b(*d);
      b.wire.fail_with(kind, "no");
      auto info = b.run(b.store->head(b.call(), kObject));
      ASSERT_FALSE(info);
      EXPECT_EQ(info.error().kind, kind);
      EXPECT_EQ(info.error().attempts, 1);
      EXPECT_EQ(info.error().operation, "head");
    }
  }
}

TEST(StoreRetries, RewindWhatIsSentAndWhatIsReceived) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.fail_with(ErrorKind::network);
    b.wire.answer(200, {{"ETag", "\"e\""}, {"x-amz-checksum-crc32c", "x"}});
    test::TextSource source("123456789");
    ASSERT_TRUE(b.run(b.store->put(b.call(), kObject, &source, {})));
    EXPECT_EQ(source.rewound, 1);
    EXPECT_EQ(b.wire.seen[0].body, b.wire.seen[1].body);
    EXPECT_NE(b.wire.seen[1].body.find("123456789"), std::string::npos);

    b.wire.break_next_body = true;
    b.wire.answer(206, {{"Content-Range", "bytes 0-2/9"}}, "12");
    b.wire.answer(206, {{"Content-Range", "bytes 0-2/9"}}, "123");
    test::TextSink sink;
    GetOptions options;
    options.range = io::ByteRange{0, 2};
    auto reply = b.run(b.store->get(b.call(), kObject, options, &sink));
    ASSERT_TRUE(reply) << reply.error().describe();
    EXPECT_EQ(sink.text, "123");
    EXPECT_EQ(sink.rewound, 1);
    EXPECT_EQ(reply->attempts, 2);
  }
}

TEST(StoreRetries, GiveUpWhatCannotBeRewound) {
  Bench b(kOss);
  b.wire.fail_with(ErrorKind::network);
  test::TextSource once("x", false);
  auto reply = b.run(b.store->put(b.call(), kObject, &once, {}));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::network);
  EXPECT_NE(reply.error().hint.find("second time"), std::string::npos);
  EXPECT_EQ(b.wire.seen.size(), 1u);
}

TEST(StoreRetries, EndAtOnceWhenStopped) {
  Bench b(kOss);
  b.stop.request_stop();
  auto before = b.run(b.store->head(b.call(), kObject));
  ASSERT_FALSE(before);
  EXPECT_EQ(before.error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(b.wire.seen.empty());

  Bench later(kOss);
  later.wire.step([&](const test::Seen&) -> Result<io::Response> {
    later.stop.request_stop();
    return test::ScriptedTransport::make(503, {}, "");
  });
  auto during = later.run(later.store->head(later.call(), kObject));
  ASSERT_FALSE(during);
  EXPECT_EQ(during.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(later.wire.seen.size(), 1u);
}

TEST(StoreClock, IsCorrectedOnceByTheStoresDateAndRemembered) {
  struct Row {
    const Dialect* d;
    int status;
    std::string code;
  };
  const Row rows[] = {{&kS3, 403, "RequestTimeTooSkewed"},
                      {&kOss, 403, "RequestTimeTooSkewed"},
                      {&kCos, 403, "AccessDenied"},
                      {&kTos, 403, "RequestTimeTooSkewed"},
                      {&kQingStor, 403, "request_expired"}};
  for (const auto& row : rows) {
    for (const auto shift : {20min, -20min}) {
      SCOPED_TRACE(row.d->name);
      auto config = test::config_of(*row.d);
      config.retry.max_attempts = 1;  // the repair is no retry
      Bench b(config);
      const auto server = wall() + shift;
      b.wire.answer(row.status, {{"Date", io::http_date(server)}}, error_body(*row.d, row.code));
      b.wire.answer(200, {}, test::bodies(*row.d).last_list);

      auto page = b.run(b.store->list(b.call(), "bucket-1", {}));

      ASSERT_TRUE(page) << page.error().describe();
      ASSERT_EQ(b.wire.seen.size(), 2u);
      EXPECT_TRUE(b.loop.pauses.empty());
      const auto date_of = [&](const test::Seen& seen) -> std::chrono::sys_seconds {
        const auto& h = seen.request.headers;
        for (const char* name : {"x-amz-date", "x-oss-date", "x-tos-date"})
          if (const auto* text = h.find(name)) return *io::parse_basic_time(*text);
        if (const auto* text = h.find("Date")) return *io::parse_http_date(*text);
        const auto text = h.get("Authorization");  // COS: q-sign-time=start;end, a minute early
        const auto at = text.find("q-sign-time=") + 12;
        return std::chrono::sys_seconds(std::chrono::seconds(std::stoll(text.substr(at)) + 60));
      };
      EXPECT_LT(std::chrono::abs(date_of(b.wire.seen[0]) - wall()), 60s);
      EXPECT_LT(std::chrono::abs(date_of(b.wire.seen[1]) - server), 60s);
      // Remembered: the next request is right at once.
      b.wire.answer(200, {}, test::bodies(*row.d).last_list);
      ASSERT_TRUE(b.run(b.store->list(b.call(), "bucket-1", {})));
      EXPECT_LT(std::chrono::abs(date_of(b.wire.seen[2]) - server), 60s);
    }
  }
}

TEST(StoreClock, LearnedByAnotherRequestMeanwhileRepairsThisOneToo) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const auto server = io::http_date(wall() + 20min);
    const std::string body = error_body(*d, d == &kQingStor ? "request_expired" : "RequestTimeTooSkewed");
    b.wire.step([&](const test::Seen&) -> Result<io::Response> {
      // While the first is on its way, a second fails, repairs the clock and succeeds.
      EXPECT_TRUE(b.run(b.store->list(b.call(), "bucket-1", {})));
      return test::ScriptedTransport::make(403, {{"Date", server}}, body);
    });
    b.wire.answer(403, {{"Date", server}}, body);
    b.wire.answer(200, {}, test::bodies(*d).last_list);
    b.wire.answer(200, {}, test::bodies(*d).last_list);
    auto page = b.run(b.store->list(b.call(), "bucket-1", {}));
    ASSERT_TRUE(page) << page.error().describe();
    EXPECT_EQ(b.wire.seen.size(), 4u);
  }
}

TEST(StoreClock, IsNotCorrectedTwiceAndTheErrorSaysHowFarItIsOff) {
  Bench b(kS3);
  b.wire.answer(403, {{"Date", io::http_date(wall() + 20min)}}, error_body(kS3, "RequestTimeTooSkewed"));
  b.wire.answer(403, {{"Date", io::http_date(wall() + 50min)}}, error_body(kS3, "RequestTimeTooSkewed"));
  auto info = b.run(b.store->list(b.call(), "bucket-1", {}));
  ASSERT_FALSE(info);
  EXPECT_EQ(b.wire.seen.size(), 2u);
  EXPECT_NE(info.error().hint.find("clock"), std::string::npos) << info.error().hint;
  EXPECT_NE(info.error().hint.find("min behind"), std::string::npos) << info.error().hint;
}

TEST(StoreClock, IsTakenForTheCauseOfABareRefusalOnlyWhenFarOff) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(403, {{"Date", io::http_date(wall() + 1h)}});  // HEAD: no body says why
    b.wire.answer(200, {{"Content-Length", "1"}});
    EXPECT_TRUE(b.run(b.store->head(b.call(), kObject)));
    Bench near(*d);
    near.wire.answer(403, {{"Date", io::http_date(wall() + 1min)}});
    auto refused = near.run(near.store->head(near.call(), kObject));
    ASSERT_FALSE(refused);
    EXPECT_TRUE(is_permission_denied(refused.error()));
    EXPECT_EQ(near.wire.seen.size(), 1u);
    EXPECT_EQ(refused.error().hint.find("clock"), std::string::npos);
  }
}

TEST(StoreRegion, OfABucketElsewhereIsFollowedOnceOnPublicHosts) {
  struct Row {
    int status;
    io::Headers headers;
    std::string body;
  };
  const Row rows[] = {
      {301,
       {{"x-amz-bucket-region", "eu-west-1"}},
       error_body(kS3, "PermanentRedirect", "<Endpoint>bucket-1.s3.eu-west-1.amazonaws.com</Endpoint>")},
      {301, {}, error_body(kS3, "PermanentRedirect", "<Endpoint>s3.eu-west-1.amazonaws.com</Endpoint>")},
      {301, {{"x-amz-bucket-region", "eu-west-1"}}, ""},
      {307,
       {{"Location", "https://bucket-1.s3.eu-west-1.amazonaws.com/k"}},
       error_body(kS3, "TemporaryRedirect")},
      {400, {}, error_body(kS3, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>")},
      {400, {{"x-amz-bucket-region", "eu-west-1"}}, ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::to_string(row.status) + row.body);
    auto config = test::config_of(kS3);
    config.endpoint = "";
    config.region = "us-east-1";
    config.retry.max_attempts = 1;
    Bench b(config);
    b.wire.answer(row.status, row.headers, row.body);
    b.wire.answer(200, {{"Content-Length", "1"}});
    auto info = b.run(b.store->head(b.call(), kObject));
    ASSERT_TRUE(info) << info.error().describe();
    EXPECT_EQ(b.sent().host, "bucket-1.s3.eu-west-1.amazonaws.com");
    EXPECT_NE(b.header("Authorization").find("/eu-west-1/s3/"), std::string::npos);
    b.wire.answer(200, {{"Content-Length", "1"}});
    ASSERT_TRUE(b.run(b.store->head(b.call(), kObject)));
    EXPECT_EQ(b.sent().host, "bucket-1.s3.eu-west-1.amazonaws.com");
    b.wire.answer(200, {{"Content-Length", "1"}});
    ASSERT_TRUE(b.run(b.store->head(b.call(), {"bucket-2", "k"})));
    EXPECT_EQ(b.sent().host, "bucket-2.s3.us-east-1.amazonaws.com");
  }
}

TEST(StoreRegion, IsSignedAnewOnAnEndpointOfOnesOwn) {
  auto config = test::config_of(kS3);
  Bench b(config);
  b.wire.answer(400, {}, error_body(kS3, "AuthorizationHeaderMalformed", "<Region>store-9</Region>"));
  b.wire.answer(200, {{"Content-Length", "1"}});
  ASSERT_TRUE(b.run(b.store->head(b.call(), kObject)));
  EXPECT_EQ(b.sent().host, "127.0.0.1:9000");
  EXPECT_NE(b.header("Authorization").find("/store-9/s3/"), std::string::npos);
}

TEST(StoreRegion, OfANewBucketIsTheSameInTheSignatureAndInTheBody) {
  const struct {
    const char *named, *body;
  } rows[] = {{"store-9",
               "<CreateBucketConfiguration><LocationConstraint>store-9</LocationConstraint>"
               "</CreateBucketConfiguration>"},
              {"us-east-1", ""}};
  for (const auto& [named, body] : rows) {
    SCOPED_TRACE(named);
    Bench b(kS3);
    b.wire.answer(
        400, {},
        error_body(kS3, "AuthorizationHeaderMalformed", "<Region>" + std::string(named) + "</Region>"));
    b.wire.answer(200);
    ASSERT_TRUE(b.run(b.store->create_bucket(b.call(), "bucket-1")));
    EXPECT_NE(b.header("Authorization").find("/" + std::string(named) + "/s3/"), std::string::npos);
    EXPECT_EQ(b.wire.last().body, body);
    // It is what was learned: the next bucket of that name begins with it.
    b.wire.answer(200);
    ASSERT_TRUE(b.run(b.store->create_bucket(b.call(), "bucket-1")));
    EXPECT_EQ(b.wire.last().body, body);
  }
}

TEST(StoreRegion, OfANewBucketAtTheVendorIsTheOneAskedFor) {
  auto config = test::config_of(kS3);
  config.endpoint = "";
  config.region = "eu-west-1";
  Bench b(config);
  b.wire.answer(301, {{"x-amz-bucket-region", "ap-south-1"}});
  b.wire.answer(404, {});
  EXPECT_FALSE(b.run(b.store->head_bucket(b.call(), "bucket-1")));
  EXPECT_EQ(b.sent().host, "bucket-1.s3.ap-south-1.amazonaws.com");

  b.wire.answer(400, {}, error_body(kS3, "AuthorizationHeaderMalformed", "<Region>ap-south-1</Region>"));
  auto made = b.run(b.store->create_bucket(b.call(), "bucket-1"));
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().hint.find("ap-south-1"), std::string::npos);
  EXPECT_EQ(b.wire.left(), 0u);
  EXPECT_EQ(b.wire.seen.size(), 3u);
  EXPECT_EQ(b.sent().host, "bucket-1.s3.eu-west-1.amazonaws.com");
  EXPECT_NE(b.wire.last().body.find("<LocationConstraint>eu-west-1</"), std::string::npos);
}

TEST(StoreRegion, IsFollowedNoSecondTimeAndNeverToARegionThatIsNone) {
  auto config = test::config_of(kS3);
  config.endpoint = "";
  config.region = "us-east-1";
  Bench b(config);
  b.wire.answer(301, {{"x-amz-bucket-region", "eu-west-1"}});
  b.wire.answer(301, {{"x-amz-bucket-region", "ap-south-1"}});
  auto info = b.run(b.store->head(b.call(), kObject));
  ASSERT_FALSE(info);
  EXPECT_EQ(b.wire.seen.size(), 2u);
  EXPECT_NE(info.error().hint.find("ap-south-1"), std::string::npos);

  for (const std::string evil : {"evil.example/", "a b", "../x", "-x"}) {
    Bench c(config);
    c.wire.answer(301, {{"x-amz-bucket-region", evil}});
    EXPECT_FALSE(c.run(c.store->head(c.call(), kObject)));
    EXPECT_EQ(c.wire.seen.size(), 1u);
  }
}

TEST(StoreRedirects, ToAnotherHostAreErrorsThatNameIt) {
  for (const Dialect* d : dialects()) {
    for (const int status : {301, 302, 303, 307, 308}) {
      SCOPED_TRACE(std::string(d->name) + std::to_string(status));
      Bench b(*d);
      b.wire.answer(status, {{"Location", "https://evil.example/bucket-1/k"}});
      test::TextSink sink;
      auto reply = b.run(b.store->get(b.call(), kObject, {}, &sink));
      ASSERT_FALSE(reply);
      EXPECT_EQ(b.wire.seen.size(), 1u);
      EXPECT_EQ(reply.error().kind, ErrorKind::service);
      EXPECT_EQ(reply.error().service->endpoint, "evil.example");
      EXPECT_NE(reply.error().hint.find("evil.example"), std::string::npos);
    }
  }
  auto config = test::config_of(kS3);
  config.endpoint = "";
  config.region = "us-east-1";
  Bench b(config);
  b.wire.answer(307, {{"Location", "https://evil.example/k"}, {"x-amz-bucket-region", "eu-west-1"}});
  EXPECT_FALSE(b.run(b.store->head(b.call(), kObject)));
  EXPECT_EQ(b.wire.seen.size(), 1u);
}

TEST(StoreErrors, OfOssHeadComeFromTheirHeader) {
  Bench b(kOss);
  const auto xml = error_body(kOss, "InvalidObjectState");
  b.wire.answer(403, {{"x-oss-err", signers::base64(xml)}, {"x-oss-request-id", "R2"}});
  auto info = b.run(b.store->head(b.call(), kObject));
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().service->code, "InvalidObjectState");
  EXPECT_EQ(info.error().service->request_id, "R2");
  EXPECT_NE(info.error().hint.find("restore"), std::string::npos);
}

TEST(StoreErrors, NameTheRightEndpointWhenTheStoreDoes) {
  Bench b(kOss);
  b.wire.answer(403, {},
                error_body(kOss, "AccessDenied",
                           "<Bucket>bucket-1</Bucket><Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint>"));
  auto page = b.run(b.store->list(b.call(), "bucket-1", {}));
  ASSERT_FALSE(page);
  EXPECT_EQ(b.wire.seen.size(), 1u);
  EXPECT_NE(page.error().hint.find("oss-cn-beijing.aliyuncs.com"), std::string::npos);
}

TEST(StoreErrors, KeepTheStoresWordsAndNoSecret) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const std::string code = d == &kQingStor ? "signature_not_matched" : "SignatureDoesNotMatch";
    b.wire.answer(d == &kQingStor ? 401 : 403, {{std::string(d->request_id_header), "R5"}},
                  error_body(*d, code) + std::string(100'000, ' '));
    auto page = b.run(b.store->list(b.call(), "bucket-1", {}));
    ASSERT_FALSE(page);
    const auto& e = page.error();
    EXPECT_EQ(e.service->code, code);
    EXPECT_EQ(e.message, "told so");
    EXPECT_EQ(e.service->raw_body.size(), 64u << 10);
    EXPECT_TRUE(is_permission_denied(e));
    EXPECT_NE(e.describe().find("R5"), std::string::npos);
    EXPECT_NE(e.hint.find("secret key"), std::string::npos);
    EXPECT_EQ(e.describe().find("not-a-real-secret"), std::string::npos);
  }
}

TEST(StoreErrors, InsideA200OfACopyAreRefusalsAndRetriedIfTheyMayBe) {
  for (const Dialect* d : {&kS3, &kOss, &kCos, &kTos}) {
    SCOPED_TRACE(d->name);
    const std::string good = d->wire == Wire::xml
                                 ? "\n <CopyObjectResult><ETag>\"e\"</ETag></CopyObjectResult>"
                                 : R"({"ETag":"\"e\""})";
    Bench b(*d);
    b.wire.answer(200, {}, "  \n" + error_body(*d, "InternalError"));
    b.wire.answer(200, {}, good);
    auto copied = b.run(b.store->copy(b.call(), kObject, {"bucket-1", "to"}, {}, ""));
    ASSERT_TRUE(copied) << copied.error().describe();
    EXPECT_EQ(copied->etag, "e");
    EXPECT_EQ(copied->reply.attempts, 2);

    b.wire.answer(200, {}, error_body(*d, "AccessDenied"));
    auto refused = b.run(b.store->copy(b.call(), kObject, {"bucket-1", "to"}, {}, ""));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().service->status, 403);
    EXPECT_TRUE(is_permission_denied(refused.error()));

    b.wire.answer(200, {}, error_body(*d, "NoSuchUpload"));
    auto part = b.run(b.store->upload_part_copy(b.call(), kObject, {"bucket-1", "to"}, "u", 1, {0, 9}, ""));
    ASSERT_FALSE(part);
    EXPECT_TRUE(is_missing_upload(part.error()));

    for (const std::string body :
         {"", d->wire == Wire::xml ? "<CopyObjectResult><LastModified/></CopyObjectResult>"
                                   : R"({"LastModified":"x","ChecksumType":"FULL_OBJECT"})"}) {
      b.wire.answer(200, {}, body);
      auto unfinished = b.run(b.store->copy(b.call(), kObject, {"bucket-1", "to"}, {}, ""));
      ASSERT_FALSE(unfinished) << body;
      EXPECT_EQ(unfinished.error().kind, ErrorKind::decode);
    }
  }
}

TEST(StoreRanges, AreHeldAgainstWhatWasAsked) {
  struct Row {
    io::ByteRange asked;
    int status;
    std::string content_range, body;
    bool good;
  };
  const Row rows[] = {
      {{2, 4}, 206, "bytes 2-4/10", "cde", true},
      {{2, 40}, 206, "bytes 2-9/10", "cdefghij", true},  // clipped at the end
      {{2, {}}, 206, "bytes 2-9/10", "cdefghij", true},
      {{0, {}}, 200, "", "abcdefghij", true},
      {{0, 9}, 200, "", "abcdefghij", true},
      {{2, 4}, 200, "", "abcdefghij", false},
      {{0, 4}, 200, "", "abcdefghij", false},
      {{2, {}}, 200, "", "abcdefghij", false},
      {{2, 4}, 206, "", "cde", false},
      {{2, 4}, 206, "bytes 3-5/10", "def", false},
      {{2, 4}, 206, "bytes 2-3/10", "cd", false},
      {{2, 4}, 206, "bytes 2-4/10", "cdef", false},
      {{2, {}}, 206, "bytes 2-4/10", "cde", false},
  };
  for (const auto& row : rows) {
    Bench b(kOss);
    io::Headers headers{{"Content-Length", std::to_string(row.body.size())}};
    if (!row.content_range.empty()) headers.add("Content-Range", row.content_range);
    b.wire.answer(row.status, headers, row.body);
    test::TextSink sink;
    GetOptions options;
    options.range = row.asked;
    auto reply = b.run(b.store->get(b.call(), kObject, options, &sink));
    EXPECT_EQ(reply.has_value(), row.good)
        << row.status << " " << row.content_range << " " << row.asked.first;
    EXPECT_EQ(sink.text, row.good ? row.body : "");
  }
}

TEST(StoreBuckets, AreMadeAndRemovedThoughAnAnswerWasLost) {
  Bench b(kS3);
  b.wire.fail_with(ErrorKind::network);
  b.wire.answer(409, {}, error_body(kS3, "BucketAlreadyOwnedByYou"));
  EXPECT_TRUE(b.run(b.store->create_bucket(b.call(), "bucket-1")));
  b.wire.answer(409, {}, error_body(kS3, "BucketAlreadyOwnedByYou"));
  auto again = b.run(b.store->create_bucket(b.call(), "bucket-1"));
  ASSERT_FALSE(again);
  EXPECT_TRUE(is_already_exists(again.error()));
  b.wire.fail_with(ErrorKind::network);
  b.wire.answer(404, {}, error_body(kS3, "NoSuchBucket"));
  EXPECT_TRUE(b.run(b.store->delete_bucket(b.call(), "bucket-1")));
  b.wire.fail_with(ErrorKind::network);
  b.wire.answer(404, {}, error_body(kS3, "NoSuchUpload"));
  EXPECT_TRUE(b.run(b.store->abort_upload(b.call(), kObject, "u")));
  b.wire.answer(404, {}, error_body(kS3, "NoSuchUpload"));
  EXPECT_FALSE(b.run(b.store->abort_upload(b.call(), kObject, "u")));
}

TEST(StoreRefusals, TellWhatAProxyWroteInTheStoresPlace) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(403, {}, "<html><head><TITLE>Access\nblocked</TITLE></head></html>");
    b.wire.answer(403, {}, "go away");
    b.wire.answer(403, {{std::string(d->request_id_header), "R1"}}, error_body(*d, "AccessDenied"));
    b.wire.answer(403, {{std::string(d->request_id_header), "R2"}}, "");

    const auto page = b.run(b.store->list(b.call(), "bucket-1", {}));
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().service->code, "Forbidden");
    EXPECT_EQ(page.error().message, "Access blocked");
    EXPECT_NE(page.error().hint.find("proxy"), std::string::npos) << page.error().hint;
    EXPECT_EQ(b.run(b.store->list(b.call(), "bucket-1", {})).error().message, "go away");

    const auto told = b.run(b.store->list(b.call(), "bucket-1", {}));
    EXPECT_EQ(told.error().service->code, "AccessDenied");
    EXPECT_NE(told.error().hint.find("permission"), std::string::npos) << told.error().hint;
    const auto empty = b.run(b.store->list(b.call(), "bucket-1", {}));
    EXPECT_EQ(empty.error().service->code, "Forbidden");
    EXPECT_EQ(empty.error().service->request_id, "R2");
    EXPECT_NE(empty.error().hint.find("permission"), std::string::npos) << empty.error().hint;
  }
}

TEST(StoreRefusals, OfHeadAreReadFromTheirHeader) {
  Bench b(kOss);
  b.wire.answer(
      404,
      {{"x-oss-err", signers::base64("<Error><Code>NoSuchBucket</Code><RequestId>R3</RequestId></Error>")}});
  const auto refused = b.run(b.store->head(b.call(), kObject));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().service->code, "NoSuchBucket");
  EXPECT_EQ(refused.error().service->request_id, "R3");
}

}  // namespace
}  // namespace sluice::engine
