// Every signature is checked, and refusals speak the vendor's words.
#include <sys/stat.h>

#include "io/percent.h"
#include "server_fixture.h"

namespace sluice::emulator::test {
namespace {

using signers::Scheme;

struct Words {
  Scheme scheme;
  const char* region;
  int mismatch_status;
  const char* mismatch;
  int unknown_status;
  const char* unknown;
  int skewed_status;
  const char* skewed;
};

// What each vendor says of a wrong secret, an unknown key, and a clock that is off by an hour.
constexpr Words kWords[] = {
    {Scheme::sigv4, "us-east-1", 403, "SignatureDoesNotMatch", 403, "InvalidAccessKeyId", 403,
     "RequestTimeTooSkewed"},
    {Scheme::oss_v1, "", 403, "SignatureDoesNotMatch", 403, "InvalidAccessKeyId", 403,
     "RequestTimeTooSkewed"},
    {Scheme::oss_v4, "cn-hangzhou", 403, "SignatureDoesNotMatch", 403, "InvalidAccessKeyId", 403,
     "RequestTimeTooSkewed"},
    {Scheme::cos, "", 403, "SignatureDoesNotMatch", 403, "InvalidAccessKeyId", 403, "AccessDenied"},
    {Scheme::tos4, "cn-beijing", 403, "SignatureDoesNotMatch", 403, "InvalidAccessKeyId", 403,
     "RequestTimeTooSkewed"},
    {Scheme::qingstor, "", 401, "signature_not_matched", 401, "invalid_access_key_id", 403,
     "request_expired"},
};

class ServerAuth : public ServerTest, public ::testing::WithParamInterface<Words> {
 protected:
  void SetUp() override { start(); }
  Ask request() const { return {.scheme = GetParam().scheme, .path = "/", .region = GetParam().region}; }
};

TEST_P(ServerAuth, TakesTheRightSecret) {
  const Answer answer = ask(request());
  EXPECT_EQ(answer.status, 200) << answer.body;
}

TEST_P(ServerAuth, RefusesTheWrongSecret) {
  secret_ = "another secret";
  const Answer answer = ask(request());
  EXPECT_EQ(answer.status, GetParam().mismatch_status);
  EXPECT_NE(answer.body.find(GetParam().mismatch), std::string::npos) << answer.body;
}

TEST_P(ServerAuth, RefusesAnUnknownKey) {
  options_.access_key = "STRANGER";
  const Answer answer = ask(request());
  EXPECT_EQ(answer.status, GetParam().unknown_status);
  EXPECT_NE(answer.body.find(GetParam().unknown), std::string::npos) << answer.body;
}

TEST_P(ServerAuth, RefusesAClockThatIsAnHourLate) {
  now_ -= std::chrono::hours(3);
  const Answer answer = ask(request());
  EXPECT_EQ(answer.status, GetParam().skewed_status);
  EXPECT_NE(answer.body.find(GetParam().skewed), std::string::npos) << answer.body;
  EXPECT_TRUE(answer.headers.has("Date"));
}

TEST_P(ServerAuth, RefusesATamperedPath) {
  const std::string text = head(request());
  Wire wire(server_->port());
  wire.send(text.substr(0, 5) + "tampered" + text.substr(5));
  EXPECT_GE(wire.receive().status, 401);
}

TEST_P(ServerAuth, TellsNoSecret) {
  secret_ = "another secret";
  const Answer answer = ask(request());
  EXPECT_EQ(answer.body.find("server-test-secret"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Dialects, ServerAuth, ::testing::ValuesIn(kWords), [](const auto& one) {
  std::string name = signers::name(one.param.scheme);
  std::erase(name, '-');
  return name;
});

class ServerAccounts : public ServerTest {
 protected:
  void write_keys(const std::string& json, int mode = 0600) {
    std::filesystem::create_directories(directory_);
    options_.keys_file = directory_ / "accounts.json";
    std::ofstream(options_.keys_file) << json;
    ::chmod(options_.keys_file.c_str(), static_cast<mode_t>(mode));
  }
};

TEST_F(ServerAccounts, AnonymousRequestsAreRefused) {
  start();
  const Answer answer = ask({.path = "/", .sign = false});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(element(answer.body, "Code"), "AccessDenied");
}

TEST_F(ServerAccounts, PublicBucketsMayBeReadByAnybodyAndWrittenByNone) {
  start();
  const io::Headers all{{"x-amz-acl", "public-read"}};  // of S3's objects each tells its own
  ASSERT_EQ(s3("PUT", "/public-bucket", {}, all).status, 200);
  ASSERT_EQ(s3("PUT", "/public-bucket/k", "open", all).status, 200);
  EXPECT_EQ(ask({.path = "/public-bucket/k", .sign = false}).body, "open");
  EXPECT_EQ(ask({.method = "PUT", .path = "/public-bucket/k", .body = "x", .sign = false}).status, 403);
}

TEST_F(ServerAccounts, AMadePairIsKeptForTheOwnerAlone) {
  options_.access_key.clear();
  options_.secret_key.clear();
  start();
  const std::string path = server_->keys_path();
  struct stat facts {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  const std::string key = server_->access_key();

  restart();

  EXPECT_EQ(server_->access_key(), key);
}

TEST_F(ServerAccounts, ATemporaryKeyNeedsItsTokenAndItsTime) {
  write_keys(R"({"users": [{"access_key": "TESTKEY", "secret_key": "server-test-secret"},
                           {"access_key": "STS", "secret_key": "sts-secret", "token": "the-token",
                            "expires": "2090-01-01T00:00:00Z"},
                           {"access_key": "OLD", "secret_key": "sts-secret", "token": "the-token",
                            "expires": "2020-01-01T00:00:00Z"}]})");
  options_.access_key.clear();
  options_.secret_key.clear();
  start();
  const auto ask_as = [&](const char* key, const char* token) {
    io::Request request;
    request.method = "GET";
    request.host = "127.0.0.1:" + std::to_string(server_->port());
    signers::SignContext context;
    context.credentials = {key, "sts-secret", token};
    context.region = "us-east-1";
    context.time = now_;
    signers::signer(Scheme::sigv4)->sign(request, context);
    std::string text = "GET / HTTP/1.1\r\nHost: " + request.host + "\r\n";
    for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
    Wire wire(server_->port());
    wire.send(text + "\r\n");
    return wire.receive();
  };
  EXPECT_EQ(ask_as("STS", "the-token").status, 200);
  EXPECT_EQ(element(ask_as("STS", "").body, "Code"), "InvalidAccessKeyId");
  EXPECT_EQ(element(ask_as("STS", "other").body, "Code"), "InvalidToken");
  EXPECT_EQ(element(ask_as("OLD", "the-token").body, "Code"), "ExpiredToken");
}

TEST_F(ServerAccounts, AKeysFileThatOthersCanReadIsMentioned) {
  write_keys(R"({"users": [{"access_key": "TESTKEY", "secret_key": "server-test-secret"}]})", 0644);
  start();
  ASSERT_EQ(server_->warnings().size(), 1u);
  EXPECT_NE(server_->warnings()[0].find("chmod 600"), std::string::npos);
}

TEST_F(ServerAccounts, ABadKeysFileSaysWhatIsWrong) {
  write_keys(R"({"users": [{"access_key": "A"}]})");
  const auto server = Server::start(options_);
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().message.find("secret_key"), std::string::npos) << server.error().message;
}

TEST_F(ServerAccounts, ABucketAnswersOnlyInItsRegion) {
  start();
  ASSERT_EQ(s3("PUT", "/bucket").status, 200);
  const Answer answer = ask({.path = "/bucket", .region = "eu-west-1"});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(element(answer.body, "Code"), "AuthorizationHeaderMalformed");
  EXPECT_EQ(element(answer.body, "Region"), "us-east-1");
}

TEST_F(ServerAccounts, APresignedUrlWorksUntilItExpires) {
  start();
  ASSERT_EQ(s3("PUT", "/bucket").status, 200);
  ASSERT_EQ(s3("PUT", "/bucket/k", "presigned").status, 200);
  const auto get = [&](std::chrono::sys_seconds signed_at, bool tamper) {
    io::Request request;
    request.method = "GET";
    request.host = "127.0.0.1:" + std::to_string(server_->port());
    request.path = "/bucket/k";
    signers::SignContext context;
    context.credentials = {"TESTKEY", secret_, {}};
    context.region = "us-east-1";
    context.time = signed_at;
    context.resource = {"bucket", "k"};
    signers::signer(Scheme::sigv4)->presign(request, context, std::chrono::seconds(60));
    if (tamper) request.query.emplace_back("response-content-type", "text/html");
    Wire wire(server_->port());
    wire.send("GET " + request.target() + " HTTP/1.1\r\nHost: " + request.host + "\r\n\r\n");
    return wire.receive();
  };
  EXPECT_EQ(get(now_, false).body, "presigned");
  EXPECT_EQ(element(get(now_, true).body, "Code"), "SignatureDoesNotMatch");
  const Answer expired = get(now_ - std::chrono::seconds(61), false);
  EXPECT_EQ(expired.status, 403);
  EXPECT_EQ(element(expired.body, "Code"), "AccessDenied");
  EXPECT_EQ(element(expired.body, "Message"), "Request has expired");
}

}  // namespace
}  // namespace sluice::emulator::test
