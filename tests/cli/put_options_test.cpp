// What is stored with an object: each option's way into a transfer, and back into words.
#include "cli/put_options.h"

#include <gtest/gtest.h>

#include "cli/options.h"
#include "cli/parse.h"

namespace sluice::cli {
namespace {

using Words = std::vector<std::string>;

Args args_of(Words words) {
  words.insert(words.begin(), {"cp", "a", "s3://b/k"});
  Parsed parsed = parse_command(std::move(words));
  EXPECT_NE(parsed.verb, nullptr) << parsed.text;
  return parsed.args;
}

TransferOptions options_of(Words words) {
  TransferOptions options;
  const Result<void> read = read_put_options(args_of(std::move(words)), options);
  EXPECT_TRUE(read) << read.error().describe();
  return options;
}

Error refusal_of(Words words) {
  const Result<void> read = check_put_options(args_of(std::move(words)));
  EXPECT_FALSE(read);
  return read ? Error() : read.error();
}

const Words kEverything{"--storage-class=IA",
                        "--acl=public-read",
                        "--content-type=text/plain; charset=utf-8",
                        "--cache-control=no-cache",
                        "--content-disposition=attachment; filename=\"a b\"",
                        "--content-encoding=gzip",
                        "--content-language=de",
                        "--expires-header=Sun, 31 Jan 2027 12:00:00 GMT",
                        "--meta=one=1",
                        "--meta=two=a=b c",
                        "--tag=k=v",
                        "--no-clobber"};

TEST(PutOptions, EachHasItsPlaceInATransfer) {
  const TransferOptions options = options_of(kEverything);
  EXPECT_EQ(options.storage_class, "IA");
  EXPECT_EQ(options.acl, "public-read");
  EXPECT_EQ(options.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(options.headers,
            (std::map<std::string, std::string>{{"Cache-Control", "no-cache"},
                                                {"Content-Disposition", "attachment; filename=\"a b\""},
                                                {"Content-Encoding", "gzip"},
                                                {"Content-Language", "de"},
                                                {"Expires", "Sun, 31 Jan 2027 12:00:00 GMT"}}));
  EXPECT_EQ(options.metadata, (std::map<std::string, std::string>{{"one", "1"}, {"two", "a=b c"}}));
  EXPECT_EQ(options.tags, (std::map<std::string, std::string>{{"k", "v"}}));
  EXPECT_TRUE(options.forbid_overwrite);
}

TEST(PutOptions, TheirWordsAskForTheSame) {
  EXPECT_EQ(put_option_words(args_of(kEverything)), kEverything);
  EXPECT_EQ(put_option_words(args_of({"-r", "--json"})), Words{});
}

TEST(PutOptions, EachOfTheTableIsTakenByEveryVerbThatStoresAnObject) {
  for (const Verb& verb : verbs()) {
    if (!verb.puts_objects) continue;
    for (const Option& option : put_options()) {
      Words words{verb.name};
      for (const Operand& operand : verb.operands) words.push_back(operand.name);
      words.push_back(option.flags + "=x");
      EXPECT_NE(parse_command(words).verb, nullptr) << verb.name << " " << option.flags;
    }
  }
}

TEST(PutOptions, DatesAreTakenInBothUsualForms) {
  const std::string sent = "Sun, 31 Jan 2027 12:00:00 GMT";
  const std::vector<std::string> same{"2027-01-31T12:00:00Z", "2027-01-31T20:00:00+08:00", sent};
  for (const std::string& date : same)
    EXPECT_EQ(options_of({"--expires-header", date}).headers.at("Expires"), sent);
  EXPECT_EQ(refusal_of({"--expires-header", "tomorrow"}).operation, "--expires-header");
  EXPECT_EQ(refusal_of({"--expires-header", "3600"}).kind, ErrorKind::argument);
}

TEST(PutOptions, TagsMayBeJoinedAsOtherToolsJoinThem) {
  const std::map<std::string, std::string> tags{{"a", "1"}, {"b", ""}, {"c", "3"}};
  EXPECT_EQ(options_of({"--tag", "a=1", "--tag", "b=", "--tag", "c=3"}).tags, tags);
  EXPECT_EQ(options_of({"--tagging", "a=1&b=&c=3"}).tags, tags);
}

TEST(PutOptions, WhatIsNoPairOrEmptyIsRefusedWithTheOptionsName) {
  const std::vector<Words> wrong{
      {"--meta", "novalue"}, {"--meta", "=1"}, {"--meta", "a=1", "--meta", "a=2"}, {"--tag", "a=1&b"},
      {"--tag", "a=1&"},     {"--acl", ""},       {"--cache-control", ""},
  };
  for (const Words& words : wrong) {
    const Error refused = refusal_of(words);
    EXPECT_EQ(refused.kind, ErrorKind::argument);
    EXPECT_TRUE(words.front().starts_with(refused.operation)) << refused.describe();
    EXPECT_FALSE(refused.operation.empty());
  }
}

}  // namespace
}  // namespace sluice::cli
