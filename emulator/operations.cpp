// The table of operations, and what their files share.
#include "emulator/operations.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "emulator/operations_list.h"

namespace sluice::emulator {

void RecentUploads::add(const std::string& upload_id, const ObjectView& made) {
  constexpr std::size_t kRemembered = 1000;
  std::lock_guard lock(mutex_);
  order_.push_back(upload_id);
  made_[upload_id] = made;
  if (order_.size() <= kRemembered) return;
  made_.erase(order_.front());
  order_.pop_front();
}

std::optional<ObjectView> RecentUploads::made_by(const std::string& upload_id) const {
  std::lock_guard lock(mutex_);
  const auto found = made_.find(upload_id);
  if (found == made_.end()) return {};
  return found->second;
}

const Step& step(Operation operation) {
  static const std::array<Step, kOperations> table = [] {
    std::array<Step, kOperations> steps{};
    const auto set = [&](Operation which, Step what) { steps[static_cast<std::size_t>(which)] = what; };
    using B = BodyKind;
    set(Operation::list_buckets, {B::none, nullptr, run_list_buckets});
    set(Operation::create_bucket, {B::document, nullptr, run_create_bucket});
    set(Operation::head_bucket, {B::none, nullptr, run_head_bucket});
    set(Operation::delete_bucket, {B::none, nullptr, run_delete_bucket});
    set(Operation::bucket_location, {B::none, nullptr, run_bucket_location});
    set(Operation::bucket_info, {B::none, nullptr, run_bucket_stat});
    set(Operation::bucket_stat, {B::none, nullptr, run_bucket_stat});
    set(Operation::get_bucket_acl, {B::none, nullptr, run_get_bucket_acl});
    set(Operation::put_bucket_acl, {B::document, nullptr, run_put_bucket_acl});
    set(Operation::get_bucket_tags, {B::none, nullptr, run_get_bucket_tags});
    set(Operation::put_bucket_tags, {B::document, nullptr, run_put_bucket_tags});
    set(Operation::delete_bucket_tags, {B::none, nullptr, run_delete_bucket_tags});
    set(Operation::put_bucket_class, {B::none, nullptr, run_put_bucket_class});
    set(Operation::get_bucket_rename, {B::none, nullptr, run_get_bucket_rename});
    set(Operation::put_bucket_rename, {B::document, nullptr, run_put_bucket_rename});
    set(Operation::delete_bucket_rename, {B::none, nullptr, run_delete_bucket_rename});
    set(Operation::get_versioning, {B::none, bucket_exists, run_get_versioning});
    set(Operation::list_objects, {B::none, nullptr, run_list_objects});
    set(Operation::list_objects_v2, {B::none, nullptr, run_list_objects_v2});
    set(Operation::list_versions, {B::none, nullptr, run_list_versions});
    set(Operation::list_uploads, {B::none, nullptr, run_list_uploads});
    set(Operation::delete_objects, {B::document, bucket_exists, run_delete_objects});
    set(Operation::put_object, {B::object, admit_put_object, run_put_object});
    set(Operation::get_object, {B::none, nullptr, run_get_object});
    set(Operation::head_object, {B::none, nullptr, run_get_object});
    set(Operation::object_attributes, {B::none, nullptr, run_object_attributes});
    set(Operation::delete_object, {B::none, nullptr, run_delete_object});
    set(Operation::copy_object, {B::none, admit_copy_object, run_copy_object});
    set(Operation::move_object, {B::none, admit_copy_object, run_move_object});
    set(Operation::rename_object, {B::none, bucket_exists, run_rename_object});
    set(Operation::put_symlink, {B::none, admit_copy_object, run_put_symlink});
    set(Operation::get_symlink, {B::none, nullptr, run_get_symlink});
    set(Operation::restore_object, {B::document, bucket_exists, run_restore_object});
    set(Operation::append_object, {B::object, admit_append_object, run_append_object});
    set(Operation::get_object_acl, {B::none, nullptr, run_get_object_acl});
    set(Operation::put_object_acl, {B::document, nullptr, run_put_object_acl});
    set(Operation::get_object_tags, {B::none, nullptr, run_get_object_tags});
    set(Operation::put_object_tags, {B::document, nullptr, run_put_object_tags});
    set(Operation::delete_object_tags, {B::none, nullptr, run_delete_object_tags});
    set(Operation::set_metadata, {B::document, nullptr, run_set_metadata});
    set(Operation::create_upload, {B::document, admit_copy_object, run_create_upload});
    set(Operation::put_part, {B::object, admit_part, run_put_part});
    set(Operation::copy_part, {B::none, admit_part, run_copy_part});
    set(Operation::list_parts, {B::none, nullptr, run_list_parts});
    set(Operation::complete_upload, {B::document, nullptr, run_complete_upload});
    set(Operation::abort_upload, {B::none, nullptr, run_abort_upload});
    set(Operation::refuse, {B::none, nullptr, run_refuse});
    return steps;
  }();
  return table[static_cast<std::size_t>(operation)];
}

BucketRef bucket_ref(const Call& call) {
  return {std::string(call.dialect->name), call.bucket()};
}

TimePoint time_of(std::int64_t ms) {
  return TimePoint(std::chrono::milliseconds(ms));
}

std::int64_t ms_of(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Reply reply_to(const Call& call) {
  Reply reply;
  reply.status = call.route->status;
  return reply;
}

Failure failure_of(const Call& call, const StorageError& error) {
  const auto make = [](Trouble trouble, std::vector<std::pair<std::string, std::string>> details = {}) {
    return Failure{trouble, {}, std::move(details), {}};
  };
  switch (error.code) {
    case StorageCode::no_such_bucket:
      return make(Trouble::no_such_bucket, {{"BucketName", call.bucket()}});
    case StorageCode::bucket_exists:
      return make(Trouble::bucket_exists, {{"BucketName", call.bucket()}});
    case StorageCode::bucket_not_empty:
    case StorageCode::bucket_has_uploads:
      return make(Trouble::bucket_not_empty, {{"BucketName", call.bucket()}});
    case StorageCode::no_such_key:
      return make(Trouble::no_such_key, {{"Key", call.key()}});
    case StorageCode::key_exists:
      return make(Trouble::object_exists);
    case StorageCode::precondition_failed:
      return make(Trouble::precondition_failed);
    case StorageCode::not_appendable:
      return make(Trouble::not_appendable);
    case StorageCode::position_mismatch: {
      Failure failure = make(Trouble::wrong_position);
      failure.headers.add(std::string(call.dialect->prefix) + std::string(call.dialect->words.next_position),
                          std::to_string(error.number));
      return failure;
    }
    case StorageCode::no_such_upload:
      return make(Trouble::no_such_upload, {{"UploadId", call.query(call.dialect->words.upload_id)}});
    case StorageCode::invalid_part:
      return make(Trouble::invalid_part, {{"PartNumber", std::to_string(error.number)}});
    case StorageCode::invalid_part_order:
      return make(Trouble::invalid_part_order);
    case StorageCode::part_too_small:
      return make(Trouble::part_too_small, {{"ProposedSize", std::to_string(error.size)},
                                            {"MinSizeAllowed", std::to_string(call.dialect->limits.part_min)},
                                            {"PartNumber", std::to_string(error.number)}});
    case StorageCode::no_parts:
      return make(Trouble::malformed_body);
    case StorageCode::checksum_mismatch:
      return make(Trouble::bad_checksum);
    case StorageCode::invalid_range:
      return make(Trouble::invalid_range);
    case StorageCode::locked:
    case StorageCode::disk:
    case StorageCode::database:
      break;
  }
  Failure failure = make(Trouble::internal);
  failure.message = error.message;
  return failure;
}

Outcome<Done> bucket_exists(Backend& backend, const Call& call) {
  auto found = backend.storage.head_bucket(bucket_ref(call));
  if (!found) return failure_of(call, found.error());
  return Done{};
}

Outcome<Done> check_key(const Call& call) {
  const std::string& key = call.key();
  const Dialect& dialect = *call.dialect;
  if (key.size() > dialect.limits.key_max) {
    return Failure{
        Trouble::key_too_long,
        {},
        {{"Size", std::to_string(key.size())}, {"MaxSizeAllowed", std::to_string(dialect.limits.key_max)}},
        {}};
  }
  const bool slash = key.starts_with('/') && !dialect.rules.slash_keys;
  const bool backslash = key.starts_with('\\') && !dialect.rules.backslash_keys;
  if (slash || backslash) return Failure{Trouble::invalid_key, {}, {}, {}};
  return Done{};
}

bool valid_bucket_name(const Call& call) {
  const std::string& name = call.bucket();
  const Limits& limits = call.dialect->limits;
  if (name.size() < limits.bucket_min || name.size() > limits.bucket_max) return false;
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (!plain(name.front()) || !plain(name.back())) return false;
  for (const char* pair : {"..", ".-", "-."}) {
    if (name.find(pair) != std::string::npos) return false;
  }
  const bool dots = call.dialect->rules.bucket_dots;
  if (!std::all_of(name.begin(), name.end(),
                   [&](char c) { return plain(c) || c == '-' || (dots && c == '.'); })) {
    return false;
  }
  // An IPv4 address is no bucket.
  return std::count(name.begin(), name.end(), '.') != 3 ||
         !std::all_of(name.begin(), name.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

Outcome<std::uint64_t> query_number(const Call& call, std::string_view name, std::uint64_t fallback,
                                    std::uint64_t max) {
  const std::string text = call.query(name);
  if (text.empty()) return fallback;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max) {
    return Failure{
        Trouble::invalid_argument, {}, {{"ArgumentName", std::string(name)}, {"ArgumentValue", text}}, {}};
  }
  return value;
}

Outcome<std::uint32_t> page_size(const Call& call, std::string_view name, std::uint32_t usual,
                                 std::uint32_t most) {
  const bool clamped = call.dialect->rules.too_large_limit_clamped;
  auto wanted = query_number(call, name, usual, clamped ? 0x7fffffff : most);
  if (!wanted) return std::move(wanted.failure());
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(*wanted, most));
}

}  // namespace sluice::emulator
