// The one file that uses Beast's parser (beast.cpp compiles it).
#include "emulator/http_head.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

namespace sluice::emulator {
namespace http = boost::beast::http;
namespace {
// Metadata is 8 KiB at most, presigned queries are longer than one thinks.
constexpr std::uint32_t kMaxHead = 128 * 1024;
}  // namespace

struct HeadParser::Impl {
  http::request_parser<http::empty_body> parser;
};

HeadParser::HeadParser() : impl_(std::make_unique<Impl>()) {
  impl_->parser.header_limit(kMaxHead);
  impl_->parser.body_limit(boost::none);
}
HeadParser::~HeadParser() = default;

HeadParser::State HeadParser::feed(std::string_view bytes, std::size_t& consumed) {
  boost::beast::error_code error;
  consumed = impl_->parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (impl_->parser.is_header_done()) return State::done;
  if (error && error != http::error::need_more) return State::bad;
  return State::more;
}

Head HeadParser::take() {
  auto& parser = impl_->parser;
  auto& message = parser.get();
  Head head;
  head.method = std::string(message.method_string());
  const std::string_view target(message.target().data(), message.target().size());
  const auto question = target.find('?');
  head.path = std::string(target.substr(0, question));
  if (question != std::string_view::npos) head.raw_query = std::string(target.substr(question + 1));
  // Absolute form, as a client sends it through a proxy.
  if (const auto scheme = head.path.find("://"); scheme != std::string::npos && head.path[0] != '/') {
    const auto slash = head.path.find('/', scheme + 3);
    head.path.erase(0, slash);
  }
  if (head.path.empty()) head.path.push_back('/');
  for (const auto& field : message) {
    head.headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  head.keep_alive = parser.keep_alive();
  head.chunked = parser.chunked();
  if (const auto length = parser.content_length()) head.length = *length;
  head.expects_continue = io::equal_ignoring_case(head.headers.get("Expect"), "100-continue");
  return head;
}

}  // namespace sluice::emulator
