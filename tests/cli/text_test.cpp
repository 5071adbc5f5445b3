// JSON lines, progress lines and rows of listings.
#include <gtest/gtest.h>

#include "cli/json_line.h"
#include "cli/listing.h"
#include "cli/progress_line.h"

namespace sluice::cli {
namespace {

TEST(JsonLine, EscapesWhatJsonForbidsAndReplacesWhatIsNoUtf8) {
  EXPECT_EQ(json_string("a\"b\\c\n\t\x01"), R"("a\"b\\c\u000a\u0009\u0001")");
  EXPECT_EQ(json_string("文 é 😀"), "\"文 é 😀\"");
  EXPECT_EQ(json_string("\xff"
                        "a\xc3"),
            R"("\ufffda\ufffd")");
  EXPECT_EQ(json_string("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")") << "a surrogate is no UTF-8";
  EXPECT_EQ(json_string("\xc0\xaf"), R"("\ufffd\ufffd")") << "nor is an overlong form";
}

TEST(JsonLine, IsOneObjectOnOneLine) {
  JsonLine line;
  line.text("k", "v").number("n", 7).boolean("b", true).nothing("z").decimal("d", 1.5);
  line.numbers("list", {1, 2}).texts("words", {"a", "b"}).text_if("absent", "");
  EXPECT_EQ(
      line.str(),
      "{\"k\":\"v\",\"n\":7,\"b\":true,\"z\":null,\"d\":1.500,\"list\":[1,2],\"words\":[\"a\",\"b\"]}\n");
}

Progress half() {
  Progress now;
  now.bytes_done = 512ull << 20;
  now.bytes_total = 1ull << 30;
  now.parts_done = 64;
  now.parts_total = 128;
  now.bytes_per_second = 256.0 * (1 << 20);
  return now;
}

TEST(ProgressLine, HasBytesRateTimeLeftAndParts) {
  EXPECT_EQ(progress_line(half(), 200), " 50%  512 MiB of 1.00 GiB  256 MiB/s  ETA 0:03  parts 64/128");
}

TEST(ProgressLine, FitsTheTerminal) {
  EXPECT_EQ(progress_line(half(), 20).size(), 19u);
}

TEST(ProgressLine, HasNoTotalForAStream) {
  Progress now = half();
  now.bytes_total.reset();
  now.parts_total.reset();
  EXPECT_EQ(progress_line(now, 200), "512 MiB  256 MiB/s  parts 64");
}

TEST(ProgressLine, NeverSaysAllBeforeItIs) {
  Progress now = half();
  now.bytes_done = *now.bytes_total - 1;
  EXPECT_EQ(progress_line(now, 200).substr(0, 4), " 99%");
  now.bytes_done = *now.bytes_total;
  EXPECT_EQ(progress_line(now, 200).substr(0, 4), "100%");
}

TEST(ProgressLine, StandsAnAbsurdlySlowRate) {
  Progress now = half();
  now.bytes_per_second = 1e-300;
  EXPECT_EQ(progress_line(now, 200).find("ETA"), std::string::npos);
  now.bytes_total = ~0ull;
  now.bytes_per_second = 2;
  EXPECT_NE(progress_line(now, 200).find("ETA"), std::string::npos);
}

TEST(Listing, HidesControlCharactersOnATerminalOnly) {
  ObjectInfo object;
  object.key = "a\x1b[2J";
  object.size = 5;
  std::string plain, terminal;
  append_object_row(plain, object, {});
  append_object_row(terminal, object, {.terminal = true});
  EXPECT_NE(plain.find("a\x1b[2J"), std::string::npos);
  EXPECT_EQ(terminal.find('\x1b'), std::string::npos);
}

TEST(Listing, HasAColumnOfOwnersWhenTheyAreAskedFor) {
  ObjectInfo object;
  object.key = "folder/key";
  object.owner = "somebody";
  std::string known, unknown, folder;
  append_object_row(known, object, {.owner = true});
  object.owner.clear();
  append_object_row(unknown, object, {.owner = true});
  append_prefix_row(folder, "folder/", {.owner = true});
  EXPECT_TRUE(known.ends_with("0  somebody          folder/key\n")) << known;
  EXPECT_TRUE(unknown.ends_with("0  -                 folder/key\n")) << unknown;
  EXPECT_EQ(folder.find("folder/"), known.find("folder/"));
}

}  // namespace
}  // namespace sluice::cli
