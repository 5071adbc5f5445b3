// One small request without a loop of one's own.
#include "io/fetch.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "support/http_server.h"
#include "tests/io/file_temp.h"

namespace sluice::io {
namespace {

using namespace std::chrono_literals;

Request request_to(const testing::HttpServer& server) {
  Request request;
  request.method = "PUT";
  request.host = server.address();
  request.port = server.port();
  request.path = "/latest/api/token";
  request.headers.add("X-Lifetime", "60");
  return request;
}

TEST(Fetch, AnswersWhatTheServerSays) {
  testing::HttpServer server([](const testing::HttpRequest& request) {
    testing::HttpAnswer answer;
    answer.status = 404;
    answer.body = request.method + " " + request.target + " " + request.header("X-Lifetime");
    return answer;
  });
  const auto answer = fetch(request_to(server), 1s, 10s);
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, "PUT /latest/api/token 60");
}

TEST(Fetch, TellsHowLongEachStepTook) {
  const testing::TempDir dir;
  for (const bool tls : {false, true}) {
    SCOPED_TRACE(tls);
    testing::HttpServer server([](const testing::HttpRequest&) { return testing::HttpAnswer(); },
                               {.tls = tls});
    Request request = request_to(server);
    request.tls = tls;
    Steps steps;
    FetchOptions options{.connect = 10s, .limit = 10s};
    options.steps = &steps;
    if (tls) {
      options.ca_file = dir / "ca.pem";
      testing::write_file(options.ca_file, server.certificate_pem());
    }
    const auto answer = fetch(std::move(request), options);
    ASSERT_TRUE(answer) << answer.error().describe();
    EXPECT_EQ(steps.address, "127.0.0.1");
    EXPECT_GT(steps.connected, 0us);
    EXPECT_EQ(steps.secured > 0us, tls);
    EXPECT_GT(steps.answered, 0us);
    EXPECT_LT(steps.resolved + steps.connected + steps.secured + steps.answered, 10s);
  }
}

TEST(Fetch, GivesUpAfterItsLimit) {
  testing::HttpServer server([](const testing::HttpRequest&) {
    testing::HttpAnswer answer;
    answer.end = testing::HttpAnswer::End::stall;
    answer.send_head = false;
    return answer;
  });
  const auto answer = fetch(request_to(server), 1s, 50ms);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::timeout);
}

TEST(Fetch, FailsWhereNobodyListens) {
  Request request;
  {
    testing::HttpServer server([](const testing::HttpRequest&) { return testing::HttpAnswer(); });
    request = request_to(server);
  }
  const auto answer = fetch(request, 1s, 10s);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::network);
}

}  // namespace
}  // namespace sluice::io
