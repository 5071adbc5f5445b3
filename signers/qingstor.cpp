// The text of QingStor and its signer.
#include "signers/qingstor.h"

#include <algorithm>
#include <array>

#include "io/time_text.h"
#include "signers/digest.h"
#include "signers/plain_text.h"

namespace sluice::signers {
namespace {

constexpr auto kSubResources = [] {
  std::array names = std::to_array<std::string_view>({
      "acl",
      "append",
      "cname",
      "cors",
      "delete",
      "image",
      "lifecycle",
      "logging",
      "mirror",
      "notification",
      "part_number",
      "policy",
      "position",
      "replication",
      "stats",
      "upload_id",
      "uploads",
      "response-expires",
      "response-cache-control",
      "response-content-type",
      "response-content-language",
      "response-content-encoding",
      "response-content-disposition",
  });
  std::sort(names.begin(), names.end());
  return names;
}();

class QingstorSigner final : public Signer {
 public:
  void sign(io::Request& request, const SignContext& context) const override {
    const bool own_date = request.headers.has("x-qs-date");
    if (!own_date) request.headers.set("Date", io::http_date(context.time));
    const std::string date = own_date ? std::string() : request.headers.get("Date");
    const auto text =
        qingstor_string_to_sign(request.method, request.headers, date, path(request, context), request.query);
    request.headers.set("Authorization", "QS " + context.credentials.access_key + ":" +
                                             qingstor_signature(context.credentials, text));
  }

  void presign(io::Request& request, const SignContext& context,
               std::chrono::seconds lifetime) const override {
    const auto expires = std::to_string((context.time + lifetime).time_since_epoch().count());
    const auto text = qingstor_string_to_sign(request.method, request.headers, expires,
                                              path(request, context), request.query);
    request.query.emplace_back("access_key_id", context.credentials.access_key);
    request.query.emplace_back("expires", expires);
    request.query.emplace_back("signature", qingstor_signature(context.credentials, text));
  }

 private:
  static std::string path(const io::Request& request, const SignContext& context) {
    const std::string sent = request.path.empty() ? "/" : request.path;
    const std::string& bucket = context.resource.bucket;
    return qingstor_bucket_in_host(request.host, bucket) ? "/" + bucket + sent : sent;
  }
};

}  // namespace

std::string qingstor_string_to_sign(std::string_view method, const io::Headers& headers,
                                    std::string_view date, std::string_view resource_path,
                                    const io::Query& query) {
  std::string text(method);
  text.append("\n").append(trim_blanks(headers.get("Content-MD5")));
  text.append("\n").append(trim_blanks(headers.get("Content-Type")));
  text.append("\n").append(date).append("\n");
  text += prefixed_header_lines(headers, "x-qs-");
  text.append(resource_path);
  return text + sub_resources(query, kSubResources);
}

std::string qingstor_signature(const Credentials& who, std::string_view string_to_sign) {
  return base64(hmac_sha256(who.secret_key, string_to_sign));
}

bool qingstor_bucket_in_host(std::string_view host, std::string_view bucket) {
  return !bucket.empty() && host.size() > bucket.size() && host[bucket.size()] == '.' &&
         io::equal_ignoring_case(host.substr(0, bucket.size()), bucket);
}

std::shared_ptr<const Signer> make_qingstor_signer() {
  return std::make_shared<QingstorSigner>();
}

}  // namespace sluice::signers
