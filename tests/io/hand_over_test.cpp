// Bytes on their way from a loop to a thread that blocks for them.
#include "io/hand_over.h"

#include <gtest/gtest.h>

#include <thread>

namespace sluice::io {
namespace {

/// Runs what is posted when told to.
class IdleLoop final : public scheduler::Loop {
 public:
  void run() override {
    std::deque<std::function<void()>> now;
    {
      std::lock_guard lock(mutex_);
      now.swap(posted_);
    }
    for (const auto& f : now) f();
  }
  void stop() override {}
  void post(std::function<void()> f) override {
    std::lock_guard lock(mutex_);
    posted_.push_back(std::move(f));
  }
  std::uint64_t after(scheduler::Clock::duration, std::function<void()>) override { return 0; }
  void cancel_timer(std::uint64_t) override {}

 private:
  std::mutex mutex_;
  std::deque<std::function<void()>> posted_;
};

struct Resumed final : Resume {
  void resume() override { ++times; }
  int times = 0;
};

std::string taken(HandOver& bytes, std::size_t most) {
  std::string into(most, '\0');
  const auto count = bytes.read({into.data(), into.size()});
  EXPECT_TRUE(count);
  into.resize(count ? *count : 0);
  return into;
}

class HandOverTest : public ::testing::Test {
 protected:
  IdleLoop loop_;
  const std::shared_ptr<HandOver> bytes_ = std::make_shared<HandOver>(loop_, 10);
  Resumed request_;
};

TEST_F(HandOverTest, HoldsNoMoreThanItsCapacityAndWakesTheRequestAtHalf) {
  bytes_->attach(&request_);
  ASSERT_TRUE(bytes_->offer("12345"));
  ASSERT_TRUE(bytes_->offer("67890"));
  EXPECT_FALSE(bytes_->offer("x"));

  EXPECT_EQ(taken(*bytes_, 4), "1234");
  loop_.run();
  EXPECT_EQ(request_.times, 0);
  EXPECT_EQ(taken(*bytes_, 3), "567");
  loop_.run();

  EXPECT_EQ(request_.times, 1);
  EXPECT_TRUE(bytes_->offer("abcdefg"));
  EXPECT_EQ(taken(*bytes_, 100), "890abcdefg");
}

TEST_F(HandOverTest, TakesAPieceThatIsLargerThanItIs) {
  ASSERT_TRUE(bytes_->offer("a piece of 21 letters"));
  EXPECT_FALSE(bytes_->offer("x"));
  EXPECT_EQ(taken(*bytes_, 100), "a piece of 21 letters");
}

TEST_F(HandOverTest, WakesNobodyWhoHasLeft) {
  bytes_->attach(&request_);
  ASSERT_TRUE(bytes_->offer("1234567890"));
  EXPECT_FALSE(bytes_->offer("x"));
  bytes_->attach(nullptr);

  EXPECT_EQ(taken(*bytes_, 10), "1234567890");
  loop_.run();

  EXPECT_EQ(request_.times, 0);
}

TEST_F(HandOverTest, BlocksItsReaderUntilBytesOrTheEndCome) {
  std::string all;
  std::thread reader([&] {
    for (std::string piece; !(piece = taken(*bytes_, 3)).empty();) all += piece;
  });
  for (const char* piece : {"one ", "", "two ", "three"})
    while (!bytes_->offer(piece)) std::this_thread::yield();
  bytes_->end();
  reader.join();
  EXPECT_EQ(all, "one two three");
}

TEST_F(HandOverTest, GivesItsReaderTheFirstErrorAtOnce) {
  ASSERT_TRUE(bytes_->offer("half of it"));
  bytes_->end(make_error(ErrorKind::network, "broke off"));
  bytes_->end();

  char into[4];
  const auto read = bytes_->read(into);

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "broke off");
}

}  // namespace
}  // namespace sluice::io
