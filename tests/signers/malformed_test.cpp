// Garbage in place of signatures: refused, never a crash, never taken for a signature. Seeds are fixed.
#include <gtest/gtest.h>

#include <random>

#include "support.h"

namespace sluice::signers {
namespace {

using namespace std::chrono_literals;
using namespace testing;

class Garbage {
 public:
  explicit Garbage(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  std::string bytes(std::size_t most) {
    std::string text(below(most + 1), '\0');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }
  /// `text` with a few bytes changed, taken out, doubled, or cut off.
  std::string damage(std::string text) {
    for (std::size_t n = 1 + below(4); n > 0 && !text.empty(); --n) {
      const auto at = below(text.size());
      switch (below(5)) {
        case 0:
          text[at] = static_cast<char>(random_());
          break;
        case 1:
          text.erase(at, 1 + below(8));
          break;
        case 2:
          text.insert(at, text.substr(at, below(20)));
          break;
        case 3:
          text.resize(at);
          break;
        default:
          text.insert(at, std::string(1, ",;=/ &:\t"[below(8)]));
          break;
      }
    }
    return text;
  }

 private:
  std::mt19937 random_;
};

std::string without_blanks(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == ','; });
  return text;
}

TEST(Malformed, DamagedAuthorizationsAreNeverTaken) {
  const Server server;
  Garbage garbage(20231114);
  int refused = 0;
  for (int n = 0; n < 4000; ++n) {
    for (const Scheme scheme : kSchemes) {
      Received request = signed_put(scheme);
      const std::string good = request.headers.get("Authorization");
      const std::string bad = garbage.damage(good);
      // Blanks and commas between fields mean nothing, nor does the order or repetition of names in a list.
      if (without_blanks(bad) == without_blanks(good)) continue;
      request.headers.set("Authorization", bad);
      const Verdict verdict = server.verify(request);
      if (verdict.refusal != Refusal::none || verdict.anonymous) {
        ++refused;
        continue;
      }
      const auto secret_part = good.substr(good.find_last_of(":=", good.size() - 8) + 1);
      EXPECT_NE(bad.find(secret_part), std::string::npos) << name(scheme) << "\n" << good << "\n" << bad;
    }
  }
  EXPECT_GT(refused, 10000);
}

TEST(Malformed, RandomBytesAfterEveryKnownWordAreRefused) {
  const Server server;
  Garbage garbage(42);
  for (int n = 0; n < 3000; ++n) {
    for (const char* word : {"AWS4-HMAC-SHA256 ", "TOS4-HMAC-SHA256 ", "OSS4-HMAC-SHA256 ", "OSS ", "QS ",
                             "q-sign-algorithm=", ""}) {
      Received request = arrived(put_request(Scheme::sigv4));
      request.headers.add("Authorization", word + garbage.bytes(120) + "x");
      const Verdict verdict = server.verify(request);
      EXPECT_NE(verdict.refusal, Refusal::none);
      EXPECT_FALSE(verdict.anonymous);
    }
  }
}

TEST(Malformed, DamagedUrlsAreNeverTaken) {
  const Server server;
  Garbage garbage(7);
  for (int n = 0; n < 3000; ++n) {
    for (const Scheme scheme : kSchemes) {
      Received request = presigned_put(scheme, 1h);
      const io::Query good = request.query;
      request.raw_query = garbage.damage(request.raw_query);
      request.query = io::parse_query(request.raw_query);
      const Verdict verdict = server.verify(request);
      if (verdict.refusal != Refusal::none || verdict.anonymous) continue;
      // Taken only if everything that this family signs came through.
      for (const auto& [key, value] : good) {
        if (scheme == Scheme::oss_v1 || scheme == Scheme::qingstor || scheme == Scheme::cos) continue;
        const auto* now = io::find_query(request.query, key);
        EXPECT_TRUE(now && *now == value) << name(scheme) << " " << request.raw_query;
      }
    }
  }
}

TEST(Malformed, DatesAndDatelessRequestsAreRefused) {
  const Server server;
  Garbage garbage(99);
  for (const Scheme scheme :
       {Scheme::oss_v1, Scheme::oss_v4, Scheme::tos4, Scheme::qingstor, Scheme::sigv4}) {
    for (int n = 0; n < 500; ++n) {
      Received request = signed_put(scheme);
      for (const char* field : {"Date", "x-amz-date", "x-oss-date", "x-tos-date"})
        if (request.headers.has(field))
          request.headers.set(field, n == 0 ? "" : garbage.damage(request.headers.get(field)) + "?");
      EXPECT_NE(server.verify(request).refusal, Refusal::none) << name(scheme);
    }
  }
}

}  // namespace
}  // namespace sluice::signers
