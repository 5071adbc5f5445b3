// URLs that let anyone do one thing.
#include "conformance/stores.h"

namespace sluice::conformance {
namespace {

using namespace std::chrono_literals;

TEST(Presign, LetsAnyoneGetPutHeadAndDelete) {
  for_each_store([](Subject& s) {
    const std::string key = s.key("a b+\xE4\xB8\xAD%");
    const auto url = [&](const std::string& method) {
      return must(s.store.presign(method, s.bucket_name, key, 10min));
    };
    EXPECT_EQ(fetch(s, "GET", url("GET")).status, 404);
    EXPECT_EQ(fetch(s, "PUT", url("PUT"), "hello").status / 100, 2);
    const auto read = fetch(s, "GET", url("GET"));
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.body, "hello");
    EXPECT_EQ(fetch(s, "HEAD", url("HEAD")).status, 200);
    EXPECT_EQ(fetch(s, "GET", url("PUT")).status / 100, 4);
    EXPECT_EQ(fetch(s, "DELETE", url("DELETE")).status, 204);
    EXPECT_FALSE(must(s.store.object_exists(s.bucket_name, key)).value);
  });
}

TEST(Presign, LetsAnyoneSendAPart) {
  for_each_store([](Subject& s) {
    const auto upload = must(s.object("parts").create_upload());
    EXPECT_EQ(fetch(s, "PUT", must(upload.presign_part(1, 10min)), "hello").status / 100, 2);
    const auto parts = must(upload.parts());
    ASSERT_EQ(parts.parts.size(), 1u);
    EXPECT_EQ(parts.parts[0].size, 5u);
    must(upload.complete(parts.parts));
    EXPECT_EQ(must(s.object("parts").get()).bytes, "hello");
  });
}

TEST(Presign, SignsTheHeadersThatTheUserMustSend) {
  for_each_store([](Subject& s) {
    PresignOptions options;
    options.headers = {{"Content-Type", "text/x-special"}};
    const auto url = must(s.store.presign("PUT", s.bucket_name, s.key("typed"), 10min, options));
    EXPECT_EQ(fetch(s, "PUT", url, "hello", options.headers).status / 100, 2);
    EXPECT_EQ(must(s.store.head(s.bucket_name, s.key("typed"))).content_type, "text/x-special");
    EXPECT_EQ(s.store.presign("PATCH", s.bucket_name, s.key("k"), 10min).error().kind, ErrorKind::argument);
  });
}

}  // namespace
}  // namespace sluice::conformance
