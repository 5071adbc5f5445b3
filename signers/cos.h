// COS q-sign: HMAC-SHA1 under a key that is good for a stretch of time, over lists of headers and
// parameters which the client chooses and names.
#pragma once

#include <memory>
#include <string>

#include "signers/signer.h"

namespace sluice::signers {

/// One list of the text: encoded pairs, and their names as the signature carries them.
struct CosList {
  std::string pairs;  ///< "a=1&b=2"
  std::string names;  ///< "a;b"
};
/// Encoded and lower-cased, in this order: escapes in names end up in lower case too.
std::string cos_name(std::string_view name);
CosList cos_list(const io::Query& chosen);

/// Whether the vendor's own clients sign a header of this name. The store takes any choice.
bool cos_signs_header(std::string_view lower_name);

std::string cos_http_string(std::string_view method, std::string_view decoded_path, const CosList& parameters,
                            const CosList& headers);
std::string cos_string_to_sign(std::string_view sign_time, std::string_view http_string);
std::string cos_signature(const Credentials&, std::string_view key_time, std::string_view string_to_sign);

std::shared_ptr<const Signer> make_cos_signer();

}  // namespace sluice::signers
