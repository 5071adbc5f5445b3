// The text of OSS V1 and its signer.
#include "signers/oss_v1.h"

#include <algorithm>
#include <array>

#include "io/time_text.h"
#include "signers/digest.h"
#include "signers/plain_text.h"

namespace sluice::signers {
namespace {

/// Query names that belong to the resource: the union that the vendor's long-lived SDK signs.
constexpr auto kSubResources = [] {
  std::array names = std::to_array<std::string_view>({
      "acl",
      "append",
      "asyncFetch",
      "accessPoint",
      "accessPointPolicy",
      "bucketArchiveDirectRead",
      "bucketInfo",
      "callback",
      "callback-var",
      "cname",
      "comp",
      "continuation-token",
      "cors",
      "delete",
      "encryption",
      "endTime",
      "group",
      "httpsConfig",
      "inventory",
      "inventoryId",
      "lifecycle",
      "link",
      "live",
      "location",
      "logging",
      "metaQuery",
      "objectInfo",
      "objectMeta",
      "partNumber",
      "policy",
      "position",
      "publicAccessBlock",
      "qos",
      "qosInfo",
      "qosRequester",
      "redundancyTransition",
      "referer",
      "regionList",
      "replication",
      "replicationLocation",
      "replicationProgress",
      "requestPayment",
      "requesterQosInfo",
      "resourceGroup",
      "resourcePool",
      "resourcePoolBuckets",
      "resourcePoolInfo",
      "response-cache-control",
      "response-content-disposition",
      "response-content-encoding",
      "response-content-language",
      "response-content-type",
      "response-expires",
      "restore",
      "security-token",
      "sequential",
      "startTime",
      "stat",
      "status",
      "style",
      "styleName",
      "symlink",
      "tagging",
      "transferAcceleration",
      "uploadId",
      "uploads",
      "versionId",
      "versioning",
      "versions",
      "vod",
      "website",
      "worm",
      "wormExtend",
      "wormId",
      "x-oss-ac-forward-allow",
      "x-oss-ac-source-ip",
      "x-oss-ac-subnet-mask",
      "x-oss-ac-vpc-id",
      "x-oss-access-point-name",
      "x-oss-async-process",
      "x-oss-process",
      "x-oss-redundancy-transition-taskid",
      "x-oss-request-payer",
      "x-oss-target-redundancy-type",
      "x-oss-traffic-limit",
      "x-oss-write-get-object-response",
      "cloudboxes",
  });
  std::sort(names.begin(), names.end());
  return names;
}();

class OssV1Signer final : public Signer {
 public:
  void sign(io::Request& request, const SignContext& context) const override {
    if (!context.credentials.security_token.empty())
      request.headers.set("x-oss-security-token", context.credentials.security_token);
    if (!request.headers.has("x-oss-date")) request.headers.set("Date", io::http_date(context.time));
    const std::string date = request.headers.get(request.headers.has("x-oss-date") ? "x-oss-date" : "Date");
    const auto text =
        oss_v1_string_to_sign(request.method, request.headers, date, context.resource, request.query);
    request.headers.set("Authorization", "OSS " + context.credentials.access_key + ":" +
                                             oss_v1_signature(context.credentials, text));
  }

  void presign(io::Request& request, const SignContext& context,
               std::chrono::seconds lifetime) const override {
    const auto expires = std::to_string((context.time + lifetime).time_since_epoch().count());
    if (!context.credentials.security_token.empty())
      request.query.emplace_back("security-token", context.credentials.security_token);
    const auto text =
        oss_v1_string_to_sign(request.method, request.headers, expires, context.resource, request.query);
    request.query.emplace_back("OSSAccessKeyId", context.credentials.access_key);
    request.query.emplace_back("Expires", expires);
    request.query.emplace_back("Signature", oss_v1_signature(context.credentials, text));
  }
};

}  // namespace

std::string oss_v1_string_to_sign(std::string_view method, const io::Headers& headers, std::string_view date,
                                  const Resource& resource, const io::Query& query) {
  std::string text(method);
  text.append("\n").append(trim_blanks(headers.get("Content-MD5")));
  text.append("\n").append(trim_blanks(headers.get("Content-Type")));
  text.append("\n").append(date).append("\n");
  text += prefixed_header_lines(headers, "x-oss-");
  text += '/';
  if (!resource.bucket.empty()) text.append(resource.bucket).append("/").append(resource.key);
  return text + sub_resources(query, kSubResources);
}

std::string oss_v1_signature(const Credentials& who, std::string_view string_to_sign) {
  return base64(hmac_sha1(who.secret_key, string_to_sign));
}

std::shared_ptr<const Signer> make_oss_v1_signer() {
  return std::make_shared<OssV1Signer>();
}

}  // namespace sluice::signers
