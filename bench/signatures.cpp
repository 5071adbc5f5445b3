// signatures SCHEME COUNT: signs a request so many times and ends, for bench/instructions to count. A
// Google Benchmark would choose the number of times itself, by the clock.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/part_request.h"

namespace {

using namespace sluice::signers;

int sign(Scheme scheme, long count) {
  const auto one = signer(scheme);
  const auto with = sluice::bench::sign_context();
  auto request = sluice::bench::part_request();
  for (long i = 0; i < count; ++i) one->sign(request, with);  // replaces the signature before
  return request.headers.has("Authorization") ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  for (const Scheme scheme :
       {Scheme::sigv4, Scheme::tos4, Scheme::oss_v4, Scheme::oss_v1, Scheme::cos, Scheme::qingstor})
    if (count == 3 && std::string_view(words[1]) == name(scheme)) return sign(scheme, std::atol(words[2]));
  std::fputs("usage: signatures sigv4|tos4|oss-v4|oss-v1|cos|qingstor COUNT\n", stderr);
  return 2;
}
