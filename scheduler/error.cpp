#include "sluice/error.h"

#include <cerrno>
#include <set>

namespace sluice {
namespace {

bool code_in(const Error& e, const std::set<std::string>& codes) {
  return e.service && codes.contains(e.service->code);
}
bool status_is(const Error& e, int status) {
  return e.service && e.service->status == status;
}

}  // namespace

std::string Error::describe() const {
  std::string line;
  const auto add = [&line](const std::string& text, const char* before) {
    if (!text.empty()) line += (line.empty() ? "" : before) + text;
  };
  add(operation, "");
  add(target, line.empty() ? "" : " of ");
  std::string what;
  if (service) what = std::to_string(service->status) + " " + service->code;
  if (!message.empty()) what += (what.empty() ? "" : ": ") + message;
  add(what, ": ");
  std::string notes;
  const auto note = [&notes](const std::string& text) { notes += (notes.empty() ? "" : ", ") + text; };
  if (service && !service->request_id.empty()) note("request " + service->request_id);
  if (attempts > 1) note(std::to_string(attempts) + " attempts");
  if (!notes.empty()) line += " (" + notes + ")";
  add(hint, "; ");
  return line;
}

Error Error::with(std::string op, std::string about) const& {
  Error e = *this;
  if (e.operation.empty()) e.operation = std::move(op);
  if (e.target.empty()) e.target = std::move(about);
  return e;
}

Error make_error(ErrorKind kind, std::string message, std::string hint) {
  Error e;
  e.kind = kind;
  e.message = std::move(message);
  e.hint = std::move(hint);
  return e;
}

bool is_not_found(const Error& e) {
  return status_is(e, 404) || is_missing_upload(e) || e.system_error == ENOENT;
}

bool is_missing_upload(const Error& e) {
  // QingStor's pages disagree on the status (400 or 404), never on the code.
  return code_in(e, {"NoSuchUpload", "upload_not_exists"});
}

bool is_permission_denied(const Error& e) {
  // S3 answers bad and lapsed tokens with 400.
  return status_is(e, 401) || status_is(e, 403) || code_in(e, {"ExpiredToken", "InvalidToken"}) ||
         e.system_error == EACCES || e.system_error == EPERM;
}

bool is_throttled(const Error& e) {
  return e.service && e.service->throttled;
}

bool is_retryable(const Error& e) {
  if (e.service) return e.service->retryable || e.service->throttled;
  return e.kind == ErrorKind::network || e.kind == ErrorKind::timeout;
}

bool is_precondition_failed(const Error& e) {
  return status_is(e, 412);
}

bool is_not_modified(const Error& e) {
  return status_is(e, 304);
}

bool is_source_changed(const Error& e) {
  return e.kind == ErrorKind::integrity && e.system_error == ESTALE;
}

bool is_already_exists(const Error& e) {
  return code_in(e, {"BucketAlreadyExists", "BucketAlreadyOwnedByYou", "bucket_already_exists",
                     "FileAlreadyExists", "ObjectAlreadyExists", "DuplicateObject"}) ||
         e.system_error == EEXIST;
}

}  // namespace sluice
