#include "engine/copy_properties.h"

namespace sluice::engine {

PutOptions with_source_properties(const TransferOptions& options, const ObjectInfo& source,
                                  const std::string& key) {
  PutOptions put = put_options(options, key);
  if (options.content_type.empty() && !source.content_type.empty()) put.content_type = source.content_type;
  for (const auto& [name, value] : source.metadata) put.metadata.emplace(name, value);
  for (const auto& [name, value] : source.system_headers)
    if (!put.system_headers.has(name)) put.system_headers.add(name, value);
  return put;
}

}  // namespace sluice::engine
