// What a web server sends, straight into a store: whole, or not at all.
#include <atomic>
#include <thread>

#include "support/http_server.h"
#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

using testing::HttpAnswer;
using testing::HttpRequest;
using testing::HttpServer;

std::string url_of(const HttpServer& server, const std::string& path, const std::string& user = {}) {
  return "http://" + user + server.address() + path;
}

HttpAnswer redirect(const std::string& location, int status = 302) {
  HttpAnswer answer;
  answer.status = status;
  answer.headers.emplace_back("Location", location);
  return answer;
}

/// A server of one file that breaks its first answer off and takes ranges.
class Breaking {
 public:
  explicit Breaking(std::string bytes) : bytes_(std::move(bytes)) {}

  HttpAnswer operator()(const HttpRequest& request) {
    const int turn = requests_++;
    HttpAnswer answer;
    for (const auto& [name, value] : headers) answer.headers.emplace_back(name, value);
    if (!etags.empty())
      answer.headers.emplace_back("ETag", etags[std::min(static_cast<std::size_t>(turn), etags.size() - 1)]);
    answer.body = bytes_;
    const std::string range = request.header("Range");
    const bool same = request.header("If-Range").empty() || request.header("If-Range") == version;
    if (takes_ranges && !range.empty() && same) {
      const std::size_t first = std::stoull(range.substr(range.find('=') + 1)) + shift;
      answer.status = 206;
      answer.body = bytes_.substr(first);
      answer.headers.emplace_back("Content-Range", "bytes " + std::to_string(first) + "-" +
                                                       std::to_string(bytes_.size() - 1) + "/" +
                                                       std::to_string(bytes_.size()));
    }
    if (turn < breaks) {
      answer.end = HttpAnswer::End::truncate;
      answer.send_bytes = answer.body.size() / 2;
    }
    return answer;
  }

  std::vector<std::string> etags;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string version;  ///< what If-Range must name
  bool takes_ranges = true;
  std::size_t shift = 0;  ///< of the ranges that are answered
  int breaks = 1;

 private:
  const std::string bytes_;
  std::atomic<int> requests_{0};
};

Result<TransferReport> upload(Place& place, const DialectUnderTest& d, const std::string& url,
                              TransferOptions options = {}) {
  options.part_size = d.part;
  return place.client->upload(Source::url(url), place.store(d), d.bucket, "k", options).wait();
}

void expect_nothing_stored(Place& place, const DialectUnderTest& d) {
  EXPECT_FALSE(must(place.store(d).object_exists(d.bucket, "k")).value);
  EXPECT_EQ(place.local.pending_uploads(), 0u);
}

void few_attempts(ClientOptions& options) {
  options.max_attempts = 3;
}

TEST(Url, IsStoredAsTheServerSendsIt) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{5}, 2 * d.part + 3}) {
      for (const bool chunked : {false, true}) {
        SCOPED_TRACE(d.scheme + ", " + std::to_string(size) + (chunked ? ", of unknown length" : ""));
        const std::string bytes = bytes_of(size);
        HttpServer server([&](const HttpRequest& request) {
          EXPECT_EQ(request.method + " " + request.target, "GET /dir/file?a=1+2&b");
          HttpAnswer answer;
          answer.headers = {{"Content-Type", "text/x-web"}, {"Content-Encoding", "br"}};
          answer.body = bytes;
          answer.chunked = chunked;
          return answer;
        });

        const auto report = must(upload(place, d, url_of(server, "/dir/file?a=1+2&b")));

        EXPECT_EQ(report.bytes, size);
        // A stream in parts has nothing else there.
        if (d.scheme != "qs") {
          EXPECT_NE(report.checked, "size");
        }
        const ObjectInfo info = must(place.store(d).head(d.bucket, "k"));
        EXPECT_EQ(info.content_type, "text/x-web");
        EXPECT_EQ(info.reply.header("Content-Encoding"), "br");
        std::string back;
        must(place.client->download(place.store(d), d.bucket, "k", Sink::memory(&back)).wait());
        EXPECT_TRUE(back == bytes);
      }
    }
  }
}

TEST(Url, HasTheTypeAndCodingThatTheCallerGives) {
  Place place;
  HttpServer server([](const HttpRequest&) {
    HttpAnswer answer;
    answer.headers = {{"Content-Type", "text/x-web"}, {"Content-Encoding", "br"}};
    answer.body = "bytes";
    return answer;
  });
  const DialectUnderTest& d = dialect("oss");
  TransferOptions options;
  options.content_type = "text/x-own";
  options.headers["content-encoding"] = "gzip";

  must(upload(place, d, url_of(server, "/"), options));

  const ObjectInfo info = must(place.store(d).head(d.bucket, "k"));
  EXPECT_EQ(info.content_type, "text/x-own");
  EXPECT_EQ(info.reply.header("Content-Encoding"), "gzip");
}

