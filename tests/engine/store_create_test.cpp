// Stores as they are opened: what is refused, whose names and signatures they have.
#include <gtest/gtest.h>

#include "io/time_text.h"
#include "signers/signer.h"
#include "store_words.h"

namespace sluice::engine {
namespace {

using test::Bench;
using test::words;

TEST(StoreRequests, SecurityTokensTravelAndAreSigned) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    auto config = test::config_of(*d);
    config.credentials.security_token = "token/+=";
    if (d == &kQingStor) {
      EXPECT_EQ(Store::create(config).error().kind, ErrorKind::config);
      continue;
    }
    Bench b(config);
    b.wire.answer(200);
    ASSERT_TRUE(b.run(b.store->head_bucket(b.call(), "bucket-1")));
    EXPECT_EQ(b.header(words(*d).prefix + "security-token"), "token/+=");
  }
}

TEST(StoreRequests, QingStorSignsThePathAsSentWhateverTheHostBeginsWith) {
  const auto signature = [](const std::string& endpoint) {
    auto config = test::config_of(kQingStor);
    config.endpoint = endpoint;
    Bench b(config);
    b.wire.answer(200);
    EXPECT_TRUE(b.run(b.store->head_bucket(b.call(), "storage")));
    EXPECT_EQ(b.sent().path, "/storage/");
    // The date and the path decide; a host that begins like the bucket must not.
    auto request = b.sent();
    signers::SignContext context;
    context.credentials = config.credentials;
    request.headers.remove("Authorization");
    signers::Signer const& signer = *signers::signer(signers::Scheme::qingstor);
    const auto date = request.headers.get("Date");
    context.time = *io::parse_http_date(date);
    request.host = "elsewhere.example";
    signer.sign(request, context);
    EXPECT_EQ(request.headers.get("Authorization"), b.header("Authorization")) << endpoint;
  };
  signature("http://storage.example:8080");
  signature("http://other.example:8080");
}

TEST(StoreRequests, CosBucketNamesAreCompletedWithTheAppid) {
  auto config = test::config_of(kCos);
  config.appid = "1250000000";
  Bench b(config);
  EXPECT_EQ(b.store->url({"data", "k"}), "cos://data-1250000000/k");
  EXPECT_EQ(b.store->url({"data-1250000000", "k"}), "cos://data-1250000000/k");
  b.wire.answer(200, {}, "<CopyObjectResult><ETag>\"e\"</ETag></CopyObjectResult>");
  ASSERT_TRUE(b.run(b.store->copy(b.call(), {"data", "a"}, {"data-1250000000", "b"}, {}, "")));
  EXPECT_EQ(b.target(), "/data-1250000000/b");
  EXPECT_EQ(b.header("x-cos-copy-source"), "data-1250000000.cos.region-1.myqcloud.com/a");
  config.appid = "12x";
  EXPECT_FALSE(Store::create(config));
}

TEST(StoreCreation, RefusesWhatCannotWork) {
  const auto refused = [](auto change) {
    auto config = test::config_of(kS3);
    change(config);
    auto made = Store::create(config);
    return !made && made.error().describe().find("not-a-real-secret") == std::string::npos;
  };
  EXPECT_TRUE(refused([](StoreConfig& c) { c.credentials = {}; }));
  EXPECT_TRUE(refused([](StoreConfig& c) { c.credentials.secret_key.clear(); }));
  EXPECT_TRUE(refused([](StoreConfig& c) { c.credentials.access_key = "AK\r\nX: y"; }));
  EXPECT_TRUE(refused([](StoreConfig& c) { c.credentials.secret_key += " "; }));
  EXPECT_TRUE(refused([](StoreConfig& c) { c.endpoint = "http://u:p@host"; }));
  EXPECT_TRUE(refused([](StoreConfig& c) { c.oss_v1 = true; }));
  EXPECT_TRUE(refused([](StoreConfig& c) {
    c.dialect = &kOss;
    c.sign_payload = true;
  }));
  EXPECT_TRUE(refused([](StoreConfig& c) { c.dialect = nullptr; }));
}

TEST(StoreCreation, TellsStoresApart) {
  auto a = test::config_of(kS3), b = a, c = a;
  b.endpoint = "http://127.0.0.1:9001";
  c.region = "region-2";
  const auto identity = [](StoreConfig config) { return (*Store::create(std::move(config)))->identity(); };
  EXPECT_NE(identity(a), identity(b));
  EXPECT_NE(identity(a), identity(c));
  EXPECT_EQ(identity(a), identity(a));
  auto oem = test::config_of(kQingStor);
  oem.scheme = "ois";
  EXPECT_EQ((*Store::create(oem))->url({"bucket-1", "k"}), "ois://bucket-1/k");
}

}  // namespace
}  // namespace sluice::engine
