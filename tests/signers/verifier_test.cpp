// What every family's verification has in common, in one loop over all of them.
#include "signers/verifier.h"

#include <gtest/gtest.h>

#include "support.h"

namespace sluice::signers {
namespace {

using namespace std::chrono_literals;
using namespace testing;

TEST(Verifier, TakesEveryFamilysRequestAndNamesIt) {
  const Server server;
  for (const Scheme scheme : kSchemes) {
    const Verdict in_header = server.verify(signed_put(scheme));
    EXPECT_EQ(in_header.refusal, Refusal::none) << name(scheme) << ": " << in_header.message;
    EXPECT_EQ(in_header.scheme, scheme);
    EXPECT_FALSE(in_header.presigned);
    EXPECT_FALSE(in_header.anonymous);
    EXPECT_EQ(in_header.access_key, "AKALICE");
    const Verdict in_url = server.verify(presigned_put(scheme, 1h));
    EXPECT_EQ(in_url.refusal, Refusal::none) << name(scheme) << ": " << in_url.message;
    EXPECT_EQ(in_url.scheme, scheme);
    EXPECT_TRUE(in_url.presigned);
  }
}

TEST(Verifier, SigningAgainReplacesTheFirstSignature) {
  const Server server;
  for (const Scheme scheme : kSchemes) {
    io::Request request = put_request(scheme);
    SignContext with = context();
    with.time -= 40min;
    signer(scheme)->sign(request, with);
    with.time = kNow;
    signer(scheme)->sign(request, with);
    EXPECT_EQ(server.verify(arrived(request)).refusal, Refusal::none) << name(scheme);
  }
}

TEST(Verifier, RefusesUnknownKeysAndWrongSecrets) {
  const Server server;
  for (const Scheme scheme : kSchemes) {
    const auto as = [&](Credentials who) { return server.verify(signed_put(scheme, context(who))).refusal; };
    EXPECT_EQ(as({"AKBOB", kAlice.secret_key, ""}), Refusal::unknown_key) << name(scheme);
    EXPECT_EQ(as({kAlice.access_key, "guess", ""}), Refusal::mismatch) << name(scheme);
    EXPECT_EQ(as({kAlice.access_key, "", ""}), Refusal::mismatch) << name(scheme);
  }
}

TEST(Verifier, AMismatchShowsTheTextThatWasExpected) {
  const Server server;
  for (const Scheme scheme : kSchemes) {
    const Verdict verdict = server.verify(signed_put(scheme, context({kAlice.access_key, "guess", ""})));
    ASSERT_EQ(verdict.refusal, Refusal::mismatch);
    EXPECT_FALSE(verdict.string_to_sign.empty()) << name(scheme);
    EXPECT_FALSE(verdict.message.empty());
  }
}

TEST(Verifier, AllowsFifteenMinutesOfSkewAndNotASecondMore) {
  for (const Scheme scheme : kSchemes) {
    if (scheme == Scheme::cos) continue;  // has a window instead
    const Received request = signed_put(scheme);
    for (const auto& [offset, expected] : {std::pair{15min + 0s, Refusal::none},
                                           {15min + 1s, Refusal::skewed},
                                           {-15min + 0s, Refusal::none},
                                           {-15min - 1s, Refusal::skewed}}) {
      Server server;
      server.now += offset;
      EXPECT_EQ(server.verify(request).refusal, expected) << name(scheme) << " " << offset.count();
    }
  }
}

TEST(Verifier, CosHeadersHoldFromAMinuteBeforeToTheirEnd) {
  SignContext with = context();
  with.lifetime = 600s;
  const Received request = signed_put(Scheme::cos, with);
  for (const auto& [offset, expected] : {std::pair{-60s, Refusal::none},
                                         {-61s, Refusal::skewed},
                                         {600s, Refusal::none},
                                         {601s, Refusal::expired}}) {
    Server server;
    server.now += offset;
    EXPECT_EQ(server.verify(request).refusal, expected) << offset.count();
  }
}

TEST(Verifier, UrlsEndWithTheirLifetime) {
  for (const Scheme scheme : kSchemes) {
    const Received request = presigned_put(scheme, 90s);
    Server server;
    server.now += 90s;
    EXPECT_EQ(server.verify(request).refusal, Refusal::none) << name(scheme);
    server.now += 1s;
    EXPECT_EQ(server.verify(request).refusal, Refusal::expired) << name(scheme);
  }
}

TEST(Verifier, UrlsFromTheFutureAreNotTaken) {
  for (const Scheme scheme : {Scheme::sigv4, Scheme::tos4, Scheme::oss_v4, Scheme::cos}) {
    Server server;
    server.now -= 16min;
    EXPECT_EQ(server.verify(presigned_put(scheme, 1h)).refusal, Refusal::skewed) << name(scheme);
  }
}

TEST(Verifier, V4UrlsLastAtMostAWeek) {
  for (const Scheme scheme : {Scheme::sigv4, Scheme::tos4, Scheme::oss_v4}) {
    const Server server;
    EXPECT_EQ(server.verify(presigned_put(scheme, 604800s)).refusal, Refusal::none) << name(scheme);
    for (const auto lifetime : {604801s, 0s, -1s})
      EXPECT_EQ(server.verify(presigned_put(scheme, lifetime)).refusal, Refusal::malformed) << name(scheme);
  }
}

TEST(Verifier, RefusesAnotherRegionUnlessAnyWillDo) {
  for (const Scheme scheme : kSchemes) {
    Server server;
    server.region = "eu-west-1";
    const auto expected = has_region(scheme) ? Refusal::wrong_region : Refusal::none;
    const Verdict verdict = server.verify(signed_put(scheme));
    EXPECT_EQ(verdict.refusal, expected) << name(scheme);
    EXPECT_EQ(server.verify(presigned_put(scheme, 1h)).refusal, expected) << name(scheme);
    if (has_region(scheme)) {
      EXPECT_EQ(verdict.signed_region, "us-east-1");
    }
    server.region = "";
    EXPECT_EQ(server.verify(signed_put(scheme)).refusal, Refusal::none) << name(scheme);
  }
}

TEST(Verifier, TemporaryKeysNeedTheirTokenWhileItLives) {
  const Credentials temporary{"STSKEY", "sts-secret", "token/with+plus=="};
  for (const Scheme scheme : kSchemes) {
    if (!has_tokens(scheme)) continue;
    Server server;
    server.accounts["STSKEY"] = {temporary, kNow + 60s, "guest"};
    const auto ask = [&](const std::string& token) {
      const auto with = context({"STSKEY", "sts-secret", token});
      const auto in_header = server.verify(signed_put(scheme, with)).refusal;
      EXPECT_EQ(server.verify(presigned_put(scheme, 1h, with)).refusal, in_header) << name(scheme);
      return in_header;
    };
    EXPECT_EQ(ask(temporary.security_token), Refusal::none) << name(scheme);
    EXPECT_EQ(ask(""), Refusal::token_missing) << name(scheme);
    EXPECT_EQ(ask("another"), Refusal::token_missing) << name(scheme);
    server.now += 60s;
    EXPECT_EQ(ask(temporary.security_token), Refusal::token_expired) << name(scheme);
  }
}

TEST(Verifier, PermanentKeysTakeNoToken) {
  const Server server;
  for (const Scheme scheme : kSchemes) {
    if (!has_tokens(scheme)) continue;
    const auto with = context({kAlice.access_key, kAlice.secret_key, "some token"});
    EXPECT_EQ(server.verify(signed_put(scheme, with)).refusal, Refusal::token_missing) << name(scheme);
  }
}

TEST(Verifier, WithoutASignatureTheCallerIsAnonymous) {
  const Server server;
  for (const Scheme scheme : kSchemes) {
    const Verdict verdict = server.verify(arrived(put_request(scheme)));
    EXPECT_TRUE(verdict.anonymous);
    EXPECT_EQ(verdict.refusal, Refusal::none);
    EXPECT_FALSE(scheme_of(arrived(put_request(scheme))));
  }
  io::Request empty = put_request(Scheme::cos);
  empty.headers.add("Authorization", "");
  EXPECT_TRUE(server.verify(arrived(empty)).anonymous);
}

TEST(Verifier, AnUnknownKindOfAuthorizationIsNotAnonymous) {
  const Server server;
  for (const char* authorization :
       {"Basic YWxpY2U6c2VjcmV0", "Bearer x", "AWS AKALICE:c2ln", "x", "QS", "OSS"}) {
    io::Request request = put_request(Scheme::sigv4);
    request.headers.add("Authorization", authorization);
    const Verdict verdict = server.verify(arrived(request));
    EXPECT_EQ(verdict.refusal, Refusal::malformed) << authorization;
    EXPECT_FALSE(verdict.anonymous);
  }
}

TEST(Verifier, RefusesHeaderAndUrlSignatureAtOnce) {
  const Server server;
  for (const Scheme scheme : kSchemes) {
    io::Request request = put_request(scheme);
    signer(scheme)->presign(request, context(), 1h);
    signer(scheme)->sign(request, context());
    EXPECT_EQ(server.verify(arrived(request)).refusal, Refusal::malformed) << name(scheme);
  }
}

TEST(Verifier, NoTextEverHoldsTheSecretKey) {
  Server server;
  const auto check = [](const Verdict& verdict, const std::string& secret) {
    for (const auto* text : {&verdict.message, &verdict.string_to_sign, &verdict.canonical_request,
                             &verdict.access_key, &verdict.payload_hash, &verdict.seed_signature})
      EXPECT_EQ(text->find(secret), std::string::npos);
  };
  for (const Scheme scheme : kSchemes) {
    for (const auto offset : {0min, 20min}) {
      for (const char* secret : {"", "guess"}) {
        server.now = kNow + offset;
        const std::string own = *secret ? secret : kAlice.secret_key;
        const auto with = context({kAlice.access_key, own, ""});
        for (const Received& request : {signed_put(scheme, with), presigned_put(scheme, 60s, with)}) {
          check(server.verify(request), kAlice.secret_key);
          for (const auto& [field, value] : request.headers) EXPECT_EQ(value.find(own), std::string::npos);
          EXPECT_EQ(io::percent_decode(request.raw_query).find(own), std::string::npos);
        }
      }
    }
  }
}

}  // namespace
}  // namespace sluice::signers
