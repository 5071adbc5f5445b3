// See admin.h. One request a connection: nobody asks often.
#include "emulator/admin.h"

#include <array>

#include "emulator/connection.h"

namespace sluice::emulator {
namespace {

Reply answer(const Head& head, Service& service) {
  Reply reply;
  reply.headers.add("Content-Type", "application/json");
  if (head.path == "/counters") {
    reply.body = service.counters().to_json();
  } else if (head.path == "/counters/reset") {
    service.counters().reset();
    reply.body = "{}";
  } else if (head.path == "/uploads") {
    reply.body = service.pending_uploads();
  } else {
    reply.status = 404;
    reply.body = R"({"error":"know only /counters, /counters/reset and /uploads"})";
  }
  return reply;
}

}  // namespace

Task<> serve_admin(Stream& stream, Service& service) {
  HeadParser parser;
  std::array<char, 16 * 1024> buffer;
  std::size_t filled = 0;
  for (;;) {
    const std::span<char> room(buffer.data() + filled, buffer.size() - filled);
    if (room.empty()) co_return;
    const std::ptrdiff_t count = co_await stream.read(room);
    if (count <= 0) co_return;
    filled += static_cast<std::size_t>(count);
    std::size_t used = 0;
    const auto state = parser.feed({buffer.data(), filled}, used);
    std::copy(buffer.data() + used, buffer.data() + filled, buffer.data());
    filled -= used;
    if (state == HeadParser::State::bad) co_return;
    if (state == HeadParser::State::done) break;
  }
  const Head head = parser.take();
  const Reply reply = answer(head, service);
  const std::string text = reply_head(reply, reply.body.size(), false);
  co_await stream.write(text, reply.body);
  stream.finish_sending();
  const std::span<char> rest(buffer.data(), buffer.size());
  while (co_await stream.read(rest) > 0) {
  }
}

}  // namespace sluice::emulator
