// What was asked, sent and dealt since the last reset. Written by every loop.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace sink {

enum class Operation {
  get,
  head,
  put,
  upload_part,
  create_upload,
  complete_upload,
  abort_upload,
  list_parts,
  list_uploads,
  list,
  delete_,
  delete_many,
  copy,
  bucket,
  other,
};
inline constexpr std::size_t kOperations = 15;

class Counter {
 public:
  void add(std::uint64_t value = 1) { value_.fetch_add(value, std::memory_order_relaxed); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct Counters {
  Counter requests, body_out, body_in, connections;
  Counter slowdowns;  ///< 503 of the rate
  Counter f503, f500, resets, truncs, stalls;
  Counter pauses;  ///< connections that stopped for a while
  Counter s4xx, s5xx;
  Counter early_close;  ///< by the client, amid a request or an answer
  std::array<Counter, kOperations> operations;
  std::atomic<std::int64_t> open{0}, most_open{0};

  void count(Operation operation) { operations[static_cast<std::size_t>(operation)].add(); }
  void opened();
  void closed() { open.fetch_sub(1); }
  void reset();
  std::string json(std::size_t open_uploads) const;
};

}  // namespace sink
