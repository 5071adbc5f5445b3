// A transfer whose temporary keys end midway goes on with new ones.
#include <atomic>

#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

std::string keys_file() {
  return R"({"users": [{"access_key": ")" + std::string(LocalStore::kAccessKey) +
         R"(", "name": "me", "secret_key": ")" + LocalStore::kSecretKey + R"("},
    {"access_key": "STS1", "name": "me", "secret_key": "sts-secret-1", "token": "token-1", "expires": "2090-01-01T00:00:00Z"},
    {"access_key": "STS2", "name": "me", "secret_key": "sts-secret-2", "token": "token-2", "expires": "2090-01-01T00:00:00Z"},
    {"access_key": "OLD", "secret_key": "old-secret", "token": "old-token", "expires": "2020-01-01T00:00:00Z"}]})";
}

Credentials sts(int number) {
  const std::string n = std::to_string(number);
  return {"STS" + n, "sts-secret-" + n, "token-" + n};
}

std::shared_ptr<const CredentialsProvider> provider(CredentialsProvider ask) {
  return std::make_shared<CredentialsProvider>(std::move(ask));
}

Place place_with(std::string faults) {
  LocalStoreOptions options;
  options.keys = keys_file();
  options.faults = std::move(faults);
  return Place(std::move(options));
}

/// QingStor has no temporary keys.
const std::vector<std::string> kWithTokens{"oss", "cos", "tos", "s3"};

TEST(Renewed, KeysTakeOverInTheMiddleOfATransfer) {
  for (const std::string& scheme : kWithTokens) {
    SCOPED_TRACE(scheme);
    const DialectUnderTest& d = dialect(scheme);
    Place place = place_with(
        R"({"rules": [{"operation": "put_part", "skip": 2, "count": 1, "action": "error", "status": 403, "code": ")" +
        std::string(scheme == "oss" ? "SecurityTokenExpired" : "ExpiredToken") + R"("}]})");
    std::atomic<int> calls{0};
    StoreOptions options = store_options(place.local, d);
    options.credentials = {};
    options.credentials_provider = provider([&calls] { return sts(++calls); });
    Store store = must(place.client->store(options));
    TransferOptions transfer;
    transfer.part_size = d.part;
    const std::string bytes = bytes_of(6 * d.part + 17);

    const auto report = place.client->upload(Source::memory(bytes), store, d.bucket, "k", transfer).wait();

    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(calls, 2) << "once to begin with, once for the part that was refused";
    EXPECT_EQ(place.local.parts_sent_again(), 0u);
    std::string got;
    must(place.client->download(store, d.bucket, "k", Sink::memory(&got)).wait());
    EXPECT_TRUE(got == bytes);
  }
}

TEST(Renewed, KeysThatEndedBeforeTheTransferAreReplacedByTheFirstRequest) {
  Place place = place_with("");
  for (const std::string& scheme : kWithTokens) {
    SCOPED_TRACE(scheme);
    const DialectUnderTest& d = dialect(scheme);
    std::atomic<int> calls{0};
    StoreOptions options = store_options(place.local, d);
    options.credentials = {"OLD", "old-secret", "old-token"};
    options.credentials_provider = provider([&calls] {
      ++calls;
      return sts(2);
    });
    Store store = must(place.client->store(options));
    const auto report = place.client->upload(Source::memory(bytes_of(100)), store, d.bucket, "k").wait();
    EXPECT_TRUE(report) << report.error().describe();
    EXPECT_TRUE(store.head(d.bucket, "k"));
    EXPECT_EQ(calls, 1);
  }
}

TEST(Renewed, KeysSignUrlsThoughNoRequestWasMade) {
  Place place = place_with("");
  for (const std::string& scheme : kWithTokens) {
    SCOPED_TRACE(scheme);
    const DialectUnderTest& d = dialect(scheme);
    StoreOptions options = store_options(place.local, d);
    options.credentials = {"OLD", "old-secret", "old-token", TimePoint(std::chrono::hours(1))};
    options.credentials_provider = provider([] { return sts(1); });
    Store store = must(place.client->store(options));
    const std::string url = must(store.presign("GET", d.bucket, "k", std::chrono::hours(1)));
    EXPECT_NE(url.find("STS1"), std::string::npos) << url;
    EXPECT_EQ(url.find("old-token"), std::string::npos) << url;
  }
}

TEST(Renewed, ATransferWithoutNewKeysSaysWhy) {
  Place place = place_with("");
  const DialectUnderTest& d = dialect("s3");
  StoreOptions options = store_options(place.local, d);
  options.credentials = {"OLD", "old-secret", "old-token"};
  options.credentials_provider =
      provider([] { return fail(ErrorKind::network, "the metadata service is gone"); });
  Store store = must(place.client->store(options));
  const auto report = place.client->upload(Source::memory(bytes_of(100)), store, d.bucket, "k").wait();
  ASSERT_FALSE(report);
  EXPECT_TRUE(is_permission_denied(report.error()));
  EXPECT_NE(report.error().describe().find("the metadata service is gone"), std::string::npos)
      << report.error().describe();
  EXPECT_EQ(report.error().describe().find("old-secret"), std::string::npos);
}

TEST(Renewed, AStoreIsNotOpenedWithAProviderThatHasNothing) {
  Place place;
  StoreOptions options = store_options(place.local, dialect("s3"));
  options.credentials = {};
  options.credentials_provider = provider([] { return fail(ErrorKind::config, "none here"); });
  const auto store = place.client->store(options);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().message, "none here");
}

}  // namespace
}  // namespace sluice::transfers
