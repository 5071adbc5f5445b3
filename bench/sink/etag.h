// ETags. One with a dash is no MD5, as those that S3 itself makes of parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_md_ctx_st;

namespace sink {

class Md5 {
 public:
  Md5();
  void update(const char* bytes, std::size_t count);
  /// Ends it.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string synthetic_etag(std::uint64_t size, std::uint64_t base);
/// For bytes that were discarded unread.
std::string made_up_etag(std::uint64_t size);
/// The MD5 of the parts' MD5s and their number; made up when one of them is no MD5.
std::string etag_of_parts(const std::vector<std::string>& parts, std::uint64_t size);

}  // namespace sink
