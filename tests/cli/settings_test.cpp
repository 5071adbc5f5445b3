// Where settings and keys come from, and in which order.
#include "cli/settings.h"

#include <gtest/gtest.h>

#include "cli/vendors.h"

namespace sluice::cli {
namespace {

using Variables = std::map<std::string, std::string>;

struct World {
  Args args;
  Config config;
  Variables variables;

  Environment env = [this](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  Lookup lookup() const { return {args, config, env}; }
  Result<StoreSettings> store(const std::string& scheme, const std::string& profile = {},
                              Side side = Side::only) const {
    return resolve_store(lookup(), scheme, profile, side);
  }
  void read(const std::string& toml) { config = parse_config(toml, "c.toml").value(); }
};

TEST(Settings, TakesEveryVendorsOwnVariables) {
  for (const Vendor& vendor : vendors()) {
    for (const KeyNames& names : vendor.keys) {
      World world;
      world.variables = {{names.access, "AK-" + names.access}, {names.secret, "SK-" + names.secret}};
      for (const std::string& token : names.tokens) world.variables[token] = "TOKEN";

      const auto store = world.store(vendor.scheme);

      ASSERT_TRUE(store) << store.error().describe();
      EXPECT_EQ(store->access_key.value, "AK-" + names.access);
      EXPECT_EQ(store->access_key.origin, "environment " + names.access);
      EXPECT_EQ(store->secret_key.value, "SK-" + names.secret);
      EXPECT_EQ(store->security_token.value, names.tokens.empty() ? "" : "TOKEN");
    }
  }
}

TEST(Settings, TakesRegionsAndEndpointsFromTheEnvironment) {
  World world;
  world.variables = {
      {"AWS_DEFAULT_REGION", "r2"},        {"AWS_REGION", "r1"},        {"AWS_ENDPOINT_URL", "http://a"},
      {"AWS_ENDPOINT_URL_S3", "http://b"}, {"QINGSTOR_HOST", "q.test"}, {"QINGSTOR_PORT", "8080"},
      {"QINGSTOR_PROTOCOL", "http"},       {"QINGSTOR_ZONE", "pek3a"},  {"COS_APPID", "125"}};
  const auto s3 = world.store("s3"), qs = world.store("qs"), cos = world.store("cos");
  EXPECT_EQ(s3->region.value, "r1");
  EXPECT_EQ(s3->endpoint.value, "http://b");
  EXPECT_EQ(qs->endpoint.value, "http://q.test:8080");
  EXPECT_EQ(qs->region.value, "pek3a");
  EXPECT_EQ(cos->appid.value, "125");
}

TEST(Settings, NeverJoinsAKeyWithTheSecretOfAnotherGroup) {
  World world;
  world.variables = {{"OSS_ACCESS_KEY_ID", "A"}, {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "S"}};
  const auto store = world.store("oss");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::config);
  EXPECT_NE(store.error().message.find("OSS_ACCESS_KEY_SECRET"), std::string::npos) << store.error().message;
}

TEST(Settings, NeverJoinsAProfilesKeysWithATokenOfTheEnvironment) {
  World world;
  world.variables = {
      {"AWS_ACCESS_KEY_ID", "EA"}, {"AWS_SECRET_ACCESS_KEY", "ES"}, {"AWS_SESSION_TOKEN", "ET"}};
  world.read("[profiles.p]\naccess_key = \"PA\"\nsecret_key = \"PS\"\n");
  const auto store = world.store("s3", "p");
  ASSERT_TRUE(store);
  EXPECT_EQ(store->access_key.value, "PA");
  EXPECT_FALSE(store->security_token.set());
}

TEST(Settings, PutsOptionsBeforeTheNamedProfileBeforeTheEnvironmentBeforeTheImpliedProfile) {
  World world;
  world.read(
      "[profiles.p]\nendpoint = \"http://p\"\n[profiles.s3]\nendpoint = \"http://implied\"\nregion = "
      "\"ri\"\n");
  EXPECT_EQ(world.store("s3")->endpoint.value, "http://implied");
  EXPECT_EQ(world.store("s3")->endpoint.origin, "profile s3, c.toml:4");
  world.variables["AWS_ENDPOINT_URL"] = "http://env";
  EXPECT_EQ(world.store("s3")->endpoint.value, "http://env");
  EXPECT_EQ(world.store("s3")->region.value, "ri");
  EXPECT_EQ(world.store("s3", "p")->endpoint.value, "http://p");
  EXPECT_FALSE(world.store("s3", "p")->region.set()) << "an implied profile must not fill up a named one";
  world.args.add("endpoint", "http://option");
  EXPECT_EQ(world.store("s3", "p")->endpoint.value, "http://option");
  EXPECT_EQ(world.store("s3", "p")->endpoint.origin, "--endpoint");
  world.args.add("src_endpoint", "http://source");
  EXPECT_EQ(world.store("s3", "p", Side::source)->endpoint.value, "http://source");
  EXPECT_EQ(world.store("s3", "p", Side::target)->endpoint.value, "http://option");
}

TEST(Settings, PicksTheProfileOfTheUrlThenOfTheSideThenOfTheRun) {
  World world;
  world.read(
      "[profiles.a]\nregion = \"ra\"\n[profiles.b]\nregion = \"rb\"\n[profiles.c]\nregion = "
      "\"rc\"\n[profiles.d]\nregion = \"rd\"\n");
  world.variables["SLUICE_PROFILE"] = "d";
  EXPECT_EQ(world.store("s3")->region.value, "rd");
  world.args.add("profile", "c");
  EXPECT_EQ(world.store("s3")->region.value, "rc");
  world.args.add("dst_profile", "b");
  EXPECT_EQ(world.store("s3", "", Side::target)->region.value, "rb");
  EXPECT_EQ(world.store("s3", "", Side::source)->region.value, "rc");
  EXPECT_EQ(world.store("s3", "a", Side::target)->region.value, "ra");
}

TEST(Settings, RefusesAProfileThatIsMissingOrOfAnotherScheme) {
  World world;
  world.read("[profiles.p]\nscheme = \"oss\"\n");
  EXPECT_EQ(world.store("s3", "nobody").error().kind, ErrorKind::config);
  EXPECT_EQ(world.store("s3", "p").error().kind, ErrorKind::config);
  EXPECT_TRUE(world.store("oss", "p"));
}

TEST(Settings, IgnoresAProfileThatIsCalledLikeTheSchemeButMadeForAnother) {
  World world;
  world.read("[profiles.s3]\nscheme = \"oss\"\nregion = \"r\"\n");
  const auto store = world.store("s3");
  ASSERT_TRUE(store);
  EXPECT_FALSE(store->region.set());
}

TEST(Settings, SaysWhichVariablesAreMissing) {
  World world;
  world.config.file = "c.toml";
  const auto options = store_options(*world.store("tos"), world.config);
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().kind, ErrorKind::config);
  EXPECT_NE(options.error().hint.find("TOS_ACCESS_KEY and TOS_SECRET_KEY"), std::string::npos);
}

TEST(Settings, RefusesBadChoicesAsUsageOrAsConfigurationByWhereTheyCameFrom) {
  World world;
  world.variables = {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "S"}};
  world.read("[profiles.p]\naddressing = \"sideways\"\n[profiles.q]\nsign_payload = \"yes\"\n");
  EXPECT_EQ(store_options(*world.store("s3", "p"), world.config).error().kind, ErrorKind::config);
  EXPECT_EQ(store_options(*world.store("s3", "q"), world.config).error().kind, ErrorKind::config);
  world.args.add("addressing", "sideways");
  EXPECT_EQ(store_options(*world.store("s3"), world.config).error().kind, ErrorKind::argument);
}

