// TLS with a fresh self-signed certificate for localhost and 127.0.0.1.
#pragma once

#include <string>

struct ssl_ctx_st;

namespace sink {

/// Lives as long as the process. Writes the certificate to `cert_out` (PEM) unless that is empty.
ssl_ctx_st* make_tls(const std::string& cert_out);

}  // namespace sink
