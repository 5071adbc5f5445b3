// What a Store finds out while it works: the clock's offset, whether checksums and unsigned payloads
// are taken, and where buckets live. All members may be called from any worker at any time.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace sluice::engine {

class Learned {
 public:
  enum class Taken { unknown, yes, no };

  std::chrono::seconds clock_offset() const {
    return std::chrono::seconds(offset_.load(std::memory_order_relaxed));
  }
  void set_clock_offset(std::chrono::seconds s) { offset_.store(s.count(), std::memory_order_relaxed); }

  /// S3: checksums of our own, as trailers and at Create.
  Taken checksums() const { return checksums_.load(std::memory_order_relaxed); }
  void set_checksums(Taken taken) { forms_ += checksums_.exchange(taken) != taken; }

  /// S3: UNSIGNED-PAYLOAD is refused, bodies must be hashed first.
  bool wants_signed_payload() const { return signed_payload_.load(std::memory_order_relaxed); }
  void set_wants_signed_payload() { forms_ += !signed_payload_.exchange(true); }

  /// How often one of these two has changed.
  unsigned forms() const { return forms_.load(); }

  /// The region a bucket was found in; empty = the endpoint's.
  std::string region(const std::string& bucket) const {
    std::lock_guard lock(mutex_);
    const auto it = regions_.find(bucket);
    return it == regions_.end() ? std::string() : it->second;
  }
  void set_region(const std::string& bucket, std::string region) {
    std::lock_guard lock(mutex_);
    regions_[bucket] = std::move(region);
  }

 private:
  std::atomic<std::int64_t> offset_{0};
  std::atomic<Taken> checksums_{Taken::unknown};
  std::atomic<bool> signed_payload_{false};
  std::atomic<unsigned> forms_{0};
  mutable std::mutex mutex_;
  std::map<std::string, std::string> regions_;
};

}  // namespace sluice::engine
