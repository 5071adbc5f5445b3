// The command line: what each verb takes, and that nothing secret is ever repeated.
#include "cli/parse.h"

#include <gtest/gtest.h>

#include "cli/knobs.h"

namespace sluice::cli {
namespace {

TEST(Parse, FindsTheVerbAndItsWords) {
  const Parsed parsed =
      parse_command({"cp", "-r", "dir", "s3://b/k", "-c", "8", "--part-size", "16M", "--json"});
  ASSERT_NE(parsed.verb, nullptr) << parsed.text;
  EXPECT_EQ(parsed.verb->name, "cp");
  EXPECT_EQ(parsed.args.get("SRC"), "dir");
  EXPECT_EQ(parsed.args.get("DST"), "s3://b/k");
  EXPECT_TRUE(parsed.args.has("recursive"));
  EXPECT_EQ(parsed.args.get("concurrency"), "8");
  EXPECT_EQ(parsed.args.get("part_size"), "16M");
  EXPECT_TRUE(parsed.args.has("json"));
}

TEST(Parse, TakesOptionsBeforeBetweenAndAfterTheWords) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"cp", "--region", "r", "a", "s3://b/k"},
                                             {"cp", "a", "--region", "r", "s3://b/k"},
                                             {"cp", "a", "s3://b/k", "--region=r"}}) {
    const Parsed parsed = parse_command(words);
    ASSERT_NE(parsed.verb, nullptr) << parsed.text;
    EXPECT_EQ(parsed.args.get("region"), "r");
    EXPECT_EQ(parsed.args.get("DST"), "s3://b/k");
  }
}

TEST(Parse, KnowsHiddenAliasesAndNestedVerbs) {
  EXPECT_EQ(parse_command({"copy", "a", "b"}).verb->name, "cp");
  EXPECT_EQ(parse_command({"list", "s3://b"}).verb->name, "ls");
  EXPECT_EQ(parse_command({"head", "s3://b/k"}).verb->name, "stat");
  EXPECT_EQ(parse_command({"delete", "s3://b/k"}).verb->name, "rm");
  EXPECT_EQ(parse_command({"uploads", "gc", "s3://b"}).verb->name, "uploads gc");
  EXPECT_EQ(parse_command({"config", "show"}).verb->name, "config show");
  EXPECT_EQ(parse_command({"--version"}).verb->name, "version");
}

TEST(Parse, TakesTheDashAndWordsAfterTwoDashes) {
  EXPECT_EQ(parse_command({"cp", "-", "s3://b/k"}).args.get("SRC"), "-");
  EXPECT_EQ(parse_command({"cp", "s3://b/k", "-"}).args.get("DST"), "-");
  EXPECT_EQ(parse_command({"cp", "--", "-odd", "s3://b/k"}).args.get("SRC"), "-odd");
}

TEST(Parse, TakesTheLastOfARepeatedOptionAndAllOfARepeatableOne) {
  EXPECT_EQ(parse_command({"ls", "s3://b", "--region", "a", "--region", "b"}).args.get("region"), "b");
  const Parsed serve = parse_command({"serve", "--root", "d", "--listen", "oss=1", "--listen", "cos=2"});
  ASSERT_NE(serve.verb, nullptr) << serve.text;
  EXPECT_EQ(serve.args.all("listen"), (std::vector<std::string>{"oss=1", "cos=2"}));
  EXPECT_EQ(parse_command({"rm", "s3://b/1", "s3://b/2"}).args.all("URL").size(), 2u);
}

TEST(Parse, SaysFalseForSwitchesThatSayNo) {
  EXPECT_EQ(parse_command({"cp", "a", "s3://b/k", "--no-resume"}).args.get("resume"), "false");
  EXPECT_EQ(parse_command({"cp", "a", "s3://b/k", "--no-steal"}).args.get("steal"), "false");
}

