#include "engine/copy_small.h"

#include <algorithm>

#include "engine/answer_sink.h"
#include "engine/copy_properties.h"
#include "engine/copy_target.h"
#include "engine/store_http.h"
#include "engine/upload.h"

namespace sluice::engine {
namespace {

using scheduler::Task;
using scheduler::Worker;

// Above it two more requests weigh little, and a ring needs less memory than the whole.
constexpr std::uint64_t kSmallCopy = 1ull << 20;
// So many at least fit into the memory at once.
constexpr std::uint64_t kSmallCopies = 32;

/// An answer's head and all of its body, up to `room` bytes.
class HeldAnswer final : public io::BodySink {
 public:
  HeldAnswer(const Dialect& dialect, std::string key, std::uint64_t room)
      : dialect_(dialect), room_(room), key_(std::move(key)) {}

  Result<void> begin(const io::Response& head) override {
    info_ = object_of(dialect_, key_, head);
    if (info_.size > room_) return too_large();
    bytes_.reserve(info_.size);
    return {};
  }
  Result<std::size_t> write(std::string_view data) override {
    if (data.size() > room_ - bytes_.size()) return too_large();
    bytes_.append(data);
    return data.size();
  }
  bool rewind() override {
    bytes_.clear();
    return true;
  }

  bool grown() const { return grown_; }
  const std::string& bytes() const { return bytes_; }
  const ObjectInfo& info() const { return info_; }

 private:
  Unexpected too_large() {
    grown_ = true;
    return fail(ErrorKind::integrity, "the object is larger than it was listed");
  }

  const Dialect& dialect_;
  const std::uint64_t room_;
  const std::string key_;
  std::string bytes_;
  ObjectInfo info_;
  bool grown_ = false;
};

}  // namespace

std::uint64_t small_copy_limit(const TransferContext& context, const Limits& target) {
  const std::uint64_t by_memory = context.runtime->options.memory / kSmallCopies;
  return std::min({kSmallCopy, by_memory, single_request_limit(context.options, target)});
}

Task<Result<std::optional<TransferReport>>> copy_small(Worker* home, TransferContext* context, CopySpec spec,
                                                       std::uint64_t size) {
  auto room = co_await context->runtime->memory.take(home->loop(), std::max<std::uint64_t>(size, 1),
                                                     context->token());
  if (!room) co_return fail(ErrorKind::cancelled, "cancelled");
  const Dialect& source = spec.from_store->dialect();
  const ObjectInfo nothing;  // what was listed may be of another version: only the answer counts
  HeldAnswer held(source, spec.from.key, size);
  AnswerSink answer(&held, source, nothing);
  GetOptions get;
  get.expects = size;
  auto reply = co_await spec.from_store->get(context->call(*home), spec.from, std::move(get), &answer);
  if (held.grown()) co_return std::optional<TransferReport>();
  if (!reply) co_return unexpected(reply.error());
  context->tally->reply(*reply);
  const io::DigestValues read = answer.digests();
  if (auto same = verify(read, answer.published(), spec.from_store->url(spec.from)); !same)
    co_return unexpected(same.error());

  PutOptions put = with_source_properties(context->options, held.info(), spec.to.key);
  auto bytes = memory_bytes(held.bytes());
  auto report = co_await put_whole(home, context, std::move(bytes), spec.to_store, spec.to, std::move(put));
  if (!report) co_return unexpected(report.error());
  if (report->checked == "size") {
    auto asked = co_await ask_target(home, context, spec.to_store, spec.to, read);
    if (!asked) co_return unexpected(asked.error());
    report->checked = asked->how;
    report->requests = context->tally->requests;
  }
  report->crc64 = read.crc64;
  co_return std::optional<TransferReport>(*std::move(report));
}

}  // namespace sluice::engine
