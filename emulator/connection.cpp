// See connection.h.
#include "emulator/connection.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace sluice::emulator {
namespace {

constexpr std::size_t kBuffer = 256 * 1024;
// A refused request whose body is no longer than this is read to its end, so that the connection can
// be used again.
constexpr std::uint64_t kWorthDraining = 1 << 20;

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 416:
      return "Range Not Satisfiable";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Answer";
  }
}

std::unique_ptr<char[]> buffer() {
  return std::unique_ptr<char[]>(new char[kBuffer]);
}

}  // namespace

std::string reply_head(const Reply& reply, std::uint64_t length, bool keep) {
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " ";
  head += reason(reply.status);
  head += "\r\n";
  for (const auto& [name, value] : reply.headers) {
    head += name + ": ";
    // A query may order a header's value: no line of its own comes of it.
    for (const char c : value) head += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    head += "\r\n";
  }
  if (reply.status != 204 && reply.status != 304)
    head += "Content-Length: " + std::to_string(length) + "\r\n";
  head += keep ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

Connection::Connection(Stream& stream, Service& service, const Dialect* pinned)
    : stream_(stream), service_(service), pinned_(pinned), in_(buffer()) {}

Task<> Connection::serve() {
  service_.counters().connected();
  for (Next next = Next::again; next == Next::again;) next = co_await one_request();
}

Task<bool> Connection::read_head(Head& head) {
  HeadParser parser;
  for (;;) {
    if (begin_ < end_) {
      std::size_t used = 0;
      const auto state = parser.feed(pending(), used);
      begin_ += used;
      if (state == HeadParser::State::done) {
        head = parser.take();
        co_return head.path.front() == '/';
      }
      if (state == HeadParser::State::bad) co_return false;
    }
    // The parser may leave the beginning of a line: it wants to see it again, with its end.
    std::memmove(in_.get(), in_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (end_ == kBuffer) co_return false;
    const std::span<char> room(in_.get() + end_, kBuffer - end_);
    const std::ptrdiff_t count = co_await stream_.read(room);
    if (count <= 0) {
      end_ = 0;
      co_return false;
    }
    end_ += static_cast<std::size_t>(count);
  }
}

Task<Connection::Next> Connection::one_request() {
  Head head;
  const bool read = co_await read_head(head);
  if (!read) {
    if (end_ == 0) co_return Next::close;  // the client left between requests
    const std::string_view bad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    co_await stream_.write(bad);
    co_await linger();
    co_return Next::close;
  }
  auto exchange = service_.begin(std::move(head), pinned_);
  Finished finished;
  const Next next = co_await attend(*exchange, finished);
  service_.counters().ended(exchange->call, finished);
  co_return next;
}

Task<Connection::Next> Connection::attend(Exchange& exchange, Finished& finished) {
  const Fault& fault = exchange.fault;
  if (fault.action == FaultAction::delay) {
    const bool there = co_await stream_.pause(std::chrono::milliseconds(fault.ms));
    if (!there) co_return Next::close;
  }
  if (!exchange.refused && fault.action == FaultAction::throttle) {
    exchange.refused = service_.refuse(exchange, Failure{Trouble::slow_down, {}, {}, {}});
  }
  if (!exchange.refused &&
      (fault.action == FaultAction::error || fault.action == FaultAction::error_in_200)) {
    exchange.refused = service_.refuse(exchange, Failure{Trouble::internal, {}, {}, {}});
    if (fault.action == FaultAction::error_in_200) exchange.refused->status = 200;
    if (fault.action == FaultAction::error && fault.status > 0) exchange.refused->status = fault.status;
    if (!fault.code.empty()) {
      const std::string usual(error_word(*exchange.call.dialect, Trouble::internal).code);
      std::string& body = exchange.refused->body;
      if (const auto at = body.find(usual); at != std::string::npos)
        body.replace(at, usual.size(), fault.code);
    }
  }

  const Head& head = exchange.head;
  bool keep = head.keep_alive;
  if (exchange.refused) {
    const std::uint64_t coming = head.chunked ? ~0ull : head.length.value_or(0);
    if (head.expects_continue && coming > 0) {
      keep = false;  // the body may or may not follow: nobody can tell
    } else if (coming <= kWorthDraining) {
      const bool drained = co_await drain(coming);
      if (!drained) co_return Next::close;
    } else {
      keep = false;
    }
    const Next next = co_await answer(exchange, *exchange.refused, keep, finished);
    co_return next;
  }

  BodyDecoder decoder(exchange.framing,
                      [&](std::string_view plain) { return service_.take(exchange, plain); });
  if (decoder.state() == BodyDecoder::State::more) {
    if (head.expects_continue) {
      const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      const bool sent = co_await stream_.write(go_on);
      if (!sent) co_return Next::close;
    }
    const bool arrived = co_await receive(exchange, decoder, finished);
    if (!arrived) co_return Next::close;
  }
  finished.body_complete = decoder.state() == BodyDecoder::State::done;
  if (!finished.body_complete) keep = false;
  Reply reply = service_.finish(exchange, decoder.trouble(), decoder.trailer(), decoder.plain_bytes());
  const Next next = co_await answer(exchange, reply, keep, finished);
  co_return next;
}

Task<bool> Connection::receive(Exchange& exchange, BodyDecoder& decoder, Finished& finished) {
  const Fault& fault = exchange.fault;
  bool stalled = false;
  while (decoder.state() == BodyDecoder::State::more) {
    if (begin_ == end_) {
      begin_ = end_ = 0;
      const auto room = static_cast<std::size_t>(
          decoder.expected() > 1 ? std::min<std::uint64_t>(decoder.expected(), kBuffer) : kBuffer);
      const std::span<char> into(in_.get(), room);
      const std::ptrdiff_t count = co_await stream_.read(into);
      if (count <= 0) co_return false;  // cut short: no object comes of it
      end_ = static_cast<std::size_t>(count);
    }
    const std::size_t used = decoder.feed(pending());
    begin_ += used;
    finished.bytes_in += used;
    if (fault.action == FaultAction::slow) {
      const bool there = co_await pace(fault, used);
      if (!there) co_return false;
    }
    if (!fault.of_request || finished.bytes_in < fault.bytes) continue;
    if (fault.action == FaultAction::reset) {
      stream_.reset_on_close();
      co_return false;
    }
    if (fault.action == FaultAction::stall && !stalled) {
      stalled = true;
      const bool there = co_await stream_.pause(std::chrono::milliseconds(fault.ms));
      if (!there) co_return false;
    }
  }
  co_return true;
}

Task<bool> Connection::drain(std::uint64_t bytes) {
  while (bytes > 0) {
    if (begin_ == end_) {
      begin_ = end_ = 0;
      const std::span<char> into(in_.get(), kBuffer);
      const std::ptrdiff_t count = co_await stream_.read(into);
      if (count <= 0) co_return false;
      end_ = static_cast<std::size_t>(count);
    }
    const auto used = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, end_ - begin_));
    begin_ += used;
    bytes -= used;
  }
  co_return true;
}

