#include "engine/append.h"

#include <charconv>

#include "engine/request_objects.h"
#include "engine/store_http.h"
#include "io/checksum.h"
#include "scheduler/sleep.h"

namespace sluice::engine {
namespace {

constexpr int kMostAttempts = 4;
constexpr std::chrono::milliseconds kFirstPause{200};

class Append {
 public:
  explicit Append(AppendSpec spec) : spec_(std::move(spec)), end_(spec_.position + spec_.bytes.size()) {
    if (spec_.position == 0) spec_.before = 0;
    if (spec_.before)
      whole_ = io::crc64_ecma_combine(*spec_.before, io::crc64_ecma(0, spec_.bytes), spec_.bytes.size());
  }

  Answer<Appended> run(Call call) {
    if (auto fine = spec_.store->check(spec_.to); !fine) co_return unexpected(std::move(fine).error());
    for (int attempt = 1;; ++attempt) {
      auto draft = request::append(dialect(), spec_.to, spec_.position, spec_.bytes, spec_.options);
      if (!draft) co_return unexpected(draft.error().with("append", spec_.store->url(spec_.to)));
      Call once = call;
      once.timed = true;
      auto sent = co_await spec_.store->ask(std::move(once), *std::move(draft));
      if (sent) co_return accept(*sent);
      Error error = std::move(sent).error();
      // A refusal of a repeated request may mean that the first was heard.
      if (!is_retryable(error) && attempt == 1) co_return unexpected(std::move(error));
      auto there = co_await spec_.store->head(call, spec_.to);
      if (there && done(*there)) co_return from_head(std::move(*there));
      const bool untouched = there ? there->size == spec_.position : none_yet(there.error());
      if (!untouched || !is_retryable(error) || attempt == kMostAttempts)
        co_return unexpected(std::move(error));
      const bool whole = co_await scheduler::sleep_for(*call.loop, kFirstPause * (1 << attempt), call.stop);
      if (!whole) co_return unexpected(std::move(error));
    }
  }

 private:
  const Dialect& dialect() const { return spec_.store->dialect(); }
  bool none_yet(const Error& e) const { return spec_.position == 0 && is_not_found(e); }
  bool done(const ObjectInfo& there) const {
    const bool same = !whole_ || !there.crc64 || *whole_ == *there.crc64;
    return there.size == end_ && !spec_.bytes.empty() && same;
  }

  Result<Appended> accept(Sent& sent) const {
    const auto& headers = sent.response.headers;
    Appended out;
    out.next_position = end_;
    if (const auto* next = headers.find(dialect().header_prefix, dialect().header.next_position))
      std::from_chars(next->data(), next->data() + next->size(), out.next_position);
    const PutReply told = published_by(dialect(), headers);
    out.etag = told.etag;
    if (whole_ && told.crc64 && *whole_ != *told.crc64)
      return unexpected(
          make_error(ErrorKind::integrity, "the object's CRC64 is not that of what was appended")
              .with("append", spec_.store->url(spec_.to)));
    out.crc64 = whole_ ? whole_ : told.crc64;
    out.reply = reply_of(dialect(), sent);
    return out;
  }
  Appended from_head(ObjectInfo there) const {
    Appended out;
    out.next_position = there.size;
    out.etag = std::move(there.etag);
    out.crc64 = whole_ ? whole_ : there.crc64;
    out.reply = std::move(there.reply);
    return out;
  }

  AppendSpec spec_;
  std::uint64_t end_;
  std::optional<std::uint64_t> whole_;
};

}  // namespace

Answer<Appended> append(Call call, AppendSpec spec) {
  Append one(std::move(spec));
  co_return co_await one.run(std::move(call));
}

}  // namespace sluice::engine
