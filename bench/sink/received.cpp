// Sizes, digests and checksums of what came in: received.h.
#include "bench/sink/received.h"

#include "bench/sink/answer.h"
#include "bench/sink/text.h"

namespace sink {
namespace {

/// The line of the trailer that Request::trailer announces, from the last bytes of the body.
std::string trailing_checksum(const Connection& c) {
  const std::string wanted = c.request.trailer + ":";
  const std::size_t at = c.body.tail.rfind(wanted);
  if (c.request.trailer.empty() || at == std::string::npos) return {};
  const std::size_t value = at + wanted.size(), end = c.body.tail.find_first_of("\r\n", value);
  return c.request.trailer + ": " + c.body.tail.substr(value, end - value) + "\r\n";
}

}  // namespace

std::optional<Received> received(Loop& loop, Connection& c) {
  const Request& request = c.request;
  const Options& options = loop.shared().options;
  Received got;
  got.size =
      request.decoded_length >= 0 ? static_cast<std::uint64_t>(request.decoded_length) : c.body.payload;
  if ((options.keep || options.md5) && c.body.payload != got.size) {
    answer_error(loop, c, 400, "IncompleteBody", "The body does not have the announced length");
    return {};
  }
  const std::string declared = hex(base64_decoded(request.content_md5));
  got.etag = declared;
  if (options.md5) {
    Md5 of_nothing;
    got.etag = (c.body.md5 ? *c.body.md5 : of_nothing).hex();
  }
  if (!declared.empty() && declared != got.etag) {
    answer_error(loop, c, 400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
    return {};
  }
  if (got.etag.empty()) got.etag = made_up_etag(got.size);
  got.checksum = request.checksum.empty() ? trailing_checksum(c) : request.checksum;
  return got;
}

bool keep(Loop& loop, Connection& c, const std::string& path) {
  const Options& options = loop.shared().options;
  if (!options.keep) return true;
  if (!c.body.file) c.body.file = std::make_unique<KeptFile>(options.root);  // an empty body
  if (c.body.file->move_to(path)) return true;
  answer_error(loop, c, 500, "InternalError", "cannot store");
  return false;
}

}  // namespace sink
