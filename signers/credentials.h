// The public Credentials, under the name that signers and the engine use.
#pragma once

#include "sluice/types.h"

namespace sluice::signers {
using sluice::Credentials;
}  // namespace sluice::signers
