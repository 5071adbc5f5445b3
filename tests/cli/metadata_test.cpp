// Metadata services of the four clouds that have one, played by a server on this machine.
#include "cli/metadata.h"

#include <gtest/gtest.h>

#include "home.h"
#include "support/http_server.h"

namespace sluice::cli {
namespace {

using testing::HttpAnswer;
using testing::HttpRequest;
using testing::HttpServer;

struct Cloud {
  std::string scheme, variable, token_header, roles, keys, answer;
};

const std::vector<Cloud> kClouds = {
    {"oss", "SLUICE_OSS_METADATA", "X-aliyun-ecs-metadata-token",
     "/latest/meta-data/ram/security-credentials/", "/latest/meta-data/ram/security-credentials/my-role",
     R"({"Code":"Success","AccessKeyId":"A","AccessKeySecret":"S","SecurityToken":"T","Expiration":"2030-01-02T03:04:05Z"})"},
    {"cos", "SLUICE_COS_METADATA", "", "/latest/meta-data/cam/security-credentials/",
     "/latest/meta-data/cam/security-credentials/my-role",
     R"({"Code":"Success","TmpSecretId":"A","TmpSecretKey":"S","Token":"T","ExpiredTime":1893553445})"},
    {"tos", "SLUICE_TOS_METADATA", "X-volc-ecs-metadata-token",
     "/volcstack/latest/iam/security_credentials?type=user",
     "/volcstack/latest/iam/security_credentials/my-role",
     R"({"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","ExpiredTime":"2030-01-02T11:04:05+08:00"})"},
    {"s3", "SLUICE_S3_METADATA", "X-aws-ec2-metadata-token", "/latest/meta-data/iam/security-credentials/",
     "/latest/meta-data/iam/security-credentials/my-role",
     R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2030-01-02T03:04:05Z"})"}};

struct Options {
  bool sessions = true;  ///< it gives tokens, and wants them
  std::string roles = "my-role\nother\n";
};

HttpAnswer play(const Cloud& cloud, const Options& options, const HttpRequest& request) {
  HttpAnswer answer;
  if (request.method == "PUT") {
    answer.status =
        options.sessions && request.header(cloud.token_header + "-ttl-seconds") == "21600" ? 200 : 404;
    answer.body = "the-session";
    return answer;
  }
  if (options.sessions && !cloud.token_header.empty() &&
      request.header(cloud.token_header) != "the-session") {
    answer.status = 401;
    return answer;
  }
  if (request.target == cloud.roles)
    answer.body = options.roles;
  else if (request.target == cloud.keys)
    answer.body = cloud.answer;
  else
    answer.status = 404;
  return answer;
}

Result<Credentials> ask(const Cloud& cloud, Options options) {
  HttpServer server([&](const HttpRequest& request) { return play(cloud, options, request); });
  test::Home home;
  home.variables.erase("SLUICE_METADATA");
  home.variables[cloud.variable] = "http://" + server.address() + "/";
  const auto query = metadata_query(home.env, cloud.scheme);
  return query ? ask_metadata(*query) : fail(ErrorKind::internal, "no query");
}

TEST(Metadata, GivesTheKeysOfTheMachinesRoleInEveryCloud) {
  for (const Cloud& cloud : kClouds) {
    SCOPED_TRACE(cloud.scheme);
    const auto keys = ask(cloud, {});
    ASSERT_TRUE(keys) << keys.error().describe();
    EXPECT_EQ(keys->access_key + keys->secret_key + keys->security_token, "AST");
    ASSERT_TRUE(keys->expires);
    EXPECT_EQ(keys->expires->time_since_epoch(), std::chrono::seconds(1893553445));
  }
}

TEST(Metadata, WithoutSessionsServesAllButAmazon) {
  for (const Cloud& cloud : kClouds) {
    SCOPED_TRACE(cloud.scheme);
    Options options;
    options.sessions = false;
    EXPECT_EQ(ask(cloud, options).has_value(), cloud.scheme != "s3");
  }
}

TEST(Metadata, MayListItsRolesInJson) {
  Options options;
  options.roles = "[\"my-role\", \"other\"]";
  EXPECT_TRUE(ask(kClouds[2], options));
}

TEST(Metadata, OfAMachineWithoutARoleSaysSo) {
  for (const Cloud& cloud : kClouds) {
    Options options;
    options.roles = "";
    const auto keys = ask(cloud, options);
    ASSERT_FALSE(keys);
    EXPECT_NE(keys.error().describe().find("no role"), std::string::npos) << keys.error().describe();
    EXPECT_NE(keys.error().describe().find("127.0.0.1"), std::string::npos) << keys.error().describe();
  }
}

TEST(Metadata, IsAskedForTheRoleThatWasNamed) {
  const Cloud& cloud = kClouds[0];
  Options options;
  options.roles = "other";
  HttpServer server([&](const HttpRequest& request) { return play(cloud, options, request); });
  test::Home home;
  home.variables = {{"SLUICE_OSS_METADATA", "http://" + server.address()},
                    {"ALIBABA_CLOUD_ECS_METADATA", "my-role"}};
  EXPECT_TRUE(ask_metadata(*metadata_query(home.env, "oss")));
}

TEST(Metadata, IsNotAskedWhereItIsSwitchedOffOrUnknown) {
  test::Home home;
  EXPECT_FALSE(metadata_query(home.env, "oss"));
  home.variables.erase("SLUICE_METADATA");
  EXPECT_TRUE(metadata_query(home.env, "oss"));
  EXPECT_FALSE(metadata_query(home.env, "qs"));
  home.variables["AWS_EC2_METADATA_DISABLED"] = "TRUE";
  EXPECT_FALSE(metadata_query(home.env, "s3"));
}

TEST(Metadata, RefusesAnAddressThatIsNone) {
  test::Home home;
  home.variables.erase("SLUICE_METADATA");
  for (const char* address : {"https://127.0.0.1", "127.0.0.1:80", "http://", "http://a:b", "http://a/b"}) {
    home.variables["SLUICE_OSS_METADATA"] = address;
    const auto keys = ask_metadata(*metadata_query(home.env, "oss"));
    ASSERT_FALSE(keys) << address;
    EXPECT_EQ(keys.error().kind, ErrorKind::config) << address;
  }
}

}  // namespace
}  // namespace sluice::cli
