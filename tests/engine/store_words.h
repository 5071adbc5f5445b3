// What the tests of requests share: one object with a difficult key, and the dialects' words.
#pragma once

#include <gtest/gtest.h>

#include "engine/store_http.h"
#include "store_fixture.h"

namespace sluice::engine::test {

inline const Ref kObject{"bucket-1", "dir/a b+\xE4\xB8\xAD"};
inline const std::string kPath = "/bucket-1/dir/a%20b%2B%E4%B8%AD";

/// A word of the dialect by name, so that a table reads as the vendor's page.
struct Words {
  std::string prefix, part, upload;
};
inline Words words(const Dialect& d) {
  if (&d == &kQingStor) return {"x-qs-", "part_number", "upload_id"};
  return {"x-" + std::string(&d == &kS3 ? "amz" : d.name) + "-", "partNumber", "uploadId"};
}

/// Everything the user or the vendor would see of a request, but for the signature.
inline void expect_signed(const Bench& b) {
  const auto authorization = b.header("Authorization");
  const std::string_view starts = &b.dialect == &kS3    ? "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"
                                  : &b.dialect == &kOss ? "OSS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"
                                  : &b.dialect == &kCos ? "q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE&"
                                  : &b.dialect == &kTos ? "TOS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"
                                                        : "QS AKIDEXAMPLE:";
  EXPECT_TRUE(authorization.starts_with(starts)) << authorization;
  EXPECT_EQ(b.sent().host, "127.0.0.1:9000");
  EXPECT_EQ(b.sent().port, 9000);
  EXPECT_FALSE(b.sent().tls);
}

}  // namespace sluice::engine::test
