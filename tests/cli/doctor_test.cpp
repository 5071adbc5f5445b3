// What doctor makes of what it finds.
#include "cli/doctor.h"

#include <gtest/gtest.h>

#include "cli/open_files.h"

namespace sluice::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMi = 1ull << 20;

ClientOptions limits() {
  ClientOptions options;
  options.concurrency = 256;
  options.jobs = 64;
  options.memory = 256 * kMi;
  return options;
}

bool says(const Finding& found, bool warning, const std::string& text) {
  return found && found->warning == warning && found->text.find(text) != std::string::npos;
}

TEST(Doctor, WantsAsManyFilesAsARunMayOpen) {
  const std::uint64_t wanted = open_files_wanted(limits());
  EXPECT_GT(wanted, 256u + 64u);
  EXPECT_TRUE(says(judge_files(wanted, limits()), false, "enough"));
  EXPECT_TRUE(says(judge_files(wanted - 1, limits()), true, "ulimit -Hn " + std::to_string(wanted)));
}

TEST(Doctor, WarnsOfBuffersThatDoNotFitAndNamesASizeThatDoes) {
  EXPECT_TRUE(says(judge_memory(8192 * kMi, limits()), false, "256 MiB"));
  EXPECT_TRUE(says(judge_memory({}, limits()), false, "256 MiB"));
  EXPECT_TRUE(says(judge_memory(256 * kMi, limits()), true, "--memory 128M"));
  EXPECT_TRUE(says(judge_memory(20 * kMi, limits()), true, "--memory 16M"));
}

TEST(Doctor, WarnsOfAClockThatIsOffAndSaysWhichWay) {
  EXPECT_TRUE(says(judge_clock(0s), false, "within 1 s"));
  EXPECT_TRUE(says(judge_clock(-60s), false, "within"));
  EXPECT_TRUE(says(judge_clock(61s), true, "61 s behind the store's"));
  EXPECT_TRUE(says(judge_clock(-20min), true, "20 min ahead of the store's"));
  EXPECT_TRUE(says(judge_clock(20min - 1s), true, "20 min behind the store's: set it (timedatectl"));
  EXPECT_TRUE(says(judge_clock({}), false, "no time"));
}

TEST(Doctor, NamesHowManyAddressesTheEndpointHas) {
  const auto two = [](const std::string&) { return Result<std::vector<std::string>>({"192.0.2.1", "::1"}); };
  EXPECT_TRUE(says(judge_name("store.example", two, {}), false, "store.example has 2 addresses"));
}

TEST(Doctor, FailsOnANameThatNobodyKnowsUnlessAProxyLooksItUp) {
  const auto none = [](const std::string&) -> Result<std::vector<std::string>> {
    return fail(ErrorKind::network, "Name or service not known");
  };
  const Finding found = judge_name("nowhere.invalid", none, {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::network);
  EXPECT_NE(found.error().describe().find("nowhere.invalid: Name or service not known; check the endpoint"),
            std::string::npos)
      << found.error().describe();
  EXPECT_TRUE(says(judge_name("nowhere.invalid", none, "https_proxy"), false, "https_proxy"));
}

}  // namespace
}  // namespace sluice::cli
