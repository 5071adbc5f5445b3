// Certificates and TLS peers that CurlLoop must refuse or survive.
#include "io/curl_loop.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "curl_fixture.h"
#include "scheduler/sleep.h"

namespace sluice::io {
namespace {

using namespace test;

TEST(CurlLoop, RefusesACertificateItCannotTrust) {
  HttpServerOptions tls;
  tls.tls = true;
  HttpServer server([](const HttpRequest&) { return answer_with("secret"); }, tls);
  HttpServer stranger([](const HttpRequest&) { return answer_with("secret"); }, tls);
  Request request = request_to(server, "GET", "/");
  request.tls = true;

  auto with_system_cas = make_loop();
  const auto unknown = send(*with_system_cas, request);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::tls) << unknown.error().describe();

  const PemFile wrong_ca(stranger.certificate_pem());
  CurlLoopOptions options;
  options.ca_file = wrong_ca.path;
  auto with_wrong_ca = make_loop(options);
  const auto refused = send(*with_wrong_ca, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::tls);
  EXPECT_FALSE(is_retryable(refused.error()));
  EXPECT_EQ(server.requests(), 0);
}

TEST(CurlLoop, RefusesACertificateForAnotherName) {
  HttpServerOptions tls;
  tls.tls = true;
  tls.names = {"other.example"};
  HttpServer server([](const HttpRequest&) { return answer_with("secret"); }, tls);
  const PemFile ca(server.certificate_pem());
  CurlLoopOptions options;
  options.ca_file = ca.path;
  auto loop = make_loop(options);
  Request request = request_to(server, "GET", "/");
  request.tls = true;

  const auto refused = send(*loop, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::tls);

  request.host = "other.example";
  request.connect_to = "127.0.0.1";
  EXPECT_TRUE(send(*loop, request)) << "the right name, by connect_to";
}

TEST(CurlLoop, SaysWhichCaFileCannotBeRead) {
  CurlLoopOptions options;
  options.ca_file = "/nonexistent/ca.pem";

  const auto loop = CurlLoop::create(options);

  ASSERT_FALSE(loop);
  EXPECT_EQ(loop.error().kind, ErrorKind::config);
  EXPECT_NE(loop.error().message.find("/nonexistent/ca.pem"), std::string::npos);
}

TEST(CurlLoop, SurvivesATlsPeerThatClosesWhileWeSend) {
  HttpServerOptions tls;
  tls.tls = true;
  HttpServer server(
      [](const HttpRequest& request) {
        HttpAnswer answer = answer_with("ok");
        answer.end = request.method == "PUT" ? End::keep : End::reset;
        return answer;
      },
      tls);
  const PemFile ca(server.certificate_pem());
  CurlLoopOptions options;
  options.ca_file = ca.path;
  auto loop = make_loop(options);
  for (int i = 0; i < 20; ++i) {
    Request request = request_to(server, i % 2 ? "PUT" : "GET", "/");
    request.tls = true;
    StringSource source(random_bytes(500'000, 1));
    const auto response = send(*loop, request, i % 2 ? from(&source) : Exchange());
    if (i % 2 == 0) {
      EXPECT_FALSE(response);
    }
  }
}

}  // namespace
}  // namespace sluice::io
