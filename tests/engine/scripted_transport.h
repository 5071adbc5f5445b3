// A transport that answers from a queue and remembers what it was asked, and a loop whose time is
// made up: pauses take no time and are remembered. Both are used on the test's own thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/transport.h"
#include "scheduler/loop.h"

namespace sluice::engine::test {

class ManualLoop final : public scheduler::Loop {
 public:
  void run() override {}
  void stop() override {}
  void post(std::function<void()> f) override { posted_.push_back(std::move(f)); }
  std::uint64_t after(scheduler::Clock::duration delay, std::function<void()> f) override {
    pauses.push_back(std::chrono::ceil<std::chrono::milliseconds>(delay));
    timers_.emplace(++last_, std::move(f));
    return last_;
  }
  void cancel_timer(std::uint64_t id) override { timers_.erase(id); }

  /// Runs what is posted and due, in order, until nothing is left.
  void drain() {
    while (!posted_.empty() || !timers_.empty()) {
      std::function<void()> f;
      if (!posted_.empty()) {
        f = std::move(posted_.front());
        posted_.pop_front();
      } else {
        f = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
      }
      f();
    }
  }

  std::vector<std::chrono::milliseconds> pauses;

 private:
  std::deque<std::function<void()>> posted_;
  std::map<std::uint64_t, std::function<void()>> timers_;
  std::uint64_t last_ = 0;
};

/// A request as it went out, with its body read to the end.
struct Seen {
  io::Request request;
  std::string body;
};

class ScriptedTransport final : public io::Transport {
 public:
  using Step = std::function<Result<io::Response>(const Seen&)>;

  void answer(int status, io::Headers headers = {}, std::string body = {}) {
    steps_.push_back([=](const Seen&) -> Result<io::Response> { return make(status, headers, body); });
  }
  void fail_with(ErrorKind kind, std::string message = "connection reset") {
    steps_.push_back([=](const Seen&) -> Result<io::Response> { return fail(kind, message); });
  }
  void step(Step s) { steps_.push_back(std::move(s)); }

  scheduler::Task<Result<io::Response>> send(io::Request request, io::Exchange exchange) override {
    Seen now{std::move(request), exchange.bytes};
    if (exchange.source) {
      auto body = read_all(*exchange.source);
      if (!body) co_return unexpected(std::move(body).error());
      now.body = *std::move(body);
    }
    seen.push_back(std::move(now));
    if (steps_.empty()) co_return fail(ErrorKind::internal, "no answer was scripted");
    const Step next = std::move(steps_.front());
    steps_.pop_front();
    auto response = next(seen.back());
    if (!response) co_return response;
    if (exchange.sink && response->status / 100 == 2) {
      if (auto begun = exchange.sink->begin(*response); !begun)
        co_return unexpected(std::move(begun).error());
      // A body that ends early is a broken connection to whoever reads it.
      auto taken = exchange.sink->write(response->body);
      if (!taken) co_return unexpected(std::move(taken).error());
      response->body.clear();
      if (break_next_body) {
        break_next_body = false;
        co_return fail(ErrorKind::network, "connection closed within the body");
      }
    }
    co_return response;
  }

  const Seen& last() const { return seen.back(); }
  std::size_t left() const { return steps_.size(); }

  std::vector<Seen> seen;
  bool break_next_body = false;

  static io::Response make(int status, io::Headers headers, std::string body) {
    io::Response r;
    r.status = status;
    r.headers = std::move(headers);
    r.body = std::move(body);
    return r;
  }

 private:
  static Result<std::string> read_all(io::BodySource& source) {
    std::string out;
    std::string block(700, '\0');  // no multiple of anything, so that frames are cut anywhere
    while (true) {
      auto got = source.read({block.data(), block.size()});
      if (!got) return unexpected(std::move(got).error());
      if (*got == 0) break;
      out.append(block, 0, *got);
    }
    if (out.size() != source.size())
      return fail(ErrorKind::internal, "the source told another size than it has");
    return out;
  }

  std::deque<Step> steps_;
};

/// Runs a task to its end on this thread.
template <class T>
T finish(ManualLoop& loop, scheduler::Task<T> task) {
  std::optional<T> out;
  const auto run = [](scheduler::Task<T> t, std::optional<T>* into) -> scheduler::Task<void> {
    into->emplace(co_await t);
  };
  scheduler::start(run(std::move(task), &out));
  loop.drain();
  return *std::move(out);
}

class TextSource final : public io::BodySource {
 public:
  explicit TextSource(std::string text, bool rewinds = true) : text_(std::move(text)), rewinds_(rewinds) {}
  std::uint64_t size() const override { return text_.size(); }
  Result<std::size_t> read(std::span<char> into) override {
    const auto n = text_.copy(into.data(), into.size(), at_);
    at_ += n;
    return n;
  }
  bool rewind() override {
    ++rewound;
    at_ = 0;
    return rewinds_;
  }
  int rewound = 0;

 private:
  std::string text_;
  std::size_t at_ = 0;
  bool rewinds_;
};

class TextSink final : public io::BodySink {
 public:
  Result<void> begin(const io::Response& head) override {
    status = head.status;
    return {};
  }
  Result<std::size_t> write(std::string_view data) override {
    text.append(data);
    return data.size();
  }
  bool rewind() override {
    ++rewound;
    text.clear();
    return true;
  }
  std::string text;
  int status = 0, rewound = 0;
};

}  // namespace sluice::engine::test
