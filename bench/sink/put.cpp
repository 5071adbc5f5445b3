// PUT of a whole object, and copies within the sink.
#include <cstdlib>
#include <filesystem>

#include "bench/sink/answer.h"
#include "bench/sink/etag.h"
#include "bench/sink/operations.h"
#include "bench/sink/received.h"
#include "bench/sink/synthetic.h"
#include "bench/sink/text.h"

namespace sink {
namespace {

namespace fs = std::filesystem;

struct Place {
  std::string bucket, key;
};

/// "/bucket/key?versionId=..."
Place source_of(std::string_view text) {
  if (text.starts_with("/")) text.remove_prefix(1);
  text = text.substr(0, text.find('?'));
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

std::optional<Object> find(const Shared& shared, const Place& place) {
  const auto synthetic = Synthetic::parse(place.bucket);
  if (!synthetic) return shared.objects.find(place.bucket, place.key);
  const auto index = synthetic->index(place.key);
  if (!index) return {};
  return Object{.size = synthetic->size, .etag = synthetic_etag(synthetic->size, Pattern::base(*index))};
}

void copy_file(const std::string& from, const std::string& to) {
  std::error_code ignored;
  fs::create_directories(fs::path(to).parent_path(), ignored);
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, ignored);
}

void store_copy(Shared& shared, const Request& request, const Place& from, const Object& object) {
  const bool itself = from.bucket == request.bucket && from.key == request.key;
  const std::string& root = shared.options.root;
  if (object.on_disk && !itself && safe_key(request.key))
    copy_file(object_path(root, from.bucket, from.key), object_path(root, request.bucket, request.key));
  if (!shared.options.forget) shared.objects.put(request.bucket, request.key, object);
}

}  // namespace

void put_object(Loop& loop, Connection& c) {
  c.operation = Operation::put;
  const Request& request = c.request;
  Shared& shared = loop.shared();
  if (!safe_key(request.key)) return answer_error(loop, c, 400, "InvalidKey", "unsafe key");
  const auto got = received(loop, c);
  if (!got || !keep(loop, c, object_path(shared.options.root, request.bucket, request.key))) return;
  if (!shared.options.forget)
    shared.objects.put(
        request.bucket, request.key,
        {.size = got->size, .etag = got->etag, .on_disk = shared.options.keep, .checksum = got->checksum});
  answer_xml(loop, c, 200, "", got->headers());
}

void copy_object(Loop& loop, Connection& c) {
  c.operation = Operation::copy;
  const Request& request = c.request;
  Shared& shared = loop.shared();
  const Place from = source_of(request.copy_source);
  const auto object = find(shared, from);
  if (!object) return answer_error(loop, c, 404, "NoSuchKey", "The specified key does not exist.");
  const std::string* upload = request.parameter("uploadId");
  if (upload)
    shared.uploads.add(*upload, request.key, std::atoi(request.parameter_or_empty("partNumber").c_str()),
                       {object->size, object->etag});
  else
    store_copy(shared, request, from, *object);
  answer_xml(loop, c, 200,
             kXmlHead + element(upload ? "CopyPartResult" : "CopyObjectResult",
                                element("LastModified", kModifiedIso) +
                                    element("ETag", "&quot;" + object->etag + "&quot;")));
}

}  // namespace sink
