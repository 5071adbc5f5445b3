// Inventories as the vendors write them.
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>

#include "bulk/csv.h"
#include "bulk/inventory_listing.h"
#include "bulk/inventory_row.h"
#include "tests/bulk/key_store.h"
#include "transfers/fixture.h"

namespace sluice::bulk {
namespace {

using transfers::write_file;
using Names = std::vector<std::string>;
using Record = std::vector<std::string>;

std::vector<Record> records_of(const std::string& text, std::size_t piece) {
  std::size_t at = 0;
  CsvReader reader([&](std::span<char> into) -> Result<std::size_t> {
    const std::size_t count = std::min({piece, into.size(), text.size() - at});
    std::copy_n(text.data() + at, count, into.data());
    at += count;
    return count;
  });
  std::vector<Record> records;
  Record fields;
  while (transfers::must(reader.next(fields))) records.push_back(fields);
  return records;
}

TEST(Csv, ReadsQuotesCommasAndLineEndsWhereverItIsCut) {
  const std::string text = "a,\"b\"\r\n\n\"x,\"\"y\"\"\nz\",,\"\"\nlast,1";
  const std::vector<Record> expected = {{"a", "b"}, {"x,\"y\"\nz", "", ""}, {"last", "1"}};
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 100u})
    EXPECT_EQ(records_of(text, piece), expected) << piece;
}

TEST(Csv, RefusesAQuoteThatIsNeverClosed) {
  bool given = false;
  CsvReader reader([&](std::span<char> into) -> Result<std::size_t> {
    if (std::exchange(given, true)) return std::size_t{0};
    into[0] = '"';
    return std::size_t{1};
  });
  Record fields;
  EXPECT_FALSE(reader.next(fields));
}

struct Inventoried : ::testing::Test {
  transfers::TempDir dir;
  Side side;
  Names notes;
  ListingOptions options;

  void SetUp() override {
    side.store = std::make_shared<KeyStore>();
    side.root = {"source", "p/"};
    options.notes.skipped = [this](const std::string&, std::string_view what) { notes.emplace_back(what); };
  }
  void gzip(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    gzFile file = gzopen(path.c_str(), "wb");
    ASSERT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
    gzclose(file);
  }
  Listed read(const std::string& path, const std::string& columns = {}) {
    return read_all(*list_inventory(side, {path, columns}, options));
  }
};

TEST_F(Inventoried, AManifestNamesFilesAndColumns) {
  gzip(dir.path("inv/source/daily/data/1.csv.gz"),
       "\"source\",\"p/b%2Fc+d\",\"12\",\"2026-01-02T03:04:05.000Z\",\"abc\",\"STANDARD\"\n"
       "\"source\",\"q/other\",\"1\",\"2026-01-02T03:04:05.000Z\",\"abc\",\"STANDARD\"\n");
  gzip(dir.path("inv/source/daily/data/2.csv.gz"),
       "\"source\",\"p/a\",\"3\",\"2026-01-02T03:04:05.000Z\",\"\"\"def\"\"\",\"GLACIER\"\n");
  std::filesystem::create_directories(dir.path("inv/source/daily/2026-01-02T00-00Z"));
  const std::string manifest = dir.path("inv/source/daily/2026-01-02T00-00Z/manifest.json");
  write_file(manifest, R"({"sourceBucket": "source", "fileFormat": "CSV",
    "fileSchema": "Bucket, Key, Size, LastModifiedDate, ETag, StorageClass",
    "files": [{"key": "inv/source/daily/data/1.csv.gz", "size": 1, "MD5checksum": "x"},
              {"key": "inv/source/daily/data/2.csv.gz", "size": 1, "MD5checksum": "x"}]})");

  auto listing = list_inventory(side, {manifest, {}}, options);
  auto page = transfers::must(listing->next());

  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].name, "a");
  EXPECT_EQ(page[0].info.key, "p/a");
  EXPECT_EQ(page[0].info.size, 3u);
  EXPECT_EQ(page[0].info.etag, "def");
  EXPECT_EQ(page[0].info.storage_class, "GLACIER");
  EXPECT_EQ(page[1].name, "b/c d");
  EXPECT_EQ(page[1].info.modified->time_since_epoch(), std::chrono::seconds(1767323045));
  EXPECT_EQ(notes, Names{"1 objects of other buckets or prefixes"});
}

