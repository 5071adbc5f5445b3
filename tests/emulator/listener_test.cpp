#include "emulator/listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace sluice::emulator {
namespace {

/// A client that comes and goes; nobody may be there any more.
void knock(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  (void)::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::close(fd);
}

TEST(Network, StopsWhileClientsComeIn) {
  for (int round = 0; round < 300; ++round) {
    std::atomic<int> served{0};
    Network network(4, std::chrono::seconds(60));
    const auto port = network.listen("127.0.0.1", 0, false, [&served](Stream&) -> Task<> {
      ++served;
      co_return;
    });
    ASSERT_TRUE(port) << port.error().describe();
    network.start();
    std::atomic<bool> enough{false};
    std::thread clients([&] {
      while (!enough) knock(*port);
    });
    while (served < 3) std::this_thread::yield();

    network.stop();

    enough = true;
    clients.join();
  }
}

}  // namespace
}  // namespace sluice::emulator
