// See service.h.
#include "emulator/service.h"

#include <algorithm>
#include <random>

#include "emulator/checksums.h"
#include "emulator/dialects/parts.h"
#include "io/checksum.h"
#include "io/percent.h"
#include "signers/digest.h"

namespace sluice::emulator {
namespace {

constexpr std::size_t kMaxDocument = 16 << 20;

std::string new_request_id() {
  thread_local std::mt19937_64 generator(std::random_device{}());
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string id;
  for (int half = 0; half < 2; ++half) {
    std::uint64_t bits = generator();
    for (int i = 0; i < 12; ++i, bits >>= 4) id += kDigits[bits & 15];
  }
  return id;
}

Trouble trouble_of(signers::Refusal refusal) {
  using R = signers::Refusal;
  switch (refusal) {
    case R::none:
      return Trouble::none;
    case R::malformed:
      return Trouble::auth_malformed;
    case R::unknown_key:
      return Trouble::unknown_key;
    case R::mismatch:
      return Trouble::signature_mismatch;
    case R::skewed:
      return Trouble::clock_skewed;
    case R::expired:
      return Trouble::url_expired;
    case R::wrong_region:
      return Trouble::wrong_region;
    case R::token_missing:
      return Trouble::token_invalid;
    case R::token_expired:
      return Trouble::token_expired;
    case R::unsigned_header:
      return Trouble::header_not_signed;
  }
  return Trouble::access_denied;
}

bool is_hex_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

/// What an ACL must grant everybody before a request without a signature may do this; empty: nothing does.
std::string_view needed_grant(Operation operation) {
  using Op = Operation;
  switch (operation) {
    case Op::head_bucket:
    case Op::list_objects:
    case Op::list_objects_v2:
    case Op::list_uploads:
    case Op::get_object:
    case Op::head_object:
      return "READ";
    case Op::put_object:
    case Op::append_object:
    case Op::delete_object:
    case Op::delete_objects:
    case Op::create_upload:
    case Op::put_part:
    case Op::complete_upload:
    case Op::abort_upload:
      return "WRITE";
    case Op::get_bucket_acl:
    case Op::get_object_acl:
      return "READ_ACP";
    case Op::put_bucket_acl:
    case Op::put_object_acl:
      return "WRITE_ACP";
    default:
      return {};
  }
}

bool asks_object_acl(Operation operation) {
  return operation == Operation::get_object || operation == Operation::head_object ||
         operation == Operation::get_object_acl || operation == Operation::put_object_acl;
}

// In a header, or in the query of a presigned URL, under whichever name the dialect gives it.
bool carries_token(const Call& call) {
  constexpr std::string_view kToken = "security-token";
  if (!call.vendor(kToken).empty()) return true;
  return std::any_of(call.request.query.begin(), call.request.query.end(), [&](const auto& parameter) {
    return io::lower_case(parameter.first).ends_with(kToken) && !parameter.second.empty();
  });
}

std::string raw(const Md5& digest) {
  return {digest.begin(), digest.end()};
}

}  // namespace

Service::Service(Options options, Storage& storage, const Accounts& accounts, Faults faults)
    : options_(std::move(options)), storage_(storage), accounts_(accounts), faults_(std::move(faults)) {}

std::unique_ptr<Exchange> Service::begin(Head head, const Dialect* pinned) {
  auto exchange = std::make_unique<Exchange>();
  exchange->head = std::move(head);
  Call& call = exchange->call;
  call.request_id = new_request_id();
  call.now = options_.now();
  call.request.method = exchange->head.method;
  call.request.path = exchange->head.path;
  call.request.raw_query = exchange->head.raw_query;
  call.request.query = io::parse_query(exchange->head.raw_query);
  call.request.headers = exchange->head.headers;

  RouterContext context;
  context.pinned = pinned;
  context.fallback = options_.fallback;
  context.spaces_of = [this](std::string_view bucket) { return storage_.spaces_of(bucket); };
  Routed routed = route_request(call.request, context);
  call.dialect = routed.dialect;
  call.request.resource = std::move(routed.resource);
  call.virtual_host = routed.virtual_host;
  call.told_region = std::move(routed.region);
  call.route = find_route(*call.dialect, call.request, routed.level);
  exchange->fault = faults_.pick(call);
  counters_.begun(call);
  if (auto admitted = admit(*exchange); !admitted) {
    exchange->refused = refuse(*exchange, std::move(admitted.failure()));
  }
  return exchange;
}

Outcome<Done> Service::admit(Exchange& exchange) {
  Call& call = exchange.call;
  if (auto verified = verify(exchange); !verified) return verified;
  if (!call.route) return Failure{Trouble::method_not_allowed, {}, {{"Method", call.request.method}}, {}};
  exchange.step = &step(call.route->operation);
  if (auto framed = frame(exchange); !framed) return framed;
  Backend backend{storage_, recent_};
  if (exchange.step->admit) {
    if (auto admitted = exchange.step->admit(backend, call); !admitted) return admitted;
  }
  if (exchange.step->body == BodyKind::object) {
    exchange.arrived.writer.emplace(storage_.writer(wanted_sums(exchange)));
  }
  return Done{};
}

Outcome<Done> Service::verify(Exchange& exchange) {
  Call& call = exchange.call;
  const bool creates = call.route && call.route->operation == Operation::create_bucket;
  std::string bucket_region, bucket_owner;
  bool bucket_there = false;
  if (!call.bucket().empty() && !creates) {
    if (auto bucket = storage_.head_bucket(bucket_ref(call))) {
      bucket_there = true;
      bucket_region = bucket->region;
      bucket_owner = bucket->owner;
      call.owner = bucket_owner;
    }
  }
  const auto configured = options_.regions.find(call.dialect->name);
  const std::string required = configured != options_.regions.end() ? configured->second : bucket_region;

  signers::VerifyContext context;
  context.now = std::chrono::floor<std::chrono::seconds>(call.now);
  context.region = required;
  context.find_account = [this](const std::string& key) { return accounts_.find(key); };
  call.verdict = signers::verify(call.request, context);
  const signers::Verdict& verdict = call.verdict;
  if (!verdict.signed_region.empty()) call.told_region = verdict.signed_region;
  if (configured != options_.regions.end()) call.told_region = configured->second;
  call.region = !required.empty()           ? required
                : !call.told_region.empty() ? call.told_region
                                            : std::string(call.dialect->region);
  const std::string expected = call.vendor("expected-bucket-owner");
  const bool other_owner = bucket_there && !expected.empty() && expected != bucket_owner;
  if (other_owner && verdict.refusal == signers::Refusal::none)
    return Failure{Trouble::access_denied, {}, {}, {}};
  if (verdict.anonymous) {
    if (call.route && anybody_may(call)) return Done{};
    if (!call.bucket().empty() && !creates && !bucket_there)
      return Failure{Trouble::no_such_bucket, {}, {{"BucketName", call.bucket()}}, {}};
    return Failure{Trouble::access_denied, {}, {}, {}};
  }
  if (verdict.refusal == signers::Refusal::none) {
    if (const auto* account = accounts_.find(verdict.access_key)) call.account = account->name;
    if (!bucket_there) call.owner = call.account;
    return Done{};
  }
  Failure failure{trouble_of(verdict.refusal), {}, {}, {}};
  if (failure.trouble == Trouble::token_invalid && !carries_token(call))
    failure.trouble = Trouble::token_missing;
  auto& details = failure.details;
  switch (verdict.refusal) {
    case signers::Refusal::unknown_key:
      details = {{"AWSAccessKeyId", verdict.access_key}};
      break;
    case signers::Refusal::mismatch:
      details = {{"AWSAccessKeyId", verdict.access_key}, {"StringToSign", verdict.string_to_sign}};
      if (!verdict.canonical_request.empty())
        details.emplace_back("CanonicalRequest", verdict.canonical_request);
      break;
    case signers::Refusal::skewed:
      details = {{"MaxAllowedSkewMilliseconds", "900000"}, {"ServerTime", iso_time(call.now)}};
      break;
    case signers::Refusal::expired:
      details = {{"ServerTime", iso_time(call.now)}};
      break;
    case signers::Refusal::wrong_region:
      details = {{"Region", required}};
      failure.message = "the region '" + verdict.signed_region + "' is wrong; expecting '" + required + "'";
      break;
    default:
      failure.message = verdict.message;
  }
  return failure;
}

bool Service::anybody_may(const Call& call) {
  const std::string_view needed = needed_grant(call.route->operation);
  if (needed.empty()) return false;
  const auto bucket = storage_.head_bucket(bucket_ref(call));
  if (!bucket) return false;
  const Acl of_bucket = traits_of(*bucket).acl;
  if (!asks_object_acl(call.route->operation)) return everybody_may(of_bucket, needed);
  const auto object = storage_.head(bucket_ref(call), call.key());
  // Whether a key is there is told to those who may list.
  if (!object) return everybody_may(of_bucket, "READ");
  const Acl own = acl_of(call, object->attributes);
  return everybody_may(own.canned == "default" ? of_bucket : own, needed);
}

Outcome<Done> Service::frame(Exchange& exchange) {
  Call& call = exchange.call;
  const Head& head = exchange.head;
  BodyFraming& framing = exchange.framing;
  framing.http_chunked = head.chunked;
  framing.length = head.length.value_or(0);
  const std::string declared = call.vendor("content-sha256");
  // A Content-Encoding alone says nothing: clients name aws-chunked also of bodies that come as they are.
  const bool streaming = declared.starts_with("STREAMING-");
  framing.store_chunked = streaming;
  if (declared.starts_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")) {
    const signers::Account* account = accounts_.find(call.verdict.access_key);
    if (!account) return Failure{Trouble::access_denied, {}, {}, {}};
    exchange.chunk_signatures.emplace(account->credentials, call.verdict.signed_region,
                                      call.verdict.signed_date, call.verdict.seed_signature);
    framing.signatures = &*exchange.chunk_signatures;
    framing.signed_trailer = declared.ends_with("-TRAILER");
  }
  if (!declared.empty() && !call.verdict.anonymous) {
    if (is_hex_sha256(declared))
      exchange.payload_hash = io::lower_case(declared);
    else if (!streaming && declared != signers::payload::kUnsigned) {
      return Failure{Trouble::invalid_argument,
                     {},
                     {{"ArgumentName", std::string(call.dialect->prefix) + "content-sha256"},
                      {"ArgumentValue", declared}},
                     {}};
    }
  }
  exchange.trailer_checksum = io::lower_case(call.vendor("trailer"));

  if (call.request.headers.has("Content-MD5")) {
    const std::string md5 = call.header("Content-MD5");
    const auto bytes = signers::base64_decode(md5);
    if (!bytes || bytes->size() != 16)
      return Failure{Trouble::invalid_digest, {}, {{"Content-MD5", md5}}, {}};
  }
  if (call.dialect->rules.checksums) {
    Sums sums;
    const auto checksum = declared_checksum(call.request.headers);
    const bool whole = call.route->operation != Operation::complete_upload;
    if (checksum && !checksum->in_trailer && whole && !set_checksum(sums, checksum->name, checksum->value)) {
      return Failure{Trouble::invalid_checksum, {}, {}, {}};
    }
  }
  if (exchange.step->body != BodyKind::object) return Done{};
  const bool length_known = head.length || !call.vendor("decoded-content-length").empty();
  if (call.dialect->rules.needs_length && head.chunked && !length_known) {
    return Failure{Trouble::missing_length, {}, {}, {}};
  }
  if (framing.length > call.dialect->limits.part_max) {
    return Failure{Trouble::entity_too_large,
                   {},
                   {{"MaxSizeAllowed", std::to_string(call.dialect->limits.part_max)}},
                   {}};
  }
  return Done{};
}

WriterOptions Service::wanted_sums(const Exchange& exchange) {
  const Call& call = exchange.call;
  WriterOptions sums;
  sums.crc32c = false;
  sums.crc64 = !call.dialect->words.crc64.empty();
  sums.sha256 = !exchange.payload_hash.empty();
  if (!call.dialect->rules.checksums) return sums;
  const auto declared = declared_checksum(call.request.headers);
  if (declared) want_checksum(sums, declared->name);
  if (call.route->operation == Operation::put_object && !declared) sums.crc64nvme = true;
  if (call.route->operation == Operation::put_part) {
    const UploadRef ref{bucket_ref(call), call.key(), call.query(call.dialect->words.upload_id)};
    if (auto upload = storage_.head_upload(ref)) {
      for (const auto& [name, value] : upload->attributes.headers) {
        if (name == "checksum-algorithm") want_checksum(sums, value);
      }
    }
  }
  return sums;
}

bool Service::take(Exchange& exchange, std::string_view plain) {
  if (exchange.step->body == BodyKind::object) {
    if (exchange.arrived.writer->size() + plain.size() > exchange.call.dialect->limits.part_max) {
      exchange.body_trouble = Trouble::entity_too_large;
      return false;
    }
    if (exchange.arrived.writer->write(plain)) return true;
    exchange.body_trouble = Trouble::internal;
    return false;
  }
  if (exchange.step->body == BodyKind::none) return true;
  if (exchange.call.body.size() + plain.size() > kMaxDocument) {
    exchange.body_trouble = Trouble::entity_too_large;
    return false;
  }
  exchange.call.body += plain;
  return true;
}

Outcome<Done> Service::check_body(Exchange& exchange, const io::Headers& trailer, std::uint64_t plain_bytes) {
  Call& call = exchange.call;
  const auto trouble = [](Trouble what) { return Failure{what, {}, {}, {}}; };
  if (const std::string told = call.vendor("decoded-content-length"); !told.empty()) {
    if (told != std::to_string(plain_bytes)) return trouble(Trouble::incomplete_body);
  }
  Sums sums;
  if (exchange.step->body == BodyKind::object) {
    auto digest = exchange.arrived.writer->finish();
    if (!digest) {
      Failure failure = trouble(Trouble::internal);
      failure.message = digest.error().message;
      return failure;
    }
    exchange.arrived.digest = *digest;
    sums = digest->sums;
  } else if (exchange.step->body == BodyKind::document) {
    const std::string md5 = signers::md5(call.body);
    sums.md5.emplace();
    std::copy(md5.begin(), md5.end(), sums.md5->begin());
    sums.crc32 = io::crc32(0, call.body);
    sums.crc32c = io::crc32c(0, call.body);
    sums.crc64 = io::crc64_ecma(0, call.body);
    sums.crc64nvme = io::crc64_nvme(0, call.body);
    const std::string sha1 = signers::sha1(call.body), sha256 = signers::sha256(call.body);
    sums.sha1.emplace();
    std::copy(sha1.begin(), sha1.end(), sums.sha1->begin());
    sums.sha256.emplace();
    std::copy(sha256.begin(), sha256.end(), sums.sha256->begin());
  } else {
    return Done{};
  }
  if (const std::string md5 = call.header("Content-MD5"); !md5.empty()) {
    const std::string computed = signers::base64(raw(*sums.md5));
    if (md5 != computed) {
      Failure failure = trouble(call.dialect->rules.digest_mismatch_is_invalid ? Trouble::invalid_digest
                                                                               : Trouble::bad_digest);
      failure.details = {{"ExpectedDigest", md5}, {"CalculatedDigest", computed}};
      return failure;
    }
  }
  if (!exchange.payload_hash.empty() && signers::hex({reinterpret_cast<const char*>(sums.sha256->data()),
                                                      sums.sha256->size()}) != exchange.payload_hash) {
    Failure failure = trouble(Trouble::sha256_mismatch);
    failure.details = {{"ClientComputedContentSHA256", exchange.payload_hash}};
    return failure;
  }
  if (!exchange.trailer_checksum.empty() && !trailer.has(exchange.trailer_checksum)) {
    return trouble(Trouble::malformed_body);
  }
  if (const std::string* crc = trailer.find("x-tos-hash-crc64ecma"); crc && sums.crc64) {
    if (*crc != signers::base64(io::checksum_bytes(*sums.crc64))) return trouble(Trouble::bad_digest);
  }
  if (!call.dialect->rules.checksums || call.route->operation == Operation::complete_upload) return Done{};
  const auto declared = declared_checksum(call.request.headers);
  if (!declared) return Done{};
  const std::string value =
      declared->in_trailer ? trailer.get("x-amz-checksum-" + declared->name) : declared->value;
  if (checksum_text(sums, declared->name) != value) return trouble(Trouble::bad_checksum);
  return Done{};
}

Reply Service::finish(Exchange& exchange, Trouble trouble, const io::Headers& trailer,
                      std::uint64_t plain_bytes) {
  if (exchange.body_trouble != Trouble::none) trouble = exchange.body_trouble;
  if (trouble != Trouble::none) return refuse(exchange, Failure{trouble, {}, {}, {}});
  if (auto whole = check_body(exchange, trailer, plain_bytes); !whole) {
    return refuse(exchange, std::move(whole.failure()));
  }
  Backend backend{storage_, recent_};
  auto reply = exchange.step->run(backend, exchange.call, exchange.arrived);
  if (!reply) return refuse(exchange, std::move(reply.failure()));
  common_headers(exchange.call, *reply);
  return std::move(*reply);
}

Reply Service::refuse(Exchange& exchange, Failure failure) const {
  Reply reply;
  render_error(exchange.call, failure, reply);
  common_headers(exchange.call, reply);
  return reply;
}

void Service::common_headers(const Call& call, Reply& reply) const {
  reply.headers.add("Date", http_time(call.now));
  reply.headers.add("Server", "sluice");
  reply.headers.add(std::string(call.dialect->prefix) + std::string(call.dialect->words.request_id),
                    call.request_id);
  if (!call.dialect->words.second_id.empty()) {
    reply.headers.add(std::string(call.dialect->prefix) + std::string(call.dialect->words.second_id),
                      call.request_id);
  }
}

std::string Service::pending_uploads() const {
  JsonWriter json;
  json.begin_object().begin_array("uploads");
  for (const Dialect* dialect : dialects()) {
    for (const BucketInfo& bucket : storage_.list_buckets(dialect->name, {}, {}, 100'000).buckets) {
      const BucketRef ref{std::string(dialect->name), bucket.name};
      auto page = storage_.list_uploads(ref, {});
      if (!page) continue;
      for (const UploadInfo& upload : page->uploads) {
        auto parts = storage_.list_parts({ref, upload.key, upload.id}, -1, 10'001);
        json.begin_object()
            .text("dialect", dialect->name)
            .text("bucket", bucket.name)
            .text("key", upload.key);
        json.text("upload_id", upload.id).number("parts", parts ? parts->parts.size() : 0).end_object();
      }
    }
  }
  return json.end_array().end_object().take();
}

}  // namespace sluice::emulator
