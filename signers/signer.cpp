// The names of the families and the one object of each.
#include "signers/signer.h"

#include "signers/cos.h"
#include "signers/oss_v1.h"
#include "signers/qingstor.h"
#include "signers/v4.h"
#include "signers/v4_signer.h"

namespace sluice::signers {

const char* name(Scheme scheme) {
  switch (scheme) {
    case Scheme::oss_v1:
      return "oss-v1";
    case Scheme::oss_v4:
      return "oss-v4";
    case Scheme::cos:
      return "cos";
    case Scheme::tos4:
      return "tos4";
    case Scheme::qingstor:
      return "qingstor";
    case Scheme::sigv4:
      return "sigv4";
  }
  return "?";
}

std::shared_ptr<const Signer> signer(Scheme scheme) {
  static const auto oss_v1 = make_oss_v1_signer();
  static const auto oss_v4 = make_v4_signer(kOssV4);
  static const auto cos = make_cos_signer();
  static const auto tos4 = make_v4_signer(kTos4);
  static const auto qingstor = make_qingstor_signer();
  static const auto sigv4 = make_v4_signer(kSigV4);
  switch (scheme) {
    case Scheme::oss_v1:
      return oss_v1;
    case Scheme::oss_v4:
      return oss_v4;
    case Scheme::cos:
      return cos;
    case Scheme::tos4:
      return tos4;
    case Scheme::qingstor:
      return qingstor;
    case Scheme::sigv4:
      break;
  }
  return sigv4;
}

}  // namespace sluice::signers
