// The head of a request as text: what it holds, and what it refuses.
#include "io/request_head.h"

#include <gtest/gtest.h>

namespace sluice::io {
namespace {

Request a_request() {
  Request request;
  request.method = "GET";
  request.host = "store.example:8080";
  request.path = "/bucket/a%20b";
  request.query = {{"partNumber", "3"}};
  request.headers.add("x-amz-date", "20260101T000000Z");
  return request;
}

std::string head_of(const Request& request, std::string_view agent = "sluice/1") {
  std::string text = "from before";
  auto written = write_head(request, agent, text);
  return written ? text : "refused: " + written.error().message;
}

TEST(RequestHead, EndsWithTheUserAgent) {
  EXPECT_EQ(head_of(a_request()),
            "/bucket/a%20b?partNumber=3 HTTP/1.1\r\nHost: store.example:8080\r\n"
            "x-amz-date: 20260101T000000Z\r\nUser-Agent: sluice/1");
}

TEST(RequestHead, TakesTheUserAgentOfTheRequestFirst) {
  Request request = a_request();
  request.headers.add("user-agent", "mine");
  EXPECT_TRUE(head_of(request).ends_with("\r\nUser-Agent: mine"));
}

TEST(RequestHead, RefusesWhatCouldBreakOutOfItsLine) {
  for (const std::string& bad : {std::string("a\rb"), std::string("a\nb"), std::string("a\0b", 3)}) {
    Request in_host = a_request(), in_path = a_request(), in_name = a_request(), in_value = a_request();
    in_host.host = bad;
    in_path.path = "/" + bad;
    in_name.headers.add(bad, "value");
    in_value.headers.add("name", bad);
    for (const Request& request : {in_host, in_path, in_name, in_value})
      EXPECT_TRUE(head_of(request).starts_with("refused: ")) << head_of(request);
    EXPECT_TRUE(head_of(a_request(), bad).starts_with("refused: "));
  }
}

TEST(RequestHead, KnowsANameFromItsPort) {
  EXPECT_EQ(host_name("store.example:8080"), "store.example");
  EXPECT_EQ(host_name("store.example"), "store.example");
  EXPECT_EQ(host_name("[::1]:9000"), "[::1]");
  EXPECT_EQ(host_name("[::1]"), "[::1]");
}

}  // namespace
}  // namespace sluice::io
