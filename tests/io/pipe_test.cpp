// The pipe between two requests, driven as a loop drives it: pauses, resumes, repeats, failures.
#include "io/pipe.h"

#include <gtest/gtest.h>

#include <string>

#include "io/checksum.h"
#include "tests/io/file_temp.h"

namespace sluice::io {
namespace {

using testing::Random;
using testing::random_bytes;

std::uint64_t crc_of(std::string_view bytes) {
  return crc64_ecma(0, Bytes(bytes.data(), bytes.size()));
}

struct Flag : Resume {
  void resume() override {
    paused = false;
    ++resumed;
  }
  bool paused = false;
  int resumed = 0;
};

/// A GET and a PUT on one loop: each step lets one of them go on if it is not paused.
class Exchange {
 public:
  Exchange(Pipe& pipe, std::string_view content, std::uint64_t seed)
      : pipe_(pipe), content_(content), random_(seed) {
    pipe_.sink().attach(&writer_);
    pipe_.source().attach(&reader_);
  }

  bool step_writer() {
    if (writer_.paused || sent_ == content_.size()) return false;
    const std::size_t count = std::min(content_.size() - sent_, std::size_t{1 + random_.below(16384)});
    auto taken = pipe_.sink().write(content_.substr(sent_, count));
    if (!taken) return fail(taken.error());
    if (*taken == kPaused) {
      writer_.paused = true;
      ++pauses;
      return true;
    }
    EXPECT_EQ(*taken, count);
    sent_ += count;
    return true;
  }

