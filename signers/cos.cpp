// The texts of COS and its signer.
#include "signers/cos.h"

#include <algorithm>
#include <array>

#include "io/percent.h"
#include "signers/digest.h"

namespace sluice::signers {
namespace {

constexpr std::string_view kTokenName = "x-cos-security-token";

/// Clocks differ: the window begins a minute early, as in the vendor's own clients.
constexpr std::chrono::seconds kEarly{60};

class CosSigner final : public Signer {
 public:
  void sign(io::Request& request, const SignContext& context) const override {
    request.headers.remove("Authorization");
    if (!context.credentials.security_token.empty())
      request.headers.set(kTokenName, context.credentials.security_token);
    std::string authorization;
    for (const auto& [name, value] : fields(request, context, context.lifetime))
      authorization.append(authorization.empty() ? "" : "&").append(name).append("=").append(value);
    request.headers.add("Authorization", std::move(authorization));
  }

  void presign(io::Request& request, const SignContext& context,
               std::chrono::seconds lifetime) const override {
    if (!context.credentials.security_token.empty() && !io::find_query(request.query, kTokenName))
      request.query.emplace_back(kTokenName, context.credentials.security_token);
    io::Query signature = fields(request, context, lifetime);
    request.query.insert(request.query.end(), std::make_move_iterator(signature.begin()),
                         std::make_move_iterator(signature.end()));
  }

 private:
  static io::Query fields(const io::Request& request, const SignContext& context,
                          std::chrono::seconds lifetime) {
    io::Query chosen;
    if (context.sign_host) chosen.emplace_back("host", request.host);
    for (const auto& [name, value] : request.headers) {
      const auto lower = io::lower_case(name);
      if (lower != "host" && cos_signs_header(lower)) chosen.emplace_back(name, value);
    }
    const CosList headers = cos_list(chosen);
    const CosList parameters = cos_list(request.query);
    const auto seconds = [](std::chrono::sys_seconds t) {
      return std::to_string(t.time_since_epoch().count());
    };
    const std::string key_time = context.key_time.empty()
                                     ? seconds(context.time - kEarly) + ";" + seconds(context.time + lifetime)
                                     : context.key_time;
    const auto path = io::percent_decode(request.path.empty() ? "/" : request.path);
    const auto text =
        cos_string_to_sign(key_time, cos_http_string(request.method, path, parameters, headers));
    return {{"q-sign-algorithm", "sha1"},
            {"q-ak", context.credentials.access_key},
            {"q-sign-time", key_time},
            {"q-key-time", key_time},
            {"q-header-list", headers.names},
            {"q-url-param-list", parameters.names},
            {"q-signature", cos_signature(context.credentials, key_time, text)}};
  }
};

}  // namespace

std::string cos_name(std::string_view name) {
  return io::lower_case(io::percent_encode(name));
}

CosList cos_list(const io::Query& chosen) {
  io::Query encoded;
  encoded.reserve(chosen.size());
  for (const auto& [name, value] : chosen) encoded.emplace_back(cos_name(name), io::percent_encode(value));
  std::sort(encoded.begin(), encoded.end());
  CosList list;
  for (const auto& [name, value] : encoded) {
    list.pairs.append(list.pairs.empty() ? "" : "&").append(name).append("=").append(value);
    list.names.append(list.names.empty() ? "" : ";").append(name);
  }
  return list;
}

bool cos_signs_header(std::string_view name) {
  static constexpr auto names = std::to_array<std::string_view>(
      {"cache-control", "content-disposition", "content-encoding", "content-length", "content-md5",
       "content-type", "expect", "expires", "host", "if-match", "if-modified-since", "if-none-match",
       "if-unmodified-since", "origin", "pic-operations", "range", "transfer-encoding"});
  static_assert(std::is_sorted(names.begin(), names.end()));
  return name.starts_with("x-cos-") || name.starts_with("x-ci-") ||
         std::binary_search(names.begin(), names.end(), name);
}

std::string cos_http_string(std::string_view method, std::string_view decoded_path, const CosList& parameters,
                            const CosList& headers) {
  std::string text = io::lower_case(method);
  text.append("\n").append(decoded_path).append("\n");
  return text.append(parameters.pairs).append("\n").append(headers.pairs).append("\n");
}

std::string cos_string_to_sign(std::string_view sign_time, std::string_view http_string) {
  std::string text = "sha1\n";
  return text.append(sign_time).append("\n").append(hex(sha1(http_string))).append("\n");
}

std::string cos_signature(const Credentials& who, std::string_view key_time,
                          std::string_view string_to_sign) {
  // The key of the second step is the hex text of the first, not its bytes.
  return hex(hmac_sha1(hex(hmac_sha1(who.secret_key, key_time)), string_to_sign));
}

std::shared_ptr<const Signer> make_cos_signer() {
  return std::make_shared<CosSigner>();
}

}  // namespace sluice::signers
