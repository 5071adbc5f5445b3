// Pieces that requests of several families share.
#pragma once

#include "engine/request.h"

namespace sluice::engine::request {

void add_copy_source(const Dialect&, const CopySource&, const std::string& if_match, io::Headers&);
void add_forbid_overwrite(const Dialect&, io::Headers&);

}  // namespace sluice::engine::request
