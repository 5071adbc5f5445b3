#include "cli/grants.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

TEST(Grants, AreToAGroupOrAUserWhoseIdMayHaveColons) {
  const struct {
    const char* text;
    Grant grant;
  } cases[] = {
      {"everyone:READ", {Grant::To::everyone, "", "READ"}},
      {"authenticated:WRITE", {Grant::To::authenticated, "", "WRITE"}},
      {"group=QS_ALL_USERS:FULL_CONTROL", {Grant::To::everyone, "", "FULL_CONTROL"}},
      {"usr-abc:READ", {Grant::To::user, "usr-abc", "READ"}},
      {"id=everyone:READ", {Grant::To::user, "everyone", "READ"}},
      {"qcs::cam::uin/1:uin/2:WRITE_ACP", {Grant::To::user, "qcs::cam::uin/1:uin/2", "WRITE_ACP"}},
  };
  for (const auto& [text, grant] : cases) {
    const Result<Grant> read = parse_grant(text);

    ASSERT_TRUE(read) << text << ": " << read.error().describe();
    EXPECT_EQ(*read, grant) << text;
  }
}

TEST(Grants, ThatAreWrittenAreReadAsTheSame) {
  for (const Grant& grant :
       {Grant{Grant::To::everyone, "", "READ"}, Grant{Grant::To::authenticated, "", "READ"},
        Grant{Grant::To::user, "everyone", "READ"}, Grant{Grant::To::user, "a:b", "WRITE"}}) {
    const Result<Grant> read = parse_grant(grant_text(grant));

    ASSERT_TRUE(read) << grant_text(grant);
    EXPECT_EQ(*read, grant) << grant_text(grant);
  }
}

TEST(Grants, WithoutOneOfTheirHalvesOrToAnUnknownGroupAreRefused) {
  for (const std::string text : {"", "everyone", "everyone:", ":READ", "id=:READ", "group=SOMEBODY:READ"}) {
    const Result<std::vector<Grant>> read = parse_grants({"everyone:READ", text});

    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, ErrorKind::argument);
    EXPECT_EQ(read.error().operation, "--grant");
    EXPECT_EQ(read.error().message, "\"" + text + "\" is no grant");
  }
}

}  // namespace
}  // namespace sluice::cli
