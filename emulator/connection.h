// Connection: one client's requests, one after the other, from stream to service and back.
//
// The only place where a body moves: 256 KiB at a time in each direction, whatever its size. Also the
// place where faults that concern the wire are done.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "emulator/service.h"
#include "emulator/stream.h"

namespace sluice::emulator {

class Connection {
 public:
  Connection(Stream& stream, Service& service, const Dialect* pinned);

  Task<> serve();  ///< until the client leaves, errs, or the stream is interrupted

 private:
  enum class Next { again, close };

  Task<bool> read_head(Head& head);
  Task<Next> one_request();
  Task<Next> attend(Exchange& exchange, Finished& finished);
  Task<bool> receive(Exchange& exchange, BodyDecoder& decoder, Finished& finished);
  Task<bool> drain(std::uint64_t bytes);
  Task<Next> answer(Exchange& exchange, Reply& reply, bool keep, Finished& finished);
  Task<bool> send_reader(Exchange& exchange, Reply& reply, std::string head, Finished& finished);
  Task<bool> send_piece(Exchange& exchange, std::string_view head, char* piece, std::size_t count,
                        Finished& finished);
  Task<bool> pace(const Fault& fault, std::size_t bytes);
  Task<> linger();

  std::string_view pending() const { return {in_.get() + begin_, end_ - begin_}; }

  Stream& stream_;
  Service& service_;
  const Dialect* pinned_;
  std::unique_ptr<char[]> in_, out_;
  std::size_t begin_ = 0, end_ = 0;  // of what arrived and is not used yet
};

/// Status line, headers and the blank line.
std::string reply_head(const Reply& reply, std::uint64_t length, bool keep);

}  // namespace sluice::emulator
