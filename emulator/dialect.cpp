// Lookups in the dialects' tables; the list of dialects.
#include "emulator/dialect.h"

#include <algorithm>
#include <array>

namespace sluice::emulator {

std::string Call::query(std::string_view name) const {
  const std::string* value = io::find_query(request.query, name);
  return value ? *value : std::string();
}
bool Call::has_query(std::string_view name) const {
  return io::find_query(request.query, name) != nullptr;
}
std::string Call::vendor(std::string_view suffix) const {
  return request.headers.get(std::string(dialect->prefix) + std::string(suffix));
}

const char* name(Operation operation) {
  static constexpr std::array<const char*, kOperations> kNames = {"list_buckets",
                                                                  "create_bucket",
                                                                  "head_bucket",
                                                                  "delete_bucket",
                                                                  "bucket_location",
                                                                  "bucket_info",
                                                                  "bucket_stat",
                                                                  "get_bucket_acl",
                                                                  "put_bucket_acl",
                                                                  "get_bucket_tags",
                                                                  "put_bucket_tags",
                                                                  "delete_bucket_tags",
                                                                  "put_bucket_class",
                                                                  "get_bucket_rename",
                                                                  "put_bucket_rename",
                                                                  "delete_bucket_rename",
                                                                  "get_versioning",
                                                                  "list_objects",
                                                                  "list_objects_v2",
                                                                  "list_versions",
                                                                  "list_uploads",
                                                                  "delete_objects",
                                                                  "put_object",
                                                                  "get_object",
                                                                  "head_object",
                                                                  "object_attributes",
                                                                  "delete_object",
                                                                  "copy_object",
                                                                  "move_object",
                                                                  "rename_object",
                                                                  "put_symlink",
                                                                  "get_symlink",
                                                                  "restore_object",
                                                                  "append_object",
                                                                  "get_object_acl",
                                                                  "put_object_acl",
                                                                  "get_object_tags",
                                                                  "put_object_tags",
                                                                  "delete_object_tags",
                                                                  "set_metadata",
                                                                  "create_upload",
                                                                  "put_part",
                                                                  "copy_part",
                                                                  "list_parts",
                                                                  "complete_upload",
                                                                  "abort_upload",
                                                                  "refuse"};
  return kNames[static_cast<std::size_t>(operation)];
}

std::span<const Dialect* const> dialects() {
  static constexpr std::array<const Dialect*, 5> kAll = {&kS3, &kOss, &kCos, &kTos, &kQingstor};
  return kAll;
}

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect* dialect : dialects()) {
    if (dialect->name == name) return dialect;
  }
  return nullptr;
}

const ErrorWord& error_word(const Dialect& dialect, Trouble trouble) {
  const auto row = [&](Trouble wanted) {
    return std::find_if(dialect.errors.begin(), dialect.errors.end(),
                        [&](const ErrorWord& word) { return word.trouble == wanted; });
  };
  static constexpr ErrorWord kLast{Trouble::internal, 500, "InternalError", "An internal error occurred."};
  if (const auto found = row(trouble); found != dialect.errors.end()) return *found;
  if (const auto found = row(Trouble::internal); found != dialect.errors.end()) return *found;
  return kLast;
}

namespace {

bool has_words(const signers::Received& request, std::string_view words) {
  while (!words.empty()) {
    const auto space = words.find(' ');
    if (!io::find_query(request.query, words.substr(0, space))) return false;
    words.remove_prefix(space == std::string_view::npos ? words.size() : space + 1);
  }
  return true;
}

}  // namespace

const Route* find_route(const Dialect& dialect, const signers::Received& request, Level level) {
  for (const Route& route : dialect.routes) {
    if (route.level != level || route.method != request.method) continue;
    if (!has_words(request, route.query)) continue;
    if (!route.header.empty() &&
        !request.headers.has(std::string(dialect.prefix) + std::string(route.header))) {
      continue;
    }
    return &route;
  }
  return nullptr;
}

void render_error(const Call& call, const Failure& failure, Reply& reply) {
  const ErrorWord& word = error_word(*call.dialect, failure.trouble);
  reply = Reply{};
  reply.status = word.status;
  for (const auto& [header, value] : failure.headers) reply.headers.add(header, value);
  if (word.status == 304) return;
  call.dialect->shapes.error(call, word, failure, reply);
}

}  // namespace sluice::emulator
