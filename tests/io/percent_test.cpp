#include "io/percent.h"

#include <gtest/gtest.h>

namespace sluice::io {
namespace {

TEST(Percent, EncodesAllButUnreservedInUpperCaseHex) {
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode("a b/+%*\xe4\xb8\xad"), "a%20b%2F%2B%25%2A%E4%B8%AD");
  EXPECT_EQ(encode_path("a//b c"), "a//b%20c");
  EXPECT_EQ(percent_encode(std::string_view("\0\xff", 2)), "%00%FF");
}

TEST(Percent, DecodesOnceAndLeavesStrayPercentSigns) {
  EXPECT_EQ(percent_decode("a%2fb%2Fc"), "a/b/c");
  EXPECT_EQ(percent_decode("%2541"), "%41");
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz%41"), "%zzA");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  EXPECT_EQ(percent_decode("a+b%2B", true), "a b+");
}

TEST(Percent, DecodesWhatItEncodedForEveryByte) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);

  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_decode(percent_encode(all), true), all);
}

TEST(QueryText, ComesBackAsItWent) {
  const Query query{{"uploads", ""}, {"prefix", "a&b=c +"}, {"k", "\xe4\xb8\xad"}};

  EXPECT_EQ(parse_query(format_query(query)), query);
  EXPECT_EQ(parse_query("a=1&&b&c=&=x"), (Query{{"a", "1"}, {"b", ""}, {"c", ""}, {"", "x"}}));
  EXPECT_TRUE(parse_query("").empty());
}

TEST(UrlText, IsTakenApart) {
  const auto url = parse_url("HTTPS://Example.com:8443/a%20b?x=1#frag");

  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a%20b");
  EXPECT_EQ(url->query, "x=1");
  EXPECT_EQ(url->host_header(), "example.com:8443");
  EXPECT_EQ(parse_url("http://h")->path, "/");
  EXPECT_EQ(parse_url("http://h?q")->query, "q");
  EXPECT_EQ(parse_url("http://h:80/")->host_header(), "h");
  EXPECT_EQ(parse_url("https://h:80/")->host_header(), "h:80");
  EXPECT_EQ(parse_url("http://[::1]:9000/x")->host, "[::1]");
  EXPECT_EQ(parse_url("http://[::1]:9000/x")->port, 9000);
  EXPECT_EQ(parse_url("http://h/\xe4")->path, "/%E4");
}

TEST(UrlText, RefusesWhatCouldFoolAServer) {
  for (const char* bad :
       {"", "h", "ftp://h", "http://", "http:///x", "http://u:p@h/", "http://u@h", "http://h:0/",
        "http://h:65536/", "http://h:8x/", "http://h\\@evil/", "http://h/\r\nX: y", "http://h/a b",
        "http://[::1/", "http://[x]/", "http://h:-1/", "http://a\x7f/"})
    EXPECT_FALSE(parse_url(bad)) << bad;
}

TEST(Hosts, AddressesAndLocalhostAreTold) {
  for (const char* yes : {"127.0.0.1", "localhost", "LOCALHOST", "[::1]", "::1", "10.0.255.1"})
    EXPECT_TRUE(is_address_or_localhost(yes)) << yes;
  for (const char* no :
       {"", "example.com", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.x", "localhost.example", "1.2.3."})
    EXPECT_FALSE(is_address_or_localhost(no)) << no;
}

}  // namespace
}  // namespace sluice::io