TEST_F(Inventoried, AFileAloneSaysItsColumnsInItsFirstLineOrIsToldThem) {
  write_file(dir.path("header.csv"), "Bucket,Key,Size,Crc64\nsource,p/a,3,18446744073709551615\n");
  write_file(dir.path("plain.csv"), "source,p/a,3\n");

  auto headed = transfers::must(list_inventory(side, {dir.path("header.csv"), {}}, options)->next());
  EXPECT_EQ(headed.at(0).info.crc64, 18446744073709551615ull);
  EXPECT_EQ(read(dir.path("plain.csv"), "Bucket,Key,Size").names, Names{"a"});
  const Listed untold = read(dir.path("plain.csv"));
  ASSERT_TRUE(untold.error);
  EXPECT_NE(untold.error->hint.find("--inventory-columns"), std::string::npos);
}

TEST_F(Inventoried, OlderVersionsAndDeletionsAreNoObjects) {
  write_file(dir.path("f.csv"),
             "Key,VersionId,IsLatest,IsDeleteMarker,Size\np/a,2,true,false,2\np/a,1,false,false,1\n"
             "p/b,2,TRUE,TRUE,\np/b,1,false,false,9\n");
  EXPECT_EQ(read(dir.path("f.csv")).names, Names{"a"});
  EXPECT_EQ(notes, Names{"3 older versions and deletions"});
}

TEST_F(Inventoried, ABucketMayBeWrittenWithItsAppidApart) {
  side.root.bucket = "source-1250000000";
  write_file(dir.path("f.csv"), "Appid,Bucket,Key,Size\n1250000000,source,p/a,1\n1250000001,source,p/b,1\n");
  EXPECT_EQ(read(dir.path("f.csv")).names, Names{"a"});
}

TEST_F(Inventoried, GoesOnBehindAName) {
  write_file(dir.path("f.csv"), "Key,Size\np/c,1\np/a,1\np/b,1\n");
  options.start_after = "a";
  EXPECT_EQ(read(dir.path("f.csv")).names, (Names{"b", "c"}));
}

TEST_F(Inventoried, WhatCannotBeReadIsAnErrorThatSaysHowToMendIt) {
  struct Row {
    std::string name, text, columns, says;
  };
  const std::string cut = "\x1f\x8b\x08";
  for (const Row& row : {Row{"a.csv", "Key,Size\nq/a,1\n", "", "none below s3://source/p/"},
                         Row{"b.csv", "Key,Size\np/a,many\n", "", "record 2"},
                         Row{"c.csv", "p/a\n", "Key,Size", "lacks key or size"},
                         Row{"d.csv", "p/a,1\n", "Name,Size", "has no Key"},
                         Row{"e.json", "{}", "", "lists no files"},
                         Row{"f.json", R"({"fileFormat": "ORC", "files": []})", "", "only CSV"},
                         Row{"g.json", R"({"files": [{"key": "x/y.csv.gz"}]})", "", "x/y.csv.gz"},
                         Row{"h.csv.gz", cut, "Key,Size", "damaged or cut off"}}) {
    SCOPED_TRACE(row.name);
    write_file(dir.path(row.name), row.text);

    const Listed read_of = read(dir.path(row.name), row.columns);

    ASSERT_TRUE(read_of.error);
    EXPECT_NE(read_of.error->describe().find(row.says), std::string::npos) << read_of.error->describe();
    EXPECT_TRUE(read_of.names.empty());
  }
}

}  // namespace
}  // namespace sluice::bulk
