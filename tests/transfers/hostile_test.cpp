// Answers that make no sense, and code that throws: an error of the one transfer, never the process's end.
#include <future>
#include <limits>
#include <stdexcept>

#include "engine/parts_job.h"
#include "engine/runtime.h"
#include "sluice/operations.h"
#include "transfers/scripted_store.h"

namespace sluice::transfers {
namespace {

using testing::HttpAnswer;
using testing::HttpRequest;

struct Hostile : ::testing::Test {
  TempDir dir;
  Client client = must(Client::open(client_options(dir)));
};

TEST_F(Hostile, ListingsOfOtherKeysThanAskedForAreRefused) {
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    ScriptedStore hostile(d), other(d);
    hostile.ignores_prefix = true;
    hostile.put("a", "elsewhere");
    Store store = hostile.open(client), target = other.open(client);
    ListOptions below;
    below.prefix = "asked/";

    const auto listed = store.list(d.bucket, below);
    const auto down = client.download_tree(store, d.bucket, "asked/", dir.path("to")).wait();
    const auto copied = client.copy_tree(store, d.bucket, "asked/", target, d.bucket, "to/").wait();

    ASSERT_FALSE(listed);
    ASSERT_FALSE(down);
    ASSERT_FALSE(copied);
    for (const Error& error : {listed.error(), down.error(), copied.error()}) {
      EXPECT_EQ(error.kind, ErrorKind::decode);
      EXPECT_NE(error.message.find("'asked/'"), std::string::npos) << error.message;
      EXPECT_NE(error.message.find("'a'"), std::string::npos) << error.message;
    }
    EXPECT_FALSE(std::filesystem::exists(dir.path("to")));
    EXPECT_FALSE(other.has("to/"));
  }
}

TEST_F(Hostile, AnotherRangeThanAskedForIsNoAnswer) {
  struct Row {
    int status;
    std::string content_range, body;
  };
  for (const Row& row : {Row{206, "bytes 3-5/10", "345"}, Row{206, "", "234"}, Row{206, "bytes 2-4/10", "23"},
                         Row{200, "", "0123456789"}}) {
    for (const DialectUnderTest& d : kDialects) {
      SCOPED_TRACE(d.scheme + " " + row.content_range);
      ScriptedStore hostile(d);
      hostile.refuse = [&row](const HttpRequest&) {
        HttpAnswer answer;
        answer.status = row.status;
        answer.body = row.body;
        if (!row.content_range.empty()) answer.headers.emplace_back("Content-Range", row.content_range);
        return std::optional<HttpAnswer>(answer);
      };
      GetOptions options;
      options.range = ByteSpan{2, 4};

      const auto content = Object(hostile.open(client), d.bucket, "k").get(options);

      ASSERT_FALSE(content);
      EXPECT_EQ(content.error().kind, ErrorKind::decode) << content.error().describe();
    }
  }
}

TEST_F(Hostile, SizesBeyondReasonEndInAnError) {
  const auto claims = std::to_string(std::numeric_limits<std::int64_t>::max());
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    ScriptedStore hostile(d, [&](const HttpRequest& request, HttpAnswer& answer) {
      if (request.method != "HEAD") return;
      std::erase_if(answer.headers, [](const auto& field) { return field.first == "Content-Length"; });
      answer.headers.emplace_back("Content-Length", claims);
    });
    ScriptedStore other(d);
    hostile.put("k", "small");
    Store store = hostile.open(client), target = other.open(client);
    std::string memory;
    const auto swallow = [](std::string_view) -> Result<void> { return {}; };

    EXPECT_FALSE(client.download(store, d.bucket, "k", Sink::file(dir.path("to"))).wait());
    EXPECT_FALSE(client.download(store, d.bucket, "k", Sink::memory(&memory)).wait());
    EXPECT_FALSE(client.download(store, d.bucket, "k", Sink::stream(swallow)).wait());
    EXPECT_FALSE(client.copy(store, d.bucket, "k", target, d.bucket, "to").wait());

    EXPECT_FALSE(std::filesystem::exists(dir.path("to")));
    EXPECT_FALSE(other.has("to"));
  }
}

TEST_F(Hostile, CallbacksThatThrowEndTheirTransferWithAnError) {
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    ScriptedStore plain(d);
    Store store = plain.open(client);
    plain.put("k", bytes_of(5 * d.part));
    TransferOptions options;
    options.part_size = d.part;
    for (const int good : {0, 2}) {
      int read = 0, written = 0;
      const auto reader = [&](std::span<char> into) -> Result<std::size_t> {
        if (++read > good * 3) throw std::runtime_error("a reader's trouble");
        std::fill(into.begin(), into.end(), 'x');
        return into.size();
      };
      const auto writer = [&](std::string_view) -> Result<void> {
        if (++written > good) throw std::runtime_error("a writer's trouble");
        return {};
      };

      const auto up = client.upload(Source::stream(reader), store, d.bucket, "new", options).wait();
      const auto down = client.download(store, d.bucket, "k", Sink::stream(writer), options).wait();

      ASSERT_FALSE(up);
      ASSERT_FALSE(down);
      EXPECT_NE(up.error().message.find("a reader's trouble"), std::string::npos) << up.error().message;
      EXPECT_NE(down.error().message.find("a writer's trouble"), std::string::npos) << down.error().message;
      EXPECT_FALSE(plain.has("new"));
    }
  }
}

TEST_F(Hostile, AProgressCallbackThatThrowsDisturbsNothing) {
  ScriptedStore plain(dialect("s3"));
  TransferOptions options;
  options.progress = [](const Progress&) { throw std::runtime_error("no terminal"); };

  must(
      client
          .upload(Source::memory(std::string_view("hello")), plain.open(client), plain.bucket(), "k", options)
          .wait());

  EXPECT_EQ(plain.bytes("k"), "hello");
}

TEST_F(Hostile, APartThatThrowsIsTheErrorOfItsJobAndStopsTheRest) {
  auto runtime = must(engine::Runtime::create(client_options(dir)));
  std::promise<Result<void>> promise;
  auto ended = promise.get_future();
  const auto part = [](scheduler::Worker&, std::uint64_t index) -> scheduler::Task<Result<void>> {
    if (index == 2) throw std::runtime_error("part 2");
    co_return Result<void>();
  };
  std::vector<std::uint64_t> indices{0, 1, 2, 3, 4, 5, 6, 7};
  auto job = std::make_shared<engine::PartsJob>(indices, 1, part, std::stop_source());
  const auto run = [](scheduler::Worker* home, std::shared_ptr<engine::PartsJob> all,
                      std::promise<Result<void>>* into) -> scheduler::Task<void> {
    into->set_value(co_await engine::PartsJob::run_all(home, all));
  };

  scheduler::Worker& home = runtime->workers->next_worker();
  runtime->workers->spawn(home.index(), run(&home, job, &promise));
  const auto done = ended.get();

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::internal);
  EXPECT_NE(done.error().message.find("part 2"), std::string::npos);
}

}  // namespace
}  // namespace sluice::transfers
