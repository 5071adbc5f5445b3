#include "bulk/job_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "bulk/job_list.h"
#include "bulk/removal_limit.h"
#include "transfers/fixture.h"

namespace sluice::bulk {
namespace {

using transfers::must;
using transfers::TempDir;

JobSpec spec(const std::string& id = make_job_id()) {
  JobSpec job;
  job.id = id;
  job.verb = "sync";
  job.source = "/data";
  job.target = "oss://bucket/p/";
  job.words = {"sync", "", "a b", "5:x", "line\nbreak"};
  job.directory = "/home/me";
  job.key = "the key";
  return job;
}

Step step(std::string name, std::uint64_t size = 7) {
  Step one;
  one.action = Action::copy;
  one.why = Why::newer;
  one.entry.name = std::move(name);
  one.entry.info.size = size;
  one.entry.info.etag = "e";
  one.entry.info.key = "p/" + one.entry.name;
  one.entry.info.modified = TimePoint(std::chrono::milliseconds(-1500));
  return one;
}

std::vector<std::string> names(const std::vector<Step>& steps) {
  std::vector<std::string> all;
  for (const Step& one : steps) all.push_back(one.entry.name);
  return all;
}
using Names = std::vector<std::string>;

TEST(JobStore, GivesBackWhatWasCommitted) {
  const TempDir dir;
  const JobSpec asked = spec();
  {
    auto store = must(JobStore::create(dir.path(), asked));
    JobChange change;
    change.position = JobPosition{JobPhase::removing, std::string("n\0ame", 5)};
    change.left_behind = {step("slow"), step("slower")};
    change.failed = {{step("bad", 1ull << 63), "denied", "403", 3}};
    change.extra = {step("x1"), step("x2"), step("")};
    change.counts = {{"copied", 12}, {"copied_bytes", ~0ull}};
    must(store->commit(change));
    JobChange later;
    later.caught_up = {"slow"};
    later.removed = {"x1"};
    later.counts = {{"copied", 13}};
    must(store->commit(later));
  }
  auto store = must(JobStore::open(dir.path(), asked.id));
  EXPECT_EQ(store->spec().words, asked.words);
  EXPECT_EQ(store->spec().directory, asked.directory);
  EXPECT_NE(store->spec().created, std::chrono::sys_seconds{});
  const JobPosition position = must(store->position());
  EXPECT_EQ(position.phase, JobPhase::removing);
  EXPECT_EQ(position.name, std::string("n\0ame", 5));
  EXPECT_EQ(must(store->counts()), (Counts{{"copied", 13}, {"copied_bytes", ~0ull}}));
  const std::vector<Step> left = must(store->left_behind());
  ASSERT_EQ(names(left), Names{"slower"});
  EXPECT_EQ(left[0].why, Why::newer);
  EXPECT_EQ(left[0].entry.info.modified, step("").entry.info.modified);
  EXPECT_EQ(left[0].entry.info.key, "p/slower");
  const std::vector<Failure> failures = must(store->failures("", 10));
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].step.entry.info.size, 1ull << 63);
  EXPECT_EQ(failures[0].attempts, 3u);
  EXPECT_EQ(names(must(store->extra("", 10))), (Names{"", "x2"}));
}

TEST(JobStore, PagesGoOnBehindAName) {
  const TempDir dir;
  auto store = must(JobStore::create(dir.path(), spec()));
  JobChange change;
  for (const char* name : {"b", "a", "c", "d"}) change.extra.push_back(step(name));
  must(store->commit(change));
  EXPECT_EQ(names(must(store->extra("", 2))), (Names{"a", "b"}));
  EXPECT_EQ(names(must(store->extra("b", 2))), (Names{"c", "d"}));
  EXPECT_TRUE(must(store->extra("d", 2)).empty());
  EXPECT_EQ(must(store->extra_count()), 4u);
}

TEST(JobStore, BelongsToOneAtATime) {
  const TempDir dir;
  const JobSpec asked = spec();
  auto store = must(JobStore::create(dir.path(), asked));
  const auto second = JobStore::open(dir.path(), asked.id);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::state);
  EXPECT_NE(second.error().message.find(std::to_string(getpid())), std::string::npos);
  EXPECT_TRUE(must(list_jobs(dir.path())).at(0).live);
  store.reset();
  EXPECT_FALSE(must(list_jobs(dir.path())).at(0).live);
  must(JobStore::open(dir.path(), asked.id));
}

TEST(JobStore, NamesWhatItCannotUse) {
  const TempDir dir;
  for (const char* id : {"", "../../etc/passwd", "20260101-000000-0000"}) {
    const auto none = JobStore::open(dir.path(), id);
    ASSERT_FALSE(none) << id;
    EXPECT_EQ(none.error().kind, ErrorKind::state);
  }
  const JobSpec asked = spec();
  must(JobStore::create(dir.path(), asked)).reset();
  std::ofstream(dir.path("jobs/" + asked.id + ".db"), std::ios::trunc) << std::string(5000, 'x');
  const auto damaged = JobStore::open(dir.path(), asked.id);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().kind, ErrorKind::state);
  EXPECT_TRUE(must(list_jobs(dir.path())).empty());
}

TEST(JobStore, RemoveLeavesNothing) {
  const TempDir dir;
  must(JobStore::create(dir.path(), spec()))->remove();
  EXPECT_TRUE(std::filesystem::is_empty(dir.path("jobs")));
}

TEST(JobList, FindsTheNewestJobOfAKeyThatHasNotEnded) {
  const TempDir dir;
  EXPECT_EQ(must(find_unfinished(dir.path(), "the key")), "");
  for (const auto& [id, phase] : {std::pair{"20260101-000000-0001", JobPhase::moving},
                                  std::pair{"20260102-000000-0001", JobPhase::removing},
                                  std::pair{"20260103-000000-0001", JobPhase::done}}) {
    JobSpec job = spec(id);
    job.created = std::chrono::sys_seconds(std::chrono::seconds(1));
    auto store = must(JobStore::create(dir.path(), job));
    JobChange change;
    change.position = JobPosition{phase, ""};
    must(store->commit(change));
  }
  EXPECT_EQ(must(find_unfinished(dir.path(), "the key")), "20260102-000000-0001");
  EXPECT_EQ(must(find_unfinished(dir.path(), "another")), "");
}

TEST(RemovalLimit, IsANumberOrAShareAndHalfUnlessGiven) {
  EXPECT_TRUE(RemovalLimit().allows(5, 10));
  EXPECT_FALSE(RemovalLimit().allows(6, 10));
  EXPECT_TRUE(must(RemovalLimit::parse("6")).allows(6, 6));
  EXPECT_FALSE(must(RemovalLimit::parse("6")).allows(7, 100));
  EXPECT_FALSE(must(RemovalLimit::parse("0")).allows(1, 100));
  EXPECT_TRUE(must(RemovalLimit::parse("100%")).allows(10, 10));
  for (const char* wrong : {"", "%", "-1", "5x", "101%", "1 %", "99999999999999999999"})
    EXPECT_FALSE(RemovalLimit::parse(wrong)) << wrong;
}

}  // namespace
}  // namespace sluice::bulk
