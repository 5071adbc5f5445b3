// Opening a Store, and its answers that need no request.
#include <algorithm>

#include "engine/store_http.h"
#include "io/percent.h"

namespace sluice::engine {
namespace {

constexpr std::string_view kPresigned[] = {"GET", "HEAD", "PUT", "DELETE"};

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

signers::Scheme scheme_of(const StoreConfig& c) {
  const bool v1 = c.oss_v1 && c.dialect->scheme == signers::Scheme::oss_v4;
  return v1 ? signers::Scheme::oss_v1 : c.dialect->scheme;
}

Result<void> check_credentials(const Dialect& d, const Credentials& keys) {
  if (keys.access_key.empty() || keys.secret_key.empty())
    return fail(ErrorKind::config, "no credentials for " + std::string(d.vendor),
                "set its environment variables or a profile");
  if (!printable(keys.access_key) || !printable(keys.secret_key) || !printable(keys.security_token))
    return fail(ErrorKind::config, "the credentials contain a blank or a control character");
  if (d.has(kNoTokens) && !keys.security_token.empty())
    return fail(ErrorKind::config, std::string(d.vendor) + " has no temporary keys: leave the token out");
  return {};
}

/// What a caller's function gives is looked at like what the caller gave himself.
CredentialsProvider checked(const Dialect* d, CredentialsProvider given) {
  if (!given) return {};
  return [d, given = std::move(given)]() -> Result<Credentials> {
    Result<Credentials> keys = given();
    if (!keys) return keys;
    if (Result<void> fine = check_credentials(*d, *keys); !fine) return unexpected(fine.error());
    return keys;
  };
}

Result<void> check_config(const StoreConfig& c) {
  const auto& d = *c.dialect;
  if (Result<void> fine = check_credentials(d, c.credentials); !fine) return fine;
  if (c.credentials_provider && !c.elsewhere)
    return fail(ErrorKind::internal, "a provider of credentials without a place to wait for it");
  const bool digits =
      std::all_of(c.appid.begin(), c.appid.end(), [](char x) { return x >= '0' && x <= '9'; });
  if (!digits) return fail(ErrorKind::config, "the appid must be digits");
  if (c.sign_payload && d.scheme != signers::Scheme::sigv4)
    return fail(ErrorKind::config, std::string(d.vendor) + " signs no payloads");
  if (c.oss_v1 && d.scheme != signers::Scheme::oss_v4)
    return fail(ErrorKind::config, "V1 signatures belong to OSS");
  return {};
}

}  // namespace

Result<std::shared_ptr<Store>> Store::create(StoreConfig config) {
  if (!config.dialect) return fail(ErrorKind::argument, "no dialect");
  if (auto fine = check_config(config); !fine) return unexpected(std::move(fine).error());
  Endpoint::Options options;
  options.endpoint = config.endpoint;
  options.region = config.region;
  options.addressing = config.addressing;
  options.needs_region = scheme_of(config) != signers::Scheme::oss_v1;
  options.oem = config.scheme == "ois";
  auto endpoint = Endpoint::create(*config.dialect, std::move(options));
  if (!endpoint) return unexpected(std::move(endpoint).error());
  return std::shared_ptr<Store>(std::make_shared<HttpStore>(std::move(config), *std::move(endpoint)));
}

HttpStore::HttpStore(StoreConfig config, Endpoint endpoint)
    : config_(std::move(config)),
      endpoint_(std::move(endpoint)),
      scheme_(config_.scheme.empty() ? std::string(config_.dialect->schemes.front()) : config_.scheme),
      identity_(std::string(config_.dialect->name) + " " + endpoint_.text() + " " + endpoint_.region()),
      signer_(signers::signer(scheme_of(config_))),
      keys_(std::make_shared<LiveCredentials>(
          config_.credentials, checked(config_.dialect, config_.credentials_provider), config_.elsewhere)) {}

std::string HttpStore::full_bucket(const std::string& bucket) const {
  if (config_.appid.empty() || bucket.empty() || !dialect().has(kAppidBuckets)) return bucket;
  const auto ending = "-" + config_.appid;
  return bucket.ends_with(ending) ? bucket : bucket + ending;
}

std::string HttpStore::url(const Ref& ref) const {
  const auto start = scheme_ + "://" + full_bucket(ref.bucket);
  return ref.key.empty() ? start : start + "/" + ref.key;
}

io::Request HttpStore::place(const Ref& ref) const {
  io::Request request;
  const auto bucket = full_bucket(ref.bucket);
  endpoint_.place(request, bucket, ref.key, learned_.region(bucket));
  return request;
}

std::string HttpStore::region(const std::string& bucket) const {
  const auto found = learned_.region(full_bucket(bucket));
  return found.empty() ? endpoint_.region() : found;
}

Result<std::string> HttpStore::resolve_bucket(std::string bucket) const {
  bucket = full_bucket(bucket);
  if (auto fine = check_bucket(dialect(), bucket); !fine)
    return unexpected(std::move(fine).error().with("", scheme_ + "://" + io::percent_encode(bucket)));
  return bucket;
}

Result<Ref> HttpStore::resolve(Ref ref) const {
  auto bucket = resolve_bucket(std::move(ref.bucket));
  if (!bucket) return unexpected(std::move(bucket).error());
  ref.bucket = *std::move(bucket);
  if (auto fine = check_key(dialect(), ref.key); !fine)
    return unexpected(std::move(fine).error().with("", scheme_ + "://" + ref.bucket));
  return ref;
}

Result<void> HttpStore::check(const Ref& ref) const {
  auto resolved = resolve(ref);
  if (!resolved) return unexpected(std::move(resolved).error());
  return {};
}

signers::Resource HttpStore::signed_resource(const Ref& ref) const {
  // QingStor's signer puts the bucket in front of the path when the host begins with it; in path style
  // a host may do so by chance ("qingstor" at qingstor.com).
  if (dialect().has(kPathStyle) && endpoint_.bucket_in_path(ref.bucket)) return {"", ref.key};
  return {ref.bucket, ref.key};
}

CopySource HttpStore::copy_source(const Ref& from) const {
  return {from, endpoint_.copy_host(from.bucket)};
}

Unexpected HttpStore::failed(Error e, const std::string& operation, const Ref& ref, int attempts) const {
  e = e.with(operation, url(ref));
  e.attempts = std::max(e.attempts, attempts);
  return unexpected(std::move(e));
}

scheduler::Task<void> HttpStore::keys_that_hold(Call call) {
  if (keys_->lapsed()) co_await keys_->renewal(call.loop);
}

Result<std::string> HttpStore::presign(std::string method, const Ref& given, std::chrono::seconds lifetime,
                                       const PresignOptions& options) const {
  using namespace std::chrono_literals;
  auto ref = resolve(given);
  if (!ref) return failed(std::move(ref).error(), "presign", given);
  const auto refuse = [&](std::string why) {
    return failed(make_error(ErrorKind::argument, std::move(why)), "presign", *ref);
  };
  if (std::find(std::begin(kPresigned), std::end(kPresigned), method) == std::end(kPresigned))
    return refuse("only GET, HEAD, PUT and DELETE can be presigned");
  if (lifetime < 1s || lifetime > 7 * 24h) return refuse("the lifetime of a URL is 1 second to 7 days");
  io::Request request;
  request.method = std::move(method);
  request.query = options.query;
  for (const auto& [name, value] : options.headers) {
    const bool plain = printable(name) &&
                       std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    if (name.empty() || !plain) return refuse("a header of the URL holds what no header can carry");
    request.headers.set(name, value);
  }
  const auto region = learned_.region(ref->bucket);
  endpoint_.place(request, ref->bucket, ref->key, region);
  signers::SignContext context;
  context.credentials = keys_->current();
  context.region = region.empty() ? endpoint_.region() : region;
  context.time = now();
  context.resource = signed_resource(*ref);
  signer_->presign(request, context, lifetime);
  return request.url();
}

}  // namespace sluice::engine
