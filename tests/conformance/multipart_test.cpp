// Multipart uploads, step by step, in every dialect.
#include <algorithm>

#include "conformance/stores.h"

namespace sluice::conformance {
namespace {

constexpr std::uint64_t kPart = 5 * transfers::kMiB;  // large enough for every store

PartInfo part_of(std::uint32_t number, const Stored& stored) {
  PartInfo part;
  part.number = number;
  part.etag = stored.etag;
  return part;
}

bool lists(const Subject& s, const std::string& id) {
  UploadListOptions options;
  options.prefix = s.prefix;
  const auto page = must(s.bucket().uploads(options));
  expect_reply(page.reply, s);
  return std::any_of(page.uploads.begin(), page.uploads.end(),
                     [&id](const UploadInfo& upload) { return upload.upload_id == id; });
}

TEST(Multipart, JoinsPartsThatWereSentAndCopied) {
  for_each_store([](Subject& s) {
    const std::string first = transfers::bytes_of(kPart, 1), last = transfers::bytes_of(1000, 2);
    const auto source = s.object("source"), object = s.object("joined");
    must(source.put(first + "rest"));
    PutOptions options;
    options.content_type = "text/x-special";
    options.metadata = {{"one", "1"}};
    const auto upload = must(object.create_upload(options));
    EXPECT_FALSE(upload.id().empty());
    expect_reply(upload.reply(), s);
    EXPECT_TRUE(lists(s, upload.id()));

    const auto sent = must(upload.put_part(1, first));
    EXPECT_FALSE(sent.etag.empty());
    expect_reply(sent.reply, s);
    const auto copied = must(upload.copy_part(2, source, ByteSpan{0, kPart - 1}));
    EXPECT_FALSE(copied.etag.empty());
    const auto tail = must(object.upload(upload.id()).put_part(3, last));
    const auto parts = must(upload.parts());
    expect_reply(parts.reply, s);
    ASSERT_EQ(parts.parts.size(), 3u);
    EXPECT_EQ(parts.parts[0].number, 1u);
    EXPECT_EQ(parts.parts[1].size, kPart);
    EXPECT_EQ(parts.parts[2].number, 3u);
    EXPECT_EQ(parts.parts[2].etag, tail.etag);

    const auto whole = must(upload.complete({part_of(1, sent), part_of(2, copied), part_of(3, tail)}));
    expect_reply(whole.reply, s);
    EXPECT_FALSE(lists(s, upload.id()));
    const auto content = must(object.get());
    EXPECT_TRUE(content.bytes == first + first + last);
    EXPECT_EQ(content.info.content_type, "text/x-special");
    EXPECT_EQ(content.info.metadata.at("one"), "1");
  });
}

TEST(Multipart, IsAborted) {
  for_each_store([](Subject& s) {
    const auto upload = must(s.object("aborted").create_upload());
    must(upload.put_part(1, "x"));
    EXPECT_EQ(must(upload.abort()).status, 204);
    EXPECT_FALSE(lists(s, upload.id()));
    const auto gone = upload.parts();
    ASSERT_FALSE(gone);
    EXPECT_TRUE(is_not_found(gone.error())) << gone.error().describe();
    EXPECT_EQ(upload.put_part(0, "x").error().kind, ErrorKind::argument);
    EXPECT_EQ(upload.put_part(10'001, "x").error().kind, ErrorKind::argument);
    EXPECT_EQ(upload.complete({}).error().kind, ErrorKind::argument);
  });
}

}  // namespace
}  // namespace sluice::conformance
