#include "bulk/contents.h"

#include "engine/upload.h"
#include "io/walk.h"

namespace sluice::bulk {
namespace {

using engine::TransferContext;
using engine::TreeItem;
using scheduler::Task;
using scheduler::Worker;

Result<io::DigestValues> digests_of_file(const Side& side, const std::string& name, FileIo io,
                                         io::DigestFlags flags) {
  const Result<std::string> path = io::safe_join(side.directory, name);
  if (!path) return unexpected(path.error());
  auto file = io::SourceFile::open(*path, io);
  if (!file) return unexpected(file.error());
  const auto bytes = engine::file_bytes(*std::move(file));
  engine::PartRange all;
  all.length = bytes->size();
  return engine::digest_range(*bytes, all, flags);
}

Task<Result<engine::PutReply>> told(Worker* worker, TransferContext* context, const Side* side,
                                    const TreeItem* item) {
  engine::Ref ref = side->root;
  ref.key += item->name;
  auto head = co_await side->store->head(context->call(*worker), std::move(ref));
  if (!head) co_return unexpected(head.error());
  context->tally->reply(head->reply);
  co_return engine::published(*head);
}

/// What a store says of its bytes, as if they had been read.
io::DigestValues as_digests(const engine::PutReply& told, std::uint64_t size) {
  io::DigestValues values;
  values.bytes = size;
  values.crc64 = told.crc64;
  values.crc32c = told.crc32c;
  values.crc64nvme = told.crc64nvme;
  if (engine::etag_is_md5(told)) values.md5_hex = told.etag;
  return values;
}

}  // namespace

Task<Result<bool>> same_contents(Worker* worker, TransferContext* context, const Side* from, const Side* to,
                                 const TreeItem* item) {
  const Side* store = to->local() ? from : to;
  const Side* other = to->local() ? to : from;
  auto published = co_await told(worker, context, store, item);
  if (!published) co_return unexpected(published.error());
  io::DigestValues values;
  if (other->local()) {
    io::DigestFlags flags = engine::digests_told(*published);
    if (engine::etag_is_md5(*published)) flags |= io::kMd5;
    const FileIo io = context->runtime->options.io;
    auto digests = co_await context->runtime->pool.run(
        worker->loop(), [&] { return digests_of_file(*other, item->name, io, flags); });
    if (!digests) co_return unexpected(digests.error());
    values = *std::move(digests);
  } else {
    auto others = co_await told(worker, context, other, item);
    if (!others) co_return unexpected(others.error());
    values = as_digests(*others, item->size);
  }
  const Result<std::string> how = engine::verify(values, *published, item->name);
  co_return how&&* how != "size";
}

}  // namespace sluice::bulk
