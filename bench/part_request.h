// A request as the signing benchmarks sign it: the upload of a part.
#pragma once

#include "signers/signer.h"

namespace sluice::bench {

inline const Credentials kWho{"AKIDEXAMPLE0123456789", "secretsecretsecretsecretsecretsecret0123", ""};

inline io::Request part_request() {
  io::Request request;
  request.method = "PUT";
  request.host = "examplebucket.s3.us-east-1.amazonaws.com";
  request.path = "/some/folder/large-object.bin";
  request.query = {{"partNumber", "17"}, {"uploadId", "0004B9894A22E5B1888A1E29F8236E2D"}};
  request.headers = {{"Content-Type", "application/octet-stream"}};
  return request;
}

inline signers::SignContext sign_context() {
  signers::SignContext context;
  context.credentials = kWho;
  context.region = "us-east-1";
  context.time = std::chrono::sys_seconds{std::chrono::seconds{1700000000}};
  context.resource = {"examplebucket", "some/folder/large-object.bin"};
  return context;
}

}  // namespace sluice::bench
