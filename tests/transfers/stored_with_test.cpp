// What a caller asks to be stored with an object arrives by every path that writes one, and is refused before
// any request where the store has no such thing.
#include <thread>

#include "engine/dialect.h"
#include "sluice/operations.h"
#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

const engine::Dialect& rules_of(const DialectUnderTest& d) {
  return *engine::find_dialect(d.scheme);
}

/// All that the store takes.
TransferOptions everything(const DialectUnderTest& d) {
  TransferOptions options;
  options.content_type = "text/x-special";
  options.storage_class = d.scheme == "oss" || d.scheme == "tos" ? "IA" : "STANDARD_IA";
  options.headers = {{"Cache-Control", "max-age=60"},
                     {"Content-Disposition", "attachment; filename=\"a b.txt\""},
                     {"Content-Encoding", "gzip"},
                     {"Content-Language", "de"},
                     {"Expires", "Tue, 14 Nov 2033 22:13:20 GMT"}};
  options.metadata = {{"one", "1"}, {"two", "zwei \xC3\xA4"}};
  if (!rules_of(d).lack_of(engine::Operation::put_acl)) options.acl = "public-read";
  if (!rules_of(d).lack_of(engine::Operation::put_tags)) options.tags = {{"k", "v w"}, {"two", ""}};
  return options;
}

void expect_everything(Store store, const DialectUnderTest& d, const std::string& key) {
  const TransferOptions wanted = everything(d);
  const ObjectInfo info = must(store.head(d.bucket, key));
  EXPECT_EQ(info.content_type, wanted.content_type);
  EXPECT_EQ(info.storage_class, wanted.storage_class);
  EXPECT_EQ(info.metadata, wanted.metadata);
  for (const auto& [name, value] : wanted.headers) EXPECT_EQ(info.reply.header(name), value) << name;
  const Object object(store, d.bucket, key);
  if (!wanted.acl.empty()) {
    EXPECT_EQ(must(object.acl()).canned, wanted.acl);
  }
  if (!wanted.tags.empty()) {
    EXPECT_EQ(must(object.tags()).value, wanted.tags);
  }
}

Source stream_of(std::string bytes) {
  auto left = std::make_shared<std::string>(std::move(bytes));
  return Source::stream([left](std::span<char> into) -> Result<std::size_t> {
    const std::size_t count = left->copy(into.data(), into.size());
    left->erase(0, count);
    return count;
  });
}

/// One way to write the object `key` of the target.
struct Path {
  const char* name;
  std::function<Transfer(Place&, Store from, Store to, const DialectUnderTest& d, TransferOptions)> start;
};

const DialectUnderTest& other_than(const DialectUnderTest& d) {
  return dialect(d.scheme == "oss" ? "s3" : "oss");
}

/// The source of copies is "source" in the target's bucket and in another store's, its bytes are a file too.
const std::vector<Path> kPaths{
    {"a file",
     [](Place& place, Store, Store to, const DialectUnderTest& d, TransferOptions options) {
       return place.client->upload(Source::file(place.dir.path("tree/key")), to, d.bucket, "key", options);
     }},
    {"a stream",
     [](Place& place, Store, Store to, const DialectUnderTest& d, TransferOptions options) {
       const std::string bytes = read_file(place.dir.path("tree/key"));
       return place.client->upload(stream_of(bytes), to, d.bucket, "key", options);
     }},
    {"a copy within the store",
     [](Place& place, Store, Store to, const DialectUnderTest& d, TransferOptions options) {
       return place.client->copy(to, d.bucket, "source/key", to, d.bucket, "key", options);
     }},
    {"a copy between stores",
     [](Place& place, Store from, Store to, const DialectUnderTest& d, TransferOptions options) {
       return place.client->copy(from, other_than(d).bucket, "source/key", to, d.bucket, "key", options);
     }},
    {"a tree of files",
     [](Place& place, Store, Store to, const DialectUnderTest& d, TransferOptions options) {
       return place.client->upload_tree(place.dir.path("tree"), to, d.bucket, "", options);
     }},
    {"a tree within the store",
     [](Place& place, Store, Store to, const DialectUnderTest& d, TransferOptions options) {
       return place.client->copy_tree(to, d.bucket, "source/", to, d.bucket, "", options);
     }},
    {"a tree of another store",
     [](Place& place, Store from, Store to, const DialectUnderTest& d, TransferOptions options) {
       return place.client->copy_tree(from, other_than(d).bucket, "source/", to, d.bucket, "", options);
     }},
};

