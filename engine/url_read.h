// UrlRead: what a web server sends, by one GET, to a thread that may block for it.
//
// Redirects are followed, never from https to http. A body that breaks off goes on where it ended, when the
// server has named the version it sends (ETag or Last-Modified) and takes ranges; it then answers for that
// version or not at all. A length that was told is a length that must come.
#pragma once

#include <memory>
#include <string>

#include "engine/transfer_context.h"
#include "io/hand_over.h"
#include "io/web_url.h"
#include "scheduler/latch.h"

namespace sluice::engine {

/// What the answer says of itself.
struct UrlHead {
  std::string content_type, content_encoding;
  std::optional<std::uint64_t> length;
};

class UrlRead final : private io::BodySink {
 public:
  UrlRead(scheduler::Worker* home, TransferContext* context, io::WebUrl from);
  ~UrlRead() override;

  /// To the end of the body or the error that ends it, which the reader is given. Once, on the home worker.
  scheduler::Task<void> run();
  /// Known before the first byte is; an error when none will come. Once, on the home worker.
  scheduler::Task<Result<UrlHead>> head();
  /// Ends run() early.
  void stop() { stop_.request_stop(); }

  io::HandOver& bytes() { return *bytes_; }

 private:
  Result<void> begin(const io::Response& head) override;
  Result<std::size_t> write(std::string_view data) override;
  bool rewind() override { return !begun_; }
  void attach(io::Resume* resume) override { bytes_->attach(resume); }

  scheduler::Task<Result<void>> all_of_it();
  /// One GET, and those that it is redirected to.
  scheduler::Task<Result<void>> attempt();
  io::Request request_to(const io::WebUrl& at) const;
  Result<void> first_head(const io::Response& head);
  Result<void> goes_on(const io::Response& head);
  Error broken(Error error) const;
  void tell_head();

  scheduler::Worker* const home_;
  TransferContext* const context_;
  const io::WebUrl from_;
  std::stop_source stop_;
  const std::stop_callback<std::function<void()>> linked_;
  const std::shared_ptr<io::HandOver> bytes_;
  scheduler::Latch told_{1};
  bool head_told_ = false;
  std::optional<UrlHead> head_;
  std::optional<Error> failed_;
  std::string version_;  // what If-Range is told: a strong ETag, else Last-Modified
  std::uint64_t received_ = 0;
  bool begun_ = false;  // this attempt's body
  bool final_ = false;  // no other attempt will do better
};

}  // namespace sluice::engine
