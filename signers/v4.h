// The engine of the three families that sign alike: AWS SigV4, TOS4, OSS V4. What differs is data.
//
// Signer and verifier both build their texts here, the one from the request it will send, the other
// from the one that arrived.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "io/http.h"
#include "signers/digest.h"
#include "signers/signer.h"

namespace sluice::signers {

struct V4Family {
  Scheme scheme;
  std::string_view algorithm;   ///< first word of Authorization and of the string to sign
  std::string_view key_prefix;  ///< in front of the secret key, where the chain of keys begins
  std::string_view service, terminator;
  std::string_view header_prefix;  ///< headers of this prefix are always signed
  std::string_view date_header, payload_header, token_header;
  std::string_view algorithm_query, credential_query, date_query, expires_query, token_query, headers_query,
      signature_query;
  std::string_view headers_field;  ///< names the signed headers in Authorization
  std::string_view separator;      ///< between the fields of Authorization
  bool signs_resource;             ///< OSS: /bucket/key whatever the URL; else the path as sent
  bool lists_all_headers;          ///< OSS lists only the additional ones
  bool collapses_blanks;           ///< runs of blanks inside header values become one
  bool bare_names;                 ///< a query parameter without value is written without '='
  bool sorts_raw_names;            ///< TOS sorts query names before it encodes them
  bool any_case_query;             ///< TOS takes its own query names in any case
  bool content_type_in_url;        ///< whether a presigned URL binds the content type by itself
};

extern const V4Family kSigV4;
extern const V4Family kTos4;
extern const V4Family kOssV4;

/// "day/region/service/terminator".
std::string v4_scope(const V4Family&, std::string_view day, std::string_view region);

/// The day's key, from this thread's cache. Valid until the thread asks for another.
const HmacKey& v4_day_key(const V4Family&, const Credentials&, std::string_view day, std::string_view region);

/// Canonical path of OSS: /bucket/key, percent-encoded.
std::string v4_resource_path(const Resource&);

/// Whether a header's line is signed, and whether its name is listed.
enum class Signed { no, yes, listed };
struct V4Headers {
  std::string lines;  ///< "name:value\n" each
  std::string names;  ///< "a;b"
};
/// Refers to a callable that outlives the call it is passed to: no allocation, unlike std::function.
class ChooseHeader {
 public:
  template <class F>
  requires(!std::is_same_v<F, ChooseHeader>) ChooseHeader(const F& choose)
      : choose_(&choose), call_([](const void* f, std::string_view name, std::string_view value) {
          return (*static_cast<const F*>(f))(name, value);
        }) {}
  Signed operator()(std::string_view name, std::string_view value) const {
    return call_(choose_, name, value);
  }

 private:
  const void* choose_;
  Signed (*call_)(const void*, std::string_view, std::string_view);
};

/// `choose` is asked with lower-case names. `host` stands for the Host header unless it is empty.
V4Headers v4_headers(const V4Family&, const io::Headers&, std::string_view host, ChooseHeader choose);

/// `without`: the signature's own name, left out.
std::string v4_query(const V4Family&, const io::Query&, std::string_view without);

std::string v4_canonical_request(std::string_view method, std::string_view path, std::string_view query,
                                 const V4Headers& headers, std::string_view payload);
std::string v4_string_to_sign(const V4Family&, std::string_view date, std::string_view scope,
                              std::string_view canonical_request);

/// Always part of a signature of this family: its own prefix, content type and the like.
bool v4_always_signed(const V4Family&, std::string_view lower_name);

}  // namespace sluice::signers