TEST(StoredWith, ArrivesByEveryPathWholeAndInParts) {
  Place place;
  std::filesystem::create_directories(place.dir.path("tree"));
  for (const DialectUnderTest& d : kDialects) {
    Store to = place.store(d), from = place.store(other_than(d));
    for (const bool in_parts : {false, true}) {
      const std::string bytes = bytes_of(in_parts ? 2 * d.part + 3 : 5);
      write_file(place.dir.path("tree/key"), bytes);
      must(place.client->upload(Source::memory(bytes), to, d.bucket, "source/key").wait());
      must(place.client->upload(Source::memory(bytes), from, other_than(d).bucket, "source/key").wait());
      for (const Path& path : kPaths) {
        SCOPED_TRACE(d.scheme + ", " + path.name + (in_parts ? ", in parts" : ""));
        TransferOptions options = everything(d);
        options.part_size = d.part;

        const auto report = must(path.start(place, from, to, d, options).wait());

        EXPECT_EQ(report.failed, 0u) << (report.failures.empty() ? "" : report.failures.front());
        EXPECT_GE(report.parts, in_parts ? 3u : 1u);
        expect_everything(to, d, "key");
        must(to.remove(d.bucket, "key"));
      }
    }
  }
}

struct Refused {
  const char* name;
  std::function<void(TransferOptions&)> ask;
  std::optional<engine::Operation> lacking{};  ///< refused only where the store lacks it
};
const std::vector<Refused> kRefused{
    {"an ACL", [](TransferOptions& o) { o.acl = "public-read"; }, engine::Operation::put_acl},
    {"tags", [](TransferOptions& o) { o.tags["a"] = "b"; }, engine::Operation::put_tags},
    {"a header of another kind", [](TransferOptions& o) { o.headers["Authorization"] = "x"; }},
    {"a header with an end of line", [](TransferOptions& o) { o.headers["Cache-Control"] = "a\nb"; }},
    {"a class that is no word", [](TransferOptions& o) { o.storage_class = "two words"; }},
};

TEST(StoredWith, IsRefusedBeforeAnyRequestWhereTheStoreHasNoSuchThing) {
  Place place;
  std::filesystem::create_directories(place.dir.path("tree"));
  write_file(place.dir.path("tree/key"), "content");
  for (const DialectUnderTest& d : kDialects) {
    Store to = place.store(d), from = place.store(other_than(d));
    const std::string before = place.local.admin("/counters");
    for (const Refused& refused : kRefused) {
      if (refused.lacking && !rules_of(d).lack_of(*refused.lacking)) continue;
      for (const Path& path : kPaths) {
        SCOPED_TRACE(d.scheme + ", " + path.name + " with " + refused.name);
        TransferOptions options;
        refused.ask(options);

        const auto answer = path.start(place, from, to, d, options).wait();

        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::argument) << answer.error().describe();
        EXPECT_EQ(place.local.admin("/counters"), before);
      }
    }
  }
}

TEST(StoredWith, IsThatOfTheRunThatEndsTheUpload) {
  LocalStoreOptions slow;
  slow.faults = R"({"seed": 1, "rules": [{"operation": "put_part", "action": "delay", "ms": 20}]})";
  Place place(slow, [](ClientOptions& options) { options.concurrency = 2; });
  write_big_file(place.dir.path("from"), 12 * 5 * kMiB);
  for (const DialectUnderTest& d : kDialects) {
    SCOPED_TRACE(d.scheme);
    Store store = place.store(d);
    const auto upload = [&](const std::string& value) {
      TransferOptions options;
      options.part_size = 5 * kMiB;
      options.metadata["run"] = value;
      return place.client->upload(Source::file(place.dir.path("from")), store, d.bucket, "k", options);
    };
    Transfer first = upload("first");
    while (first.progress().parts_done < 3) std::this_thread::yield();
    first.cancel();
    ASSERT_FALSE(first.wait());
    Transfer again = upload("second");
    while (again.progress().parts_done < 3) std::this_thread::yield();
    again.cancel();
    ASSERT_FALSE(again.wait());

    const auto report = must(upload("second").wait());

    EXPECT_GE(report.parts_resumed, 3u);
    EXPECT_EQ(must(store.head(d.bucket, "k")).metadata.at("run"), "second");
    EXPECT_EQ(place.local.pending_uploads(), 0u);
  }
}

}  // namespace
}  // namespace sluice::transfers