TEST(Url, TellsItsProgressFromTheLengthThatWasAnnounced) {
  Place place;
  const DialectUnderTest& d = dialect("cos");
  HttpServer server([&](const HttpRequest&) {
    HttpAnswer answer;
    answer.body = bytes_of(3 * d.part);
    return answer;
  });
  Progress last;
  TransferOptions options;
  options.progress = [&](const Progress& now) { last = now; };

  must(upload(place, d, url_of(server, "/"), options));

  EXPECT_EQ(last.bytes_total, 3 * d.part);
  EXPECT_EQ(last.bytes_done, 3 * d.part);
}

TEST(Url, FollowsRedirectsToASmallLimit) {
  Place place(LocalStoreOptions(), few_attempts);
  const DialectUnderTest& d = dialect("s3");
  HttpServer server([](const HttpRequest& request) {
    if (request.target == "/1/a") return redirect("../2?x=1", 301);
    if (request.target == "/2?x=1") return redirect("/3", 307);
    if (request.target == "/loop") return redirect("loop", 308);
    if (request.target == "/nowhere") return redirect("gopher://x/");
    HttpAnswer answer;
    answer.body = request.target;
    return answer;
  });

  const auto round = upload(place, d, url_of(server, "/loop"));
  const int asked = server.requests();
  const auto nowhere = upload(place, d, url_of(server, "/nowhere"));
  expect_nothing_stored(place, d);
  must(upload(place, d, url_of(server, "/1/a")));

  ASSERT_FALSE(round);
  EXPECT_NE(round.error().message.find("redirects"), std::string::npos) << round.error().describe();
  EXPECT_EQ(asked, 6);
  EXPECT_FALSE(nowhere);
  EXPECT_EQ(must(place.store(d).read(d.bucket, "k")), "/3");
}

TEST(Url, IsNotRedirectedFromHttpsToHttp) {
  HttpServer plain([](const HttpRequest&) { return HttpAnswer(); });
  testing::HttpServerOptions tls;
  tls.tls = true;
  HttpServer secure([&](const HttpRequest&) { return redirect(url_of(plain, "/secret?token=hush")); }, tls);
  TempDir certificate;
  write_file(certificate.path("ca.pem"), secure.certificate_pem());
  Place place(LocalStoreOptions(), [&](ClientOptions& o) { o.ca_file = certificate.path("ca.pem"); });
  const DialectUnderTest& d = dialect("tos");

  const auto refused = upload(place, d, "https://" + secure.address() + "/a");

  ASSERT_FALSE(refused);
  const std::string said = refused.error().describe();
  EXPECT_NE(said.find("from https to http"), std::string::npos) << said;
  EXPECT_EQ(said.find("hush"), std::string::npos);
  EXPECT_EQ(plain.requests(), 0);
  expect_nothing_stored(place, d);
}

TEST(Url, ThatIsRefusedIsToldWithItsStatus) {
  Place place(LocalStoreOptions(), few_attempts);
  const DialectUnderTest& d = dialect("qs");
  HttpServer server([](const HttpRequest& request) {
    HttpAnswer answer;
    answer.status = std::stoi(request.target.substr(1));
    if (answer.status != 204) answer.body = "<html><title>no such page here</title></html>";
    return answer;
  });
  const auto error_of = [&](int status) {
    const auto refused = upload(place, d, url_of(server, "/" + std::to_string(status)));
    return refused ? Error() : refused.error();
  };

  EXPECT_TRUE(is_not_found(error_of(404)));
  const std::string said = error_of(404).describe();
  EXPECT_NE(said.find("no such page here"), std::string::npos) << said;
  EXPECT_TRUE(is_permission_denied(error_of(403)));
  EXPECT_EQ(error_of(410).service->status, 410);
  EXPECT_EQ(error_of(204).kind, ErrorKind::decode);
  const int before = server.requests();
  EXPECT_EQ(error_of(503).attempts, 3);
  EXPECT_EQ(server.requests(), before + 3);
  expect_nothing_stored(place, d);
}

TEST(Url, ThatIsNoneIsRefusedBeforeAnyRequest) {
  Place place;
  const DialectUnderTest& d = dialect("oss");
  for (const char* url : {"ftp://h/x", "no url", "http://u:hush@h/a b"}) {
    const auto refused = upload(place, d, url);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::argument);
    EXPECT_EQ(refused.error().describe().find("hush"), std::string::npos);
  }
}

TEST(Url, ABodyThatBreaksOffGoesOnWhereItEnded) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    const std::string bytes = bytes_of(2 * d.part + 3);
    for (const bool by_etag : {true, false}) {
      SCOPED_TRACE(d.scheme + (by_etag ? " by ETag" : " by time"));
      Breaking file(bytes);
      file.breaks = 2;
      file.headers = {{"Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT"}};
      file.etags = {by_etag ? "\"v1\"" : "W/\"weak\""};
      file.version = by_etag ? "\"v1\"" : "Tue, 14 Nov 2023 22:13:20 GMT";
      HttpServer server(std::ref(file));

      const auto report = must(upload(place, d, url_of(server, "/file")));

      EXPECT_EQ(report.bytes, bytes.size());
      EXPECT_EQ(server.requests(), 3);
      std::string back;
      must(place.client->download(place.store(d), d.bucket, "k", Sink::memory(&back)).wait());
      EXPECT_TRUE(back == bytes);
    }
  }
}

