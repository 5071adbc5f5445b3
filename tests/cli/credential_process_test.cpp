// Commands that print keys: what is taken from them, and what is told of those that fail.
#include "cli/credential_process.h"

#include <gtest/gtest.h>

#include "cli/key_answer.h"
#include "home.h"

namespace sluice::cli {
namespace {

using namespace std::chrono_literals;

TEST(CredentialProcess, WordsAreToldApartWithoutAShell) {
  const auto words = split_command(R"( /bin/keys  --name 'a b' "c \"d\" $HOME" e\ f '' ;x|y)");
  ASSERT_TRUE(words);
  EXPECT_EQ(*words,
            (std::vector<std::string>{"/bin/keys", "--name", "a b", "c \"d\" $HOME", "e f", "", ";x|y"}));
  EXPECT_FALSE(split_command("a 'b"));
  EXPECT_FALSE(split_command("  "));
}

TEST(CredentialProcess, GivesTheKeysThatItPrints) {
  test::Home home;
  const std::string file =
      home.write("keys.json", R"({"Version": 1, "AccessKeyId": "AK", "SecretAccessKey": "SK",
    "SessionToken": "T", "Expiration": "2030-01-02T03:04:05Z"})");
  const auto keys = run_credential_process("cat " + file);
  ASSERT_TRUE(keys) << keys.error().describe();
  EXPECT_EQ(keys->access_key, "AK");
  EXPECT_EQ(keys->secret_key, "SK");
  EXPECT_EQ(keys->security_token, "T");
  ASSERT_TRUE(keys->expires);
  EXPECT_EQ(keys->expires->time_since_epoch(), 1893553445s);
}

TEST(CredentialProcess, RunsNothingButItsFirstWord) {
  test::Home home;
  const std::string trap = home.path + "/trap";
  EXPECT_FALSE(run_credential_process("echo {} ; touch " + trap + " && touch " + trap));
  EXPECT_FALSE(run_credential_process("echo $(touch " + trap + ") `touch " + trap + "`"));
  EXPECT_FALSE(std::filesystem::exists(trap));
}

TEST(CredentialProcess, ThatFailsIsToldWithItsErrorsAndNeverWithItsOutput) {
  for (const char* command : {"sh -c 'echo SECRETSTUFF; echo no luck >&2; exit 3'",
                              "sh -c 'echo SECRETSTUFF; echo no luck >&2; kill -9 $$'",
                              "sh -c 'echo SECRETSTUFF; echo no luck >&2'",
                              R"(sh -c 'echo "{\"AccessKeyId\":\"SECRETSTUFF\"}"; echo no luck >&2')"}) {
    const auto keys = run_credential_process(command);
    ASSERT_FALSE(keys) << command;
    const std::string told = keys.error().describe();
    EXPECT_EQ(keys.error().kind, ErrorKind::config);
    EXPECT_NE(told.find("no luck"), std::string::npos) << told;
    EXPECT_EQ(told.find("SECRETSTUFF"), std::string::npos) << told;
    EXPECT_EQ(told.find('\n'), std::string::npos) << told;
  }
}

TEST(CredentialProcess, ThatIsNotThereIsNamed) {
  const auto keys = run_credential_process("/nowhere/at-all");
  ASSERT_FALSE(keys);
  EXPECT_NE(keys.error().describe().find("/nowhere/at-all"), std::string::npos);
}

TEST(CredentialProcess, ThatDoesNotEndIsEnded) {
  const auto keys = run_credential_process("sleep 1000", 50ms);
  ASSERT_FALSE(keys);
  EXPECT_NE(keys.error().message.find("not ended"), std::string::npos);
}

TEST(CredentialProcess, ThatClosesItsOutputsAndDoesNotEndIsEnded) {
  const auto keys = run_credential_process("sh -c 'exec >&- 2>&-; exec sleep 1000'", 50ms);
  ASSERT_FALSE(keys);
  EXPECT_NE(keys.error().message.find("has not ended"), std::string::npos) << keys.error().message;
}

TEST(CredentialProcess, ThatSaysTooMuchIsEnded) {
  const auto keys = run_credential_process("yes");
  ASSERT_FALSE(keys);
  EXPECT_NE(keys.error().message.find("too much"), std::string::npos);
}

TEST(KeyAnswer, KnowsEveryVendorsNames) {
  const char* answers[] = {
      R"({"Code":"Success","AccessKeyId":"A","AccessKeySecret":"S","SecurityToken":"T","Expiration":"2030-01-02T03:04:05Z"})",
      R"({"Code":"Success","TmpSecretId":"A","TmpSecretKey":"S","Token":"T","ExpiredTime":1893553445})",
      R"({"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","ExpiredTime":"2030-01-02T11:04:05+08:00"})",
      R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2030-01-02T03:04:05Z"})"};
  for (const char* answer : answers) {
    const auto keys = read_key_answer(answer);
    ASSERT_TRUE(keys) << answer;
    EXPECT_EQ(keys->access_key + keys->secret_key + keys->security_token, "AST");
    ASSERT_TRUE(keys->expires);
    EXPECT_EQ(keys->expires->time_since_epoch(), 1893553445s) << answer;
  }
}

TEST(KeyAnswer, RefusesWhatIsNoneWithoutRepeatingIt) {
  for (const char* answer : {"", "SECRET", "[]", R"({"AccessKeyId":"SECRET"})",
                             R"({"Version":2,"AccessKeyId":"SECRET","SecretAccessKey":"SECRET"})",
                             R"({"AccessKeyId":"SECRET","SecretAccessKey":"SECRET","Expiration":"SECRET"})",
                             R"({"Code":"Failed","AccessKeyId":"SECRET","SecretAccessKey":"SECRET"})"}) {
    const auto keys = read_key_answer(answer);
    ASSERT_FALSE(keys) << answer;
    EXPECT_EQ(keys.error().describe().find("SECRET"), std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::cli
