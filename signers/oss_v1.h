// OSS V1: HMAC-SHA1 over plain lines and the decoded resource.
#pragma once

#include <memory>
#include <string>

#include "signers/signer.h"

namespace sluice::signers {

/// `date`: the Date line, or the decimal Expires of a URL.
std::string oss_v1_string_to_sign(std::string_view method, const io::Headers&, std::string_view date,
                                  const Resource&, const io::Query&);
std::string oss_v1_signature(const Credentials&, std::string_view string_to_sign);
std::shared_ptr<const Signer> make_oss_v1_signer();

}  // namespace sluice::signers
