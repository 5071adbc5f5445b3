// Which of many places the keys come from.
#include "cli/key_source.h"

#include <gtest/gtest.h>

#include "home.h"
#include "support/http_server.h"

namespace sluice::cli {
namespace {

using testing::HttpAnswer;
using testing::HttpRequest;
using testing::HttpServer;

struct World : test::Home {
  Args args;
  Config config;
  bool asks = true;  ///< everybody anew each time

  void read(const std::string& toml) { config = parse_config(toml, "c.toml").value(); }
  Result<StoreSettings> store(const std::string& scheme, const std::string& profile = {}) {
    AskedKeys asked;
    return resolve_store({args, config, env, asks ? &asked : nullptr}, scheme, profile, Side::only);
  }
};

TEST(KeySource, TheFirstThatHasKeysCounts) {
  HttpServer cloud([](const HttpRequest& request) {
    HttpAnswer answer;
    answer.body =
        request.target.ends_with('/')
            ? "role"
            : R"({"AccessKeyId":"metadata","SecretAccessKey":"S","Token":"T","Expiration":"2090-01-02T03:04:05Z"})";
    return answer;
  });
  World world;
  world.variables = {{"HOME", world.path}, {"SLUICE_S3_METADATA", "http://" + cloud.address()}};
  const auto key = [&](const std::string& profile = {}) {
    const auto found = world.store("s3", profile);
    return found ? found->access_key.value + " of " + found->access_key.origin : found.error().describe();
  };
  EXPECT_EQ(key(), "metadata of EC2 instance role at http://" + cloud.address());
  EXPECT_EQ(world.store("s3")->security_token.value, "T");
  EXPECT_TRUE(world.store("s3")->expires);

  const std::string answer =
      world.write("answer", R"({"Version":1,"AccessKeyId":"process","SecretAccessKey":"S"})");
  const std::string aws = world.write(".aws/config", "[default]\ncredential_process = cat " + answer + "\n");
  EXPECT_EQ(key(), "process of credential_process of aws, " + aws + ":2");
  EXPECT_TRUE(world.store("s3")->renew);

  const std::string file =
      world.write(".aws/credentials", "[default]\naws_access_key_id = file\naws_secret_access_key = S\n");
  EXPECT_EQ(key(), "file of aws, " + file + ":2");
  EXPECT_FALSE(world.store("s3")->renew);

  world.read(
      "[profiles.s3]\naccess_key = \"implied\"\nsecret_key = \"S\"\n[profiles.p]\naccess_key = \"named\"\n"
      "secret_key = \"S\"\n[profiles.q]\nregion = \"r\"\n[profiles.r]\ncredential_process = \"cat " +
      answer + "\"\n");
  EXPECT_EQ(key(), "implied of profile s3, c.toml:2");
  world.variables["AWS_ACCESS_KEY_ID"] = "environment";
  world.variables["AWS_SECRET_ACCESS_KEY"] = "S";
  EXPECT_EQ(key(), "environment of environment AWS_ACCESS_KEY_ID");
  EXPECT_EQ(key("p"), "named of profile p, c.toml:5");
  EXPECT_EQ(key("q"), "environment of environment AWS_ACCESS_KEY_ID")
      << "a profile without keys leaves the rest";
  EXPECT_EQ(key("r"), "process of credential_process of profile r, c.toml:10");
}

TEST(KeySource, AFileOfTheVendorsToolIsEnoughForAStore) {
  World world;
  const std::string file = world.write(
      ".ossutilconfig",
      "[Credentials]\nendpoint=http://127.0.0.1:1\naccessKeyID=A\naccessKeySecret=S\nstsToken=T\n");
  const auto store = world.store("oss");
  ASSERT_TRUE(store);
  EXPECT_EQ(store->endpoint.value, "http://127.0.0.1:1");
  EXPECT_EQ(store->endpoint.origin, "ossutil, " + file + ":2");
  const auto options = store_options(*store, world.config);
  ASSERT_TRUE(options);
  EXPECT_EQ(
      options->credentials.access_key + options->credentials.secret_key + options->credentials.security_token,
      "AST");
}

TEST(KeySource, AnEndpointOfAnotherRegionIsNotTaken) {
  World world;
  world.write(".ossutilconfig", "[default]\nendpoint=oss-cn-a.aliyuncs.com\nregion=cn-a\n");
  world.write(".aws/config", "[default]\nendpoint_url=http://minio\nregion=eu-1\n");
  world.args.add("region", "cn-b");
  EXPECT_FALSE(world.store("oss")->endpoint.set());
  EXPECT_EQ(world.store("s3")->endpoint.value, "http://minio") << "which has no regions";
}

TEST(KeySource, AProfileThatWasNamedIsNotFilledUpFromTheVendorsFiles) {
  World world;
  world.write(".ossutilconfig",
              "[default]\nendpoint=http://vendor\nregion=cn-a\naccessKeyId=A\naccessKeySecret=S\n");
  world.read("[profiles.p]\nscheme = \"oss\"\n");
  const auto store = world.store("oss", "p");
  EXPECT_FALSE(store->endpoint.set());
  EXPECT_FALSE(store->region.set());
  EXPECT_EQ(store->access_key.value, "A");
}

TEST(KeySource, AppidsComeFromEverySource) {
  World world;
  world.write(".cos.yaml", "cos:\n  buckets:\n  - name: b-1250000001\n    region: ap-x\n");
  EXPECT_EQ(world.store("cos")->appid.value, "1250000001");
  EXPECT_EQ(world.store("cos")->region.value, "ap-x");
  world.read("[profiles.cos]\nappid = \"1250000002\"\n[profiles.p]\nappid = \"1250000003\"\n");
  EXPECT_EQ(world.store("cos")->appid.value, "1250000002");
  world.variables["COS_APPID"] = "1250000004";
  EXPECT_EQ(world.store("cos")->appid.value, "1250000004");
  EXPECT_EQ(world.store("cos", "p")->appid.value, "1250000003");
}

TEST(KeySource, SecretsThatOthersCanReadAreWarnedOfWhenTheyAreNeeded) {
  World world;
  const std::string file =
      world.write(".ossutilconfig", "[default]\naccessKeyId=A\naccessKeySecret=S\n", true);
  const auto store = world.store("oss");
  ASSERT_EQ(store->warnings.size(), 1u);
  EXPECT_NE(store->warnings[0].find(file), std::string::npos);
  EXPECT_NE(store->warnings[0].find("chmod 600"), std::string::npos);
  world.variables["OSS_ACCESS_KEY_ID"] = "A";
  world.variables["OSS_ACCESS_KEY_SECRET"] = "S";
  EXPECT_TRUE(world.store("oss")->warnings.empty());
  world.write(".ossutilconfig", "[default]\nregion=r\n", true);
  world.variables.erase("OSS_ACCESS_KEY_ID");
  world.variables.erase("OSS_ACCESS_KEY_SECRET");
  EXPECT_TRUE(world.store("oss")->warnings.empty()) << "no secret in it";
}

TEST(KeySource, NobodyIsAskedWhereOnlyAnOriginIsWanted) {
  World world;
  world.asks = false;
  world.variables.erase("SLUICE_METADATA");
  world.read("[profiles.p]\ncredential_process = \"/nowhere\"\n");
  const auto named = world.store("s3", "p"), role = world.store("oss");
  ASSERT_TRUE(named);
  EXPECT_FALSE(named->access_key.set());
  EXPECT_EQ(named->not_asked.origin, "profile p, c.toml:2");
  ASSERT_TRUE(role);
  EXPECT_EQ(role->not_asked.origin, "OSS RAM role at http://100.100.100.200");
}

TEST(KeySource, OneRolesKeysAreTheSameForEveryStore) {
  AskedKeys asked;
  int calls = 0;
  const auto ask = [&calls]() -> Result<Credentials> {
    ++calls;
    Credentials keys{"A" + std::to_string(calls), "S", "T"};
    // The first have ended at once.
    keys.expires = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
                   std::chrono::hours(calls == 1 ? -1 : 1);
    return keys;
  };
  EXPECT_EQ(asked.of("x", ask)->keys.access_key, "A1");
  const auto second = asked.of("x", ask), third = asked.of("x", ask);
  EXPECT_EQ(second->keys.access_key, "A2");
  EXPECT_EQ(third->keys.access_key, "A2");
  EXPECT_EQ(second->ask, third->ask);
  EXPECT_EQ(asked.of("y", ask)->keys.access_key, "A3");
  EXPECT_FALSE(asked.of("z", []() -> Result<Credentials> { return fail(ErrorKind::config, "no"); }));
  EXPECT_TRUE(asked.of("z", ask)) << "who had nothing is asked again";
}

TEST(KeySource, AProcessThatFailsEndsTheSearch) {
  World world;
  world.write(".aws/credentials", "[default]\naws_access_key_id = A\naws_secret_access_key = S\n");
  world.read("[profiles.p]\ncredential_process = \"/nowhere/keys\"\n");
  const auto store = world.store("s3", "p");
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().describe().find("/nowhere/keys"), std::string::npos);
}

TEST(KeySource, AMachineWithoutARoleIsToldOfInTheHint) {
  HttpServer cloud([](const HttpRequest&) {
    HttpAnswer answer;
    answer.status = 404;
    return answer;
  });
  World world;
  world.variables = {{"SLUICE_OSS_METADATA", "http://" + cloud.address()}};
  const auto options = store_options(world.store("oss").value(), world.config);
  ASSERT_FALSE(options);
  EXPECT_NE(options.error().hint.find("OSS_ACCESS_KEY_ID"), std::string::npos);
  EXPECT_NE(options.error().hint.find(cloud.address()), std::string::npos) << options.error().hint;
}

}  // namespace
}  // namespace sluice::cli