  bool step_reader() {
    if (reader_.paused || ended) return false;
    std::string piece(1 + random_.below(50'000), '\0');
    auto got = pipe_.source().read(piece);
    if (!got) return fail(got.error());
    if (*got == kPaused) {
      reader_.paused = true;
      ++pauses;
    } else if (*got == 0) {
      ended = true;
    } else {
      received.append(piece, 0, *got);
    }
    return true;
  }

  /// Until nothing moves any more.
  void run() {
    bool moved = true;
    while (moved && !error) {
      const bool writer_first = random_.below(2) == 0;
      moved = writer_first ? step_writer() : step_reader();
      moved = (writer_first ? step_reader() : step_writer()) || moved;
    }
  }

  void repeat_get() {
    EXPECT_TRUE(pipe_.sink().rewind());
    writer_.paused = false;
    sent_ = 0;
  }

  std::string received;
  bool ended = false;
  int pauses = 0;
  std::optional<Error> error;
  Flag writer_, reader_;
  std::size_t sent_ = 0;

 private:
  bool fail(const Error& e) {
    error = e;
    return false;
  }
  Pipe& pipe_;
  const std::string_view content_;
  Random random_;
};

TEST(Pipe, PassesEveryByteInOrderThroughASmallRing) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::string content = random_bytes(1 + Random(seed).below(2'000'000), seed);
    Pipe pipe(content.size(), 100'000, kCrc64 | kMd5);
    Exchange exchange(pipe, content, seed);

    exchange.run();

    ASSERT_TRUE(exchange.ended) << "stuck, seed " << seed;
    ASSERT_TRUE(exchange.received == content);
    EXPECT_TRUE(pipe.end_of_input());
    EXPECT_EQ(pipe.digests().crc64, crc_of(content));
    EXPECT_EQ(pipe.digests().bytes, content.size());
    EXPECT_EQ(pipe.bytes_out(), content.size());
  }
}

TEST(Pipe, PausesTheFasterSide) {
  const std::string content = random_bytes(1'000'000, 30);
  Pipe pipe(content.size(), 65536);
  Exchange exchange(pipe, content, 31);

  EXPECT_TRUE(exchange.step_reader());
  EXPECT_TRUE(exchange.reader_.paused);
  EXPECT_TRUE(exchange.step_writer());
  EXPECT_FALSE(exchange.reader_.paused);

  while (exchange.step_writer()) {
  }
  EXPECT_TRUE(exchange.writer_.paused);
  EXPECT_LE(pipe.bytes_in(), 65536u);
  EXPECT_GT(pipe.bytes_in(), 65536u - 16384u);

  exchange.run();
  EXPECT_TRUE(exchange.received == content);
  EXPECT_GT(exchange.pauses, 2);
}

TEST(Pipe, PassesNothing) {
  Pipe pipe(0, 1000);
  std::string piece(10, '\0');

  EXPECT_EQ(pipe.source().size(), 0u);
  EXPECT_EQ(pipe.source().read(piece).value_or(99), 0u);
  EXPECT_TRUE(pipe.end_of_input());
}

TEST(Pipe, HidesARepeatedGetFromThePut) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::string content = random_bytes(500'000, seed);
    Pipe pipe(content.size(), 70'000, kCrc64);
    Exchange exchange(pipe, content, seed);
    Random random(seed + 50);
    for (int breaks = 0; breaks < 3; ++breaks) {
      for (std::uint64_t steps = random.below(40); steps > 0; --steps) {
        exchange.step_writer();
        exchange.step_reader();
      }
      exchange.repeat_get();
    }

    exchange.run();

    ASSERT_TRUE(exchange.ended) << "stuck, seed " << seed;
    ASSERT_TRUE(exchange.received == content);
    EXPECT_EQ(pipe.digests().crc64, crc_of(content));
    EXPECT_TRUE(pipe.end_of_input());
  }
}

TEST(Pipe, RepeatsAPutOnlyWhileItHoldsEverything) {
  const std::string content = random_bytes(200'000, 40);
  Pipe pipe(content.size(), 100'000);
  std::string piece(30'000, '\0');
  ASSERT_EQ(pipe.sink().write(content.substr(0, 90'000)).value_or(0), 90'000u);
  ASSERT_EQ(pipe.source().read(piece).value_or(0), 30'000u);

  ASSERT_TRUE(pipe.source().rewind());
  ASSERT_EQ(pipe.source().read(piece).value_or(0), 30'000u);
  EXPECT_TRUE(piece == content.substr(0, 30'000));

  ASSERT_EQ(pipe.sink().write(content.substr(90'000, 20'000)).value_or(0), 20'000u);
  EXPECT_FALSE(pipe.source().rewind());
}

TEST(Pipe, GivesTheReadersFailureToTheWriter) {
  Pipe pipe(1'000'000, 65536);
  Flag writer;
  pipe.sink().attach(&writer);
  ASSERT_EQ(pipe.sink().write(std::string(60'000, 'x')).value_or(0), 60'000u);
  ASSERT_EQ(pipe.sink().write(std::string(16'384, 'x')).value_or(0), kPaused);

  pipe.fail(make_error(ErrorKind::service, "the PUT failed"));
  pipe.fail(make_error(ErrorKind::cancelled, "too late"));

  EXPECT_EQ(writer.resumed, 1);
  const auto written = pipe.sink().write("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "the PUT failed");
  EXPECT_FALSE(pipe.sink().rewind());
  EXPECT_FALSE(pipe.sink().begin({}));
}

TEST(Pipe, GivesTheWritersFailureToTheReader) {
  Pipe pipe(1'000'000, 65536);
  Flag reader;
  pipe.source().attach(&reader);
  std::string piece(100, '\0');
  ASSERT_EQ(pipe.source().read(piece).value_or(0), kPaused);

  pipe.fail(make_error(ErrorKind::cancelled, "cancelled"));

  EXPECT_EQ(reader.resumed, 1);
  const auto got = pipe.source().read(piece);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::cancelled);
  EXPECT_FALSE(pipe.source().rewind());
}

TEST(Pipe, TellsBothSidesOfAnAnswerThatIsTooShort) {
  Pipe pipe(100, 65536);
  ASSERT_TRUE(pipe.sink().write(std::string(99, 'x')));

  const auto ended = pipe.end_of_input();

  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::network);
  std::string piece(200, '\0');
  EXPECT_FALSE(pipe.source().read(piece));
}

TEST(Pipe, RefusesAnAnswerThatIsTooLongOrNotTheOneAskedFor) {
  Pipe pipe(100, 65536, kNoDigest, ExpectedRange{.first = 50, .length = 100, .total = 1000, .etag = "a"});
  Response head;
  head.status = 206;
  head.headers = {{"Content-Range", "bytes 50-149/1000"}, {"ETag", "\"b\""}};
  EXPECT_FALSE(pipe.sink().begin(head));
  head.headers.set("ETag", "\"a\"");
  EXPECT_TRUE(pipe.sink().begin(head));

  const auto written = pipe.sink().write(std::string(101, 'x'));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::integrity);
}

/// Resumes at once, inside the other side's call, and carries on from there as deep as it goes.
struct Eager : Resume {
  void resume() override { act(); }
  std::function<void()> act;
};

TEST(Pipe, StaysRightWhenResumedSidesActAtOnce) {
  const std::string content = random_bytes(700'000, 60);
  Pipe pipe(content.size(), 65536, kCrc64);
  std::size_t sent = 0;
  std::string received;
  Eager writer, reader;
  writer.act = [&] {
    while (sent < content.size()) {
      const std::size_t count = std::min<std::size_t>(16384, content.size() - sent);
      // Advanced before the call: the call may come back here.
      sent += count;
      if (pipe.sink().write(std::string_view(content).substr(sent - count, count)).value_or(0) == kPaused) {
        sent -= count;
        return;
      }
    }
  };
  reader.act = [&] {
    while (true) {
      std::string piece(10'000, '\0');
      const auto before = pipe.bytes_out();
      const auto got = pipe.source().read(piece).value_or(0);
      if (got == kPaused || got == 0) return;
      if (received.size() < before + got) received.resize(before + got);
      received.replace(before, got, piece, 0, got);
    }
  };
  pipe.sink().attach(&writer);
  pipe.source().attach(&reader);

  reader.act();
  writer.act();

  EXPECT_TRUE(received == content);
  EXPECT_EQ(pipe.digests().crc64, crc_of(content));
}

}  // namespace
}  // namespace sluice::io
