#include "transfers/scripted_store.h"

#include <fmt/format.h>

#include "io/percent.h"
#include "signers/digest.h"

namespace sluice::transfers {
namespace {

using testing::HttpAnswer;
using testing::HttpRequest;

// 1,700,000,000 seconds after the epoch.
constexpr const char* kModified = "Tue, 14 Nov 2023 22:13:20 GMT";
constexpr const char* kModifiedInLists = "2023-11-14T22:13:20.000Z";

std::string md5_of(const std::string& bytes) {
  return signers::hex(signers::md5(bytes));
}

/// What the framing of a body with trailers carries; the trailer's value goes to `checksum`.
std::string unframed(const std::string& framed, std::string* checksum) {
  std::string plain;
  for (std::size_t at = 0; at < framed.size();) {
    const std::size_t size = std::stoull(framed.substr(at, 16), nullptr, 16);
    at = framed.find("\r\n", at) + 2;
    if (size == 0) {
      const std::size_t colon = framed.find(':', at);
      *checksum = framed.substr(colon + 1, framed.find("\r\n", colon) - colon - 1);
      return plain;
    }
    plain.append(framed, at, size);
    at += size + 2;
  }
  return plain;
}

std::string query_value(const io::Query& query, std::string_view name) {
  const std::string* found = io::find_query(query, name);
  return found ? *found : std::string();
}

}  // namespace

std::string header_prefix(const std::string& scheme) {
  return scheme == "s3" ? "x-amz-" : "x-" + scheme + "-";
}

ScriptedStore::ScriptedStore(DialectUnderTest dialect, Edit edit)
    : etag_of(md5_of), dialect_(std::move(dialect)), edit_(std::move(edit)), server_([this](const auto& r) {
        HttpAnswer out = answer(r);
        if (edit_) edit_(r, out);
        return out;
      }) {}

Store ScriptedStore::open(Client& client, bool sign_payload) const {
  StoreOptions options;
  options.scheme = dialect_.scheme;
  options.endpoint = "http://" + server_.address();
  options.region = dialect_.scheme == "qs" ? "" : "local-1";
  options.credentials.access_key = LocalStore::kAccessKey;
  options.credentials.secret_key = LocalStore::kSecretKey;
  options.sign_payload = sign_payload;
  return must(client.store(options));
}

void ScriptedStore::put(const std::string& key, std::string bytes) {
  std::lock_guard lock(mutex_);
  objects_[key] = std::move(bytes);
}
bool ScriptedStore::has(const std::string& key) const {
  std::lock_guard lock(mutex_);
  return objects_.contains(key);
}
std::string ScriptedStore::bytes(const std::string& key) const {
  std::lock_guard lock(mutex_);
  const auto found = objects_.find(key);
  return found == objects_.end() ? std::string() : found->second;
}
std::vector<std::string> ScriptedStore::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

ScriptedStore::Target ScriptedStore::target_of(const std::string& text) const {
  const std::size_t mark = text.find('?');
  const std::string path = io::percent_decode(text.substr(0, mark));
  const auto query = io::parse_query(mark == std::string::npos ? "" : text.substr(mark + 1));
  const bool qs = dialect_.scheme == "qs";
  Target target;
  const std::string bucket = "/" + dialect_.bucket + "/";
  if (path.starts_with(bucket)) target.key = path.substr(bucket.size());
  target.prefix = query_value(query, "prefix");
  target.upload_id = query_value(query, qs ? "upload_id" : "uploadId");
  target.part = query_value(query, qs ? "part_number" : "partNumber");
  target.uploads = io::find_query(query, "uploads") != nullptr;
  return target;
}

HttpAnswer ScriptedStore::answer(const HttpRequest& request) {
  std::lock_guard lock(mutex_);
  requests_.push_back(request.method + " " + request.target);
  if (refuse)
    if (auto refusal = refuse(request)) return *std::move(refusal);
  const Target target = target_of(request.target);
  if (request.method == "PUT") return write(request, target);
  if (request.method == "POST") return post(target);
  if (request.method == "GET" || request.method == "HEAD") return read(request, target);
  HttpAnswer gone;
  gone.status = 204;
  objects_.erase(target.key);
  uploads_.erase(target.upload_id);
  return gone;
}

HttpAnswer ScriptedStore::read(const HttpRequest& request, const Target& target) const {
  HttpAnswer out;
  if (target.key.empty()) {
    out.body = listing(ignores_prefix ? std::string() : target.prefix);
    return out;
  }
  const auto found = objects_.find(target.key);
  if (found == objects_.end()) {
    out.status = 404;
    return out;
  }
  const std::string& bytes = found->second;
  out.body = bytes;
  unsigned long first = 0, last = 0;
  if (std::sscanf(request.header("Range").c_str(), "bytes=%lu-%lu", &first, &last) == 2) {
    if (first >= bytes.size()) {
      out.status = 416;
      out.body.clear();
      return out;
    }
    out.status = 206;
    out.body = bytes.substr(first, last - first + 1);
    out.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", first, last, bytes.size()));
  }
  if (request.method == "HEAD") out.headers.emplace_back("Content-Length", std::to_string(bytes.size()));
  out.headers.emplace_back("ETag", "\"" + etag_of(bytes) + "\"");
  out.headers.emplace_back("Last-Modified", kModified);
  return out;
}

HttpAnswer ScriptedStore::write(const HttpRequest& request, const Target& target) {
  HttpAnswer out;
  const std::string source = request.header(header_prefix(dialect_.scheme) + "copy-source");
  // "/bucket/key", or "host/key".
  if (!source.empty()) return copied(source.substr(source.find('/', 1) + 1), target);
  std::string body = request.body, checksum;
  if (knows_trailers && request.has("x-amz-trailer")) body = unframed(request.body, &checksum);
  if (!checksum.empty()) out.headers.emplace_back("x-amz-checksum-crc32c", checksum);
  out.headers.emplace_back("ETag", "\"" + etag_of(body) + "\"");
  if (target.upload_id.empty()) {
    objects_[target.key] = std::move(body);
  } else {
    uploads_[target.upload_id][std::stoi(target.part)] = std::move(body);
  }
  return out;
}

HttpAnswer ScriptedStore::copied(const std::string& from, const Target& target) {
  HttpAnswer out;
  objects_[target.key] = objects_[from];
  const std::string etag = etag_of(objects_[target.key]);
  if (dialect_.scheme == "tos") out.body = fmt::format(R"({{"ETag":"\"{}\""}})", etag);
  if (dialect_.scheme != "tos" && dialect_.scheme != "qs")
    out.body = "<CopyObjectResult><ETag>\"" + etag + "\"</ETag></CopyObjectResult>";
  return out;
}