TEST(Settings, RefusesKeysInAnEndpointWithoutRepeatingThem) {
  World world;
  world.variables = {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "S"}};
  world.args.add("endpoint", "http://user:s3cr3t@host");
  const auto options = store_options(*world.store("s3"), world.config);
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().describe().find("s3cr3t"), std::string::npos);
}

TEST(Settings, TurnsKnobsFromOptionsProfilesAndDefaultsInThatOrder) {
  World world;
  world.read(
      "[defaults]\npart_size = 8\nconcurrency = 4\njobs = 3\n[profiles.p]\npart_size = \"16M\"\nconcurrency "
      "= 5\n");
  world.args.add("part_size", "32M");
  world.args.add("resume", "false");

  const auto tuned = tuning(resolve_knobs(world.lookup(), {*world.store("s3", "p")}));

  ASSERT_TRUE(tuned) << tuned.error().describe();
  EXPECT_EQ(tuned->transfer.part_size, 32ull << 20);
  EXPECT_EQ(tuned->client.concurrency, 5u);
  EXPECT_EQ(tuned->client.jobs, 3u);
  EXPECT_FALSE(tuned->transfer.resume);
}

TEST(Settings, NamesTheOptionOrTheLineOfABadNumber) {
  World world;
  world.read("[defaults]\nworkers = 65\n");
  const auto from_file = tuning(resolve_knobs(world.lookup(), {}));
  ASSERT_FALSE(from_file);
  EXPECT_EQ(from_file.error().kind, ErrorKind::config);
  EXPECT_NE(from_file.error().describe().find("c.toml:2"), std::string::npos) << from_file.error().describe();

  world.args.add("workers", "0");
  const auto from_option = tuning(resolve_knobs(world.lookup(), {}));
  ASSERT_FALSE(from_option);
  EXPECT_EQ(from_option.error().kind, ErrorKind::argument);
  EXPECT_NE(from_option.error().describe().find("--workers"), std::string::npos)
      << from_option.error().describe();
}

TEST(Settings, TrustsTheBundleOfOneVendorsVariableWithThatVendorAlone) {
  World world;
  world.variables = {{"AWS_CA_BUNDLE", "/ca.pem"}};
  const auto s3 = world.store("s3").value(), oss = world.store("oss").value();
  EXPECT_EQ(tuning(resolve_knobs(world.lookup(), {s3}))->client.ca_file, "/ca.pem");
  EXPECT_EQ(tuning(resolve_knobs(world.lookup(), {oss, s3}))->client.ca_file, "");
}

TEST(Settings, EveryKnobRefusesNonsense) {
  for (const Knob& knob : knobs()) {
    const std::string name = knob.name;
    if (name == "state_dir" || name == "ca") continue;
    Tuning tuned;
    EXPECT_FALSE(knob.apply("nonsense", tuned)) << name;
    EXPECT_FALSE(knob.apply("", tuned)) << name;
  }
}

TEST(Settings, MasksAllButTheEndOfASecret) {
  EXPECT_EQ(masked("abcdefghijkl"), "****ijkl");
  EXPECT_EQ(masked("short"), "****");
}

}  // namespace
}  // namespace sluice::cli
