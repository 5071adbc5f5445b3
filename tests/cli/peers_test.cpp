// Other tools' names, wrong names, and options that stand where other tools want them.
#include "cli/peers.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/help.h"
#include "cli/parse.h"

namespace sluice::cli {
namespace {

using Words = std::vector<std::string>;

TEST(Peers, OptionsOfOtherToolsAreTaken) {
  const struct {
    Words words;
    const char *name, *value;
  } cases[] = {
      {{"cp", "a", "s3://b/k", "--numworkers", "7"}, "jobs", "7"},
      {{"cp", "a", "s3://b/k", "--transfers=7"}, "jobs", "7"},
      {{"cp", "a", "s3://b/k", "--routines", "7"}, "jobs", "7"},
      {{"cp", "a", "s3://b/k", "--parallel", "7"}, "concurrency", "7"},
      {{"cp", "a", "s3://b/k", "--thread-num=7"}, "concurrency", "7"},
      {{"cp", "a", "s3://b/k", "--bigfile-threshold", "7M"}, "threshold", "7M"},
      {{"cp", "a", "s3://b/k", "--part-threshold", "7M"}, "threshold", "7M"},
      {{"cp", "a", "s3://b/k", "--bandwidth-limit", "7M"}, "bwlimit", "7M"},
      {{"ls", "s3://b", "--rate-limiting=7M"}, "bwlimit", "7M"},
      {{"cp", "a", "s3://b/k", "--dryrun"}, "dry_run", "true"},
      {{"cp", "a", "s3://b/k", "--dry"}, "dry_run", "true"},
      {{"ls", "s3://b", "--endpoint-url", "u"}, "endpoint", "u"},
      {{"ls", "s3://b", "-e", "u"}, "endpoint", "u"},
      {{"du", "s3://b", "--human-readable"}, "human", "true"},
      {{"presign", "s3://b/k", "--expires-in", "60"}, "expires", "60"},
      {{"mb", "oss://b", "--redundancy-type", "ZRS"}, "redundancy", "ZRS"},
      {{"mb", "tos://b", "--az-redundancy", "multi-az"}, "redundancy", "multi-az"},
      {{"mb", "tos://b", "--bucket-type", "hns"}, "type", "hns"},
      {{"ls", "oss://b", "--marker", "k"}, "start_after", "k"},
      {{"ls", "s3://", "--bucket-name-prefix", "b"}, "prefix", "b"},
      {{"uploads", "abort", "-r", "s3://b", "--older-than", "7d"}, "older", "7d"},
      {{"cp", "a", "s3://b/k", "--expires", "d"}, "expires_header", "d"},
      {{"cp", "a", "s3://b/k", "--metadata", "a=1"}, "meta", "a=1"},
      {{"pipe", "s3://b/k", "--tagging", "a=1"}, "tag", "a=1"},
      {{"mv", "a", "s3://b/k", "--tags=a=1"}, "tag", "a=1"},
      {{"mv", "a", "s3://b/k", "--no-overwrite"}, "no_clobber", "true"},
      {{"cp", "a", "s3://b/k", "--ignore-existing"}, "no_clobber", "true"},
      {{"cp", "-r", "a", "s3://b/", "--max-age", "7d"}, "newer_than", "7d"},
      {{"cp", "-r", "a", "s3://b/", "--min-age=7d"}, "older_than", "7d"},
  };
  for (const auto& each : cases) {
    const Parsed parsed = parse_command(each.words);
    ASSERT_NE(parsed.verb, nullptr) << parsed.text;
    EXPECT_EQ(parsed.args.get(each.name), each.value) << each.words.back();
  }
}

TEST(Peers, OneWordOfOtherToolsMayBeSeveralOfOurs) {
  for (const char* theirs : {"set-acl", "setacl"}) {
    const Parsed parsed = parse_command({"--json", theirs, "oss://b/k", "private"});
    ASSERT_NE(parsed.verb, nullptr) << parsed.text;
    EXPECT_EQ(parsed.verb->name, "props set");
    EXPECT_EQ(parsed.args.get("KIND"), "acl");
    EXPECT_EQ(parsed.args.get("URL"), "oss://b/k");
    EXPECT_EQ(parsed.args.all("VALUE"), (Words{"private"}));
  }
  EXPECT_EQ(parse_command({"setmeta", "oss://b/k", "a=1", "b=2"}).args.all("VALUE"), (Words{"a=1", "b=2"}));
  EXPECT_EQ(parse_command({"set-props", "tags", "oss://b/k", "--none"}).args.get("KIND"), "tags");
  EXPECT_EQ(parse_command({"set-props", "--help"}).text, parse_command({"props", "set", "--help"}).text);
}

TEST(Peers, OptionsMayStandBeforeTheCommand) {
  const Parsed parsed =
      parse_command({"--numworkers", "7", "--json", "--endpoint-url=u", "cp", "a", "s3://b/k"});
  ASSERT_NE(parsed.verb, nullptr) << parsed.text;
  EXPECT_EQ(parsed.verb->name, "cp");
  EXPECT_EQ(parsed.args.get("jobs"), "7");
  EXPECT_EQ(parsed.args.get("endpoint"), "u");
  EXPECT_TRUE(parsed.args.has("json"));
  EXPECT_EQ(parse_command({"--dry-run", "cp", "--", "-odd", "s3://b/k"}).args.get("SRC"), "-odd");
  EXPECT_EQ(parse_command({"--json"}).exit_code, 2);
}

TEST(Peers, WhereToolsDisagreeTheRefusalSaysWhatToWrite) {
  const struct {
    Words words;
    const char* says;
  } cases[] = {
      {{"cp", "-n", "a", "s3://b/k"}, "--dry-run"},
      {{"-n", "cp", "a", "s3://b/k"}, "--dry-run"},
      {{"cp", "-p", "5", "a", "s3://b/k"}, "--part-size"},
      {{"cp", "-r", "5", "a", "s3://b/k"}, "--max-attempts"},
      {{"-r", "5", "cp", "a", "s3://b/k"}, "--max-attempts"},
      {{"cp", "-r5", "a", "s3://b/k"}, "--max-attempts"},
      {{"cp", "a", "s3://b/k", "--retry-times", "5"}, "--max-attempts"},
      {{"rm", "-R", "s3://b/k"}, "-r"},
      {{"ls", "s3://b/", "--exclude", "x"}, "find"},
      {{"purge", "s3://b/"}, "rm -r"},
      {{"mkdir", "s3://b/"}, "mb"},
      {{"create-symlink", "oss://b/link", "oss://b/k"}, "the target comes first"},
  };
  for (const auto& each : cases) {
    const Parsed parsed = parse_command(each.words);
    EXPECT_EQ(parsed.exit_code, 2) << each.words.front();
    EXPECT_NE(parsed.text.find(each.says), std::string::npos) << parsed.text;
  }
  // A directory may be called like a number.
  EXPECT_NE(parse_command({"cp", "-r", "2024", "s3://b/2024/"}).verb, nullptr);
}

TEST(Peers, ANameThatIsNearlyOursIsGuessed) {
  EXPECT_NE(parse_command({"persign", "s3://b/k"}).text.find("presign"), std::string::npos);
  EXPECT_NE(parse_command({"ls", "s3://b", "--regoin", "x"}).text.find("--region"), std::string::npos);
  EXPECT_EQ(parse_command({"frobnicate"}).text.find("did you mean"), std::string::npos);
  EXPECT_EQ(nearest("abc", {"xyz"}), "");
  EXPECT_EQ(nearest("abd", {"xyz", "abc"}), "abc");
  EXPECT_EQ(nearest(std::string(1000, 'a'), {"abc"}), "");
}

TEST(Help, FitsAScreenAndNamesEveryOptionThatIsNotHidden) {
  for (const Verb& verb : verbs()) {
    const std::string text = help_of(verb, false);
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 40) << verb.name;
    for (std::size_t from = 0, end; (end = text.find('\n', from)) != std::string::npos; from = end + 1)
      EXPECT_LE(end - from, 100u) << verb.name << ": " << text.substr(from, end - from);
    EXPECT_GE(verb.examples.size(), 2u) << verb.name;
    EXPECT_FALSE(verb.summary.empty()) << verb.name;
    if (verb.shares != Shares::nothing) {
      EXPECT_NE(text.find("--max-attempts"), std::string::npos) << verb.name;
    }
    EXPECT_EQ(text.find("--no-steal"), std::string::npos) << verb.name;
    EXPECT_NE(help_of(verb, true).find(verb.summary), std::string::npos);
  }
}

TEST(Help, ExplainsAGroupAndAnswersToHelpInFrontToo) {
  EXPECT_NE(parse_command({"uploads", "--help"}).text.find("uploads gc"), std::string::npos);
  EXPECT_EQ(parse_command({"help", "uploads"}).text, parse_command({"uploads", "--help"}).text);
  EXPECT_EQ(parse_command({"help", "cp"}).text, parse_command({"cp", "-h"}).text);
  EXPECT_EQ(parse_command({"help"}).text, parse_command({"--help"}).text);
}

}  // namespace
}  // namespace sluice::cli
