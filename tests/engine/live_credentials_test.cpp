// Temporary keys that are renewed: before they end, and once more when the store says that they have.
#include "engine/live_credentials.h"

#include <gtest/gtest.h>

#include "store_fixture.h"

namespace sluice::engine {
namespace {

using namespace std::chrono_literals;
using test::Bench;

const Ref kObject{"bucket-1", "k"};
constexpr const char* kExpired =
    "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>";

TimePoint in(std::chrono::milliseconds time) {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + time;
}

Credentials keys(const std::string& name, std::optional<TimePoint> expires = {}) {
  return {"AK" + name, "SK" + name, "TOKEN" + name, expires};
}

/// Answers from a queue, the last of it for ever; jobs wait until they are told to run.
struct Provider {
  std::vector<Result<Credentials>> answers;
  std::size_t calls = 0;
  std::vector<std::function<void()>> jobs;
  bool at_once = true;

  CredentialsProvider ask = [this] { return answers[std::min(calls++, answers.size() - 1)]; };
  LiveCredentials::Elsewhere elsewhere = [this](std::function<void()> job) {
    if (at_once)
      job();
    else
      jobs.push_back(std::move(job));
  };
  void run_jobs() {
    auto now = std::move(jobs);
    jobs.clear();
    for (auto& job : now) job();
  }
  StoreConfig config(Credentials first) {
    StoreConfig c = test::config_of(kS3);
    c.credentials = std::move(first);
    c.credentials_provider = ask;
    c.elsewhere = elsewhere;
    return c;
  }
};

std::string token(const test::Seen& seen) {
  return seen.request.headers.get("x-amz-security-token");
}

TEST(LiveCredentials, AreTheCallersOwnWhereNobodyRenewsThem) {
  auto live = std::make_shared<LiveCredentials>(keys("1", in(-1h)), nullptr, nullptr);
  EXPECT_FALSE(live->renews());
  EXPECT_FALSE(live->lapsed());
  EXPECT_EQ(live->current().access_key, "AK1");
}

TEST(LiveCredentials, AreLeftAloneWhileTheyHoldForLong) {
  Provider provider;
  auto live = std::make_shared<LiveCredentials>(keys("1", in(1h)), provider.ask, provider.elsewhere);
  EXPECT_FALSE(live->lapsed());
  EXPECT_EQ(provider.calls, 0u);
}

TEST(LiveCredentials, AreRenewedBeforeTheyEndWhileTheOldOnesServe) {
  Provider provider;
  provider.at_once = false;
  const TimePoint begun = in(0ms);
  TimePoint now = begun;
  provider.answers = {keys("2", begun + 3h)};
  auto live = std::make_shared<LiveCredentials>(keys("1", begun + 1h), provider.ask, provider.elsewhere,
                                                [&now] { return now; });
  now = begun + 54min;
  EXPECT_FALSE(live->lapsed());
  EXPECT_TRUE(provider.jobs.empty());
  now = begun + 56min;
  EXPECT_FALSE(live->lapsed()) << "the old ones serve";
  EXPECT_EQ(live->current().access_key, "AK1");
  now = begun + 61min;
  EXPECT_TRUE(live->lapsed()) << "they have ended, and are not yet renewed";
  EXPECT_EQ(provider.jobs.size(), 1u) << "one renewal at a time";

  provider.run_jobs();

  EXPECT_EQ(live->current().access_key, "AK2");
  EXPECT_FALSE(live->lapsed());
  now = begun + 3h - 4min;
  EXPECT_FALSE(live->lapsed());
  EXPECT_EQ(provider.jobs.size(), 1u);
}

TEST(LiveCredentials, ThatLiveShortlyAreRenewedInTheirLastQuarter) {
  Provider provider;
  const TimePoint begun = in(0ms);
  TimePoint now = begun;
  provider.answers = {keys("2", begun + 20s), fail(ErrorKind::network, "away"), keys("3", begun + 1h)};
  auto live = std::make_shared<LiveCredentials>(keys("1", begun + 8s), provider.ask, provider.elsewhere,
                                                [&now] { return now; });
  const auto calls_at = [&](std::chrono::seconds time) {
    now = begun + time;
    live->lapsed();
    return provider.calls;
  };
  EXPECT_EQ(calls_at(5s), 0u);
  EXPECT_EQ(calls_at(7s), 1u);
  EXPECT_EQ(live->current().access_key, "AK2");
  EXPECT_EQ(calls_at(16s), 1u);
  EXPECT_EQ(calls_at(17s), 2u) << "which fails";
  EXPECT_EQ(calls_at(31s), 2u) << "and is not repeated for each request";
  EXPECT_EQ(calls_at(33s), 3u);
  EXPECT_EQ(live->current().access_key, "AK3");
}

TEST(LiveCredentials, WaitForTheRenewalOnceTheyHaveEnded) {
  Provider provider;
  provider.at_once = false;
  provider.answers = {keys("2", in(1h))};
  Bench b(provider.config(keys("1", in(-1s))));
  b.wire.answer(200, {{"Content-Length", "1"}});
  std::optional<Result<ObjectInfo>> info;
  const auto run = [](Answer<ObjectInfo> answer,
                      std::optional<Result<ObjectInfo>>* into) -> scheduler::Task<void> {
    into->emplace(co_await std::move(answer));
  };

  scheduler::start(run(b.store->head(b.call(), kObject), &info));
  b.loop.drain();

  EXPECT_FALSE(info) << "nothing is asked with keys that have ended";
  EXPECT_TRUE(b.wire.seen.empty());
  provider.run_jobs();
  b.loop.drain();
  ASSERT_TRUE(info && *info);
  EXPECT_EQ(token(b.wire.last()), "TOKEN2");
}

TEST(LiveCredentials, AreReplacedOnceWhenTheStoreSaysTheyHaveEnded) {
  Provider provider;
  provider.answers = {keys("2"), keys("3")};
  Bench b(provider.config(keys("1")));
  b.wire.answer(400, {}, kExpired);
  b.wire.answer(200, {}, "");

  const auto reply = b.run(b.store->remove(b.call(), kObject));

  ASSERT_TRUE(reply) << reply.error().describe();
  ASSERT_EQ(b.wire.seen.size(), 2u);
  EXPECT_EQ(token(b.wire.seen[0]), "TOKEN1");
  EXPECT_EQ(token(b.wire.seen[1]), "TOKEN2");
  EXPECT_NE(b.wire.seen[0].request.headers.get("Authorization"),
            b.wire.seen[1].request.headers.get("Authorization"));
  EXPECT_TRUE(b.loop.pauses.empty()) << "this is no failure to wait after";

  b.wire.answer(400, {}, kExpired);
  b.wire.answer(400, {}, kExpired);
  EXPECT_FALSE(b.run(b.store->remove(b.call(), kObject)));
  EXPECT_EQ(b.wire.seen.size(), 4u) << "an operation renews them once";
}

TEST(LiveCredentials, AreReplacedWhenAHeadIsRefusedWithoutAWord) {
  Provider provider;
  provider.answers = {keys("2")};
  Bench b(provider.config(keys("1")));
  b.wire.answer(400);
  b.wire.answer(200, {{"Content-Length", "1"}});
  EXPECT_TRUE(b.run(b.store->head(b.call(), kObject)));
  b.wire.answer(403);
  EXPECT_FALSE(b.run(b.store->head(b.call(), kObject)));
  EXPECT_EQ(provider.calls, 2u);
  b.wire.answer(403);
  EXPECT_FALSE(b.run(b.store->head(b.call(), kObject)));
  EXPECT_EQ(provider.calls, 2u) << "a provider with nothing new is left alone for a while";
}

TEST(LiveCredentials, OfARefusalThatIsNotAboutThemStayAsTheyAre) {
  Provider provider;
  provider.answers = {keys("2")};
  Bench b(provider.config(keys("1")));
  b.wire.answer(403, {}, "<Error><Code>AccessDenied</Code></Error>");
  EXPECT_FALSE(b.run(b.store->remove(b.call(), kObject)));
  EXPECT_EQ(provider.calls, 0u);
}

TEST(LiveCredentials, TellWhyTheyCouldNotBeRenewed) {
  Provider provider;
  provider.answers = {fail(ErrorKind::network, "nobody is there")};
  Bench b(provider.config(keys("1")));
  b.wire.answer(400, {}, kExpired);
  const auto reply = b.run(b.store->remove(b.call(), kObject));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().service->code, "ExpiredToken");
  EXPECT_NE(reply.error().hint.find("nobody is there"), std::string::npos) << reply.error().describe();
  EXPECT_EQ(b.wire.seen.size(), 1u);
}

TEST(LiveCredentials, ThatCannotBeRenewedAreTriedTillTheStoreSaysNo) {
  Provider provider;
  provider.answers = {fail(ErrorKind::network, "nobody is there")};
  Bench b(provider.config(keys("1", in(-1s))));
  b.wire.answer(200, {}, "");
  b.wire.answer(200, {}, "");
  EXPECT_TRUE(b.run(b.store->remove(b.call(), kObject))) << "our clock may be wrong";
  EXPECT_TRUE(b.run(b.store->remove(b.call(), kObject)));
  EXPECT_EQ(provider.calls, 1u);
}

TEST(LiveCredentials, ThatAreNoneAreNotTaken) {
  for (const Credentials& none : {Credentials{}, Credentials{"AK", "", ""}, Credentials{"A K", "SK", ""}}) {
    Provider provider;
    provider.answers = {none};
    Bench b(provider.config(keys("1", in(-1s))));
    b.wire.answer(200, {}, "");
    EXPECT_TRUE(b.run(b.store->remove(b.call(), kObject)));
    EXPECT_EQ(token(b.wire.last()), "TOKEN1");
  }
}

TEST(LiveCredentials, OfAProviderThatThrowsStayAsTheyAre) {
  Provider provider;
  provider.ask = []() -> Result<Credentials> { throw std::runtime_error("oops"); };
  auto live = std::make_shared<LiveCredentials>(keys("1", in(-1s)), provider.ask, provider.elsewhere);
  live->lapsed();
  EXPECT_EQ(live->current().access_key, "AK1");
  EXPECT_NE(live->why_not_renewed().find("oops"), std::string::npos);
}

TEST(LiveCredentials, SignWithTheKeyThatIsTheirsEvenWhenOnlyTheSecretHasChanged) {
  Provider provider;
  Credentials second = keys("1");
  second.secret_key = "another-secret";
  provider.answers = {second};
  Bench b(provider.config(keys("1")));
  Bench fresh(provider.config(second));
  b.wire.answer(400, {}, kExpired);
  b.wire.answer(200, {}, "");
  fresh.wire.answer(200, {}, "");
  ASSERT_TRUE(b.run(b.store->remove(b.call(), kObject)));
  ASSERT_TRUE(fresh.run(fresh.store->remove(fresh.call(), kObject)));
  // The signatures are equal when both were made within one second.
  const auto date = [](const test::Seen& seen) { return seen.request.headers.get("x-amz-date"); };
  if (date(b.wire.last()) != date(fresh.wire.last())) return;
  EXPECT_EQ(b.wire.last().request.headers.get("Authorization"),
            fresh.wire.last().request.headers.get("Authorization"));
}

}  // namespace
}  // namespace sluice::engine
