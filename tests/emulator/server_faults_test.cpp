// Counters that tests can prove things by, and faults that tests can order.
#include <atomic>
#include <thread>

#include "server_fixture.h"

namespace sluice::emulator::test {
namespace {

class ServerFaults : public ServerTest {
 protected:
  void with(const std::string& rules) {
    use_faults("{\"seed\": 1, \"rules\": [" + rules + "]}");
    start();
    ASSERT_EQ(s3("PUT", "/bucket").status, 200);
  }
};

TEST_F(ServerFaults, ThrottleAnswersInTheVendorsWords) {
  with(R"({"operation": "put_object", "action": "throttle", "count": 2})");
  for (int i = 0; i < 2; ++i) {
    const Answer slow = s3("PUT", "/bucket/k", "x");
    EXPECT_EQ(slow.status, 503);
    EXPECT_EQ(element(slow.body, "Code"), "SlowDown");
  }
  EXPECT_EQ(s3("PUT", "/bucket/k", "x").status, 200);
}

TEST_F(ServerFaults, TruncateEndsTheBodyEarly) {
  with(R"({"operation": "get_object", "action": "truncate", "bytes": 300000, "count": 1})");
  const std::string body = bytes_of(500'000, 1);
  ASSERT_EQ(s3("PUT", "/bucket/k", body).status, 200);
  const Answer cut = s3("GET", "/bucket/k");
  EXPECT_FALSE(cut.whole);
  EXPECT_EQ(cut.body, body.substr(0, 300'000));
  EXPECT_EQ(s3("GET", "/bucket/k").body, body);
}

TEST_F(ServerFaults, CorruptTurnsOneByteAndNoOther) {
  with(R"({"operation": "get_object", "action": "corrupt", "bytes": 270000})");
  std::string body = bytes_of(500'000, 2);
  ASSERT_EQ(s3("PUT", "/bucket/k", body).status, 200);
  const Answer wrong = s3("GET", "/bucket/k");
  ASSERT_NE(wrong.body, body);
  body[270'000] = static_cast<char>(~body[270'000]);
  EXPECT_EQ(wrong.body, body);
}

TEST_F(ServerFaults, ResetBreaksAnUploadAndStoresNothing) {
  with(R"({"operation": "put_object", "action": "reset", "of": "request", "bytes": 100000, "count": 1})");
  const Answer broken = s3("PUT", "/bucket/k", bytes_of(3'000'000, 3));
  EXPECT_EQ(broken.status, 0);
  EXPECT_EQ(s3("HEAD", "/bucket/k").status, 404);
}

TEST_F(ServerFaults, AnErrorIn200DoesNothingAndSaysSo) {
  with(R"({"operation": "copy_object", "action": "error_in_200", "count": 1})");
  ASSERT_EQ(s3("PUT", "/bucket/from", "x").status, 200);
  const Answer answer = s3("PUT", "/bucket/to", {}, {{"x-amz-copy-source", "/bucket/from"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(element(answer.body, "Code"), "InternalError");
  EXPECT_EQ(s3("HEAD", "/bucket/to").status, 404);
}

TEST_F(ServerFaults, DropAnswerDoesTheWorkAndKeepsSilent) {
  with(R"({"operation": "put_object", "action": "drop_answer", "count": 1})");
  EXPECT_EQ(s3("PUT", "/bucket/k", "done").status, 0);
  EXPECT_EQ(s3("GET", "/bucket/k").body, "done");
}

TEST_F(ServerFaults, AStallEndsWhenTheServerStops) {
  with(R"({"operation": "get_object", "action": "stall", "bytes": 2})");
  ASSERT_EQ(s3("PUT", "/bucket/k", "0123456789").status, 200);
  Wire wire(server_->port());
  wire.send(head({.path = "/bucket/k"}));
  std::thread stopper([&] { server_->stop(); });
  const Answer answer = wire.receive();
  stopper.join();
  EXPECT_FALSE(answer.whole);
}

TEST_F(ServerFaults, TheSameSeedDecidesTheSame) {
  const auto pattern = [&] {
    std::string statuses;
    for (int i = 0; i < 30; ++i) statuses += s3("PUT", "/bucket/k", "x").status == 200 ? '.' : 'X';
    return statuses;
  };
  with(R"({"operation": "put_object", "action": "error", "status": 500, "probability": 0.4})");
  const std::string first = pattern();
  restart();
  EXPECT_EQ(pattern(), first);
  EXPECT_NE(first.find('X'), std::string::npos);
  EXPECT_NE(first.find('.'), std::string::npos);
}

TEST_F(ServerFaults, ABadFileIsRefusedAtTheStart) {
  use_faults(R"({"rules": [{"action": "explode"}]})");
  const auto server = Server::start(options_);
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().message.find("explode"), std::string::npos);
}

class ServerCounters : public ServerTest {
 protected:
  void SetUp() override {
    start();
    ASSERT_EQ(s3("PUT", "/bucket").status, 200);
  }
};

TEST_F(ServerCounters, CountRequestsAndBodyBytes) {
  ASSERT_EQ(s3("PUT", "/bucket/k", std::string(1000, 'x')).status, 200);
  ASSERT_EQ(s3("GET", "/bucket/k", {}, {{"Range", "bytes=0-99"}}).status, 206);
  // A request is counted when its connection has seen it end, which is just after we have read it.
  std::string json;
  do {
    json = counters();
  } while (json.find("get_object") == std::string::npos);
  EXPECT_NE(json.find(R"("put_object":{"requests":1,"failed":0,"bytes_in":1000,"bytes_out":0)"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find(R"("get_object":{"requests":1,"failed":0,"bytes_in":0,"bytes_out":100)"),
            std::string::npos)
      << json;
  admin("/counters/reset");
  EXPECT_EQ(counters().find("put_object"), std::string::npos);
}

TEST_F(ServerCounters, TellAPartThatIsSentAgainAfterItWasAcknowledged) {
  const std::string id = element(s3("POST", "/bucket/k?uploads").body, "UploadId");
  const std::string part = "/bucket/k?partNumber=1&uploadId=" + id;
  ASSERT_EQ(s3("PUT", part, "x").status, 200);
  std::string json;
  do {
    json = counters();
  } while (json.find(R"("acknowledged":1)") == std::string::npos);
  EXPECT_NE(json.find(R"("part":1,"received":1,"acknowledged":1,"after_acknowledged":0)"), std::string::npos)
      << json;
  ASSERT_EQ(s3("PUT", part, "x").status, 200);
  EXPECT_NE(counters().find(R"("after_acknowledged":1)"), std::string::npos);
  EXPECT_NE(admin("/uploads").find(id), std::string::npos);
}

TEST_F(ServerCounters, DoNotCallAPartAcknowledgedWhoseClientLeftBeforeTheAnswer) {
  const std::string id = element(s3("POST", "/bucket/k?uploads").body, "UploadId");
  Wire wire(server_->port());
  wire.send(head({.method = "PUT",
                  .path = "/bucket/k",
                  .query = {{"partNumber", "1"}, {"uploadId", id}},
                  .body = "xy",
                  .bucket = "bucket",
                  .key = "k"}) +
            "x");
  wire.send_last("y");
  std::string json;
  do {
    json = counters();
  } while (json.find(R"("received":1)") == std::string::npos);
  EXPECT_NE(json.find(R"("part":1,"received":1,"acknowledged":0,"after_acknowledged":0)"), std::string::npos)
      << json;
}

TEST_F(ServerCounters, CountConnectionsNotRequests) {
  admin("/counters/reset");
  Wire wire(server_->port());
  for (int i = 0; i < 5; ++i) {
    wire.send(head({.path = "/bucket"}));
    ASSERT_EQ(wire.receive().status, 200);
  }
  EXPECT_NE(counters().find(R"({"connections":1,"requests":5)"), std::string::npos) << counters();
}

TEST_F(ServerCounters, ManyClientsAtOnceLoseNothing) {
  std::vector<std::thread> clients;
  std::atomic<int> good{0};
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < 20; ++i) {
        const std::string key = "/bucket/" + std::to_string(client) + "-" + std::to_string(i);
        const std::string body =
            bytes_of(static_cast<std::size_t>(i) * 5000, static_cast<std::uint64_t>(client * 100 + i));
        if (s3("PUT", key, body).status == 200 && s3("GET", key).body == body) ++good;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(good, 160);
}

}  // namespace
}  // namespace sluice::emulator::test
