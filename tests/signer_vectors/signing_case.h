// A signing record as values: the request to sign, with what, and how a store would see it arrive.
#pragma once

#include "signers/signer.h"
#include "signers/verifier.h"
#include "vectors.h"

namespace sluice::signers::vectors {

struct SigningCase {
  Scheme scheme = Scheme::sigv4;
  bool in_url = false;
  bool bucket_in_path = false;
  io::Request request;
  SignContext context;
  std::chrono::seconds lifetime{0};
  std::vector<std::string> signed_headers;  ///< lower-case names that this record's signature covers
};

std::optional<Scheme> family_of(std::string_view scheme);
SigningCase read_case(Json record);

/// As a server reads it off the wire.
Received arrived(const SigningCase&, const io::Request&);
/// Sets bucket and key from the path, as a server would.
void route(const SigningCase&, Received&);

Verdict judge(const SigningCase&, const Received&);

}  // namespace sluice::signers::vectors
