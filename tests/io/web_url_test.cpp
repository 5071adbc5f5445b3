// URLs of web servers: what is sent, what is shown, and where redirects lead.
#include "io/web_url.h"

#include <gtest/gtest.h>

namespace sluice::io {
namespace {

TEST(WebUrl, SendsPathAndQueryAsTheyAreWritten) {
  const auto url = parse_web_url("HTTPS://Host.example:8443/a%20b/c%2Fd;v=1?x=1+2&sig=a/b%3D&&#part");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->url.tls);
  EXPECT_EQ(url->url.host_header(), "host.example:8443");
  EXPECT_EQ(url->target(), "/a%20b/c%2Fd;v=1?x=1+2&sig=a/b%3D&&");
  EXPECT_EQ(url->name(), "c/d;v=1");
  EXPECT_EQ(parse_web_url("http://h?q=\xC3\xA4")->target(), "/?q=%C3%A4");
  EXPECT_EQ(parse_web_url("http://h/\xC3\xA4")->target(), "/%C3%A4");
}

TEST(WebUrl, ShowsNeitherUserInfoNorQuery) {
  const auto url = parse_web_url("http://us%40er:pass%3Aword@h:80/p/file?token=secret");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->shown(), "http://h/p/file");
  EXPECT_EQ(url->user_info, "us@er:pass:word");
  EXPECT_EQ(url->target(), "/p/file?token=secret");
  EXPECT_EQ(parse_web_url("http://h/a@b?c@d")->user_info, "");
}

TEST(WebUrl, RefusesWhatIsNone) {
  for (const char* text : {"", "h/p", "ftp://h/p", "http://", "http:///p", "http://h:0/", "http://h:x/",
                           "http://h/a b", "http://h/a\nb", "http://a%0Ab@h/", "http://h\\x/"})
    EXPECT_FALSE(parse_web_url(text)) << text;
}

TEST(WebUrl, FollowsEveryFormOfLocation) {
  const auto from = *parse_web_url("https://u:p@h:444/a/b/c?q=1");
  const struct {
    const char *location, *leads_to;
  } cases[] = {
      {"http://other/x?y", "http://other/x?y"},
      {"//other/x", "https://other/x"},
      {"/x/y?z=1", "https://h:444/x/y?z=1"},
      {"d", "https://h:444/a/b/d"},
      {"./d?e=/f", "https://h:444/a/b/d?e=/f"},
      {"../d/", "https://h:444/a/d/"},
      {"../../../../d", "https://h:444/d"},
      {"..", "https://h:444/a/"},
      {"?other", "https://h:444/a/b/c?other"},
      {"#part", "https://h:444/a/b/c"},
      {"d?u=http://x/", "https://h:444/a/b/d?u=http://x/"},
  };
  for (const auto& each : cases) {
    const auto to = redirected(from, each.location);
    ASSERT_TRUE(to) << each.location;
    const auto wanted = *parse_web_url(each.leads_to);
    EXPECT_EQ(to->shown() + to->target(), wanted.shown() + wanted.target()) << each.location;
    EXPECT_EQ(to->user_info, to->same_server(from) ? "u:p" : "") << each.location;
  }
  for (const char* location : {"ftp://h/", "http://", "/a b"}) EXPECT_FALSE(redirected(from, location));
}

}  // namespace
}  // namespace sluice::io
