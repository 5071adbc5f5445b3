// Signs for SigV4, TOS4 and OSS V4: what each adds to a request before its texts are made.
#include "signers/v4_signer.h"

#include <algorithm>

#include "io/time_text.h"
#include "signers/v4.h"

namespace sluice::signers {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view lower_name) {
  return std::any_of(names.begin(), names.end(),
                     [=](const std::string& n) { return io::equal_ignoring_case(n, lower_name); });
}

class V4Signer final : public Signer {
 public:
  explicit V4Signer(const V4Family& family) : family_(family) {}

  void sign(io::Request& request, const SignContext& context) const override {
    const std::string date = io::basic_time(context.time);
    request.headers.remove("Authorization");
    request.headers.set(family_.date_header, date);
    // Not signed, but OSS asks for it and others may name it as an additional header.
    if (family_.scheme == Scheme::oss_v4) request.headers.set("Date", io::http_date(context.time));
    if (!context.credentials.security_token.empty())
      request.headers.set(family_.token_header, context.credentials.security_token);
    const std::string payload = declare_payload(request, context);

    const auto headers = choose_headers(request, context, false);
    const std::string_view day = std::string_view(date).substr(0, 8);
    const std::string scope = v4_scope(family_, day, context.region);
    const std::string signature = signature_of(request, context, headers, date, scope, payload);

    std::string authorization;
    authorization.reserve(256);
    authorization.append(family_.algorithm).append(" Credential=").append(context.credentials.access_key);
    authorization.append("/").append(scope).append(family_.separator);
    if (!headers.names.empty() || family_.lists_all_headers)
      authorization.append(family_.headers_field).append("=").append(headers.names).append(family_.separator);
    authorization.append("Signature=").append(signature);
    request.headers.add("Authorization", std::move(authorization));
  }

  void presign(io::Request& request, const SignContext& context,
               std::chrono::seconds lifetime) const override {
    const std::string date = io::basic_time(context.time);
    const std::string scope = v4_scope(family_, std::string_view(date).substr(0, 8), context.region);
    const auto headers = choose_headers(request, context, true);
    const auto add = [&request](std::string_view name, std::string value) {
      request.query.emplace_back(std::string(name), std::move(value));
    };
    add(family_.algorithm_query, std::string(family_.algorithm));
    add(family_.credential_query, context.credentials.access_key + "/" + scope);
    add(family_.date_query, date);
    add(family_.expires_query, std::to_string(lifetime.count()));
    if (!context.credentials.security_token.empty())
      add(family_.token_query, context.credentials.security_token);
    if (!headers.names.empty()) add(family_.headers_query, headers.names);

    std::string payload(payload::kUnsigned);
    if (family_.scheme == Scheme::tos4 && request.headers.has(family_.payload_header))
      payload = request.headers.get(family_.payload_header);
    add(family_.signature_query, signature_of(request, context, headers, date, scope, payload));
  }

 private:
  /// The last line of the canonical request; sets the header that says so to the store.
  std::string declare_payload(io::Request& request, const SignContext& context) const {
    switch (family_.scheme) {
      case Scheme::oss_v4:
        // The only word that the vendor's own clients send.
        if (!request.headers.has(family_.payload_header))
          request.headers.set(family_.payload_header, std::string(payload::kUnsigned));
        return request.headers.get(family_.payload_header);
      case Scheme::tos4:
        if (request.headers.has(family_.payload_header)) return request.headers.get(family_.payload_header);
        // Without the header the store takes the hash of nothing, even when there is a body.
        if (context.payload_hash != kEmptySha256)
          request.headers.set(family_.payload_header, context.payload_hash);
        return context.payload_hash;
      default:
        request.headers.set(family_.payload_header, context.payload_hash);
        return context.payload_hash;
    }
  }

  V4Headers choose_headers(const io::Request& request, const SignContext& context, bool in_url) const {
    const auto choose = [&](std::string_view name, std::string_view value) {
      if (family_.lists_all_headers) {
        const bool chosen = context.signed_headers.empty()
                                ? v4_always_signed(family_, name) &&
                                      (name != "content-type" || !in_url || family_.content_type_in_url)
                                : contains(context.signed_headers, name);
        return chosen ? Signed::listed : Signed::no;
      }
      if (v4_always_signed(family_, name)) return Signed::yes;
      return !value.empty() && contains(context.additional_headers, name) ? Signed::listed : Signed::no;
    };
    return v4_headers(family_, request.headers, request.host, choose);
  }

  std::string signature_of(const io::Request& request, const SignContext& context, const V4Headers& headers,
                           std::string_view date, std::string_view scope, std::string_view payload) const {
    const std::string resource = family_.signs_resource ? v4_resource_path(context.resource) : std::string();
    const std::string_view sent = request.path.empty() ? std::string_view("/") : request.path;
    const std::string_view path = family_.signs_resource ? resource : sent;
    const auto text =
        v4_canonical_request(request.method, path, v4_query(family_, request.query, {}), headers, payload);
    return v4_day_key(family_, context.credentials, date.substr(0, 8), context.region)
        .sign_hex(v4_string_to_sign(family_, date, scope, text));
  }

  const V4Family& family_;
};

}  // namespace

std::shared_ptr<const Signer> make_v4_signer(const V4Family& family) {
  return std::make_shared<V4Signer>(family);
}

}  // namespace sluice::signers
