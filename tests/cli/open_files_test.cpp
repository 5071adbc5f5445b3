// How many files may be open, and how many a run may want.
#include "cli/open_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>

namespace sluice::cli {
namespace {

TEST(OpenFiles, AreAllowedUpToTheHardLimit) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  raise_open_files();
  EXPECT_GE(open_files_limit(), std::min<rlim_t>(before.rlim_max, 4096));
  EXPECT_LE(open_files_limit(), before.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace sluice::cli
