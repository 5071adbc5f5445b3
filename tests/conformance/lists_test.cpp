// Lists in every dialect, in both versions.
#include "conformance/stores.h"

namespace sluice::conformance {
namespace {

std::vector<std::string> names(const Subject& s, const ListPage& page) {
  std::vector<std::string> out;
  for (const ObjectInfo& object : page.objects) out.push_back(object.key.substr(s.prefix.size()));
  for (const std::string& prefix : page.prefixes) out.push_back(prefix.substr(s.prefix.size()));
  return out;
}
using Names = std::vector<std::string>;

void fill(const Subject& s) {
  for (const char* name :
       {"a", "b+ c", "fun/movie/1.avi", "fun/movie/7.avi", "fun/test.jpg", "z\xE4\xB8\xAD"})
    must(s.object(name).put("x"));
}

/// Each version that the store has.
void for_each_version(Subject& s, const std::function<void(ListOptions)>& test) {
  for (const ListVersion version : {ListVersion::automatic, ListVersion::v1, ListVersion::v2}) {
    SCOPED_TRACE(static_cast<int>(version));
    ListOptions options;
    options.version = version;
    options.prefix = s.prefix;
    if (version != ListVersion::v2 || s.has(Operation::list_v2))
      test(options);
    else
      expect_lacking(s, Operation::list_v2, s.store.list(s.bucket_name, options));
  }
}

TEST(Lists, TellEveryKeyBelowAPrefix) {
  for_each_store([](Subject& s) {
    fill(s);
    for_each_version(s, [&](ListOptions options) {
      const auto all = must(s.store.list(s.bucket_name, options));
      EXPECT_EQ(names(s, all),
                (Names{"a", "b+ c", "fun/movie/1.avi", "fun/movie/7.avi", "fun/test.jpg", "z\xE4\xB8\xAD"}));
      EXPECT_EQ(all.next_marker, "");
      EXPECT_EQ(all.objects.at(0).size, 1u);
      expect_reply(all.reply, s);
      options.prefix = s.key("fun/");
      EXPECT_EQ(names(s, must(s.store.list(s.bucket_name, options))),
                (Names{"fun/movie/1.avi", "fun/movie/7.avi", "fun/test.jpg"}));
    });
  });
}

TEST(Lists, TellOneLevelOfFoldersAndFiles) {
  for_each_store([](Subject& s) {
    fill(s);
    for_each_version(s, [&](ListOptions options) {
      options.delimiter = "/";
      EXPECT_EQ(names(s, must(s.store.list(s.bucket_name, options))),
                (Names{"a", "b+ c", "z\xE4\xB8\xAD", "fun/"}));
      options.prefix = s.key("fun/");
      EXPECT_EQ(names(s, must(s.store.list(s.bucket_name, options))), (Names{"fun/test.jpg", "fun/movie/"}));
    });
  });
}

TEST(Lists, GoOnPageByPage) {
  for_each_store([](Subject& s) {
    fill(s);
    for_each_version(s, [&](ListOptions options) {
      options.limit = 2;
      Names all;
      int pages = 0;
      do {
        const auto page = must(s.store.list(s.bucket_name, options));
        EXPECT_LE(page.objects.size(), 2u);
        for (const auto& name : names(s, page)) all.push_back(name);
        options.marker = page.next_marker;
        ++pages;
      } while (!options.marker.empty() && pages < 10);
      EXPECT_EQ(all.size(), 6u);
      EXPECT_GE(pages, 3);
    });
  });
}

TEST(Lists, BeginBehindAKey) {
  for_each_store([](Subject& s) {
    fill(s);
    for_each_version(s, [&](ListOptions options) {
      options.start_after = s.key("fun/movie/1.avi");
      EXPECT_EQ(names(s, must(s.store.list(s.bucket_name, options))),
                (Names{"fun/movie/7.avi", "fun/test.jpg", "z\xE4\xB8\xAD"}));
    });
  });
}

TEST(Lists, TellOwnersWhenAsked) {
  for_each_store([](Subject& s) {
    fill(s);
    for_each_version(s, [&](ListOptions options) {
      EXPECT_EQ(must(s.store.list(s.bucket_name, options)).objects.at(0).owner, "");
      options.fetch_owner = true;
      const auto page = s.store.list(s.bucket_name, options);
      if (!s.has(Operation::fetch_owner)) return expect_lacking(s, Operation::fetch_owner, page);
      ASSERT_TRUE(page) << page.error().describe();
      EXPECT_FALSE(page->objects.at(0).owner.empty());
    });
  });
}

}  // namespace
}  // namespace sluice::conformance
