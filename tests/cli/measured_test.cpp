// What was measured of stores: kept beside the configuration, found by the store, and never in the way.
#include "cli/measured.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

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
       {"[[store]\n", "[store]\n", "[[store]]\nkeys = \"x\"\n", "[[store]]\nca = \"/tmp/ca.pem\"\n",
        "[[store]]\nresume = \"false\"\n", "[[store]]\nscheme = 3\n", "[[store]]\nendpoint = 3\n"}) {
    write(file_, text);
    const auto read = config();
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->warnings.size(), 1u) << text;
    EXPECT_TRUE(read->measured.stores.empty()) << text;
    EXPECT_EQ(read->defaults.at("concurrency").text, "7");
  }
}

TEST_F(MeasuredFile, LosesTheValuesThatAreBadAndKeepsTheOthers) {
  write(config_, "");
  fs::permissions(config_, fs::perms::owner_read | fs::perms::owner_write);
  const std::string head = "[[store]]\nscheme = \"s3\"\nendpoint = \"http://a\"\nregion = \"r\"\n";
  for (const std::string bad :
       {"concurrency = 4", "concurrency = \"0\"", "concurrency = \"1025\"", "concurrency = \"many\"",
        "jobs = true", "jobs = \"-1\"", "part_size = \"~1K\"", "part_size = \"~6G\"", "part_size = \"8M\"",
        "part_size = []"}) {
    const std::string name = bad.substr(0, bad.find(' '));
    std::string good;
    for (const std::string& other : {std::string("concurrency = \"6\""), std::string("jobs = \"5\""),
                                     std::string("part_size = \"~16M\"")})
      if (!other.starts_with(name)) good += other + "\n";
    write(file_, head + good + bad + "\n");

    const auto read = config();

    ASSERT_TRUE(read) << bad;
    ASSERT_EQ(read->warnings.size(), 1u) << bad;
    EXPECT_NE(read->warnings[0].find(file_ + ":7: " + name), std::string::npos) << read->warnings[0];
    ASSERT_EQ(read->measured.stores.size(), 1u) << bad;
    EXPECT_EQ(read->measured.stores[0].values.size(), 2u) << bad;
    EXPECT_FALSE(read->measured.stores[0].values.contains(name)) << bad;
  }
}

TEST_F(MeasuredFile, KeepsWhatSeveralSaveAtOnce) {
  std::vector<std::thread> savers;
  for (int i = 0; i < 8; ++i)
    savers.emplace_back(
        [&, i] { EXPECT_TRUE(save_measured(file_, store("http://" + std::to_string(i), "4"))); });
  for (std::thread& saver : savers) saver.join();
  const auto read = load_measured(file_);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->stores.size(), 8u);
}

TEST_F(MeasuredFile, IsSavedWhereALinkLeads) {
  fs::create_directories(directory_ + "/sub");
  fs::create_directories(directory_ + "/kept");
  fs::create_symlink("../kept/first", file_);
  fs::create_symlink(directory_ + "/kept/second", directory_ + "/kept/first");

  ASSERT_TRUE(save_measured(file_, store("http://a", "4")));
  ASSERT_TRUE(save_measured(file_, store("http://b", "5")));

  EXPECT_TRUE(fs::is_symlink(file_));
  EXPECT_TRUE(fs::is_symlink(directory_ + "/kept/first"));
  EXPECT_EQ(load_measured(directory_ + "/kept/second")->stores.size(), 2u);
}

TEST_F(MeasuredFile, ReplacesNothingThatIsNoFile) {
  fs::create_directories(directory_ + "/sub");
  const std::string pipe = directory_ + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  fs::create_symlink(pipe, file_);
  EXPECT_FALSE(save_measured(file_, store("http://a", "4")));
  EXPECT_TRUE(fs::is_fifo(pipe));
  fs::remove(file_);
  fs::create_symlink(file_, file_);
  EXPECT_FALSE(save_measured(file_, store("http://a", "4")));
  EXPECT_TRUE(fs::is_symlink(file_));
}

