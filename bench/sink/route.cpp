// From a request to its operation: operations.h.
#include <initializer_list>

#include "bench/sink/answer.h"
#include "bench/sink/operations.h"

namespace sink {
namespace {

bool has_any(const Request& request, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (request.parameter(name)) return true;
  return false;
}

void not_implemented(Loop& loop, Connection& c) {
  c.operation = Operation::other;
  answer_error(loop, c, 501, "NotImplemented", "not implemented");
}

void plain_answer(Loop& loop, Connection& c, Operation operation, std::string_view body,
                  std::string_view headers = {}) {
  c.operation = operation;
  answer_xml(loop, c, 200, body, headers);
}

void get_of_object(Loop& loop, Connection& c) {
  if (c.request.parameter("uploadId")) return list_parts(loop, c);
  if (has_any(c.request, {"acl", "tagging", "attributes"})) return not_implemented(loop, c);
  get_object(loop, c);
}

void put_of_object(Loop& loop, Connection& c) {
  if (has_any(c.request, {"acl", "tagging"})) return plain_answer(loop, c, Operation::other, "");
  if (!c.request.copy_source.empty()) return copy_object(loop, c);
  if (c.request.parameter("uploadId") && c.request.parameter("partNumber")) return upload_part(loop, c);
  put_object(loop, c);
}

void post_of_object(Loop& loop, Connection& c) {
  if (c.request.parameter("uploads")) return create_upload(loop, c);
  if (c.request.parameter("uploadId")) return complete_upload(loop, c);
  not_implemented(loop, c);
}

void respond_for_object(Loop& loop, Connection& c) {
  const std::string& method = c.request.method;
  if (method == "GET") return get_of_object(loop, c);
  if (method == "HEAD") return get_object(loop, c);
  if (method == "PUT") return put_of_object(loop, c);
  if (method == "POST") return post_of_object(loop, c);
  if (method != "DELETE") return not_implemented(loop, c);
  if (c.request.parameter("uploadId")) return abort_upload(loop, c);
  delete_object(loop, c);
}

void get_of_bucket(Loop& loop, Connection& c) {
  const auto empty = [](const char* name) { return kXmlHead + "<" + name + kNamespace + "></" + name + ">"; };
  if (c.request.parameter("location"))
    return plain_answer(loop, c, Operation::bucket, empty("LocationConstraint"));
  if (c.request.parameter("versioning"))
    return plain_answer(loop, c, Operation::bucket, empty("VersioningConfiguration"));
  if (c.request.parameter("uploads")) return list_uploads(loop, c);
  if (has_any(c.request, {"acl", "policy", "cors", "lifecycle", "object-lock", "tagging"})) {
    c.operation = Operation::bucket;
    return answer_error(loop, c, 404, "NoSuchConfiguration", "not configured");
  }
  list_objects(loop, c);
}

void respond_for_bucket(Loop& loop, Connection& c) {
  const std::string& method = c.request.method;
  if (method == "GET") return get_of_bucket(loop, c);
  if (method == "HEAD")
    return plain_answer(loop, c, Operation::bucket, "", "x-amz-bucket-region: us-east-1\r\n");
  if (method == "PUT") return make_bucket(loop, c);
  if (method == "DELETE") return drop_bucket(loop, c);
  if (method == "POST" && c.request.parameter("delete")) return delete_objects(loop, c);
  not_implemented(loop, c);
}

void respond_with_fault(Loop& loop, Connection& c) {
  c.operation = Operation::other;
  Counters& counters = loop.shared().counters;
  (c.answer_503 ? counters.f503 : counters.f500).add();
  if (c.answer_503) return answer_error(loop, c, 503, "SlowDown", "Please reduce your request rate.");
  answer_error(loop, c, 500, "InternalError", "We encountered an internal error. Please try again.");
}

void route(Loop& loop, Connection& c) {
  if (c.request.administers()) return administer(loop, c);
  if (c.answer_503 || c.answer_500) return respond_with_fault(loop, c);
  if (!c.request.key.empty()) return respond_for_object(loop, c);
  if (!c.request.bucket.empty()) return respond_for_bucket(loop, c);
  list_buckets(loop, c);
}

}  // namespace

void respond(Loop& loop, Connection& c) {
  route(loop, c);
  loop.shared().counters.count(c.operation);
}

}  // namespace sink
