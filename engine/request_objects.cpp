#include "engine/request_objects.h"

#include "engine/request_metadata.h"
#include "engine/request_parts.h"
#include "engine/request_text.h"
#include "io/percent.h"
#include "io/time_text.h"

namespace sluice::engine::request {
namespace {

std::string date(TimePoint time) {
  return io::http_date(std::chrono::floor<std::chrono::seconds>(time));
}

Result<Draft> offered(const Dialect& d, Operation operation, Draft draft) {
  if (auto has = check_offered(d, operation); !has) return unexpected(std::move(has).error());
  return draft;
}

}  // namespace

void add_conditions(const Conditions& c, io::Headers& headers) {
  if (!c.if_match.empty()) headers.set("If-Match", quoted(c.if_match));
  if (!c.if_none_match.empty()) headers.set("If-None-Match", quoted(c.if_none_match));
  if (c.modified_since) headers.set("If-Modified-Since", date(*c.modified_since));
  if (c.unmodified_since) headers.set("If-Unmodified-Since", date(*c.unmodified_since));
}

Result<Draft> append(const Dialect& d, Ref ref, std::uint64_t position, std::string bytes,
                     const PutOptions& o) {
  auto r = offered(d, Operation::append, {.operation = "append", .method = "POST", .ref = std::move(ref)});
  if (!r) return r;
  r->query = {{"append", ""}, {std::string(d.query.append_position), std::to_string(position)}};
  if (auto added = add_object_headers(d, o, r->headers); !added) return unexpected(std::move(added).error());
  r->body = std::move(bytes);
  return r;
}

Result<Draft> set_metadata(const Dialect& d, Ref ref, const PutOptions& o) {
  Draft r{.operation = "set metadata",
          .method = "POST",
          .ref = std::move(ref),
          .query = {{std::string(d.query.set_metadata), ""}}};
  if (auto added = add_object_headers(d, o, r.headers); !added) return unexpected(std::move(added).error());
  return r;
}

Result<Draft> rename(const Dialect& d, Ref ref, const std::string& new_key) {
  auto r = offered(d, Operation::rename, {.operation = "rename", .method = "PUT"});
  if (!r) return r;
  if (auto fine = check_key(d, new_key); !fine) return unexpected(std::move(fine).error());
  if (!d.query.rename.empty()) {
    r->query = {{std::string(d.query.rename), ""}, {"name", new_key}};
    r->ref = std::move(ref);
  } else {
    r->headers.set(header_name(d, d.header.move_source), "/" + ref.bucket + "/" + io::encode_path(ref.key));
    r->ref = {std::move(ref.bucket), new_key};
  }
  return r;
}

Result<Draft> set_symlink(const Dialect& d, Ref ref, const std::string& target, const PutOptions& o) {
  auto r = offered(
      d, Operation::symlink,
      {.operation = "set symlink", .method = "PUT", .ref = std::move(ref), .query = {{"symlink", ""}}});
  if (!r) return r;
  if (auto fine = check_key(d, target); !fine) return unexpected(std::move(fine).error());
  if (auto added = add_object_headers(d, o, r->headers); !added) return unexpected(std::move(added).error());
  if (o.forbid_overwrite) add_forbid_overwrite(d, r->headers);
  r->headers.set(header_name(d, "symlink-target"), io::percent_encode(target));
  return r;
}

Result<Draft> get_symlink(const Dialect& d, Ref ref) {
  return offered(
      d, Operation::symlink,
      {.operation = "get symlink", .method = "GET", .ref = std::move(ref), .query = {{"symlink", ""}}});
}

Result<Draft> restore(const Dialect& d, Ref ref, unsigned days, const std::string& tier) {
  auto r =
      offered(d, Operation::restore,
              {.operation = "restore", .method = "POST", .ref = std::move(ref), .query = {{"restore", ""}}});
  if (!r) return r;
  if (days == 0) return fail(ErrorKind::argument, "an object is restored for one day at least");
  const std::string job(d.restore_job), number = std::to_string(days);
  if (d.wire == Wire::xml) {
    const auto how = tier.empty() ? "" : "<" + job + ">" + element("Tier", tier) + "</" + job + ">";
    set_body(*r, Body::xml, "<RestoreRequest>" + element("Days", number) + how + "</RestoreRequest>");
  } else {
    const auto how = tier.empty() ? "" : ",\"" + job + R"(":{"Tier":)" + json_string(tier) + "}";
    set_body(*r, Body::json, R"({"Days":)" + number + how + "}");
  }
  return r;
}

bool fits_batch(const Dialect& d, std::string_view key) {
  return d.wire == Wire::json || fits_xml(key);
}

Draft remove_batch(const Dialect& d, std::string bucket, std::span<const std::string> keys, bool quiet) {
  Draft r{.operation = "batch delete",
          .method = "POST",
          .ref = {std::move(bucket), ""},
          .query = {{"delete", ""}},
          .hides_errors = d.has(kErrorInside200)};
  const std::string silent = quiet ? "true" : "false";
  std::string items;
  if (d.wire == Wire::xml) {
    for (const auto& key : keys) items += "<Object>" + element("Key", key) + "</Object>";
    set_body(r, Body::xml, "<Delete>" + element("Quiet", silent) + items + "</Delete>");
    return r;
  }
  // Names differ as elsewhere (TOS: Objects, QingStor: objects), the form does not.
  const bool lower = d.has(kLowerCaseJson);
  for (const auto& key : keys)
    items += (items.empty() ? "" : ",") + std::string(lower ? R"({"key":)" : R"({"Key":)") +
             json_string(key) + "}";
  set_body(r, Body::json,
           (lower ? R"({"objects":[)" : R"({"Objects":[)") + items +
               (lower ? R"(],"quiet":)" : R"(],"Quiet":)") + silent + "}");
  return r;
}

}  // namespace sluice::engine::request
