// Copies that stream to S3 servers of every upbringing: the source can be read again, the ring cannot.
#include "signers/digest.h"
#include "transfers/scripted_store.h"

namespace sluice::transfers {
namespace {

using testing::HttpAnswer;
using testing::HttpRequest;

constexpr std::uint64_t kPart = 5 * kMiB;

HttpAnswer refusal(int status, const std::string& code) {
  HttpAnswer out;
  out.status = status;
  out.body = "<Error><Code>" + code + "</Code></Error>";
  return out;
}

TransferOptions in_one_put_up_to(std::uint64_t threshold) {
  TransferOptions options;
  options.part_size = kPart;
  options.threshold = threshold;
  return options;
}

struct Forms : ::testing::Test {
  explicit Forms(std::uint64_t memory = 256 * kMiB) {
    ClientOptions options = client_options(dir);
    options.memory = memory;
    client = std::make_unique<Client>(must(Client::open(options)));
    source.put("from", bytes);
  }

  Result<TransferReport> copy_to(const ScriptedStore& target, std::uint64_t threshold, bool sign = false) {
    Store to = target.open(*client, sign);
    return client
        ->copy(source.open(*client), source.bucket(), "from", to, target.bucket(), "to",
               in_one_put_up_to(threshold))
        .wait();
  }

  TempDir dir;
  std::unique_ptr<Client> client;
  const std::string bytes = bytes_of(18 * kMiB, 12);
  ScriptedStore source{dialect("qs")};
};

/// Ranges that do not fit go through the ring.
struct FormsWithLittleMemory : Forms {
  FormsWithLittleMemory() : Forms(16 * kMiB) {}
};

TEST_F(Forms, AServerThatIgnoresTrailersGetsPlainBodies) {
  for (const std::uint64_t threshold : {kPart, 100 * kMiB}) {
    ScriptedStore target(dialect("s3"));
    target.knows_trailers = false;

    must(copy_to(target, threshold));

    EXPECT_TRUE(target.bytes("to") == bytes) << threshold;
  }
}

TEST_F(Forms, AServerThatRefusesTrailersGetsPlainBodies) {
  for (const std::uint64_t threshold : {kPart, 100 * kMiB}) {
    ScriptedStore target(dialect("s3"));
    target.refuse = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
      if (!request.has("x-amz-trailer")) return {};
      return refusal(400, "InvalidRequest");
    };

    must(copy_to(target, threshold));

    EXPECT_TRUE(target.bytes("to") == bytes) << threshold;
  }
}

TEST_F(Forms, AServerThatWantsSignedPayloadsGetsThemWhetherAskedToOrNot) {
  for (const bool asked : {true, false}) {
    for (const std::uint64_t threshold : {kPart, 100 * kMiB}) {
      ScriptedStore target(dialect("s3"));
      int good = 0;
      target.refuse = [&good](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.method != "PUT") return {};
        if (request.header("x-amz-content-sha256") != signers::sha256_hex(request.body))
          return refusal(400, "XAmzContentSHA256Mismatch");
        ++good;
        return {};
      };

      must(copy_to(target, threshold, asked));

      EXPECT_TRUE(target.bytes("to") == bytes) << threshold;
      EXPECT_EQ(good, threshold == kPart ? 4 : 1);
    }
  }
}

TEST_F(FormsWithLittleMemory, AnObjectThatHoldsItsFramingIsRemovedAndSentAgain) {
  ScriptedStore target(dialect("s3"));
  target.knows_trailers = false;

  must(copy_to(target, 100 * kMiB));

  EXPECT_TRUE(target.bytes("to") == bytes);
  const auto requests = target.requests();
  EXPECT_EQ(std::count(requests.begin(), requests.end(), "DELETE /sluice-test/to"), 1);
}

TEST_F(FormsWithLittleMemory, AnObjectThatHoldsItsFramingIsNotLeftBehindAnError) {
  for (const std::uint64_t threshold : {kPart, 100 * kMiB}) {
    ScriptedStore target(dialect("s3"));
    target.knows_trailers = false;
    target.refuse = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
      if (request.method != "PUT" || request.has("x-amz-trailer")) return {};
      return refusal(403, "AccessDenied");
    };

    EXPECT_FALSE(copy_to(target, threshold));

    EXPECT_FALSE(target.has("to"));
  }
}

}  // namespace
}  // namespace sluice::transfers
