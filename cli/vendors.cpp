// Which variables: oss2, ossutil 2 and the Alibaba-wide chain; the COS samples and the Tencent-wide
// names; the TOS SDKs and their CLI; the QingStor and OIS SDKs and qsctl; botocore.
// COS_ENDPOINT alone is ours: COS has no such variable, and a script wants one for each store.
#include "cli/vendors.h"

namespace sluice::cli {

const std::vector<Vendor>& vendors() {
  static const std::vector<Vendor> all = {
      {.scheme = "oss",
       .keys = {{"OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", {"OSS_SESSION_TOKEN"}},
                {"ALIBABA_CLOUD_ACCESS_KEY_ID",
                 "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
                 {"ALIBABA_CLOUD_SECURITY_TOKEN"}}},
       .endpoints = {"OSS_ENDPOINT"},
       .regions = {"OSS_REGION"},
       .appids = {},
       .ca_files = {}},
      {.scheme = "cos",
       .keys = {{"COS_SECRET_ID", "COS_SECRET_KEY", {"COS_SESSION_TOKEN", "COS_TOKEN"}},
                {"COS_SECRETID", "COS_SECRETKEY", {"COS_SESSIONTOKEN"}},
                {"TENCENTCLOUD_SECRET_ID",
                 "TENCENTCLOUD_SECRET_KEY",
                 {"TENCENTCLOUD_SESSION_TOKEN", "TENCENTCLOUD_TOKEN"}},
                {"SECRETID", "SECRETKEY", {"SESSIONTOKEN"}}},
       .endpoints = {"COS_ENDPOINT"},
       .regions = {"COS_REGION", "TENCENTCLOUD_REGION"},
       .appids = {"COS_APPID"},
       .ca_files = {}},
      {.scheme = "tos",
       .keys = {{"TOS_ACCESS_KEY", "TOS_SECRET_KEY", {"TOS_SECURITY_TOKEN"}}},
       .endpoints = {"TOS_ENDPOINT"},
       .regions = {"TOS_REGION"},
       .appids = {},
       .ca_files = {}},
      {.scheme = "qs",
       .keys = {{"QINGSTOR_ACCESS_KEY_ID", "QINGSTOR_SECRET_ACCESS_KEY", {}},
                {"QSCTL_ACCESS_KEY_ID", "QSCTL_SECRET_ACCESS_KEY", {}}},
       .endpoints = {"QINGSTOR_ENDPOINT"},
       .regions = {"QINGSTOR_ZONE", "QSCTL_ZONE"},
       .appids = {},
       .ca_files = {}},
      {.scheme = "ois",
       .keys = {{"OIS_ACCESS_KEY_ID", "OIS_SECRET_ACCESS_KEY", {}},
                {"QINGSTOR_ACCESS_KEY_ID", "QINGSTOR_SECRET_ACCESS_KEY", {}}},
       .endpoints = {"OIS_ENDPOINT", "QINGSTOR_ENDPOINT"},
       .regions = {"OIS_ZONE", "QINGSTOR_ZONE"},
       .appids = {},
       .ca_files = {}},
      {.scheme = "s3",
       .keys = {{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", {"AWS_SESSION_TOKEN"}}},
       .endpoints = {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"},
       .regions = {"AWS_REGION", "AWS_DEFAULT_REGION"},
       .appids = {},
       .ca_files = {"AWS_CA_BUNDLE"},
       .endpoints_are_regional = false},
  };
  return all;
}

const Vendor& vendor_of(std::string_view scheme) {
  for (const Vendor& vendor : vendors())
    if (vendor.scheme == scheme) return vendor;
  return vendors().back();
}

}  // namespace sluice::cli