HttpAnswer ScriptedStore::post(const Target& target) {
  HttpAnswer out;
  if (target.uploads) {
    const bool json = dialect_.scheme == "qs" || dialect_.scheme == "tos";
    const std::string id = "u" + std::to_string(requests_.size());
    out.body = json ? fmt::format(R"({{"{}":"{}"}})", dialect_.scheme == "qs" ? "upload_id" : "UploadId", id)
                    : "<InitiateMultipartUploadResult><UploadId>" + id +
                          "</UploadId></InitiateMultipartUploadResult>";
    if (dialect_.scheme == "s3" && knows_trailers)
      out.headers.emplace_back("x-amz-checksum-algorithm", "CRC32C");
    return out;
  }
  std::string& whole = objects_[target.key];
  whole.clear();
  for (const auto& [number, bytes] : uploads_[target.upload_id]) whole += bytes;
  uploads_.erase(target.upload_id);
  if (dialect_.scheme == "tos") out.body = R"({"ETag":"\"joined-2\""})";
  if (dialect_.scheme != "tos" && dialect_.scheme != "qs")
    out.body = "<CompleteMultipartUploadResult><ETag>\"joined-2\"</ETag></CompleteMultipartUploadResult>";
  return out;
}

std::string ScriptedStore::listing(const std::string& prefix) const {
  const bool qs = dialect_.scheme == "qs", json = qs || dialect_.scheme == "tos";
  std::string items;
  for (const auto& [key, bytes] : objects_) {
    if (!key.starts_with(prefix)) continue;
    const std::string etag = etag_of(bytes);
    if (json && !items.empty()) items += ",";
    if (qs)
      items += fmt::format(R"({{"key":"{}","size":{},"etag":"\"{}\"","modified":1700000000}})", key,
                           bytes.size(), etag);
    else if (json)
      items += fmt::format(R"({{"Key":"{}","Size":{},"ETag":"\"{}\"","LastModified":"{}"}})", key,
                           bytes.size(), etag, kModifiedInLists);
    else
      items += fmt::format(
          "<Contents><Key>{}</Key><Size>{}</Size><ETag>\"{}\"</ETag><LastModified>{}</LastModified></"
          "Contents>",
          key, bytes.size(), etag, kModifiedInLists);
  }
  if (qs) return R"({"name":"b","has_more":false,"keys":[)" + items + "]}";
  if (json) return R"({"Name":"b","IsTruncated":false,"Contents":[)" + items + "]}";
  return "<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>" + items + "</ListBucketResult>";
}

}  // namespace sluice::transfers
