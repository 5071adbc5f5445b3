// Lines of commands: words, quotes, and back.
#include "cli/words.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

using Words = std::vector<std::string>;

TEST(Words, AreSplitAsAShellDoesAndNothingElseIsRead) {
  EXPECT_EQ(split_words("cp a s3://b/k").value(), (Words{"cp", "a", "s3://b/k"}));
  EXPECT_EQ(split_words(" \tcp\t a \r").value(), (Words{"cp", "a"}));
  EXPECT_EQ(split_words("'a b' \"c d\" e\\ f").value(), (Words{"a b", "c d", "e f"}));
  EXPECT_EQ(split_words("a'b c'\"d e\"f").value(), (Words{"ab cd ef"}));
  EXPECT_EQ(split_words("'' \"\"").value(), (Words{"", ""}));
  EXPECT_EQ(split_words(R"('a\n"' "b\"\\\n'")").value(), (Words{R"(a\n")", R"(b"\\n')"}));
  EXPECT_EQ(split_words("$HOME `x` *.gz a#b | > &").value(),
            (Words{"$HOME", "`x`", "*.gz", "a#b", "|", ">", "&"}));
  EXPECT_EQ(split_words(R"($'a\nb\'\\c\x09'd $ $'\q')").value(), (Words{"a\nb'\\c\td", "$", "q"}));
  EXPECT_EQ(split_words("").value(), Words());
  EXPECT_EQ(split_words("文 ключ").value(), (Words{"文", "ключ"}));
}

TEST(Words, RefuseAQuoteThatIsNotClosed) {
  for (const char* line : {"cp 'a", "cp \"a", "cp a\\", "\"a\\\"", "$'a\\'"}) {
    const auto words = split_words(line);
    ASSERT_FALSE(words) << line;
    EXPECT_EQ(words.error().kind, ErrorKind::argument);
  }
}

TEST(Words, ThatAreJoinedAreSplitIntoTheSame) {
  for (const Words& words : std::vector<Words>{{"cp", "a", "oss://b/k"},
                                               {"a b", "c'd", "e\"f", "g\\h", ""},
                                               {"*", "$x", "#", "tab\there", "ключ", "'", "''"}})
    EXPECT_EQ(split_words(join_words(words)).value(), words);
  EXPECT_EQ(join_words({"cp", "-r", "a_b/c.d", "oss://b/k+1%20,x=y:z@"}),
            "cp -r a_b/c.d oss://b/k+1%20,x=y:z@");
}

TEST(Words, ThatAreJoinedStayOneLineWhateverTheyHold) {
  const Words words{"rm", "oss://b/k\nrb oss://b\n", "\x1b[2J'\\\x7f\x01" "1", "\xc2\x9bm"};
  const std::string line = join_words(words);
  EXPECT_EQ(line, R"(rm $'oss://b/k\x0arb oss://b\x0a' $'\x1b[2J\'\\\x7f\x011' $'\xc2\x9bm')");
  EXPECT_EQ(split_words(line).value(), words);
}

}  // namespace
}  // namespace sluice::cli
