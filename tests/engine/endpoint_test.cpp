#include "engine/endpoint.h"

#include <gtest/gtest.h>

#include <tuple>

#include "io/percent.h"

namespace sluice::engine {
namespace {

struct Placed {
  std::string url, connect_to;
};

Result<Endpoint> make(const Dialect& d, std::string endpoint, std::string region,
                      Addressing addressing = Addressing::automatic) {
  Endpoint::Options o;
  o.endpoint = std::move(endpoint);
  o.region = std::move(region);
  o.addressing = addressing;
  return Endpoint::create(d, std::move(o));
}

Placed place(const Endpoint& e, std::string_view bucket, std::string_view key, std::string_view region = {}) {
  io::Request r;
  e.place(r, bucket, key, region);
  return {r.url(), r.connect_to};
}

TEST(Endpoint, UsesAddressesExactlyAsGivenInEveryDialect) {
  for (const Dialect* d : dialects()) {
    for (const auto& [given, base] :
         {std::pair<std::string, std::string>{"http://127.0.0.1:9000", "http://127.0.0.1:9000"},
          {"https://127.0.0.1", "https://127.0.0.1"},
          {"http://[::1]:9000", "http://[::1]:9000"},
          {"https://[fe80::1]", "https://[fe80::1]"},
          {"http://localhost:8080", "http://localhost:8080"},
          {"LOCALHOST", "https://localhost"},
          {"10.0.0.1:81", "https://10.0.0.1:81"},
          {"::1", "https://[::1]"}}) {
      SCOPED_TRACE(std::string(d->name) + " " + given);
      auto e = make(*d, given, "zone1");
      ASSERT_TRUE(e) << e.error().message;
      EXPECT_EQ(place(*e, "bucket1", "a b/\xC3\xBC+").url, base + "/bucket1/a%20b/%C3%BC%2B");
      EXPECT_EQ(place(*e, "bucket1", "").url, base + "/bucket1/");
      EXPECT_EQ(place(*e, "", "").url, base + "/");
      EXPECT_EQ(place(*e, "bucket1", "k").connect_to, "");
    }
  }
}

TEST(Endpoint, NamesBucketsByTheVendorsRule) {
  const Dialect &s3 = kS3, &oss = kOss, &cos = kCos, &tos = kTos, &qs = kQingStor;
  using A = Addressing;
  struct Row {
    const Dialect* d;
    std::string endpoint, region;
    A addressing;
    std::string object, service;
  };
  const Row rows[] = {
      {&s3, "", "", A::automatic, "https://bucket1.s3.us-east-1.amazonaws.com/k",
       "https://s3.us-east-1.amazonaws.com/"},
      {&s3, "", "eu-west-1", A::automatic, "https://bucket1.s3.eu-west-1.amazonaws.com/k",
       "https://s3.eu-west-1.amazonaws.com/"},
      {&s3, "", "cn-north-1", A::path, "https://s3.cn-north-1.amazonaws.com.cn/bucket1/k",
       "https://s3.cn-north-1.amazonaws.com.cn/"},
      {&s3, "http://minio.example:9000", "", A::automatic, "http://bucket1.minio.example:9000/k",
       "http://minio.example:9000/"},
      {&s3, "http://minio.example:9000", "", A::path, "http://minio.example:9000/bucket1/k",
       "http://minio.example:9000/"},
      {&oss, "", "cn-hangzhou", A::automatic, "https://bucket1.oss-cn-hangzhou.aliyuncs.com/k",
       "https://oss-cn-hangzhou.aliyuncs.com/"},
      {&oss, "", "oss-cn-hangzhou", A::automatic, "https://bucket1.oss-cn-hangzhou.aliyuncs.com/k",
       "https://oss-cn-hangzhou.aliyuncs.com/"},
      {&oss, "http://oss-cn-beijing-internal.aliyuncs.com", "", A::automatic,
       "http://bucket1.oss-cn-beijing-internal.aliyuncs.com/k",
       "http://oss-cn-beijing-internal.aliyuncs.com/"},
      {&cos, "", "ap-guangzhou", A::automatic, "https://bucket1.cos.ap-guangzhou.myqcloud.com/k",
       "https://service.cos.myqcloud.com/"},
      {&cos, "", "cosgz", A::automatic, "https://bucket1.cos.ap-guangzhou.myqcloud.com/k",
       "https://service.cos.myqcloud.com/"},
      {&cos, "https://cos.ap-beijing.tencentcos.cn", "", A::automatic,
       "https://bucket1.cos.ap-beijing.tencentcos.cn/k", "https://service.cos.myqcloud.com/"},
      {&cos, "https://store.example", "", A::automatic, "https://bucket1.store.example/k",
       "https://store.example/"},
      {&tos, "", "cn-beijing", A::automatic, "https://bucket1.tos-cn-beijing.volces.com/k",
       "https://tos-cn-beijing.volces.com/"},
      {&tos, "http://tos-cn-beijing.volces.com:8080", "", A::automatic,
       "http://bucket1.tos-cn-beijing.volces.com:8080/k", "http://tos-cn-beijing.volces.com:8080/"},
      {&qs, "", "", A::automatic, "https://qingstor.com/bucket1/k", "https://qingstor.com/"},
      {&qs, "", "pek3b", A::automatic, "https://pek3b.qingstor.com/bucket1/k", "https://qingstor.com/"},
      {&qs, "", "pek3b", A::virtual_host, "https://bucket1.pek3b.qingstor.com/k", "https://qingstor.com/"},
      {&qs, "https://jn1.is.shanhe.com", "", A::automatic, "https://jn1.is.shanhe.com/bucket1/k",
       "https://jn1.is.shanhe.com/"},
      {&qs, "https://pek3b.qingstor.com", "pek3b", A::automatic, "https://pek3b.qingstor.com/bucket1/k",
       "https://pek3b.qingstor.com/"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.d->name) + " '" + row.endpoint + "' '" + row.region + "'");
    auto e = make(*row.d, row.endpoint, row.region, row.addressing);
    ASSERT_TRUE(e) << e.error().message;
    EXPECT_EQ(place(*e, "bucket1", "k").url, row.object);
    EXPECT_EQ(place(*e, "", "").url, row.service);
    EXPECT_EQ(place(*e, "bucket1", "k").connect_to, "");
  }
}

TEST(Endpoint, SendsTheVendorsPublicNameToAnAddressWhenAskedForVirtualHosts) {
  const std::tuple<const Dialect*, std::string, std::string, std::string> rows[] = {
      {&kS3, "eu-west-1", "bucket1.s3.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"},
      {&kOss, "cn-hangzhou", "bucket1.oss-cn-hangzhou.aliyuncs.com", "oss-cn-hangzhou.aliyuncs.com"},
      {&kCos, "ap-guangzhou", "bucket1.cos.ap-guangzhou.myqcloud.com", "service.cos.myqcloud.com"},
      {&kTos, "cn-beijing", "bucket1.tos-cn-beijing.volces.com", "tos-cn-beijing.volces.com"},
      {&kQingStor, "pek3b", "bucket1.pek3b.qingstor.com", "pek3b.qingstor.com"},
  };
  for (const auto& [d, region, host, service] : rows) {
    SCOPED_TRACE(d->name);
    auto e = make(*d, "http://127.0.0.1:9000", region, Addressing::virtual_host);
    ASSERT_TRUE(e) << e.error().message;
    io::Request r;
    e->place(r, "bucket1", "k");
    EXPECT_EQ(r.host, host);
    EXPECT_EQ(r.port, 9000);
    EXPECT_EQ(r.connect_to, "127.0.0.1");
    EXPECT_EQ(r.path, "/k");
    e->place(r, "", "");
    EXPECT_EQ(r.host, service);
    EXPECT_EQ(r.connect_to, "127.0.0.1");
  }
}

TEST(Endpoint, KeepsBucketsThatFitNoCertificateInThePath) {
  auto e = make(kS3, "https://s3.eu-west-1.amazonaws.com", "");
  ASSERT_TRUE(e);
  EXPECT_EQ(place(*e, "with.dots", "k").url, "https://s3.eu-west-1.amazonaws.com/with.dots/k");
  EXPECT_EQ(place(*e, "Upper_Case", "k").url, "https://s3.eu-west-1.amazonaws.com/Upper_Case/k");
  auto plain = make(kS3, "http://s3.eu-west-1.amazonaws.com", "");
  ASSERT_TRUE(plain);
  EXPECT_EQ(place(*plain, "with.dots", "k").url, "http://with.dots.s3.eu-west-1.amazonaws.com/k");
}

TEST(Endpoint, KeepsKeysAsTheyAre) {
  auto e = make(kS3, "http://127.0.0.1:9000", "");
  ASSERT_TRUE(e);
  EXPECT_EQ(place(*e, "bucket1", "/a//b/../c/.").url, "http://127.0.0.1:9000/bucket1//a//b/../c/.");
  EXPECT_EQ(place(*e, "bucket1", "a?b#c%d").url, "http://127.0.0.1:9000/bucket1/a%3Fb%23c%25d");
}

TEST(Endpoint, ReadsTheRegionFromPublicHosts) {
  const std::tuple<const Dialect*, std::string, std::string> rows[] = {
      {&kOss, "oss-cn-hangzhou.aliyuncs.com", "cn-hangzhou"},
      {&kOss, "oss-cn-hangzhou-internal.aliyuncs.com", "cn-hangzhou"},
      {&kOss, "cn-hangzhou.oss.aliyuncs.com", "cn-hangzhou"},
      {&kS3, "s3.eu-west-1.amazonaws.com", "eu-west-1"},
      {&kS3, "s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1"},
      {&kS3, "s3-eu-west-1.amazonaws.com", "eu-west-1"},
      {&kS3, "s3.cn-north-1.amazonaws.com.cn", "cn-north-1"},
      {&kS3, "s3.amazonaws.com", "us-east-1"},
      {&kS3, "minio.example", "us-east-1"},
      {&kTos, "tos-cn-beijing.volces.com", "cn-beijing"},
      {&kTos, "tos-ap-southeast-1.bytepluses.com", "ap-southeast-1"},
      {&kCos, "cos.ap-guangzhou.myqcloud.com", "ap-guangzhou"},
      {&kQingStor, "pek3b.qingstor.com", ""},
  };
  for (const auto& [d, host, region] : rows) {
    auto e = make(*d, host, "");
    ASSERT_TRUE(e) << host << ": " << e.error().message;
    EXPECT_EQ(e->region(), region) << host;
  }
}

TEST(Endpoint, AsksForTheRegionWhereASignatureNeedsItAndNothingTellsIt) {
  for (const auto& [d, endpoint] : {std::pair<const Dialect*, std::string>{&kOss, "http://127.0.0.1:9000"},
                                    {&kOss, "oss-accelerate.aliyuncs.com"},
                                    {&kOss, ""},
                                    {&kTos, "http://127.0.0.1:9000"},
                                    {&kCos, ""}}) {
    auto e = make(*d, endpoint, "");
    ASSERT_FALSE(e) << d->name << endpoint;
    EXPECT_EQ(e.error().kind, ErrorKind::config);
    EXPECT_NE(e.error().hint.find("--region"), std::string::npos);
  }
  Endpoint::Options v1;
  v1.endpoint = "http://127.0.0.1:9000";
  v1.needs_region = false;
  EXPECT_TRUE(Endpoint::create(kOss, v1));
  EXPECT_TRUE(make(kCos, "http://127.0.0.1:9000", ""));
  EXPECT_FALSE(make(kCos, "http://127.0.0.1:9000", "", Addressing::virtual_host));
}

TEST(Endpoint, RefusesWhatCouldLeadCredentialsAstray) {
  for (const std::string bad :
       {"https://user:secret@host.example", "https://host.example/?x=1", "https://host.example/#f",
        "https://host.example\\@other", "https://host.example/path", "https://host ex.ample",
        "https://host.example\r\nX: y", "ftp://host.example", "https://", "https://host:0",
        "https://host:99999", "https://[::1", "http://host.example:80:80", "https:///x"}) {
    auto e = make(kS3, bad, "us-east-1");
    ASSERT_FALSE(e) << bad;
    EXPECT_EQ(e.error().kind, ErrorKind::config);
    EXPECT_EQ(e.error().message.find("secret"), std::string::npos);
    EXPECT_EQ(e.error().hint.find("secret"), std::string::npos);
  }
  for (const std::string region : {"eu west", "eu/west", "evil.com/", "-x", "x-", "a\nb"})
    EXPECT_FALSE(make(kS3, "", region)) << region;
  auto s3_host = make(kTos, "https://tos-s3-cn-beijing.volces.com", "");
  ASSERT_FALSE(s3_host);
  EXPECT_NE(s3_host.error().hint.find("s3://"), std::string::npos);
}

TEST(Endpoint, MovesOnlyPublicHostsToAnotherRegion) {
  auto aws = make(kS3, "", "us-east-1");
  ASSERT_TRUE(aws);
  EXPECT_EQ(place(*aws, "bucket1", "k", "eu-west-1").url, "https://bucket1.s3.eu-west-1.amazonaws.com/k");
  auto dual = make(kS3, "https://s3.dualstack.us-east-1.amazonaws.com", "");
  ASSERT_TRUE(dual);
  EXPECT_EQ(place(*dual, "bucket1", "k", "eu-west-1").url,
            "https://bucket1.s3.dualstack.eu-west-1.amazonaws.com/k");
  auto own = make(kS3, "https://minio.example", "us-east-1");
  ASSERT_TRUE(own);
  EXPECT_EQ(place(*own, "bucket1", "k", "eu-west-1").url, "https://bucket1.minio.example/k");
  EXPECT_TRUE(aws->same_family("bucket1.s3.eu-west-1.amazonaws.com"));
  EXPECT_FALSE(aws->same_family("s3.eu-west-1.amazonaws.com.evil.example"));
  EXPECT_FALSE(own->same_family("s3.eu-west-1.amazonaws.com"));
}

TEST(Endpoint, NamesTheSourceOfACosCopyByItsHost) {
  EXPECT_EQ(make(kCos, "", "ap-guangzhou")->copy_host("b-125"), "b-125.cos.ap-guangzhou.myqcloud.com");
  EXPECT_EQ(make(kCos, "http://127.0.0.1:9000", "ap-guangzhou")->copy_host("b-125"),
            "b-125.cos.ap-guangzhou.myqcloud.com");
  EXPECT_EQ(make(kCos, "http://127.0.0.1:9000", "")->copy_host("b-125"), "b-125.127.0.0.1:9000");
}

}  // namespace
}  // namespace sluice::engine
