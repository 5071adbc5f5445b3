// QingStor (and its OEM, OIS): HMAC-SHA256 over plain lines and the path as sent.
#pragma once

#include <memory>
#include <string>

#include "signers/signer.h"

namespace sluice::signers {

/// `date`: the Date line ("" beside x-qs-date), or the decimal expires of a URL.
std::string qingstor_string_to_sign(std::string_view method, const io::Headers&, std::string_view date,
                                    std::string_view resource_path, const io::Query&);
std::string qingstor_signature(const Credentials&, std::string_view string_to_sign);

/// True when the host's first label is the bucket; then the bucket is put before the signed path.
bool qingstor_bucket_in_host(std::string_view host, std::string_view bucket);

std::shared_ptr<const Signer> make_qingstor_signer();

}  // namespace sluice::signers
