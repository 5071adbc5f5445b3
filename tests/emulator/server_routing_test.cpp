// Which dialect a request speaks, and which bucket and key it names.
#include "emulator/router.h"
#include "io/percent.h"
#include "server_fixture.h"

namespace sluice::emulator::test {
namespace {

Routed route(const std::string& host, const std::string& path, io::Headers headers = {},
             std::vector<std::string> spaces = {}, const Dialect* pinned = nullptr) {
  signers::Received request;
  request.method = "GET";
  request.path = path;
  request.headers = std::move(headers);
  request.headers.add("Host", host);
  RouterContext context;
  context.pinned = pinned;
  context.fallback = &kS3;
  context.spaces_of = [&](std::string_view) { return spaces; };
  return route_request(request, context);
}

TEST(Router, AsksInItsOrder) {
  const io::Headers sigv4 = {
      {"Authorization",
       "AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request, SignedHeaders=host, Signature=0"}};
  io::Headers both = sigv4;
  both.add("x-oss-date", "x");

  EXPECT_EQ(route("b.oss-cn-hangzhou.aliyuncs.com", "/k", sigv4).dialect->name, "s3") << "Authorization wins";
  EXPECT_EQ(route("b-1.cos.ap-guangzhou.myqcloud.com", "/k", {{"x-oss-meta-a", "1"}}).dialect->name, "cos")
      << "a vendor's host wins over headers";
  EXPECT_EQ(route("127.0.0.1:9", "/b/k", {{"x-oss-meta-a", "1"}}, {"tos"}).dialect->name, "oss")
      << "headers win over the bucket";
  EXPECT_EQ(route("127.0.0.1:9", "/b/k", {}, {"tos"}).dialect->name, "tos");
  EXPECT_EQ(route("127.0.0.1:9", "/b/k", {}, {"tos", "qs"}).dialect->name, "s3")
      << "two have it: nobody knows";
  EXPECT_EQ(route("127.0.0.1:9", "/b/k").dialect->name, "s3");
  EXPECT_EQ(route("127.0.0.1:9", "/b/k", sigv4, {}, &kCos).dialect->name, "cos") << "a pinned port knows";
}

TEST(Router, ReadsPresignParameters) {
  signers::Received request;
  request.method = "GET";
  request.path = "/b/k";
  request.raw_query = "OSSAccessKeyId=a&Expires=1&Signature=s";
  request.query = io::parse_query(request.raw_query);
  RouterContext context;
  context.fallback = &kS3;
  context.spaces_of = [](std::string_view) { return std::vector<std::string>{}; };
  EXPECT_EQ(route_request(request, context).dialect->name, "oss");
}

struct HostCase {
  const char* host;
  const char* dialect;
  const char* bucket;
};

TEST(Router, KnowsTheVendorsPublicHosts) {
  constexpr HostCase kCases[] = {
      {"mybucket.oss-cn-hangzhou.aliyuncs.com", "oss", "mybucket"},
      {"oss-cn-hangzhou.aliyuncs.com", "oss", ""},
      {"mybucket.oss-cn-hangzhou-internal.aliyuncs.com", "oss", "mybucket"},
      {"mybucket.cn-hangzhou.oss.aliyuncs.com", "oss", "mybucket"},
      {"cn-hangzhou.oss.aliyuncs.com", "oss", ""},
      {"mybucket.oss-accelerate.aliyuncs.com", "oss", "mybucket"},
      {"examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com", "cos", "examplebucket-1250000000"},
      {"examplebucket-1250000000.cos-internal.ap-guangzhou.tencentcos.cn", "cos", "examplebucket-1250000000"},
      {"service.cos.myqcloud.com", "cos", ""},
      {"cos.ap-guangzhou.myqcloud.com", "cos", ""},
      {"mybucket.tos-cn-beijing.volces.com", "tos", "mybucket"},
      {"tos-cn-beijing.volces.com", "tos", ""},
      {"mybucket.pek3a.qingstor.com", "qs", "mybucket"},
      {"pek3a.qingstor.com", "qs", ""},
      {"mybucket.s3.eu-west-1.amazonaws.com", "s3", "mybucket"},
      {"my.dotted.bucket.s3.amazonaws.com", "s3", "my.dotted.bucket"},
      {"s3.cn-north-1.amazonaws.com.cn", "s3", ""},
      {"mybucket.s3-accelerate.amazonaws.com", "s3", "mybucket"},
      {"mybucket.tos-s3-cn-beijing.volces.com", "s3", "mybucket"},
  };
  for (const HostCase& one : kCases) {
    const Routed routed = route(std::string(one.host) + ":8080", "/key/a%2Fb");
    EXPECT_EQ(routed.dialect->name, one.dialect) << one.host;
    if (*one.bucket) {
      EXPECT_EQ(routed.resource.bucket, one.bucket) << one.host;
      EXPECT_EQ(routed.resource.key, "key/a/b") << one.host;
    } else {
      EXPECT_EQ(routed.resource.bucket, "key") << one.host << ": path style";
    }
  }
}

TEST(Router, TakesVirtualHostsBelowLocalhost) {
  const Routed routed = route("mybucket.localhost:8080", "//slashes//kept");
  EXPECT_EQ(routed.resource.bucket, "mybucket");
  EXPECT_EQ(routed.resource.key, "/slashes//kept");
  EXPECT_TRUE(routed.virtual_host);
}

TEST(Router, TellsServiceBucketAndObjectApart) {
  EXPECT_EQ(route("127.0.0.1", "/").level, Level::service);
  EXPECT_EQ(route("127.0.0.1", "/b").level, Level::bucket);
  EXPECT_EQ(route("127.0.0.1", "/b/").level, Level::bucket);
  EXPECT_EQ(route("127.0.0.1", "/b/k").level, Level::object);
  EXPECT_EQ(route("127.0.0.1", "/b/a+b%2Bc%20d").resource.key, "a+b+c d");
}

class ServerRouting : public ServerTest {};

TEST_F(ServerRouting, NamespacesOfDialectsAreApart) {
  start();
  ASSERT_EQ(s3("PUT", "/samebucket").status, 200);
  ASSERT_EQ(ask({.scheme = signers::Scheme::oss_v4,
                 .method = "PUT",
                 .path = "/samebucket",
                 .region = "cn-hangzhou"})
                .status,
            200);
  ASSERT_EQ(s3("PUT", "/samebucket/k", "in s3").status, 200);
  const Answer oss =
      ask({.scheme = signers::Scheme::oss_v4, .path = "/samebucket/k", .region = "cn-hangzhou"});
  EXPECT_EQ(oss.status, 404);
  EXPECT_TRUE(oss.headers.has("x-oss-request-id"));
}

TEST_F(ServerRouting, ABucketMadeWithoutARegionAnswersInAny) {
  start();
  ASSERT_EQ(ask({.scheme = signers::Scheme::oss_v1, .method = "PUT", .path = "/old-bucket"}).status, 200);
  EXPECT_EQ(ask({.scheme = signers::Scheme::oss_v4, .path = "/old-bucket", .region = "cn-beijing"}).status,
            200);
}

TEST_F(ServerRouting, APinnedPortSpeaksItsDialectAlone) {
  options_.listeners = {{"oss", 0}};
  start();
  ASSERT_NE(server_->listener_port("oss"), 0);
  Wire wire(server_->listener_port("oss"));
  wire.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_TRUE(wire.receive().headers.has("x-oss-request-id"));
}

TEST_F(ServerRouting, HeadErrorsOfOssTravelInAHeader) {
  start();
  const Answer missing = ask(
      {.scheme = signers::Scheme::oss_v4, .method = "HEAD", .path = "/nobucket/k", .region = "cn-hangzhou"});
  EXPECT_EQ(missing.status, 404);
  EXPECT_FALSE(missing.headers.get("x-oss-err").empty());
}

}  // namespace
}  // namespace sluice::emulator::test
