// The end of an upload in parts: checks the list of parts, joins what was kept, names the object.
#include <cctype>
#include <cstdlib>

#include "bench/sink/answer.h"
#include "bench/sink/etag.h"
#include "bench/sink/operations.h"
#include "bench/sink/text.h"

namespace sink {
namespace {

struct Whole {
  std::vector<int> numbers;
  std::vector<std::string> etags;
  std::uint64_t size = 0, first_size = 0;
  std::string_view wrong;  ///< the error's code, if any
};

std::vector<int> numbers_in(std::string_view text) {
  constexpr std::string_view kOpen = "<PartNumber>";
  std::vector<int> numbers;
  for (std::size_t at = text.find(kOpen); at != std::string_view::npos; at = text.find(kOpen, at)) {
    at += kOpen.size();
    numbers.push_back(std::atoi(std::string(text.substr(at, 8)).c_str()));
  }
  return numbers;
}

Whole whole_of(const Upload& upload, std::string_view text) {
  Whole whole;
  whole.numbers = numbers_in(text);
  if (whole.numbers.empty()) whole.wrong = "MalformedXML";
  int before = 0;
  for (const int number : whole.numbers) {
    const auto part = upload.parts.find(number);
    if (part == upload.parts.end()) whole.wrong = "InvalidPart";
    if (number <= before) whole.wrong = "InvalidPartOrder";
    if (!whole.wrong.empty()) return whole;
    if (whole.etags.empty()) whole.first_size = part->second.size;
    whole.size += part->second.size;
    whole.etags.push_back(part->second.etag);
    before = number;
  }
  return whole;
}

/// "x-amz-checksum-crc32c: abc=\r\n" as <ChecksumCRC32C>abc=</ChecksumCRC32C>.
std::string checksum_element(const std::string& line) {
  constexpr std::size_t kPrefix = sizeof("x-amz-checksum-") - 1;
  const std::size_t colon = line.find(": "), end = line.find("\r\n");
  if (colon == std::string::npos || colon < kPrefix) return {};
  std::string name = "Checksum";
  for (std::size_t i = kPrefix; i < colon; ++i)
    name += static_cast<char>(std::toupper(static_cast<unsigned char>(line[i])));
  return element(name, line.substr(colon + 2, end - colon - 2)) + element("ChecksumType", "FULL_OBJECT");
}

}  // namespace

void complete_upload(Loop& loop, Connection& c) {
  c.operation = Operation::complete_upload;
  const Request& request = c.request;
  Shared& shared = loop.shared();
  const std::string id = request.parameter_or_empty("uploadId");
  const auto upload = shared.uploads.find(id);
  if (!upload) return answer_error(loop, c, 404, "NoSuchUpload", "The specified upload does not exist.");
  const Whole whole = whole_of(*upload, c.body.text);
  if (!whole.wrong.empty()) return answer_error(loop, c, 400, whole.wrong, "The list of parts is wrong.");
  if (shared.options.keep && safe_key(request.key) &&
      !join_parts(shared.options.root, id, whole.numbers,
                  object_path(shared.options.root, request.bucket, request.key)))
    return answer_error(loop, c, 500, "InternalError", "cannot store");
  shared.uploads.end(id);
  const std::string etag = etag_of_parts(whole.etags, whole.size);
  if (!shared.options.forget)
    shared.objects.put(request.bucket, request.key,
                       {.size = whole.size,
                        .etag = etag,
                        .on_disk = shared.options.keep,
                        .part_size = whole.first_size,
                        .checksum = request.checksum});
  const std::string bucket = xml_escaped(request.bucket), key = xml_escaped(request.key);
  answer_xml(loop, c, 200,
             kXmlHead + "<CompleteMultipartUploadResult" + kNamespace + ">" +
                 element("Location", "/" + bucket + "/" + key) + element("Bucket", bucket) +
                 element("Key", key) + element("ETag", "&quot;" + etag + "&quot;") +
                 checksum_element(request.checksum) + "</CompleteMultipartUploadResult>");
}

}  // namespace sink
