// Signing records: our signature is the SDK's, the verifier takes both, and takes neither once a byte of
// the signature, of anything signed, or of the path is changed.
#include <algorithm>
#include <set>

#include "io/percent.h"
#include "signing_case.h"

namespace sluice::signers::vectors {
namespace {

const char* const kRefusals[] = {"accepted",      "malformed",      "unknown key", "mismatch",
                                 "skewed",        "expired",        "region",      "token missing",
                                 "token expired", "unsigned header"};

void expect_accepted(Problems& problems, std::string_view whose, const Verdict& verdict) {
  if (verdict.refusal == Refusal::none && !verdict.anonymous) return;
  problems.push_back(std::string(whose) + " is refused: " + kRefusals[static_cast<int>(verdict.refusal)] +
                     ", " + verdict.message + "\n" + verdict.canonical_request + "\n--\n" +
                     verdict.string_to_sign);
}

/// Fields of an Authorization header whose order and separators are the SDK's own.
std::set<std::string> fields_of(std::string_view authorization) {
  std::set<std::string> fields;
  const auto space = authorization.find(' ');
  fields.emplace(authorization.substr(0, space));
  auto rest = space == authorization.npos ? std::string_view{} : authorization.substr(space + 1);
  while (!rest.empty()) {
    const auto end = rest.find(',');
    auto field = rest.substr(0, end);
    while (field.starts_with(' ')) field.remove_prefix(1);
    fields.emplace(field);
    rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
  }
  return fields;
}

std::string_view signature_parameter(Scheme scheme) {
  switch (scheme) {
    case Scheme::oss_v1:
      return "Signature";
    case Scheme::oss_v4:
      return "x-oss-signature";
    case Scheme::cos:
      return "q-signature";
    case Scheme::tos4:
      return "X-Tos-Signature";
    case Scheme::qingstor:
      return "signature";
    case Scheme::sigv4:
      break;
  }
  return "X-Amz-Signature";
}

/// The bare signature of a signed request.
std::string signature_of(const SigningCase& c, const Received& received) {
  if (c.in_url) return *io::find_query(received.query, signature_parameter(c.scheme));
  const std::string authorization = received.headers.get("Authorization");
  const char* mark = c.scheme == Scheme::oss_v1 || c.scheme == Scheme::qingstor ? ":"
                     : c.scheme == Scheme::cos                                  ? "q-signature="
                                                                                : "Signature=";
  const auto at = authorization.rfind(mark) + std::string_view(mark).size();
  return authorization.substr(at, authorization.find_first_of(", ", at) - at);
}

void flip(char& c) {
  c = c == '1' ? '2' : '1';
}

void set_query(Received& received, io::Query query) {
  received.raw_query = io::format_query(query);
  received.query = std::move(query);
}

struct Tampered {
  std::string what;
  Received request;
};

std::vector<Tampered> tampered(const SigningCase& c, const Received& good) {
  std::vector<Tampered> list;
  const auto next = [&](std::string what) -> Received& {
    list.push_back({std::move(what), good});
    return list.back().request;
  };
  const std::string signature = signature_of(c, good);
  for (const std::size_t at : {std::size_t{0}, signature.size() / 2}) {
    std::string wrong = signature;
    flip(wrong[at]);
    Received& bad = next("a byte of the signature");
    if (c.in_url) {
      io::Query query = bad.query;
      for (auto& [name, value] : query)
        if (name == signature_parameter(c.scheme)) value = wrong;
      set_query(bad, query);
    } else {
      std::string authorization = bad.headers.get("Authorization");
      authorization.replace(authorization.rfind(signature), signature.size(), wrong);
      bad.headers.set("Authorization", authorization);
    }
  }
  Received& other_path = next("the path");
  other_path.path += "x";
  route(c, other_path);
  next("the method").method += "X";
  for (const auto& [field, value] : good.headers) {
    const std::string name = io::lower_case(field);
    if (std::find(c.signed_headers.begin(), c.signed_headers.end(), name) == c.signed_headers.end()) continue;
    Received& changed = next("a byte of header " + name);
    std::string other = value + "x";
    if (!value.empty()) flip(other[0]), other.pop_back();
    changed.headers.set(name, other);
    if (!value.empty()) next("header " + name + " taken away").headers.remove(name);
  }
  if (c.scheme == Scheme::sigv4 || c.scheme == Scheme::tos4)
    next("a header that should be signed")
        .headers.add(c.scheme == Scheme::sigv4 ? "x-amz-meta-intruder" : "x-tos-meta-intruder", "1");
  // COS covers only the parameters it names; the older families only their sub-resources.
  if (c.scheme != Scheme::cos) {
    io::Query more = good.query;
    const bool older = c.scheme == Scheme::oss_v1 || c.scheme == Scheme::qingstor;
    more.emplace_back(older ? "policy" : "intruder", "1");
    set_query(next("one more parameter"), more);
  }
  return list;
}

void check_tampering(Problems& problems, const SigningCase& c, const Received& good) {
  for (const auto& [what, request] : tampered(c, good))
    if (judge(c, request).refusal == Refusal::none) problems.push_back("accepted with a change of " + what);
}

void check_texts(Problems& problems, Json expect, const Verdict& verdict) {
  if (find(expect, "string_to_sign"))
    compare(problems, "string to sign", text(expect, "string_to_sign"), verdict.string_to_sign);
  for (const char* field : {"canonical_request", "http_string"})
    if (find(expect, field)) compare(problems, field, text(expect, field), verdict.canonical_request);
}

void check_header_form(Problems& problems, const SigningCase& c, Json expect) {
  io::Request signed_request = c.request;
  signer(c.scheme)->sign(signed_request, c.context);
  const std::string ours = signed_request.headers.get("Authorization"),
                    theirs = text(expect, "authorization");
  const bool in_fields = c.scheme == Scheme::oss_v4 || c.scheme == Scheme::tos4 || c.scheme == Scheme::sigv4;
  if (!in_fields || fields_of(ours) != fields_of(theirs)) compare(problems, "authorization", theirs, ours);

  Received sdk = arrived(c, c.request);
  if (const auto added = find(expect, "added_headers")) {
    for (const auto [name, value] : added->get_object()) {
      const std::string expected(value.get_string().value());
      sdk.headers.set(name, expected);
      if (io::equal_ignoring_case(name, "host")) compare(problems, "host", expected, signed_request.host);
      // One SDK sends its ISO date a second time, unsigned.
      else if (c.scheme != Scheme::tos4 || !io::equal_ignoring_case(name, "date"))
        compare(problems, name, expected, signed_request.headers.get(name));
    }
  } else {
    for (const auto& [name, value] : signed_request.headers) sdk.headers.set(name, value);
  }
  const Received sent = arrived(c, signed_request);
  const Verdict verdict = judge(c, sent);
  expect_accepted(problems, "our request", verdict);
  check_texts(problems, expect, verdict);
  compare(problems, "signature",
          find(expect, "signature") ? text(expect, "signature") : signature_of(c, sent),
          signature_of(c, sent));
  check_tampering(problems, c, sent);

  sdk.headers.set("Authorization", theirs);
  if (const auto wire = io::parse_url(text(expect, "wire_url"))) {
    sdk.path = wire->path;
    sdk.raw_query = wire->query;
    sdk.query = io::parse_query(wire->query);
    route(c, sdk);
  }
  expect_accepted(problems, "the SDK's request", judge(c, sdk));

  // What our client sends when nobody lists the headers for it.
  SigningCase own = c;
  own.context.signed_headers.clear();
  io::Request default_request = c.request;
  signer(c.scheme)->sign(default_request, own.context);
  expect_accepted(problems, "our request with our own choice of headers",
                  judge(own, arrived(own, default_request)));
}

void check_query_form(Problems& problems, const SigningCase& c, Json expect) {
  io::Request signed_request = c.request;
  signer(c.scheme)->presign(signed_request, c.context, c.lifetime);
  const std::string url = text(expect, "url");
  const auto theirs = io::parse_url(url);
  const auto ours = io::parse_url(signed_request.url());
  if (!theirs || !ours) {
    problems.push_back("not a URL: " + (theirs ? signed_request.url() : url));
    return;
  }
  const auto sorted = [](io::Query query) {
    std::sort(query.begin(), query.end());
    return query;
  };
  const bool same_query = sorted(io::parse_query(theirs->query)) == sorted(io::parse_query(ours->query));
  if (!same_query) compare(problems, "URL's parameters", theirs->query, ours->query);
  compare(problems, "URL's path", io::percent_decode(theirs->path), io::percent_decode(ours->path));
  compare(problems, "URL's host", theirs->host_header(), ours->host_header());
  compare(problems, "URL's scheme", theirs->tls ? "https" : "http", ours->tls ? "https" : "http");

  const Received sent = arrived(c, signed_request);
  const Verdict verdict = judge(c, sent);
  expect_accepted(problems, "our URL", verdict);
  check_texts(problems, expect, verdict);
  compare(problems, "signature", text(expect, "signature"), signature_of(c, sent));
  check_tampering(problems, c, sent);

  Received sdk = arrived(c, c.request);
  sdk.path = theirs->path;
  sdk.raw_query = theirs->query;
  sdk.query = io::parse_query(theirs->query);
  route(c, sdk);
  expect_accepted(problems, "the SDK's URL", judge(c, sdk));
}

}  // namespace

Problems check_signing(Json record) {
  Problems problems;
  const SigningCase c = read_case(record);
  const auto expect = find(record, "expect");
  if (!expect || c.request.host.empty() || c.request.method.empty())
    return {"the record cannot be understood"};
  if (c.in_url)
    check_query_form(problems, c, *expect);
  else
    check_header_form(problems, c, *expect);
  return problems;
}

}  // namespace sluice::signers::vectors
