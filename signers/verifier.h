// The store's side of signing: finds the signature of a request, whatever its family, and checks it.
//
// It recomputes from what arrived: the path as sent, the query as sent, the headers named by the
// client. The emulator turns a Refusal into the vendor's own error body.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "io/http.h"
#include "signers/credentials.h"
#include "signers/signer.h"

namespace sluice::signers {

/// A request as it arrived.
struct Received {
  std::string method;
  std::string path;       ///< as sent, percent-encoded
  std::string raw_query;  ///< as sent, without '?'
  io::Query query;        ///< decoded, '+' as space
  io::Headers headers;    ///< with Host
  Resource resource;      ///< bucket and key, decoded, once the server has routed it
};

struct Account {
  Credentials credentials;
  std::optional<std::chrono::sys_seconds> expires;  ///< of a temporary token
  std::string name;
};

enum class Refusal {
  none,
  malformed,  ///< Authorization or query parameters cannot be parsed
  unknown_key,
  mismatch,       ///< signature differs
  skewed,         ///< header date too far from the server's clock
  expired,        ///< presigned URL past its time
  wrong_region,   ///< region or service in the scope is not the server's
  token_missing,  ///< temporary key used without its token, or with a wrong one
  token_expired,
  unsigned_header,  ///< a header that must be signed is not
};

struct Verdict {
  Refusal refusal = Refusal::none;
  bool anonymous = false;        ///< no signature at all; refusal is none
  std::optional<Scheme> scheme;  ///< family found
  bool presigned = false;
  std::string access_key;
  std::string message;         ///< for the error body
  std::string string_to_sign;  ///< for the error body of a mismatch; holds no secret
  std::string canonical_request;
  std::string signed_region;
  std::string payload_hash;    ///< what the client declared (SigV4, TOS4); else empty
  std::string seed_signature;  ///< SigV4: start of the chain of chunk signatures
  std::string signed_date;     ///< SigV4: x-amz-date, for the chunk signatures
};

/// Family of the request by its Authorization header or presign parameters; empty if neither.
std::optional<Scheme> scheme_of(const Received&);

struct VerifyContext {
  std::chrono::sys_seconds now;
  std::string region;  ///< the server's; empty = any is accepted
  std::function<const Account*(const std::string& access_key)> find_account;
};

Verdict verify(const Received&, const VerifyContext&);

}  // namespace sluice::signers
