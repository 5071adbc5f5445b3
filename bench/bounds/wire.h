// Blocking HTTP/1.1 over one socket, as little as the wire needs: what rawget and rawput share.
//
// A mistake ends the process: these programs only measure.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

struct ssl_st;

namespace bounds {

[[noreturn]] void die(const std::string& what);     ///< with errno's words
std::uint64_t parse_size(const std::string& text);  ///< 8m, 512k, 4g
/// "k0000000017", as synthetic buckets name their objects.
std::string numbered_key(std::uint64_t index);

/// From now on every connection is TLS and trusts this file alone.
void use_tls(const std::string& ca_file);

/// A connection to "127.0.0.1:9000".
class Wire {
 public:
  explicit Wire(const std::string& host_and_port);
  ~Wire();
  Wire(const Wire&) = delete;

  int socket() const { return socket_; }
  ssize_t receive(char* into, std::size_t count, int flags);  ///< into null: discard
  void send(const char* bytes, std::size_t count, int flags = 0);
  void send(const std::string& text, int flags = 0) { send(text.data(), text.size(), flags); }

 private:
  int socket_ = -1;
  ssl_st* tls_ = nullptr;
};

/// Reads answers; what came after a head waits for body().
class Answers {
 public:
  explicit Answers(Wire& wire) : wire_(wire), buffer_(65536) {}

  /// At most `at_most` bytes a read, so that little of the body comes along.
  void read_head(std::size_t at_most = 65536);
  /// Ends the process unless the head says so.
  void expect(int status) const;
  std::uint64_t length() const { return length_; }
  /// A header's value, by its exact name; empty = none.
  std::string header(const std::string& name) const;

  /// What came with the head, at most the body.
  std::size_t pending() const;
  const char* take_pending(std::size_t count);
  /// The body, or what is left of it after take_pending; into null: discard.
  void read_body(char* into);

 private:
  Wire& wire_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, end_ = 0;
  std::string head_;
  int status_ = 0;
  std::uint64_t length_ = 0, left_ = 0;
};

/// Calls `work` on as many threads and waits for all.
template <class Work>
void on_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
}

/// Bytes, CPU, memory and faults of this process, to standard error.
void report(const char* program, std::uint64_t bytes);

}  // namespace bounds