TEST(Url, ABodyThatBreaksOffForGoodIsNoObject) {
  Place place(LocalStoreOptions(), few_attempts);
  const struct {
    const char* name;
    std::function<void(Breaking&)> set;
    ErrorKind kind;
    const char* says;
  } cases[] = {
      {"names no version", [](Breaking&) {}, ErrorKind::network, "names no version"},
      {"takes no ranges",
       [](Breaking& file) {
         file.etags = {"\"v1\""};
         file.takes_ranges = false;
       },
       ErrorKind::network, "takes no ranges"},
      {"has another version by then",
       [](Breaking& file) {
         file.etags = {"\"v1\"", "\"v2\""};
         file.version = "\"v2\"";
       },
       ErrorKind::integrity, "the source has changed"},
      {"answers another range",
       [](Breaking& file) {
         file.etags = {"\"v1\""};
         file.version = "\"v1\"";
         file.shift = 1;
       },
       ErrorKind::decode, "goes on somewhere else"},
  };
  for (const DialectUnderTest& d : kDialects) {
    for (const std::uint64_t size : {std::uint64_t{1000}, 3 * d.part}) {
      for (const auto& each : cases) {
        SCOPED_TRACE(d.scheme + ", " + std::to_string(size) + " bytes, server " + each.name);
        Breaking file(bytes_of(size));
        each.set(file);
        HttpServer server(std::ref(file));

        const auto broken = upload(place, d, url_of(server, "/file"));

        ASSERT_FALSE(broken);
        EXPECT_EQ(broken.error().kind, each.kind) << broken.error().describe();
        EXPECT_NE(broken.error().describe().find(each.says), std::string::npos) << broken.error().describe();
        expect_nothing_stored(place, d);
      }
    }
  }
}

TEST(Url, ALengthThatIsNotReachedIsAnErrorAfterEveryAttempt) {
  Place place(LocalStoreOptions(), few_attempts);
  const DialectUnderTest& d = dialect("s3");
  HttpServer server([](const HttpRequest&) {
    HttpAnswer answer;
    answer.headers = {{"ETag", "\"v1\""}};
    answer.body = "never sent";
    answer.end = HttpAnswer::End::truncate;
    answer.send_bytes = 0;
    return answer;
  });

  const auto broken = upload(place, d, url_of(server, "/"));

  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::network) << broken.error().describe();
  EXPECT_EQ(server.requests(), 3);
  expect_nothing_stored(place, d);
}

TEST(Url, SendsItsUserInfoToItsOwnServerAndShowsItToNobody) {
  Place place(LocalStoreOptions(), few_attempts);
  const DialectUnderTest& d = dialect("oss");
  std::string told_elsewhere = "nothing", told_here;
  HttpServer other([&](const HttpRequest& request) {
    told_elsewhere = request.header("Authorization");
    HttpAnswer answer;
    answer.status = 404;
    return answer;
  });
  HttpServer server([&](const HttpRequest& request) {
    told_here += request.header("Authorization") + "\n";
    if (request.target == "/a?token=hush") return redirect("/b?token=hush");
    return redirect(url_of(other, "/c?token=hush"));
  });

  const auto refused = upload(place, d, url_of(server, "/a?token=hush", "user:hush@"));

  ASSERT_FALSE(refused);
  EXPECT_TRUE(is_not_found(refused.error()));
  EXPECT_EQ(refused.error().describe().find("hush"), std::string::npos) << refused.error().describe();
  EXPECT_EQ(told_here, "Basic dXNlcjpodXNo\nBasic dXNlcjpodXNo\n");
  EXPECT_EQ(told_elsewhere, "");
}

TEST(Url, ThatStandsStillCanBeCancelled) {
  Place place;
  const DialectUnderTest& d = dialect("cos");
  HttpServer server([&](const HttpRequest&) {
    HttpAnswer answer;
    answer.body = bytes_of(3 * d.part);
    answer.end = HttpAnswer::End::stall;
    answer.send_bytes = 2 * d.part;
    return answer;
  });
  TransferOptions options;
  options.part_size = d.part;
  Transfer transfer =
      place.client->upload(Source::url(url_of(server, "/")), place.store(d), d.bucket, "k", options);
  while (transfer.progress().parts_done < 1) std::this_thread::yield();

  transfer.cancel();

  const auto ended = transfer.wait();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::cancelled) << ended.error().describe();
  expect_nothing_stored(place, d);
}

}  // namespace
}  // namespace sluice::transfers
