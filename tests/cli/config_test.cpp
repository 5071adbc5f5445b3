// The configuration file: what is taken, and how mistakes are told.
#include "cli/config.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::cli {
namespace {

constexpr const char* kGood = R"([defaults]
concurrency = 32
memory = "64M"
resume = false

[profiles.prod]
scheme = "oss"
region = "cn-hangzhou"
access_key = "AK"
secret_key = "SECRETVALUE"
part_size = 16
)";

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-config-XXXXXX").string();
    const int fd = ::mkstemp(name.data());
    ::close(fd);
    path = name;
    std::ofstream(path) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::string path;
};

Environment environment(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(Config, ReadsDefaultsAndProfilesWithTheirLines) {
  const auto config = parse_config(kGood, "c.toml");
  ASSERT_TRUE(config) << config.error().describe();
  EXPECT_EQ(config->defaults.at("concurrency").text, "32");
  EXPECT_EQ(config->defaults.at("memory").text, "64M");
  EXPECT_EQ(config->defaults.at("resume").text, "false");
  EXPECT_EQ(config->profiles.at("prod").at("region").text, "cn-hangzhou");
  EXPECT_EQ(config->profiles.at("prod").at("part_size").text, "16");
  EXPECT_EQ(config->place(config->profiles.at("prod").at("access_key")), "c.toml:9");
}

TEST(Config, NamesFileAndLineOfAnUnknownKey) {
  const std::pair<const char*, const char*> cases[] = {
      {"[defaults]\n\nconcurency = 3\n", "c.toml:3: unknown key \"concurency\""},
      {"[profiles.p]\nscheme = \"s3\"\nsecret = \"x\"\n", "c.toml:3: unknown key \"secret\""},
      {"[defaults]\nsecret_key = \"x\"\n", "c.toml:2: unknown key \"secret_key\""},
      {"\n[profile.p]\n", "c.toml:2: unknown table \"profile\""},
      {"concurrency = 3\n", "c.toml:1: unknown key \"concurrency\""},
      {"[profiles]\nscheme = \"s3\"\n", "c.toml:2: \"scheme\" stands in [profiles] itself"},
      {"[profiles.p]\naccess_key = [\"x\"]\n", "c.toml:2: \"access_key\" must be text"},
      {"defaults = 3\n", "c.toml:1: \"defaults\" must be a table"},
  };
  for (const auto& [text, said] : cases) {
    const auto config = parse_config(text, "c.toml");
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().kind, ErrorKind::config);
    EXPECT_NE(config.error().message.find(said), std::string::npos) << config.error().message;
  }
}

TEST(Config, NeverRepeatsTheLineThatIsNoToml) {
  for (const char* text :
       {"[profiles.p]\nsecret_key = SECRETVALUE\n", "[profiles.p]\nsecret_key = \"SECRETVALUE\n",
        "[profiles.p]\nsecret_key = 'a' SECRETVALUE\n", "[profiles.p]\nSECRETVALUE\n",
        "[profiles.p]\nsecret_key = \"SECRET\\VALUE\"\n"}) {
    const auto config = parse_config(text, "c.toml");
    ASSERT_FALSE(config) << text;
    EXPECT_NE(config.error().message.find("c.toml:"), std::string::npos);
    EXPECT_EQ(config.error().describe().find("SECRET"), std::string::npos) << config.error().describe();
  }
}

TEST(Config, WarnsOfAFileThatOthersCanRead) {
  const TemporaryFile file(kGood);
  const auto env = environment({{"SLUICE_CONFIG", file.path}});

  ::chmod(file.path.c_str(), 0644);
  const auto open = load_config(env);
  ::chmod(file.path.c_str(), 0600);
  const auto closed = load_config(env);

  ASSERT_TRUE(open && closed);
  ASSERT_EQ(open->warnings.size(), 1u);
  EXPECT_NE(open->warnings[0].find("chmod 600"), std::string::npos);
  EXPECT_TRUE(closed->warnings.empty());
}

TEST(Config, IsEmptyWhenTheUsualFileIsMissingAndAnErrorWhenANamedOneIs) {
  const auto usual = load_config(environment({{"HOME", "/nonexistent"}}));
  ASSERT_TRUE(usual);
  EXPECT_FALSE(usual->exists);
  EXPECT_EQ(usual->file, "/nonexistent/.config/sluice/config.toml");

  const auto xdg =
      load_config(environment({{"HOME", "/nonexistent"}, {"XDG_CONFIG_HOME", "/nonexistent/x"}}));
  EXPECT_EQ(xdg->file, "/nonexistent/x/sluice/config.toml");
  const auto relative = load_config(environment({{"HOME", "/nonexistent"}, {"XDG_CONFIG_HOME", "x"}}));
  EXPECT_EQ(relative->file, "/nonexistent/.config/sluice/config.toml");

  const auto named = load_config(environment({{"SLUICE_CONFIG", "/nonexistent/c.toml"}}));
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().kind, ErrorKind::config);
  EXPECT_FALSE(load_config(environment({{"SLUICE_CONFIG", "/"}})));
}

}  // namespace
}  // namespace sluice::cli