Task<Connection::Next> Connection::answer(Exchange& exchange, Reply& reply, bool keep, Finished& finished) {
  const Fault& fault = exchange.fault;
  if (fault.action == FaultAction::drop_answer) co_return Next::close;
  const bool head_only = exchange.head.method == "HEAD";
  const std::uint64_t length = reply.length   ? *reply.length
                               : reply.reader ? reply.count
                                              : (head_only ? 0 : reply.body.size());
  std::string head = reply_head(reply, length, keep);
  finished.status = reply.status;
  // Asked before: a client that reads the answer may leave at once.
  const bool left = stream_.client_left();
  bool sent = true;
  if (head_only || reply.status == 304 || reply.status == 204) {
    if (fault.action == FaultAction::reset && !fault.of_request) {
      stream_.reset_on_close();
      co_return Next::close;
    }
    sent = co_await stream_.write(head);
  } else if (reply.reader) {
    sent = co_await send_reader(exchange, reply, std::move(head), finished);
  } else {
    sent = co_await send_piece(exchange, head, reply.body.data(), reply.body.size(), finished);
  }
  finished.answered = sent && !left;
  if (!sent) co_return Next::close;
  if (keep) co_return Next::again;
  co_await linger();
  co_return Next::close;
}

Task<bool> Connection::send_reader(Exchange& exchange, Reply& reply, std::string head, Finished& finished) {
  if (!out_) out_ = buffer();
  std::uint64_t offset = reply.first, left = reply.count;
  do {
    const std::span<char> room(out_.get(), static_cast<std::size_t>(std::min<std::uint64_t>(left, kBuffer)));
    std::size_t count = 0;
    if (!room.empty()) {
      auto read = reply.reader->read_at(offset, room);
      // The length is already promised: all that is left is to break the connection.
      if (!read || *read == 0) co_return false;
      count = *read;
    }
    const bool sent = co_await send_piece(exchange, head, out_.get(), count, finished);
    if (!sent) co_return false;
    head.clear();
    offset += count;
    left -= count;
  } while (left > 0);
  co_return true;
}

// One piece of the answer's body, and the head before the first; faults of the answer happen here.
Task<bool> Connection::send_piece(Exchange& exchange, std::string_view head, char* piece, std::size_t count,
                                  Finished& finished) {
  const Fault& fault = exchange.fault;
  const std::uint64_t before = finished.bytes_out;
  const bool here =
      !fault.of_request && fault.bytes >= before && fault.bytes < before + std::max<std::size_t>(count, 1);
  const auto split = static_cast<std::size_t>(fault.bytes - before);
  if (here && fault.action == FaultAction::corrupt && split < count)
    piece[split] = static_cast<char>(~piece[split]);
  const bool ends = fault.action == FaultAction::reset || fault.action == FaultAction::truncate;
  if (here && (ends || fault.action == FaultAction::stall)) {
    const std::string_view some(piece, std::min(split, count));
    const bool sent = co_await stream_.write(head, some);
    if (!sent) co_return false;
    finished.bytes_out += some.size();
    if (fault.action == FaultAction::reset) stream_.reset_on_close();
    if (ends) co_return false;
    const bool there = co_await stream_.pause(std::chrono::milliseconds(fault.ms));
    if (!there) co_return false;
    head = {};
    piece += some.size();
    count -= some.size();
  }
  if (fault.action == FaultAction::slow) {
    const bool there = co_await pace(fault, count);
    if (!there) co_return false;
  }
  const std::string_view rest(piece, count);
  const bool sent = co_await stream_.write(head, rest);
  if (sent) finished.bytes_out += count;
  co_return sent;
}

Task<bool> Connection::pace(const Fault& fault, std::size_t bytes) {
  if (fault.bytes == 0) co_return true;
  const auto ms = static_cast<std::int64_t>(bytes * 1000 / fault.bytes);
  const bool there = co_await stream_.pause(std::chrono::milliseconds(ms));
  co_return there;
}

// Closing with unread bytes would answer RST, which can overtake our answer: take what still comes.
Task<> Connection::linger() {
  stream_.finish_sending();
  constexpr std::uint64_t kMost = 64ull << 20;
  co_await drain(kMost);
}

}  // namespace sluice::emulator
