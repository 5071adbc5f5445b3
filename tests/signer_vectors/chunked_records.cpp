// Bodies in chunks: every signature of the chain, and every byte of the framed body.
#include "io/checksum.h"
#include "io/percent.h"
#include "signers/chunked.h"
#include "signers/digest.h"
#include "signing_case.h"

namespace sluice::signers::vectors {
namespace {

std::string repeated(Json spec) {
  const auto count = static_cast<std::size_t>(number(spec, "count"));
  const std::string unit = text(spec, "repeat");
  std::string data;
  for (std::size_t i = 0; i < count; ++i) data += unit;
  return data;
}

std::string chunk_data(Json chunk) {
  if (find(chunk, "base64")) return base64_decode(text(chunk, "base64")).value_or("");
  return repeated(chunk);
}

io::Headers trailers_of(Json record) {
  io::Headers trailers;
  if (const auto fields = find(record, "trailers"))
    for (const auto [name, value] : fields->get_object())
      trailers.add(std::string(name), std::string(value.get_string().value()));
  return trailers;
}

void check_wire(Problems& problems, Json expect, const std::string& wire) {
  compare(problems, "framed length", std::to_string(number(expect, "wire_len")), std::to_string(wire.size()));
  compare(problems, "framed body's SHA-256", text(expect, "wire_sha256"), sha256_hex(wire));
  if (find(expect, "wire")) compare(problems, "framed body", text(expect, "wire"), wire);
  if (find(expect, "wire_base64"))
    compare(problems, "framed body", text(expect, "wire_base64"), base64(wire));
}

}  // namespace

Problems check_sigv4_chunked(Json record) {
  Problems problems = check_signing(record);  // the head, which is the seed
  const auto expect = find(record, "expect");
  const auto chunks = find(record, "chunks");
  if (!expect || !chunks) return {"the record cannot be understood"};
  const SigningCase c = read_case(record);
  io::Request request = c.request;
  signer(c.scheme)->sign(request, c.context);
  const Verdict head = judge(c, arrived(c, request));
  compare(problems, "seed", text(*expect, "signature"), head.seed_signature);

  const auto chain = [&] {
    return ChunkSigner(c.context.credentials, head.signed_region, head.signed_date, head.seed_signature);
  };
  std::vector<std::string> expected, data;
  for (const Json signature : need(*expect, "chunk_signatures").get_array())
    expected.emplace_back(signature.get_string().value());
  for (const Json chunk : chunks->get_array()) data.push_back(chunk_data(chunk));
  if (expected.size() != data.size() + 1) return {"chunk signatures and chunks do not go together"};

  ChunkSigner signer = chain();
  std::string wire;
  std::uint64_t plain = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    signer.data(std::string_view(data[i]).substr(0, data[i].size() / 3));
    signer.data(std::string_view(data[i]).substr(data[i].size() / 3));
    const std::string signature = signer.end_of_chunk();
    compare(problems, "signature of chunk " + std::to_string(i), expected[i], signature);
    wire.append(chunk_head(data[i].size(), signature)).append(data[i]).append(kChunkEnd);
    plain += data[i].size();
  }
  const std::string last = signer.end_of_chunk();
  compare(problems, "signature of the last chunk", expected.back(), last);
  const io::Headers trailers = trailers_of(record);
  std::string trailer_signature;
  if (!trailers.empty()) {
    trailer_signature = signer.trailer(trailers);
    compare(problems, "signature of the trailer", text(*expect, "trailer_signature"), trailer_signature);
    if (find(*expect, "trailer_string_to_sign"))
      compare(problems, "trailer's text", text(*expect, "trailer_string_to_sign"), signer.string_to_sign());
    ChunkSigner other = chain();
    io::Headers changed = trailers;
    changed.set(trailers.begin()->first, "AAAA");
    if (other.trailer(changed) == trailer_signature)
      problems.push_back("a changed trailer has the same signature");
  }
  wire += last_chunk(trailers, last, trailer_signature);
  check_wire(problems, *expect, wire);
  const std::uint64_t first = data.empty() ? 1 : data.front().size();
  compare(problems, "computed length", std::to_string(wire.size()),
          std::to_string(framed_size(plain, first, trailers, true)));

  for (std::size_t i = 0; i < data.size(); ++i) {
    ChunkSigner other = chain();
    for (std::size_t k = 0; k <= i; ++k) {
      std::string bytes = data[k];
      if (k == i) bytes.back() ^= 1;
      other.data(bytes);
      if ((other.end_of_chunk() == expected[k]) != (k < i))
        problems.push_back("a changed chunk goes unnoticed");
    }
  }
  return problems;
}

Problems check_tos_chunked(Json record) {
  Problems problems;
  const auto expect = find(record, "expect");
  const auto declared = find(record, "declared_length");
  if (!expect || !declared) return {"the record cannot be understood"};
  std::string body = text(record, "body");
  if (const auto spec = find(record, "body"); spec && spec->is_object()) body = repeated(*spec);
  if (find(record, "repeat")) body = repeated(record);
  const io::Headers trailer = {
      {std::string(kTosTrailer), base64(io::checksum_bytes(io::crc64_ecma(0, body)))}};
  const std::size_t chunk = declared->get_bool().value() ? std::max<std::size_t>(1, body.size()) : kTosChunk;

  std::string wire;
  for (std::size_t at = 0; at < body.size(); at += chunk) {
    const auto piece = std::string_view(body).substr(at, chunk);
    wire.append(chunk_head(piece.size())).append(piece).append(kChunkEnd);
  }
  wire += last_chunk(trailer);

  check_wire(problems, *expect, wire);
  compare(problems, "computed length", std::to_string(wire.size()),
          std::to_string(framed_size(body.size(), chunk, trailer, false)));
  if (const auto added = find(*expect, "added_headers")) {
    compare(problems, "payload word", text(*added, "x-tos-content-sha256"), payload::kUnsignedTrailer);
    compare(problems, "trailer's name", text(*added, "x-tos-trailer"), kTosTrailer);
  }
  return problems;
}

}  // namespace sluice::signers::vectors