TEST(Parse, GivesEveryVerbOfAStoreTheSharedOptions) {
  for (const Verb& verb : verbs()) {
    if (verb.shares == Shares::nothing) continue;
    std::vector<std::string> words;
    for (std::size_t at = 0, space; at < verb.name.size(); at = space + 1) {
      space = std::min(verb.name.find(' ', at), verb.name.size());
      words.push_back(verb.name.substr(at, space - at));
    }
    for (const Operand& operand : verb.operands) words.push_back("s3://b/" + operand.name);
    for (const char* option :
         {"--endpoint", "--region", "--addressing", "--profile", "--part-size", "--threshold", "-c", "-j",
          "--workers", "--memory", "--io", "--durability", "--state-dir", "--ca", "--max-attempts",
          "--bwlimit", "--tpslimit"}) {
      words.push_back(option);
      words.push_back("1");
    }
    for (const char* option : {"--no-resume", "--no-steal", "--json", "-q"}) words.push_back(option);
    const Parsed parsed = parse_command(words);
    EXPECT_EQ(parsed.verb, &verb) << verb.name << ": " << parsed.text;
    for (const Knob& knob : knobs()) EXPECT_TRUE(parsed.args.has(knob.name)) << verb.name << " " << knob.name;
  }
}

TEST(Parse, GivesTheOptionsOfTwoSidesToCopiesAlone) {
  EXPECT_NE(parse_command({"cp", "s3://a/k", "s3://b/k", "--src-endpoint", "u", "--dst-region", "r",
                           "--dst-profile", "p", "--src-addressing", "path"})
                .verb,
            nullptr);
  EXPECT_EQ(parse_command({"ls", "s3://a", "--src-endpoint", "u"}).exit_code, 2);
}

TEST(Parse, RefusesMistakesAsUsage) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"frob"},
                                             {"cp"},
                                             {"cp", "a"},
                                             {"cp", "a", "b", "c"},
                                             {"ls", "--nope", "s3://b"},
                                             {"ls", "s3://b", "-c"},
                                             {"uploads"},
                                             {"uploads", "frob", "s3://b"},
                                             {"--frob"},
                                             {"mb", "s3://a", "s3://b"}}) {
    const Parsed parsed = parse_command(words);
    EXPECT_EQ(parsed.verb, nullptr);
    EXPECT_EQ(parsed.exit_code, 2);
    EXPECT_FALSE(parsed.text.empty());
    EXPECT_EQ(parsed.text.find('\n'), std::string::npos) << parsed.text;
  }
}

TEST(Parse, RefusesKeysOnTheCommandLineWithAHintAndWithoutRepeatingThem) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"ls", "s3://b", "--access-key", "S3CR3T"},
                                             {"ls", "s3://b", "--secret-key=S3CR3T"},
                                             {"ls", "--secret_key", "S3CR3T", "s3://b"},
                                             {"ls", "s3://b", "-kS3CR3T"},
                                             {"ls", "-i", "S3CR3T", "s3://b"},
                                             {"cp", "--sk", "S3CR3T"},
                                             {"cp", "a", "s3://b/k", "--token", "S3CR3T"}}) {
    const Parsed parsed = parse_command(words);
    EXPECT_EQ(parsed.exit_code, 2);
    EXPECT_EQ(parsed.text.find("S3CR3T"), std::string::npos) << parsed.text;
    EXPECT_NE(parsed.text.find("environment"), std::string::npos) << parsed.text;
  }
  EXPECT_EQ(parse_command({"ls", "s3://b", "--unknown=S3CR3T"}).text.find("S3CR3T"), std::string::npos);
  EXPECT_EQ(parse_command({"ls", "s3://b", "S3CR3T"}).text.find("S3CR3T"), std::string::npos);
}

TEST(Parse, ShowsTheExitCodesAndEveryVerbInTheHelp) {
  const Parsed help = parse_command({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.text.find("Exit codes"), std::string::npos);
  for (const char* word :
       {"cp", "ls", "stat", "rm", "mb", "rb", "cat", "serve", "config", "uploads", "presign", "version"})
    EXPECT_NE(help.text.find(std::string("  ") + word + " "), std::string::npos) << word;
  EXPECT_EQ(help.text.find("copy,"), std::string::npos) << "aliases are hidden";

  const Parsed cp = parse_command({"cp", "--help"});
  EXPECT_EQ(cp.exit_code, 0);
  EXPECT_NE(cp.text.find("--part-size"), std::string::npos);
  EXPECT_EQ(cp.text.find("--no-steal"), std::string::npos) << "hidden options are hidden";
}

}  // namespace
}  // namespace sluice::cli
