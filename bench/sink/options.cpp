// Reads the command line: options.h.
#include "bench/sink/options.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace sink {
namespace {

constexpr const char* kUsage = R"(sink [options]
  -p PORT                   default 9000; 0: any. Always on 127.0.0.1
  -t LOOPS                  event loops, default 1
  -r, --root DIR            serve files DIR/<bucket>/<key>
  -k                        keep uploads under DIR (needs --root); default: discard them
  -5                        compute the MD5 of uploads (ETag, Content-MD5 check)
  --no-meta                 forget uploads altogether (no HEAD, no list of them)
  --tls [--cert-out FILE]   TLS with a fresh self-signed P-256 certificate
  --latency MS              delay before each answer
  --continue MS             delay before 100 Continue
  --cap BYTES_PER_S         bandwidth of each connection, each way
  --total BYTES_PER_S       bandwidth of all connections together, each way
  --rate REQUESTS_PER_S     requests above it are answered 503 SlowDown
  --p503 P --p500 P         probability of 503 SlowDown / 500 per request
  --reset P                 probability that an object's body ends in a TCP reset
  --trunc P                 ... that it ends in a clean close before its length
  --stall P                 ... that it stops for good
  --stall-conns N           one connection in N stops once, amid an object's body
  --stall-ms MS             ... for so long, default 1000
  --seed N                  seed of the faults
while it runs: GET /_sink/stats, /_sink/reset, /_sink/clear, /_sink/quit, /_sink/set?latency=20&cap=5e7&...
tools:
  sink --cat BUCKET KEY     the bytes of a synthetic object
  sink --check BUCKET PATH  compare a file (the first key) or a directory with a synthetic bucket
  sink --make BUCKET DIR    write all objects of a synthetic bucket as files
)";

[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "sink: %s\n", why.c_str());
  std::exit(2);
}

/// The next word, which an option needs.
class Words {
 public:
  Words(int count, char** words) : count_(count), words_(words) {}
  bool more() const { return at_ < count_; }
  std::string next(const std::string& of) {
    if (!more()) refuse(of + " needs a value");
    return words_[at_++];
  }

 private:
  int count_, at_ = 1;
  char** words_;
};

void take(const std::string& word, Words& words, Options& options, Knobs& knobs) {
  const std::map<std::string, bool Options::*> switches = {{"-k", &Options::keep},
                                                           {"-5", &Options::md5},
                                                           {"--tls", &Options::tls},
                                                           {"--no-meta", &Options::forget}};
  if (const auto found = switches.find(word); found != switches.end()) {
    options.*(found->second) = true;
  } else if (word == "-p") {
    options.port = std::atoi(words.next(word).c_str());
  } else if (word == "-t") {
    options.loops = std::max(1, std::atoi(words.next(word).c_str()));
  } else if (word == "-r" || word == "--root") {
    options.root = words.next(word);
  } else if (word == "--cert-out") {
    options.cert_out = words.next(word);
  } else {
    std::string name = word.starts_with("--") ? word.substr(2) : word;
    std::replace(name.begin(), name.end(), '-', '_');
    if (!knobs.set(name, words.more() ? words.next(word) : "0"))
      refuse("unknown option " + word + "; see --help");
  }
}

}  // namespace

void print_usage() {
  std::fputs(kUsage, stdout);
}

Options read_options(int count, char** words, Knobs& knobs) {
  Options options;
  for (Words rest(count, words); rest.more();) {
    const std::string word = rest.next("");
    if (word == "-h" || word == "--help") {
      print_usage();
      std::exit(0);
    }
    take(word, rest, options, knobs);
  }
  if (options.keep && options.root.empty()) refuse("-k needs --root");
  return options;
}

}  // namespace sink
