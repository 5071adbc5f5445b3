// What patterns match, and that no pattern takes long.
#include "bulk/glob.h"

#include <gtest/gtest.h>

#include <chrono>

namespace sluice::bulk {
namespace {

struct Case {
  const char* pattern;
  std::vector<const char*> matched, not_matched;
};

void expect(const Case& one, bool ignore_case = false) {
  const Result<Glob> glob = Glob::compile(one.pattern, ignore_case);
  ASSERT_TRUE(glob) << one.pattern << ": " << glob.error().message;
  for (const char* name : one.matched) EXPECT_TRUE(glob->matches(name)) << one.pattern << " and " << name;
  for (const char* name : one.not_matched)
    EXPECT_FALSE(glob->matches(name)) << one.pattern << " and " << name;
}

TEST(Glob, MatchesWhatItsPiecesStandFor) {
  for (const Case& one : std::vector<Case>{
           {"/a", {"a"}, {"b", "aa", "", "b/a"}},
           {"/*.jpg", {"a.jpg", ".jpg"}, {"a.jpeg", "d/a.jpg", "a.jpg/b"}},
           {"/a*b*c", {"abc", "axbxc", "abbcc", "abcbc"}, {"ab/c", "abcd", "ac"}},
           {"/**.jpg", {"a.jpg", "d/e/a.jpg"}, {"a.jpg2"}},
           {"/a/**/b", {"a/x/b", "a/x/y/b", "a//b"}, {"a/b", "a/xb"}},
           {"/a?z", {"abz", "a\xC3\xA9z", "a\xE2\x82\xACz", "a\xF0\x9F\x98\x80z"}, {"az", "a/z", "abbz"}},
           {"/a??", {"abc", "a\xC3\xA9" "b"}, {"a\xC3\xA9", "ab", "a\xE2\x82\xAC"}},
           {"/[a-cx]1", {"a1", "b1", "c1", "x1"}, {"d1", "1", "A1", "-1"}},
           {"/[^a-c]1", {"d1", "\xC3\xA9" "1"}, {"a1", "/1", "1"}},
           {"/[a\\]\\-]", {"a", "]", "-"}, {"\\", "b"}},
           {"/[-a]", {"a", "-"}, {"b"}},
           {"/[+-9]", {"+", "5"}, {"/"}},
           {"/{a,bc,}x", {"ax", "bcx", "x"}, {"abcx", "bx", "cx"}},
           {"/{*.a,b/?}", {"1.a", "b/1"}, {"b/", "b/1.a/c"}},
           {"/{a,b}{c,d}", {"ac", "ad", "bc", "bd"}, {"ab", "cd", "a", "c"}},
           {"/a,b", {"a,b"}, {"a", "b"}},
           {"/\\*\\?\\[\\{\\\\", {"*?[{\\"}, {"a"}},
           {"/\xD0\xBA\xD0\xBB*", {"\xD0\xBA\xD0\xBB\xD1\x8E\xD1\x87"}, {"\xD0\xBA"}}})
    expect(one);
}

TEST(Glob, MayBeginBehindAnySlashUnlessItIsTiedToTheBeginning) {
  expect({"a.txt", {"a.txt", "d/a.txt", "d/e/a.txt"}, {"ba.txt", "a.txt/b", "d/ba.txt"}});
  expect({"d/*.txt", {"d/a.txt", "e/d/a.txt"}, {"ed/a.txt", "d/e/a.txt"}});
  expect({"/d/*.txt", {"d/a.txt"}, {"e/d/a.txt"}});
  expect({"*", {"a", "d/a", "d/"}, {}});
  expect({"/*", {"a"}, {"d/a"}});
  expect({"**", {"a", "d/a", ""}, {}});
}

TEST(Glob, StandsForADirectoryAndAllBelowItWhereItEndsInASlash) {
  expect({"d/", {"d/", "d/a", "d/e/f", "c/d/a"}, {"d", "ed/a"}});
  expect({"/d/", {"d/", "d/a"}, {"c/d/a", "d"}});
  expect({".*/", {".git/config", "a/.cache/b/c"}, {".profile", "a.b/c"}});
  expect({"/", {"a", "d/a"}, {}});
}

TEST(Glob, TakesNoNoticeOfTheCaseOfAsciiLettersWhenAsked) {
  expect({"*.JpG", {"a.jpg", "B.JPG"}, {"a.png"}}, true);
  expect({"/[a-c][^D]", {"Ax", "bX"}, {"dx", "ad", "aD"}}, true);
  expect({"*.jpg", {}, {"a.JPG"}}, false);
}

TEST(Glob, MatchesPatternsOfMoreThanOneWordOfPlaces) {
  const std::string part(100, 'a');
  const std::string pattern = "/" + part + "*{" + part + "b,c}?" + part;
  const Result<Glob> glob = Glob::compile(pattern, false);
  ASSERT_TRUE(glob);
  EXPECT_TRUE(glob->matches(part + part + "bx" + part));
  EXPECT_TRUE(glob->matches(part + "cx" + part));
  EXPECT_FALSE(glob->matches(part + part + "b/" + part));
  EXPECT_FALSE(glob->matches(part + part + "x" + part));
}

TEST(Glob, SaysWhatIsWrongWithAPattern) {
  const struct {
    std::string pattern, says;
  } cases[] = {
      {"", "empty"},
      {"a[b", "a [ has no ]"},
      {"a[", "a [ has no ]"},
      {"[a\\", "a [ has no ]"},
      {"[]", "nothing in it"},
      {"[^]", "nothing in it"},
      {"a]", "a ] has no ["},
      {"[z-a]", "backwards"},
      {"[!a]", "[! is"},
      {"[[:alpha:]]", "a [ in"},
      {"{a", "a { has no }"},
      {"a}", "a } has no {"},
      {"[\xC3\xA9]", "ASCII"},
      {"{a,{b}}", "a { within {}"},
      {"{{.*}}", "regular expressions"},
      {"***", "more than two"},
      {"a\\", "a \\ at its end"},
      {"[a/b]", "never stands for a /"},
      {std::string(2000, 'a'), "too long"},
  };
  for (const auto& one : cases) {
    const Result<Glob> glob = Glob::compile(one.pattern, false);
    ASSERT_FALSE(glob) << one.pattern;
    EXPECT_EQ(glob.error().kind, ErrorKind::argument);
    EXPECT_NE(glob.error().describe().find(one.says), std::string::npos) << glob.error().describe();
  }
}

TEST(Glob, TakesAnyPatternThatFitsAndNoneThatDoesNot) {
  const struct {
    std::string piece, text;
    std::size_t places;
  } cases[] = {{"a", "a", 1},     {"[^a]", "b", 1},  {"*?", "a", 2},
               {"**a", "a", 2},   {"{a,b}", "b", 4}, {"{a,bc}", "bc", 5}};
  for (const auto& one : cases) {
    std::size_t fitted = 0;
    for (std::size_t count = 1015 / one.places; count <= 1035 / one.places; ++count) {
      std::string pattern, name;
      for (std::size_t i = 0; i < count; ++i) {
        pattern += one.piece;
        name += one.text;
      }
      const Result<Glob> glob = Glob::compile(pattern, false);
      EXPECT_EQ(glob.has_value(), one.places * count < 1023) << one.piece << " " << count;
      if (!glob) continue;
      ++fitted;
      EXPECT_TRUE(glob->matches(name)) << one.piece << " " << count;
      EXPECT_FALSE(glob->matches(name + "//")) << one.piece << " " << count;
    }
    EXPECT_GT(fitted, 0u) << one.piece;
  }
}

TEST(Glob, NoPatternAndNoNameTakeLong) {
  const std::string name = std::string(10'000, 'a');
  std::string stars, choices, both;
  for (int i = 0; i < 60; ++i) {
    stars += "*a";
    choices += "{a,aa,*}";
    both += "**{a,*a}?";
  }
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string& pattern :
       {std::string("*a*a*a*a*a*a*b"), stars + "*b", stars + "[b]", choices + "[b]", both + "[b]"}) {
    const Result<Glob> glob = Glob::compile(pattern, false);
    ASSERT_TRUE(glob) << glob.error().message;
    EXPECT_FALSE(glob->matches(name));
    EXPECT_TRUE(glob->matches(name + "b"));
  }
  // Milliseconds; with a way tried after the other, longer than the world stands.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Glob, KnowsWhereNothingOrEverythingBelowADirectoryMatches) {
  const struct {
    const char *pattern, *directory;
    bool may, all;
  } cases[] = {
      {"/d/", "d/", true, true},       {"/d/", "d/e/", true, true},   {"/d/", "e/", false, false},
      {"/d/e/", "d/", true, false},    {"d/", "x/d/", true, true},    {"d/", "x/", true, false},
      {"/d/*", "d/", true, false},     {"/d/*", "d/e/", false, false}, {"/*.c", "d/", false, false},
      {"*.c", "d/", true, false},      {"*", "d/", true, true},       {"/", "d/", true, true},
      {"**.c", "d/", true, false},     {"/{a,b}/**", "b/", true, true}, {"/{a,b}/**", "c/", false, false},
      {"node_modules/", "a/b/node_modules/", true, true},
  };
  for (const auto& one : cases) {
    const Result<Glob> glob = Glob::compile(one.pattern, false);
    ASSERT_TRUE(glob);
    EXPECT_EQ(glob->may_match_below(one.directory), one.may) << one.pattern << " and " << one.directory;
    EXPECT_EQ(glob->matches_all_below(one.directory), one.all) << one.pattern << " and " << one.directory;
  }
}

}  // namespace
}  // namespace sluice::bulk
