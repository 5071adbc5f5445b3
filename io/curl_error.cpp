#include "io/curl_error.h"

#include <curl/curl.h>

namespace sluice::io {
namespace {

bool lost_in_handshake(const std::string& message) {
  for (const char* sign : {"SSL_ERROR_SYSCALL", "SSL_ERROR_ZERO_RETURN", "unexpected eof", "reset by peer"})
    if (message.find(sign) != std::string::npos) return true;
  return false;
}

ErrorKind kind_of(int code, const std::string& message) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorKind::timeout;
    case CURLE_SSL_CONNECT_ERROR:
      return lost_in_handshake(message) ? ErrorKind::network : ErrorKind::tls;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_USE_SSL_FAILED:
      return ErrorKind::tls;
    case CURLE_UNSUPPORTED_PROTOCOL:  // what curl says of an answer that is not HTTP/1
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return ErrorKind::decode;
    case CURLE_URL_MALFORMAT:
      return ErrorKind::argument;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_WRITE_ERROR:
    case CURLE_READ_ERROR:
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return ErrorKind::internal;
    default:
      return ErrorKind::network;
  }
}

std::string hint_of(ErrorKind kind, int code) {
  if (code == CURLE_COULDNT_RESOLVE_HOST) return "check the endpoint's name and the network";
  if (kind == ErrorKind::tls) return "check the endpoint's certificate, or give its CA with --ca";
  return {};
}

}  // namespace

Error curl_error(int code, const std::string& where, const std::string& message,
                 const CurlLoopOptions& options) {
  const ErrorKind kind = kind_of(code, message);
  std::string text = message.empty() ? curl_easy_strerror(static_cast<CURLcode>(code)) : message;
  if (kind == ErrorKind::timeout)
    text = "no connection within " + std::to_string(options.connect_timeout.count()) + " ms";
  return make_error(kind, where + ": " + text, hint_of(kind, code));
}

}  // namespace sluice::io
