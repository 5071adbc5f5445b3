// sink: a cheap, neutral S3 server to measure clients against.
//
// It takes any signature, speaks path-style S3 over HTTP/1.1, plain or TLS, and spends as little CPU as
// it can: synthetic objects leave by sendfile from one pattern, uploads are discarded unread, and the
// checksums that uploads declare are believed and answered, as S3 answers them.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/sink/content.h"
#include "bench/sink/loop.h"
#include "bench/sink/tls.h"

namespace sink {
namespace {

constexpr int kBacklog = 4096;
constexpr rlim_t kDescriptors = 1 << 16;

/// A port of 0 becomes the one that the system chose.
int listen_on(int& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(fd, generic, size) != 0 || listen(fd, kBacklog) != 0 || getsockname(fd, generic, &size) != 0) {
    std::perror("sink: listen");
    std::exit(1);
  }
  port = ntohs(address.sin_port);
  return fd;
}

void allow_descriptors() {
  rlimit limit{kDescriptors, kDescriptors};
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void prepare(Shared& shared) {
  const Options& options = shared.options;
  if (!options.root.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(options.root, ignored);
    shared.objects.scan(options.root);
  }
  if (options.tls) shared.tls = make_tls(options.cert_out);
  allow_descriptors();
}

void serve(Shared& shared) {
  Options& options = shared.options;
  std::vector<std::unique_ptr<Loop>> loops;
  for (int i = 0; i < options.loops; ++i)
    loops.push_back(std::make_unique<Loop>(shared, i, listen_on(options.port)));
  std::printf("sink: listening on %s://127.0.0.1:%d\n", options.tls ? "https" : "http", options.port);
  std::fflush(stdout);
  std::vector<std::thread> threads;
  for (const auto& loop : loops) threads.emplace_back([&loop] { loop->run(); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace sink

int main(int count, char** words) {
  signal(SIGPIPE, SIG_IGN);
  if (count == 4) {
    const std::string_view tool = words[1];
    if (tool == "--cat") return sink::print_object(words[2], words[3]);
    if (tool == "--check") return sink::check_files(words[2], words[3]);
    if (tool == "--make") return sink::make_files(words[2], words[3]);
  }
  static sink::Shared shared;
  shared.options = sink::read_options(count, words, shared.knobs);
  sink::prepare(shared);
  sink::serve(shared);
}
