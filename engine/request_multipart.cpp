// Requests of multipart uploads.
#include <algorithm>

#include "engine/codec_checksum.h"
#include "engine/request.h"
#include "engine/request_metadata.h"
#include "engine/request_parts.h"
#include "engine/request_text.h"

namespace sluice::engine::request {
namespace {

std::string xml_parts(const std::vector<PartInfo>& parts) {
  std::string body = "<CompleteMultipartUpload>";
  for (const auto& p : parts) {
    body += "<Part><PartNumber>" + std::to_string(p.number) + "</PartNumber><ETag>" +
            escape_xml(quoted(p.etag)) + "</ETag>";
    body += "</Part>";
  }
  return body + "</CompleteMultipartUpload>";
}

/// Names differ (TOS: Parts, QingStor: object_parts), the form does not.
std::string json_parts(const Dialect& d, const std::vector<PartInfo>& parts) {
  const bool lower = d.has(kLowerCaseJson);
  std::string body = lower ? R"({"object_parts":[)" : R"({"Parts":[)";
  for (const auto& p : parts) {
    if (&p != parts.data()) body += ',';
    body += (lower ? R"({"part_number":)" : R"({"PartNumber":)") + std::to_string(p.number);
    if (!p.etag.empty()) body += (lower ? R"(,"etag":)" : R"(,"ETag":)") + json_string(quoted(p.etag));
    body += '}';
  }
  return body + "]}";
}

io::Query part_query(const Dialect& d, const std::string& upload_id, std::uint32_t number) {
  return {{std::string(d.query.part_number), std::to_string(number)},
          {std::string(d.query.upload_id), upload_id}};
}

}  // namespace

Result<Draft> create_upload(const Dialect& d, Ref ref, const PutOptions& o, bool with_checksum) {
  Draft r{.operation = "create upload", .method = "POST", .ref = std::move(ref), .query = {{"uploads", ""}}};
  if (auto added = add_object_headers(d, o, r.headers); !added) return unexpected(std::move(added).error());
  if (with_checksum) {
    r.headers.set(header_name(d, "checksum-algorithm"), "CRC32C");
    r.headers.set(header_name(d, "checksum-type"), "FULL_OBJECT");
  }
  return r;
}

Draft upload_part(const Dialect& d, Ref ref, const std::string& upload_id, std::uint32_t number) {
  return {.operation = "upload part " + std::to_string(number),
          .method = "PUT",
          .ref = std::move(ref),
          .query = part_query(d, upload_id, number)};
}

Draft upload_part_copy(const Dialect& d, const CopySource& from, Ref to, const std::string& upload_id,
                       std::uint32_t number, const io::ByteRange& range, const std::string& if_match) {
  Draft r{.operation = "copy part " + std::to_string(number),
          .method = "PUT",
          .ref = std::move(to),
          .query = part_query(d, upload_id, number)};
  add_copy_source(d, from, if_match, r.headers);
  r.headers.set(header_name(d, d.header.copy_range), io::range_header(range));
  return r;
}

Draft list_parts(const Dialect& d, Ref ref, const std::string& upload_id, const std::string& marker) {
  Draft r{.operation = "list parts",
          .method = "GET",
          .ref = std::move(ref),
          .query = {{std::string(d.query.upload_id), upload_id},
                    {std::string(d.query.part_limit), std::to_string(d.limits.list_page)}}};
  if (!marker.empty()) r.query.emplace_back(d.query.part_marker, marker);
  return r;
}

Draft complete_upload(const Dialect& d, Ref ref, const std::string& upload_id,
                      const std::vector<PartInfo>& parts, const CompleteOptions& o, bool with_checksum) {
  Draft r{.operation = "complete upload",
          .method = "POST",
          .ref = std::move(ref),
          .query = {{std::string(d.query.upload_id), upload_id}}};
  const bool checksum = with_checksum && o.crc32c;
  if (d.wire == Wire::xml) {
    r.headers.set("Content-Type", "application/xml");
    r.body = xml_parts(parts);
  } else {
    r.headers.set("Content-Type", "application/json");
    r.body = json_parts(d, parts);
  }
  if (checksum) {
    r.headers.set(header_name(d, "checksum-crc32c"), encode_checksum(*o.crc32c));
    r.headers.set(header_name(d, "checksum-type"), "FULL_OBJECT");
  }
  // QingStor computes no ETag for a joined object: it stores the one given here.
  if (d.integrity == Integrity::md5 && !o.md5_hex.empty()) r.headers.set("ETag", quoted(o.md5_hex));
  if (o.forbid_overwrite) add_forbid_overwrite(d, r.headers);
  return r;
}

Draft abort_upload(const Dialect& d, Ref ref, const std::string& upload_id) {
  return {.operation = "abort upload",
          .method = "DELETE",
          .ref = std::move(ref),
          .query = {{std::string(d.query.upload_id), upload_id}}};
}

Draft list_uploads(const Dialect& d, std::string bucket, const std::string& prefix,
                   const std::string& key_marker, const std::string& upload_id_marker) {
  Draft r{
      .operation = "list uploads",
      .method = "GET",
      .ref = {std::move(bucket), ""},
      .query = {{"uploads", ""}, {std::string(d.query.upload_limit), std::to_string(d.limits.list_page)}}};
  if (!prefix.empty()) r.query.emplace_back("prefix", prefix);
  if (!key_marker.empty()) r.query.emplace_back(d.query.key_marker, key_marker);
  if (!upload_id_marker.empty()) r.query.emplace_back(d.query.upload_id_marker, upload_id_marker);
  if (!d.query.uploads_encoding.empty()) r.query.emplace_back("encoding-type", d.query.uploads_encoding);
  return r;
}

}  // namespace sluice::engine::request
