// What is stored with an object, and its name, changed and its bytes left alone.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "engine/store.h"

namespace sluice::engine {

/// Replaces the user metadata, by the store's own request or by a copy onto itself of what was looked at.
Answer<Reply> set_metadata(Call, std::shared_ptr<Store>, Ref, std::map<std::string, std::string> metadata);
/// By the store itself. Repeated after a lost answer it does not find what it moved: the new key is looked
/// at.
Answer<Reply> rename(Call, std::shared_ptr<Store>, Ref, std::string new_key);
Answer<Reply> set_storage_class(Call, std::shared_ptr<Store>, Ref, std::string storage_class);

}  // namespace sluice::engine
