// How long a page of a list takes to decode, a thousand keys at a time: the work per key that stands
// between a bucket and a tree transfer.
#include <benchmark/benchmark.h>

#include <string>

#include "engine/codec_decode.h"

namespace {

using namespace sluice::engine;

std::string xml_page(int keys, bool encoded) {
  std::string body =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult><Name>bucket1</Name>"
      "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>t</NextContinuationToken>";
  for (int i = 0; i < keys; ++i)
    body += std::string("<Contents><Key>") +
            (encoded ? "some%2Fdirectory%2Fof%20files%2F" : "some-directory-of-files-") +
            std::to_string(1'000'000 + i) +
            ".parquet</Key><LastModified>2023-11-14T22:13:20.000Z</LastModified>"
            "<ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>" +
            std::to_string(4096 + i) + "</Size><StorageClass>STANDARD</StorageClass></Contents>";
  return body + "</ListBucketResult>";
}

std::string tos_page(int keys) {
  std::string body =
      R"({"Name":"bucket1","EncodingType":"url","IsTruncated":true,"NextContinuationToken":"t","Contents":[)";
  for (int i = 0; i < keys; ++i)
    body +=
        (i ? "," : "") + std::string(R"({"Key":"some%2Fdirectory%2Fof%20files%2F)") +
        std::to_string(1'000'000 + i) +
        R"(.parquet","LastModified":"2023-11-14T22:13:20.000Z","ETag":"\"0123456789abcdef0123456789abcdef\"","Size":)" +
        std::to_string(4096 + i) + R"(,"StorageClass":"STANDARD","HashCrc64Ecma":"11051210869376104954"})";
  return body + "]}";
}

std::string qingstor_page(int keys) {
  std::string body = R"({"name":"bucket1","has_more":true,"next_marker":"m","keys":[)";
  for (int i = 0; i < keys; ++i)
    body +=
        (i ? "," : "") + std::string(R"({"key":"some/directory/of files/)") + std::to_string(1'000'000 + i) +
        R"(.parquet","size":)" + std::to_string(4096 + i) +
        R"(,"etag":"\"0123456789abcdef0123456789abcdef\"","mime_type":"application/octet-stream",)"
        R"("created":"2023-11-14T22:13:20.000Z","modified":1700000000,"encrypted":false,"storage_class":"STANDARD"})";
  return body + "]}";
}

void decode(benchmark::State& state, const Dialect& dialect, const std::string& body) {
  constexpr int kKeys = 1000;
  sluice::Result<ListPage> page = ListPage();
  for (auto _ : state) {
    page = decode::list(dialect, body, std::move(page->objects));
    if (!page || page->objects.size() != kKeys) {
      state.SkipWithError("the page was not decoded");
      break;
    }
    benchmark::DoNotOptimize(page);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * kKeys);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(body.size()));
}

BENCHMARK_CAPTURE(decode, s3, kS3, xml_page(1000, false));
BENCHMARK_CAPTURE(decode, s3_encoded, kS3, xml_page(1000, true));
BENCHMARK_CAPTURE(decode, oss, kOss, xml_page(1000, true));
BENCHMARK_CAPTURE(decode, tos, kTos, tos_page(1000));
BENCHMARK_CAPTURE(decode, qingstor, kQingStor, qingstor_page(1000));

}  // namespace
