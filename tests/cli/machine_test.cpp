// What the files of a machine tell of it.
#include "cli/machine.h"

#include <gtest/gtest.h>

#include <set>

#include "home.h"

namespace sluice::cli {
namespace {

std::set<std::string> names(const std::vector<const Feature*>& features) {
  std::set<std::string> all;
  for (const Feature* each : features) all.insert(each->name);
  return all;
}

TEST(Machine, KnowsWhatAProcessorCanDoByItsFlags) {
  const Processor intel =
      processor_of("processor\t: 0\nflags\t\t: fpu aes pclmulqdq avx2 sse4_2\nbugs\t: x\n");
  EXPECT_EQ(names(intel.has), (std::set<std::string>{"AES", "carry-less multiplication", "AVX2"}));
  EXPECT_EQ(names(intel.lacks), (std::set<std::string>{"SHA", "AVX-512"}));

  const Processor arm = processor_of("processor\t: 0\nFeatures\t: fp asimd aes pmull sha1 sha2 crc32\n");
  EXPECT_EQ(names(arm.has), (std::set<std::string>{"AES", "carry-less multiplication", "SHA"}));
  EXPECT_EQ(names(arm.lacks), std::set<std::string>{});

  const Processor bare = processor_of("flags\t: fpu aesni_is_no_such_word\n");
  EXPECT_TRUE(names(bare.lacks).contains("AES"));

  const Processor unknown = processor_of("isa : rv64imafdc\n");
  EXPECT_TRUE(unknown.has.empty() && unknown.lacks.empty());
}

TEST(Machine, GivesTheLeastMemoryThatItselfAndItsGroupsAllow) {
  test::Home home;
  EXPECT_EQ(memory_limit(home.path), std::nullopt);
  home.write("proc/meminfo", "MemTotal:        4096 kB\nMemFree: 1 kB\n");
  EXPECT_EQ(memory_limit(home.path), 4096u << 10);
  home.write("proc/self/cgroup", "0::/outer/inner\n");
  home.write("sys/fs/cgroup/outer/inner/memory.max", "max\n");
  EXPECT_EQ(memory_limit(home.path), 4096u << 10);
  home.write("sys/fs/cgroup/outer/memory.max", "1048576\n");
  EXPECT_EQ(memory_limit(home.path), 1048576u);
}

TEST(Machine, KnowsGroupsOfTheFirstVersionToo) {
  test::Home home;
  home.write("proc/meminfo", "MemTotal:        4096 kB\n");
  home.write("proc/self/cgroup", "7:cpu,cpuacct:/x\n5:memory:/docker/abc\n");
  home.write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(memory_limit(home.path), 4096u << 10);
  // Within a container its own group is the root.
  home.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "2097152\n");
  EXPECT_EQ(memory_limit(home.path), 2097152u);
}

}  // namespace
}  // namespace sluice::cli
