// Object headers that the caller chose: content headers, storage class, ACL and user metadata, and
// the coding of metadata values that HTTP headers cannot carry.
//
// TOS wants every name and value percent-encoded. Elsewhere printable ASCII goes as it is and
// anything else as an RFC 2047 word ("=?UTF-8?B?...?="), which S3 itself answers for such values.
#pragma once

#include <map>
#include <string>

#include "engine/dialect.h"
#include "engine/store.h"
#include "io/http.h"
#include "sluice/result.h"

namespace sluice::engine {

/// Refuses names and values that would break the request's head.
Result<void> add_object_headers(const Dialect&, const PutOptions&, io::Headers&);

std::string encode_metadata(const Dialect&, const std::string& value);
std::string decode_metadata(const Dialect&, const std::string& value);

/// User metadata of an answer, names in lower case without the prefix.
std::map<std::string, std::string> read_metadata(const Dialect&, const io::Headers&);
/// Cache-Control, Content-Disposition, Content-Encoding, Content-Language, Expires of an answer.
io::Headers read_system_headers(const io::Headers&);

}  // namespace sluice::engine
