// What was measured of stores: kept beside the configuration, found by the store, and never in the way.
#include "cli/measured.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/config.h"
#include "cli/settings.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;

class MeasuredFile : public ::testing::Test {
 protected:
  MeasuredFile() {
    std::string name = (fs::temp_directory_path() / "sluice-measured-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    config_ = directory_ + "/sub/config.toml";
    file_ = measured_file(config_);
  }
  ~MeasuredFile() override { fs::remove_all(directory_); }

  static MeasuredStore store(const std::string& endpoint, const std::string& concurrency) {
    return {"s3", endpoint, "r", "then", {{"concurrency", {concurrency, 0}}, {"part_size", {"~16M", 0}}}};
  }
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << text;
  }
  Result<Config> config() const {
    return load_config([this](const std::string& name) -> std::optional<std::string> {
      if (name == "SLUICE_CONFIG") return config_;
      return {};
    });
  }

  std::string directory_, config_, file_;
};

TEST_F(MeasuredFile, StandsBesideTheConfiguration) {
  EXPECT_EQ(measured_file("/a/config.toml"), "/a/config.measured.toml");
  EXPECT_EQ(measured_file("/a/other"), "/a/other.measured.toml");
}

TEST_F(MeasuredFile, KeepsOneEntryAStore) {
  ASSERT_TRUE(save_measured(file_, store("http://a\"\n", "4")));
  ASSERT_TRUE(save_measured(file_, store("http://b", "5")));
  ASSERT_TRUE(save_measured(file_, store("http://a\"\n", "6")));

  const auto read = load_measured(file_);

  ASSERT_TRUE(read) << read.error().describe();
  ASSERT_EQ(read->stores.size(), 2u);
  EXPECT_EQ(read->stores[0].endpoint, "http://b");
  EXPECT_EQ(read->stores[1].endpoint, "http://a\"\n");
  EXPECT_EQ(read->stores[1].values.at("concurrency").text, "6");
  EXPECT_EQ(read->stores[1].measured, "then");
  struct stat info {};
  ::stat(file_.c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(fs::directory_iterator(fs::path(file_).parent_path()), {}), 1)
      << "nothing else is left";
}

TEST_F(MeasuredFile, IsNotOverwrittenWhenItIsNotOurs) {
  write(file_, "hand = 'made'\n");
  const auto saved = save_measured(file_, store("http://a", "4"));
  ASSERT_FALSE(saved);
  EXPECT_NE(saved.error().describe().find("config.measured.toml:1"), std::string::npos);
}

TEST_F(MeasuredFile, ThatIsBrokenIsAWarningOnly) {
  write(config_, "[defaults]\nconcurrency = 7\n");
  fs::permissions(config_, fs::perms::owner_read | fs::perms::owner_write);
  for (const std::string text :
       {"[[store]\n", "[store]\n", "[[store]]\nconcurrency = 4\n", "[[store]]\nkeys = \"x\"\n"}) {
    write(file_, text);
    const auto read = config();
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->warnings.size(), 1u) << text;
    EXPECT_TRUE(read->measured.stores.empty()) << text;
    EXPECT_EQ(read->defaults.at("concurrency").text, "7");
  }
}

TEST_F(MeasuredFile, ComesAfterProfilesAndBeforeDefaults) {
  write(config_,
        "[defaults]\nconcurrency = 7\njobs = 3\n[profiles.p]\nconcurrency = 9\nendpoint = "
        "\"http://a\"\nregion = "
        "\"r\"\n");
  fs::permissions(config_, fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(save_measured(file_, store("http://a", "4")));
  const auto config = this->config();
  ASSERT_TRUE(config);
  const Environment env = [](const std::string&) { return std::optional<std::string>(); };
  const auto in_effect = [&](const std::string& profile, const std::string& endpoint) {
    Args args;
    if (profile.empty()) args.add("region", "r");
    if (!endpoint.empty()) args.add("endpoint", endpoint);
    const Lookup lookup{args, *config, env};
    std::map<std::string, Setting> all;
    for (const TunedKnob& each : resolve_knobs(lookup, {*resolve_store(lookup, "s3", profile, Side::only)}))
      all[each.knob->name] = each.setting;
    return all;
  };

  auto found = in_effect("", "http://a");
  EXPECT_EQ(found["concurrency"].value, "4");
  EXPECT_EQ(found["concurrency"].origin, "measured then, " + file_ + ":9");
  EXPECT_EQ(found["part_size"].value, "~16M");
  EXPECT_EQ(found["jobs"].value, "3") << "not measured";
  EXPECT_EQ(in_effect("p", "")["concurrency"].value, "9");
  EXPECT_EQ(in_effect("p", "")["part_size"].value, "~16M");
  EXPECT_EQ(in_effect("", "http://b")["concurrency"].value, "7");
}

TEST_F(MeasuredFile, NamesAPartSizeThatIsAWish) {
  Tuning tuning;
  ASSERT_TRUE(find_knob("part_size")->apply("~16M", tuning));
  EXPECT_EQ(tuning.transfer.part_size, 0u);
  EXPECT_EQ(tuning.transfer.usual_part, 16u << 20);
}

}  // namespace
}  // namespace sluice::cli
