// Makes the signer of one V4 family.
#pragma once

#include <memory>

#include "signers/signer.h"

namespace sluice::signers {

struct V4Family;
std::shared_ptr<const Signer> make_v4_signer(const V4Family&);

}  // namespace sluice::signers
