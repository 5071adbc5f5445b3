// Changes of the configuration that leave the rest of it alone.
#include "cli/config_edit.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

const std::string kText =
    "# mine\n[defaults]\nconcurrency = 8  # enough\n\n[profiles.prod]\n# the old one\nregion = \"cn-a\"\n"
    "access_key = \"A\"\n\n[profiles.\"a.b\"]\nregion = \"r\"\n";

TEST(ConfigEdit, ChangesTheOneLineThatItIsAbout) {
  const auto text = with_setting(kText, "c.toml", "prod", "region", "cn-b");
  ASSERT_TRUE(text) << text.error().describe();
  std::string wanted = kText;
  wanted.replace(wanted.find("cn-a"), 4, "cn-b");
  EXPECT_EQ(*text, wanted);
}

TEST(ConfigEdit, AddsAKeyToItsProfileAndAProfileToTheEnd) {
  const auto key = with_setting(kText, "c.toml", "prod", "scheme", "oss");
  ASSERT_TRUE(key) << key.error().describe();
  EXPECT_NE(key->find("[profiles.prod]\nscheme = \"oss\"\n# the old one\n"), std::string::npos) << *key;
  const auto dotted = with_setting(kText, "c.toml", "a.b", "scheme", "oss");
  ASSERT_TRUE(dotted) << dotted.error().describe();
  EXPECT_TRUE(dotted->ends_with("[profiles.\"a.b\"]\nscheme = \"oss\"\nregion = \"r\"\n")) << *dotted;
  const auto profile = with_setting(kText, "c.toml", "new", "region", "x\"y");
  ASSERT_TRUE(profile) << profile.error().describe();
  EXPECT_EQ(*profile, kText + "\n[profiles.new]\nregion = \"x\\\"y\"\n");
  EXPECT_EQ(with_setting("", "c.toml", "n", "region", "r").value(), "[profiles.n]\nregion = \"r\"\n");
}

TEST(ConfigEdit, PutsOneProfileInThePlaceOfAnother) {
  const auto text = with_profile(kText, "c.toml", "prod", ConfigTable{{"scheme", ConfigValue{"oss", 0}}});
  ASSERT_TRUE(text) << text.error().describe();
  EXPECT_EQ(*text,
            "# mine\n[defaults]\nconcurrency = 8  # enough\n\n[profiles.\"a.b\"]\nregion = \"r\"\n\n"
            "[profiles.prod]\nscheme = \"oss\"\n");
}

TEST(ConfigEdit, LeavesAloneWhatItDoesNotUnderstand) {
  for (const char* text :
       {"profiles = {prod = {region = \"a\"}}\n", "profiles.prod.region = \"a\"\n", "broken"})
    EXPECT_FALSE(with_profile(text, "c.toml", "prod", ConfigTable{{"region", ConfigValue{"b", 0}}})) << text;
  EXPECT_FALSE(with_setting(kText, "c.toml", "prod", "no_such_key", "x"));
}

TEST(ConfigEdit, KnowsAProfilesName) {
  EXPECT_TRUE(is_profile_name("oss-work_1.2"));
  for (const char* name : {"", "a b", "a@b", "a/b", "a]", "\xc3\xa9"})
    EXPECT_FALSE(is_profile_name(name)) << name;
}

}  // namespace
}  // namespace sluice::cli
