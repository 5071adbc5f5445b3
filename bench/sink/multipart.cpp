// Uploads in parts, up to their end: create, parts, lists, abort.
#include <algorithm>
#include <cstdlib>

#include "bench/sink/answer.h"
#include "bench/sink/operations.h"
#include "bench/sink/received.h"
#include "bench/sink/text.h"

namespace sink {
namespace {

constexpr int kMostParts = 10000;
constexpr std::size_t kPageOfParts = 1000;

void answer_no_upload(Loop& loop, Connection& c) {
  answer_error(loop, c, 404, "NoSuchUpload", "The specified upload does not exist.");
}

std::string place_of(const Request& request) {
  return element("Bucket", xml_escaped(request.bucket)) + element("Key", xml_escaped(request.key));
}

}  // namespace

void create_upload(Loop& loop, Connection& c) {
  c.operation = Operation::create_upload;
  const std::string id = loop.shared().uploads.begin(c.request.bucket, c.request.key);
  answer_xml(loop, c, 200,
             kXmlHead + "<InitiateMultipartUploadResult" + kNamespace + ">" + place_of(c.request) +
                 element("UploadId", id) + "</InitiateMultipartUploadResult>");
}

void upload_part(Loop& loop, Connection& c) {
  c.operation = Operation::upload_part;
  const Request& request = c.request;
  const std::string id = request.parameter_or_empty("uploadId");
  const int number = std::atoi(request.parameter_or_empty("partNumber").c_str());
  if (number < 1 || number > kMostParts)
    return answer_error(loop, c, 400, "InvalidArgument", "Part number must be between 1 and 10000");
  const auto got = received(loop, c);
  if (!got || !keep(loop, c, part_path(loop.shared().options.root, id, number))) return;
  if (!loop.shared().uploads.add(id, request.key, number, {got->size, got->etag}))
    return answer_no_upload(loop, c);
  answer_xml(loop, c, 200, "", got->headers());
}

void list_parts(Loop& loop, Connection& c) {
  c.operation = Operation::list_parts;
  const Request& request = c.request;
  const std::string id = request.parameter_or_empty("uploadId");
  const auto upload = loop.shared().uploads.find(id);
  if (!upload) return answer_no_upload(loop, c);
  std::size_t most = kPageOfParts, count = 0;
  if (const std::string* given = request.parameter("max-parts"))
    most = std::min<std::size_t>(kPageOfParts, std::strtoull(given->c_str(), nullptr, 10));
  const int after = std::atoi(request.parameter_or_empty("part-number-marker").c_str());
  std::string items, last;
  auto part = upload->parts.upper_bound(after);
  for (; part != upload->parts.end() && count < most; ++part, ++count) {
    last = std::to_string(part->first);
    items += element("Part", element("PartNumber", last) + element("LastModified", kModifiedIso) +
                                 element("ETag", "&quot;" + part->second.etag + "&quot;") +
                                 element("Size", std::to_string(part->second.size)));
  }
  const bool truncated = part != upload->parts.end();
  answer_xml(loop, c, 200,
             kXmlHead + "<ListPartsResult" + kNamespace + ">" + place_of(request) + element("UploadId", id) +
                 element("PartNumberMarker", std::to_string(after)) +
                 (truncated ? element("NextPartNumberMarker", last) : "") +
                 element("MaxParts", std::to_string(most)) +
                 element("IsTruncated", truncated ? "true" : "false") + items + "</ListPartsResult>");
}

void list_uploads(Loop& loop, Connection& c) {
  c.operation = Operation::list_uploads;
  std::string out =
      kXmlHead + "<ListMultipartUploadsResult" + kNamespace + ">" +
      element("Bucket", xml_escaped(c.request.bucket)) +
      "<KeyMarker/><UploadIdMarker/><MaxUploads>1000</MaxUploads><IsTruncated>false</IsTruncated>";
  for (const auto& [id, upload] : loop.shared().uploads.all())
    if (upload.bucket == c.request.bucket)
      out += element("Upload", element("Key", xml_escaped(upload.key)) + element("UploadId", id) +
                                   element("Initiated", kModifiedIso) + element("StorageClass", "STANDARD"));
  answer_xml(loop, c, 200, out + "</ListMultipartUploadsResult>");
}

void abort_upload(Loop& loop, Connection& c) {
  c.operation = Operation::abort_upload;
  const std::string id = c.request.parameter_or_empty("uploadId");
  if (!loop.shared().uploads.end(id)) return answer_no_upload(loop, c);
  if (loop.shared().options.keep) remove_parts(loop.shared().options.root, id);
  answer_xml(loop, c, 204, "");
}

}  // namespace sink
