// One request for each family, signed, and as a store sees it arrive.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "io/percent.h"
#include "signers/signer.h"
#include "signers/verifier.h"

namespace sluice::signers::testing {

inline constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1700000000}};
inline const std::vector<Scheme> kSchemes = {Scheme::oss_v1, Scheme::oss_v4,   Scheme::cos,
                                             Scheme::tos4,   Scheme::qingstor, Scheme::sigv4};
inline const Credentials kAlice{"AKALICE", "alice/secret+0123456789", ""};

inline std::string header_prefix(Scheme scheme) {
  switch (scheme) {
    case Scheme::oss_v1:
    case Scheme::oss_v4:
      return "x-oss-";
    case Scheme::cos:
      return "x-cos-";
    case Scheme::tos4:
      return "x-tos-";
    case Scheme::qingstor:
      return "x-qs-";
    case Scheme::sigv4:
      break;
  }
  return "x-amz-";
}

inline bool has_region(Scheme s) {
  return s == Scheme::sigv4 || s == Scheme::tos4 || s == Scheme::oss_v4;
}
inline bool has_tokens(Scheme s) {
  return s != Scheme::qingstor;
}

inline io::Request put_request(Scheme scheme) {
  io::Request request;
  request.method = "PUT";
  request.host = "127.0.0.1:9000";
  request.path = "/examplebucket/dir/a%20b.txt";
  request.query = {{"uploadId", "u1"}, {"partNumber", "2"}};
  request.headers = {{"Content-Type", "text/plain"}, {header_prefix(scheme) + "meta-colour", "blue"}};
  return request;
}

inline SignContext context(const Credentials& who = kAlice) {
  SignContext context;
  context.credentials = who;
  context.region = "us-east-1";
  context.time = kNow;
  context.resource = {"examplebucket", "dir/a b.txt"};
  return context;
}

inline Received arrived(const io::Request& request) {
  Received received;
  received.method = request.method;
  received.path = request.path;
  received.raw_query = io::format_query(request.query);
  received.query = io::parse_query(received.raw_query);
  received.headers = request.headers;
  received.headers.add("Host", request.host);
  received.resource = {"examplebucket", "dir/a b.txt"};
  return received;
}

inline Received signed_put(Scheme scheme, const SignContext& with = context()) {
  io::Request request = put_request(scheme);
  signer(scheme)->sign(request, with);
  return arrived(request);
}

inline Received presigned_put(Scheme scheme, std::chrono::seconds lifetime,
                              const SignContext& with = context()) {
  io::Request request = put_request(scheme);
  signer(scheme)->presign(request, with, lifetime);
  return arrived(request);
}

/// A store's accounts and clock.
struct Server {
  std::map<std::string, Account> accounts = {{kAlice.access_key, {kAlice, {}, "alice"}}};
  std::chrono::sys_seconds now = kNow;
  std::string region = "us-east-1";

  Verdict verify(const Received& request) const {
    VerifyContext context;
    context.now = now;
    context.region = region;
    context.find_account = [this](const std::string& key) -> const Account* {
      const auto found = accounts.find(key);
      return found == accounts.end() ? nullptr : &found->second;
    };
    return signers::verify(request, context);
  }
};

}  // namespace sluice::signers::testing
