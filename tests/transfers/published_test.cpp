// CRC64NVME, which Amazon's own tools store with every object: what is read is held against it.
#include "io/checksum.h"
#include "signers/digest.h"
#include "transfers/scripted_store.h"

namespace sluice::transfers {
namespace {

using testing::HttpAnswer;
using testing::HttpRequest;

constexpr std::uint64_t kPart = 5 * kMiB;

/// Publishes this checksum with the whole object "t/k", and an ETag that says nothing.
struct PublishingStore : ScriptedStore {
  explicit PublishingStore(std::uint64_t crc)
      : ScriptedStore(dialect("s3"), [crc](const HttpRequest& request, HttpAnswer& answer) {
          const bool asked = request.header("x-amz-checksum-mode") == "ENABLED";
          if (!asked || answer.status != 200) return;
          answer.headers.emplace_back("x-amz-checksum-crc64nvme", signers::base64(io::checksum_bytes(crc)));
          answer.headers.emplace_back("x-amz-checksum-type", "FULL_OBJECT");
        }) {
    etag_of = [](const std::string&) { return "opaque-1"; };
  }
};

struct Published : ::testing::Test {
  using Move = std::function<Result<TransferReport>(Store, TransferOptions)>;

  /// The moves that read the whole object, each in one request and in parts.
  void each_move(const std::function<void(const std::string&, const Move&)>& with) {
    with("to a file", [&](Store store, TransferOptions options) {
      return client.download(store, bucket, "t/k", Sink::file(dir.path("file")), options).wait();
    });
    with("to memory", [&](Store store, TransferOptions options) {
      return client.download(store, bucket, "t/k", Sink::memory(&got), options).wait();
    });
    with("to a stream", [&](Store store, TransferOptions options) {
      got.clear();
      const auto append = [&](std::string_view piece) -> Result<void> {
        got += piece;
        return {};
      };
      return client.download(store, bucket, "t/k", Sink::stream(append), options).wait();
    });
    with("to another store", [&](Store store, TransferOptions options) {
      return client.copy(store, bucket, "t/k", target.open(client), target.bucket(), "to", options).wait();
    });
  }

  TempDir dir;
  Client client = must(Client::open(client_options(dir)));
  ScriptedStore target{dialect("oss")};
  const std::string bucket = dialect("s3").bucket;
  const std::string bytes = bytes_of(3 * kPart - 7, 31);
  const std::uint64_t crc = io::crc64_nvme(0, bytes);
  std::string got;
};

TransferOptions with_parts(std::uint64_t part) {
  TransferOptions options;
  options.part_size = part;
  return options;
}

TEST_F(Published, ChecksumsOfObjectsAreWhatTheirBytesAreHeldAgainst) {
  PublishingStore store(crc);
  store.put("t/k", bytes);
  for (const std::uint64_t part : {kPart, 100 * kMiB}) {
    each_move([&](const std::string& name, const Move& move) {
      const auto report = must(move(store.open(client), with_parts(part)), name.c_str());

      EXPECT_EQ(report.checked, name == "to another store" ? "size" : "crc64nvme") << name << " " << part;
    });
    EXPECT_TRUE(got == bytes);
    EXPECT_TRUE(read_file(dir.path("file")) == bytes);
    EXPECT_TRUE(target.bytes("to") == bytes);
  }
}

TEST_F(Published, ChecksumsFindWrongBytesBeforeTheyGetTheirName) {
  PublishingStore store(crc + 1);
  store.put("t/k", bytes);
  for (const std::uint64_t part : {kPart, 100 * kMiB}) {
    each_move([&](const std::string& name, const Move& move) {
      const auto ended = move(store.open(client), with_parts(part));

      ASSERT_FALSE(ended) << name << " " << part;
      EXPECT_EQ(ended.error().kind, ErrorKind::integrity) << name << ": " << ended.error().describe();
    });
    EXPECT_FALSE(std::filesystem::exists(dir.path("file")));
    EXPECT_FALSE(target.has("to"));
  }
}

TEST_F(Published, ChecksumsOfListedObjectsComeWithTheirOwnAnswer) {
  for (const bool right : {true, false}) {
    PublishingStore store(right ? crc : crc + 1);
    store.put("t/k", bytes);
    const std::string to = dir.path("tree");

    const auto report =
        must(client.download_tree(store.open(client), bucket, "t/", to, with_parts(100 * kMiB)).wait());

    EXPECT_EQ(report.failed, right ? 0u : 1u);
    EXPECT_EQ(std::filesystem::exists(to + "/k"), right);
    std::filesystem::remove_all(to);
  }
}

}  // namespace
}  // namespace sluice::transfers
