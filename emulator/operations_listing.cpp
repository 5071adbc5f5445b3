// Lists of objects (V1 and V2) and of unfinished uploads.
#include <algorithm>

#include "emulator/dialects/parts.h"
#include "emulator/operations_list.h"
#include "signers/digest.h"

namespace sluice::emulator {
namespace {

Outcome<Reply> answer(Backend& backend, Call& call, ListingView view, const std::string& marker) {
  ListRequest request;
  request.prefix = view.prefix;
  request.delimiter = view.delimiter;
  request.marker = marker;
  request.limit = view.limit;
  request.headers = call.dialect->rules.list_headers || call.query("fetch-meta") == "true";
  if (view.limit > 0) {
    auto page = backend.storage.list(bucket_ref(call), request);
    if (!page) return failure_of(call, page.error());
    view.objects.reserve(page->objects.size());
    for (const ObjectInfo& info : page->objects) view.objects.push_back(view_of(info));
    view.prefixes = std::move(page->prefixes);
    view.truncated = page->truncated;
    view.next_marker = page->next_marker;
  } else if (auto exists = bucket_exists(backend, call); !exists) {
    return std::move(exists.failure());
  }
  Reply reply = reply_to(call);
  call.dialect->shapes.listing(call, view, reply);
  return reply;
}

Outcome<ListingView> asked_listing(const Call& call) {
  const Dialect& dialect = *call.dialect;
  auto limit = page_size(call, dialect.words.limit, dialect.limits.page, dialect.limits.page_max);
  if (!limit) return std::move(limit.failure());
  ListingView view;
  view.prefix = call.query("prefix");
  view.delimiter = call.query("delimiter");
  const std::string encoding = call.query("encoding-type");
  if (!encoding.empty() && encoding != "url") {
    return Failure{
        Trouble::invalid_argument, {}, {{"ArgumentName", "encoding-type"}, {"ArgumentValue", encoding}}, {}};
  }
  view.url_encoded = encoding == "url";
  view.limit = *limit;
  return view;
}

}  // namespace

// Tokens pass through clients that percent-decode them once too often: letters, digits, '-', '_'.
std::string opaque_token(std::string_view marker) {
  std::string token = signers::base64(marker);
  while (token.ends_with('=')) token.pop_back();
  std::replace(token.begin(), token.end(), '+', '-');
  std::replace(token.begin(), token.end(), '/', '_');
  return token;
}

std::optional<std::string> marker_of(std::string_view token) {
  std::string text(token);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  while (text.size() % 4 != 0) text += '=';
  return signers::base64_decode(text);
}

Outcome<Reply> run_list_objects(Backend& backend, Call& call, Arrived&) {
  auto view = asked_listing(call);
  if (!view) return std::move(view.failure());
  view->marker = call.query(call.dialect->words.marker);
  const std::string marker = view->marker;
  return answer(backend, call, std::move(*view), marker);
}

Outcome<Reply> run_list_objects_v2(Backend& backend, Call& call, Arrived&) {
  auto view = asked_listing(call);
  if (!view) return std::move(view.failure());
  view->v2 = true;
  view->owner = call.query("fetch-owner") == "true";
  view->start_after = call.query("start-after");
  view->continuation = call.query("continuation-token");
  std::string marker = view->start_after;
  if (!view->continuation.empty()) {
    const auto resumed = marker_of(view->continuation);
    if (!resumed) {
      return Failure{Trouble::invalid_argument,
                     "The continuation token provided is incorrect",
                     {{"ArgumentName", "continuation-token"}},
                     {}};
    }
    marker = *resumed;
  }
  return answer(backend, call, std::move(*view), marker);
}

// Every key has the one version "null"; pages go by key alone.
Outcome<Reply> run_list_versions(Backend& backend, Call& call, Arrived&) {
  auto view = asked_listing(call);
  if (!view) return std::move(view.failure());
  view->versions = true;
  view->marker = call.query("key-marker");
  const std::string marker = view->marker;
  return answer(backend, call, std::move(*view), marker);
}

Outcome<Reply> run_list_uploads(Backend& backend, Call& call, Arrived&) {
  const Dialect& dialect = *call.dialect;
  auto limit = page_size(call, dialect.words.uploads_limit, dialect.limits.page_max, dialect.limits.page_max);
  if (!limit) return std::move(limit.failure());
  UploadsView view;
  view.prefix = call.query("prefix");
  view.delimiter = call.query("delimiter");
  view.key_marker = call.query(dialect.words.key_marker);
  view.upload_id_marker = call.query(dialect.words.upload_id_marker);
  view.url_encoded = call.query("encoding-type") == "url";
  view.limit = *limit;

  ListUploadsRequest request;
  request.prefix = view.prefix;
  request.delimiter = view.delimiter;
  request.key_marker = view.key_marker;
  request.id_marker = view.upload_id_marker;
  request.limit = view.limit;
  auto page = backend.storage.list_uploads(bucket_ref(call), request);
  if (!page) return failure_of(call, page.error());
  for (const UploadInfo& upload : page->uploads) {
    view.uploads.push_back(
        {upload.key, upload.id, upload.owner, upload.attributes.storage_class, time_of(upload.initiated)});
  }
  view.prefixes = std::move(page->prefixes);
  view.truncated = page->truncated;
  view.next_key_marker = page->next_key_marker;
  view.next_upload_id_marker = page->next_id_marker;
  Reply reply = reply_to(call);
  dialect.shapes.uploads(call, view, reply);
  return reply;
}

}  // namespace sluice::emulator
