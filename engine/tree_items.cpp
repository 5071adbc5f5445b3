#include "engine/tree_items.h"

#include <algorithm>

#include "engine/copy.h"
#include "engine/download.h"
#include "engine/upload.h"
#include "io/walk.h"

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

/// Of an object that has only been listed.
ObjectInfo known(const Listed& listed) {
  ObjectInfo info;
  info.key = listed.key;
  info.size = listed.size;
  info.etag = listed.etag;
  info.modified = listed.modified;
  info.content_type = listed.content_type;
  info.storage_class = listed.storage_class;
  info.crc64 = listed.crc64;
  return info;
}

}  // namespace

std::uint64_t small_limit(const TransferContext& context, const Dialect& dialect) {
  return single_request_limit(context.options, dialect.limits);
}

Task<Result<TransferReport>> upload_item(Worker* worker, TransferContext* context, const UploadTree* spec,
                                         const TreeItem* item) {
  const std::string path = spec->directory + "/" + item->name;
  const std::uint64_t at_once = std::min(kAtOnce, small_limit(*context, spec->store->dialect()));
  const bool small = item->size <= at_once;
  Runtime& runtime = *context->runtime;
  const auto open = [&] { return open_bytes(path, small ? FileIo::pread : runtime.options.io, at_once); };
  auto opened = small ? runtime.small_files.run(worker->loop(), open) : runtime.pool.run(worker->loop(), open);
  auto bytes = co_await std::move(opened);
  if (!bytes) co_return unexpected(bytes.error());
  Ref to = spec->to;
  to.key += item->name;
  co_return co_await upload(worker, context, std::move(*bytes), spec->store, std::move(to));
}

Task<Result<TransferReport>> download_item(Worker* worker, TransferContext* context, const DownloadTree* spec,
                                           const TreeItem* item) {
  auto path = io::safe_join(spec->directory, item->name);
  if (!path) co_return unexpected(path.error());
  DownloadSpec one;
  one.store = spec->store;
  one.from.bucket = spec->from.bucket;
  one.from.key = item->info->key;
  one.path = std::move(*path);
  one.create_parents = true;
  // A listing tells size and ETag; large objects are asked for their checksum as well.
  const bool told = !item->info->etag.empty();
  if (told && item->size <= small_limit(*context, spec->store->dialect())) one.info = known(*item->info);
  co_return co_await download(worker, context, std::move(one));
}

Task<Result<TransferReport>> copy_item(Worker* worker, TransferContext* context, const CopyTree* spec,
                                       const TreeItem* item) {
  CopySpec one;
  one.from_store = spec->from_store;
  one.to_store = spec->to_store;
  one.same_store = spec->same_store;
  one.from.bucket = spec->from.bucket;
  one.from.key = item->info->key;
  one.to.bucket = spec->to.bucket;
  one.to.key = spec->to.key + item->name;
  if (!item->info->etag.empty()) one.info = known(*item->info);
  co_return co_await copy(worker, context, std::move(one));
}

}  // namespace sluice::engine
