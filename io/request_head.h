// The head of a request in one text, for a client that writes " HTTP/1.1" and what it adds itself behind it.
//
// From the target to the User-Agent, which comes last: what the client then writes looks like one more
// product (RFC 9110, section 10.1.5). Everything that could break out of its line is refused.
#pragma once

#include <string>
#include <string_view>

#include "io/http.h"
#include "sluice/result.h"

namespace sluice::io {

/// Replaces `into`. `agent`: the User-Agent where the request names none.
Result<void> write_head(const Request& request, std::string_view agent, std::string& into);

/// "name:port" -> "name"; brackets of IPv6 stay.
std::string_view host_name(std::string_view host);

}  // namespace sluice::io
