// The TLS listener, spoken to by OpenSSL itself.
#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_fixture.h"

namespace sluice::emulator::test {
namespace {

// A self-signed certificate for 127.0.0.1, made anew: nothing in the tree can expire.
void write_certificate(const std::string& certificate, const std::string& key) {
  EVP_PKEY* pair = EVP_EC_gen("P-256");
  X509* cert = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
  X509_set_pubkey(cert, pair);
  const auto* common = reinterpret_cast<const unsigned char*>("127.0.0.1");
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, common, -1, -1, 0);
  X509_set_issuer_name(cert, X509_get_subject_name(cert));
  X509_sign(cert, pair, EVP_sha256());
  FILE* file = std::fopen(certificate.c_str(), "w");
  PEM_write_X509(file, cert);
  std::fclose(file);
  file = std::fopen(key.c_str(), "w");
  PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(cert);
  EVP_PKEY_free(pair);
}

class ServerTls : public ServerTest {
 protected:
  void SetUp() override {
    options_.tls_certificate = directory_ / "cert.pem";
    options_.tls_key = directory_ / "key.pem";
    write_certificate(options_.tls_certificate, options_.tls_key);
  }

  // What comes back until `bytes` of body have come, or the connection ends.
  std::string exchange(const std::string& request, std::size_t bytes) {
    const int raw = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(raw, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL* tls = SSL_new(context);
    SSL_set_fd(tls, raw);
    std::string answer;
    if (SSL_connect(tls) == 1 && SSL_write(tls, request.data(), static_cast<int>(request.size())) ==
                                     static_cast<int>(request.size())) {
      char buffer[16 * 1024];
      int count = 0;
      while ((count = SSL_read(tls, buffer, sizeof buffer)) > 0) {
        answer.append(buffer, static_cast<std::size_t>(count));
        const auto head = answer.find("\r\n\r\n");
        if (head != std::string::npos && answer.size() - head - 4 >= bytes) break;
      }
    }
    SSL_free(tls);
    SSL_CTX_free(context);
    ::close(raw);
    return answer;
  }
};

TEST_F(ServerTls, CarriesBodiesBothWays) {
  start();
  const std::string body = bytes_of(1'500'000, 9);
  const std::string made = exchange(head({.method = "PUT", .path = "/bucket"}), 0);
  ASSERT_TRUE(made.starts_with("HTTP/1.1 200")) << made;
  const Ask put{.method = "PUT", .path = "/bucket/k", .body = body};
  ASSERT_TRUE(exchange(head(put) + body, 0).starts_with("HTTP/1.1 200"));

  const std::string got = exchange(head({.path = "/bucket/k"}), body.size());

  EXPECT_EQ(got.substr(got.find("\r\n\r\n") + 4), body);
}

TEST_F(ServerTls, PlainTextIsNoRequest) {
  start();
  Wire wire(server_->port());
  wire.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_EQ(wire.receive().status, 0);
}

TEST_F(ServerTls, AMissingCertificateIsNamed) {
  options_.tls_certificate = "/nowhere/cert.pem";
  const auto server = Server::start(options_);
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().message.find("/nowhere/cert.pem"), std::string::npos);
}

}  // namespace
}  // namespace sluice::emulator::test
