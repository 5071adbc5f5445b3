// Habits of single families that the vectors cannot show.
#include <gtest/gtest.h>

#include "io/time_text.h"
#include "signers/digest.h"
#include "signers/oss_v1.h"
#include "signers/qingstor.h"
#include "support.h"

namespace sluice::signers {
namespace {

using namespace std::chrono_literals;
using namespace testing;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

TEST(V4Families, FieldsOfAuthorizationComeInAnyOrderAndSpacing) {
  const Server server;
  for (const Scheme scheme : {Scheme::sigv4, Scheme::tos4, Scheme::oss_v4}) {
    SignContext with = context();
    with.additional_headers = {"host"};
    const Received good = signed_put(scheme, with);
    const std::string text = good.headers.get("Authorization");
    const auto space = text.find(' ');
    const std::string word = text.substr(0, space);
    std::vector<std::string> fields;
    for (std::string rest = replaced(text.substr(space + 1), ", ", ",") + ","; !rest.empty();
         rest = rest.substr(rest.find(',') + 1))
      fields.push_back(rest.substr(0, rest.find(',')));
    ASSERT_EQ(fields.size(), 3u) << text;
    for (const std::string separator : {",", ", ", " , "}) {
      Received request = good;
      request.headers.set("Authorization",
                          word + " " + fields[2] + separator + fields[0] + separator + fields[1]);
      EXPECT_EQ(server.verify(request).refusal, Refusal::none) << name(scheme);
    }
    for (const std::string& wrong :
         {word + " " + fields[0] + "," + fields[1], word + " " + fields[1] + "," + fields[2],
          word + " " + fields[0] + "," + fields[1] + "," + fields[2] + "," + fields[2],
          word + " " + fields[0] + "," + fields[1] + "," + fields[2] + ",Extra=1", word + " nonsense"}) {
      Received request = good;
      request.headers.set("Authorization", wrong);
      EXPECT_EQ(server.verify(request).refusal, Refusal::malformed) << wrong;
    }
  }
}

TEST(V4Families, TheCredentialsScopeIsCheckedFieldByField) {
  const Server server;
  const auto ask = [&](std::string_view from, std::string_view to) {
    Received request = signed_put(Scheme::sigv4);
    request.headers.set("Authorization", replaced(request.headers.get("Authorization"), from, to));
    return server.verify(request).refusal;
  };
  EXPECT_EQ(ask("/20231114/", "/20231115/"), Refusal::malformed);
  EXPECT_EQ(ask("aws4_request", "aws5_request"), Refusal::malformed);
  EXPECT_EQ(ask("/s3/", "/sqs/"), Refusal::wrong_region);
  EXPECT_EQ(ask("us-east-1", "us-east-2"), Refusal::wrong_region);
  EXPECT_EQ(ask("AKALICE/20231114/us-east-1/s3/aws4_request", "AKALICE"), Refusal::malformed);
  EXPECT_EQ(ask("AKALICE/", "/"), Refusal::malformed);
}

TEST(V4Families, AnAccessKeyMayHoldSlashes) {
  const Credentials odd{"team/alice", "secret", ""};
  Server server;
  server.accounts["team/alice"] = {odd, {}, "odd"};

  const Verdict verdict = server.verify(signed_put(Scheme::sigv4, context(odd)));

  EXPECT_EQ(verdict.refusal, Refusal::none);
  EXPECT_EQ(verdict.access_key, "team/alice");
}

TEST(V4Families, HeadersOfTheFamilyAndTheHostMustBeSigned) {
  const Server server;
  for (const Scheme scheme : {Scheme::sigv4, Scheme::tos4}) {
    Received request = signed_put(scheme);
    request.headers.add(header_prefix(scheme) + "acl", "public-read");
    EXPECT_EQ(server.verify(request).refusal, Refusal::unsigned_header) << name(scheme);
    request = presigned_put(scheme, 1h);
    request.headers.add(header_prefix(scheme) + "acl", "public-read");
    EXPECT_EQ(server.verify(request).refusal, Refusal::unsigned_header) << name(scheme);
    request = presigned_put(scheme, 1h);
    request.headers.add(header_prefix(scheme) + "content-sha256", "UNSIGNED-PAYLOAD");
    EXPECT_EQ(server.verify(request).refusal, Refusal::none) << name(scheme);

    SignContext with = context();
    with.signed_headers = {header_prefix(scheme) + "date", header_prefix(scheme) + "content-sha256",
                           header_prefix(scheme) + "meta-colour"};
    EXPECT_EQ(server.verify(signed_put(scheme, with)).refusal, Refusal::unsigned_header) << name(scheme);
  }
}

TEST(V4Families, ARepeatedSignedHeaderCannotBeSlippedIn) {
  const Server server;
  for (const Scheme scheme : kSchemes) {
    Received request = signed_put(scheme);
    request.headers.add(header_prefix(scheme) + "meta-colour", "red");
    EXPECT_EQ(server.verify(request).refusal, Refusal::mismatch) << name(scheme);
  }
}

TEST(V4Families, PathsAreTakenHoweverTheyAreEncoded) {
  const Server server;
  for (const Scheme scheme : {Scheme::sigv4, Scheme::tos4, Scheme::oss_v4, Scheme::oss_v1, Scheme::cos}) {
    Received request = signed_put(scheme);
    request.path = "/examplebucket/dir%2Fa%20b.txt";
    EXPECT_EQ(server.verify(request).refusal, Refusal::none) << name(scheme);
  }
}

TEST(SigV4, TellsTheStoreWhatItNeedsForTheBody) {
  const Server server;
  SignContext with = context();
  with.payload_hash = payload::kSigned;

  const Verdict verdict = server.verify(signed_put(Scheme::sigv4, with));

  EXPECT_EQ(verdict.payload_hash, payload::kSigned);
  EXPECT_EQ(verdict.signed_date, "20231114T221320Z");
  EXPECT_EQ(verdict.seed_signature.size(), 64u);
  EXPECT_EQ(server.verify(presigned_put(Scheme::sigv4, 1h)).payload_hash, payload::kUnsigned);
}

TEST(SigV4, NeedsThePayloadHeaderAndKnowsItsWords) {
  const Server server;
  Received request = signed_put(Scheme::sigv4);
  request.headers.remove("x-amz-content-sha256");
  EXPECT_EQ(server.verify(request).refusal, Refusal::malformed);
  for (const auto& [word, expected] : {std::pair{std::string(kEmptySha256), Refusal::none},
                                       {std::string(payload::kUnsignedTrailer), Refusal::none},
                                       {std::string(payload::kSignedTrailer), Refusal::none},
                                       {std::string("STREAMING-SOMETHING"), Refusal::malformed},
                                       {std::string("abc"), Refusal::malformed}}) {
    SignContext with = context();
    with.payload_hash = word;
    EXPECT_EQ(server.verify(signed_put(Scheme::sigv4, with)).refusal, expected) << word;
  }
}

TEST(Tos4, WithoutThePayloadHeaderNothingIsDeclaredAboutTheBody) {
  const Server server;
  SignContext with = context();
  with.payload_hash = kEmptySha256;

  const Received request = signed_put(Scheme::tos4, with);
  const Verdict verdict = server.verify(request);

  EXPECT_FALSE(request.headers.has("x-tos-content-sha256"));
  EXPECT_EQ(verdict.refusal, Refusal::none);
  EXPECT_EQ(verdict.payload_hash, "");
  EXPECT_EQ(server.verify(signed_put(Scheme::tos4)).payload_hash, payload::kUnsigned);
}

TEST(Cos, HostIsTakenWithAndWithoutItsPort) {
  const Server server;
  io::Request request = put_request(Scheme::cos);
  request.host = "b-125.cos.ap-x.myqcloud.com";
  signer(Scheme::cos)->sign(request, context());
  request.host += ":9000";
  EXPECT_EQ(server.verify(arrived(request)).refusal, Refusal::none);
  request.host = "c-125.cos.ap-x.myqcloud.com:9000";
  EXPECT_EQ(server.verify(arrived(request)).refusal, Refusal::mismatch);
}

TEST(Cos, TakesTheWholeSignatureInOneParameter) {
  const Server server;
  io::Request request = put_request(Scheme::cos);
  signer(Scheme::cos)->sign(request, context());
  const std::string authorization = request.headers.get("Authorization");
  request.headers.remove("Authorization");
  request.query.emplace_back("sign", authorization);

  const Verdict verdict = server.verify(arrived(request));

  EXPECT_EQ(verdict.refusal, Refusal::none) << verdict.message;
  EXPECT_TRUE(verdict.presigned);
}

TEST(Cos, ParametersAndHeadersThatAreNotNamedAreFree) {
  const Server server;
  Received request = signed_put(Scheme::cos);
  request.query.emplace_back("extra", "1");
  request.headers.add("x-cos-extra", "1");
  EXPECT_EQ(server.verify(request).refusal, Refusal::none);
  for (auto& [name, value] : request.query)
    if (name == "partNumber") value = "3";
  EXPECT_EQ(server.verify(request).refusal, Refusal::mismatch);
}

TEST(OssV1, TakesTheTokenUnderTheNameWithoutPrefixToo) {
  const Credentials temporary{"STSKEY", "sts-secret", "token"};
  Server server;
  server.accounts["STSKEY"] = {temporary, {}, "guest"};
  Received request = signed_put(Scheme::oss_v1, context({"STSKEY", "sts-secret", ""}));
  request.headers.add("security-token", "token");

  EXPECT_EQ(server.verify(request).refusal, Refusal::none);
}

io::Request bucket_request(const std::string& host, const std::string& path) {
  io::Request request;
  request.method = "GET";
  request.host = host;
  request.path = path;
  return request;
}

Received signed_bucket(const std::string& path, const std::string& host = "127.0.0.1:9000") {
  io::Request request = bucket_request(host, path);
  SignContext with = context();
  with.resource = {"examplebucket", ""};
  signer(Scheme::qingstor)->sign(request, with);
  Received received = arrived(request);
  received.resource = with.resource;
  return received;
}

TEST(Qingstor, BucketsAreTakenWithAndWithoutTheFinalSlash) {
  const Server server;
  for (const auto& [signed_path, sent_path] :
       {std::pair{"/examplebucket", "/examplebucket/"}, {"/examplebucket/", "/examplebucket"}}) {
    Received request = signed_bucket(signed_path);
    request.path = sent_path;
    EXPECT_EQ(server.verify(request).refusal, Refusal::none) << sent_path;
  }
  Received virtual_host = signed_bucket("/examplebucket");
  virtual_host.path = "/";
  virtual_host.headers.set("Host", "examplebucket.pek3a.qingstor.com");
  EXPECT_EQ(server.verify(virtual_host).refusal, Refusal::none);
}

TEST(Qingstor, APathStyleSignatureDoesNotOpenTheSamePathOfAnotherBucket) {
  const Server server;
  Received request = signed_put(Scheme::qingstor);
  request.headers.set("Host", "otherbucket.pek3a.qingstor.com");
  request.resource = {"otherbucket", "examplebucket/dir/a b.txt"};

  EXPECT_EQ(server.verify(request).refusal, Refusal::mismatch);
}

TEST(Qingstor, SignedValuesAreTakenDecodedAndAsSent) {
  const Server server;
  io::Request request = bucket_request("127.0.0.1:9000", "/examplebucket/k");
  request.headers.add("Date", io::http_date(kNow));
  request.query = {{"response-content-type", "text/plain"}};
  Received decoded = arrived(request), raw = arrived(request);
  const auto authorize = [&](Received& received, const io::Query& query) {
    const auto text =
        qingstor_string_to_sign("GET", received.headers, io::http_date(kNow), received.path, query);
    received.headers.add("Authorization", "QS AKALICE:" + qingstor_signature(kAlice, text));
  };
  authorize(decoded, {{"response-content-type", "text/plain"}});
  authorize(raw, {{"response-content-type", "text%2Fplain"}});

  EXPECT_EQ(server.verify(decoded).refusal, Refusal::none);
  EXPECT_EQ(server.verify(raw).refusal, Refusal::none);
}

}  // namespace
}  // namespace sluice::signers