TEST_F(MeasuredFile, GivesNoJobsBesideAConcurrencyThatWasNotMeasuredWithThem) {
  MeasuredStore a = store("http://a", "4"), b = store("http://b", "6");
  a.values["jobs"].text = "2";
  a.values.erase("part_size");
  b.values["jobs"].text = "3";
  b.values.erase("concurrency");
  ASSERT_TRUE(save_measured(file_, a));
  ASSERT_TRUE(save_measured(file_, b));
  const auto jobs = [&](const std::string& written, std::vector<std::string> endpoints, const char* flag) {
    write(config_, written);
    fs::permissions(config_, fs::perms::owner_read | fs::perms::owner_write);
    const auto config = this->config();
    const Environment env = [](const std::string&) { return std::optional<std::string>(); };
    Args args;
    if (*flag) args.add("concurrency", flag);
    const Lookup lookup{args, *config, env};
    std::vector<StoreSettings> stores;
    for (const std::string& endpoint : endpoints) {
      StoreSettings one;
      one.scheme = "s3";
      one.endpoint = {endpoint, "--endpoint"};
      one.region = {"r", "--region"};
      stores.push_back(one);
    }
    for (const TunedKnob& each : resolve_knobs(lookup, stores))
      if (std::string(each.knob->name) == "jobs") return each.setting.value;
    return std::string("no such knob");
  };

  EXPECT_EQ(jobs("", {"http://a"}, ""), "2");
  EXPECT_EQ(jobs("", {"http://a"}, "9"), "");
  EXPECT_EQ(jobs("", {"http://a"}, "auto"), "");
  EXPECT_EQ(jobs("[defaults]\nconcurrency = 7\n", {"http://a"}, ""), "");
  EXPECT_EQ(jobs("[defaults]\njobs = 8\n", {"http://a"}, ""), "8");
  EXPECT_EQ(jobs("", {"http://b"}, ""), "") << "its concurrency is not known";
  EXPECT_EQ(jobs("", {"http://b", "http://a"}, ""), "2") << "of the store whose concurrency is in effect";
}

TEST_F(MeasuredFile, ComesAfterAllThatPeopleWrote) {
  write(config_,
        "[defaults]\ndurability = \"power\"\njobs = 3\n[profiles.p]\nconcurrency = 9\nendpoint = "
        "\"http://a\"\nregion = "
        "\"r\"\n");
  fs::permissions(config_, fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(save_measured(file_, store("http://a", "4")));
  auto config = this->config();
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
  EXPECT_EQ(found["concurrency"].origin, "measured then, " + file_ + ":10");
  EXPECT_EQ(found["part_size"].value, "~16M");
  EXPECT_EQ(found["jobs"].value, "3");
  EXPECT_EQ(in_effect("p", "")["concurrency"].value, "9");
  EXPECT_EQ(in_effect("p", "")["part_size"].value, "~16M");
  EXPECT_FALSE(in_effect("", "http://b")["concurrency"].set());

  config->defaults["concurrency"] = {"auto", 4};
  EXPECT_EQ(in_effect("", "http://a")["concurrency"].value, "auto");
  config->defaults["part_size"] = {"32M", 4};
  EXPECT_EQ(in_effect("", "http://a")["part_size"].value, "32M");
}

TEST(Knobs, TakeAutoForTheConcurrencyThatIsFound) {
  Tuning tuning;
  tuning.client.concurrency = 9;
  ASSERT_TRUE(find_knob("concurrency")->apply("auto", tuning));
  EXPECT_EQ(tuning.client.concurrency, 0u);
}

TEST_F(MeasuredFile, NamesAPartSizeThatIsAWish) {
  Tuning tuning;
  ASSERT_TRUE(find_knob("part_size")->apply("~16M", tuning));
  EXPECT_EQ(tuning.transfer.part_size, 0u);
  EXPECT_EQ(tuning.transfer.usual_part, 16u << 20);
}

}  // namespace
}  // namespace sluice::cli
