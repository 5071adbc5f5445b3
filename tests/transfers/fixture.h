// A local store in this process, a client against it, and files to move. One loop over the dialects:
//   for (const auto& d : kDialects) { Place place(d); ... }
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "emulator/server.h"
#include "sluice/client.h"

namespace sluice::transfers {

inline constexpr std::uint64_t kKiB = 1024, kMiB = 1024 * kKiB;

struct DialectUnderTest {
  std::string scheme;
  std::string bucket;
  std::uint64_t part;  ///< a part size the store takes
};
inline const std::vector<DialectUnderTest> kDialects{
    {"oss", "sluice-test", 1 * kMiB}, {"cos", "sluice-test-1250000000", 1 * kMiB},
    {"tos", "sluice-test", 5 * kMiB}, {"qs", "sluice-test", 4 * kMiB},
    {"s3", "sluice-test", 5 * kMiB},
};
const DialectUnderTest& dialect(const std::string& scheme);

/// A directory that is gone with the object.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  std::string path(const std::string& name = {}) const { return name.empty() ? path_ : path_ + "/" + name; }

 private:
  std::string path_;
};

/// Bytes that differ everywhere, the same for the same seed.
std::string bytes_of(std::uint64_t size, std::uint64_t seed = 1);
void write_file(const std::string& path, const std::string& bytes);
std::string read_file(const std::string& path);
/// A big file, written piece by piece.
void write_big_file(const std::string& path, std::uint64_t size, std::uint64_t seed = 1);
/// True when both hold the same bytes; constant memory.
bool same_files(const std::string& a, const std::string& b);

struct LocalStoreOptions {
  std::string faults;  ///< the text of a faults file
  bool tls = false;
  std::int64_t clock_offset_seconds = 0;
  std::vector<std::pair<std::string, std::string>> regions;
  std::string keys{};  ///< the text of a keys file; empty = the one account below
};

class LocalStore {
 public:
  explicit LocalStore(LocalStoreOptions options = {});
  ~LocalStore();

  std::string endpoint() const;
  std::string ca_file() const;
  /// The admin port's answer.
  std::string admin(const std::string& path) const;
  /// What a URL of this store answers to anybody, by a plain GET of exactly that URL.
  std::string fetch(const std::string& url) const;
  /// Part requests that began after the store had acknowledged the part: must be none.
  std::uint64_t parts_sent_again() const;
  std::uint64_t pending_uploads() const;
  std::uint64_t connections() const;
  std::uint64_t requests(const std::string& dialect, const std::string& operation) const;
  /// How many of each were made, as "oss get_object".
  std::map<std::string, std::uint64_t> requests() const;
  void reset_counters() const;
  const TempDir& dir() const { return dir_; }

  static constexpr const char* kAccessKey = "AKTRANSFERS0000000001";
  static constexpr const char* kSecretKey = "secretsecretsecretsecretsecret01";

 private:
  /// When every request that was begun has been counted at its end as well, which is after its answer.
  std::string settled_counters() const;

  TempDir dir_;
  bool tls_ = false;
  std::unique_ptr<emulator::Server> server_;
};

ClientOptions client_options(const TempDir& dir);
StoreOptions store_options(const LocalStore& store, const DialectUnderTest& d);

/// A client with its own state directory and a bucket in every dialect.
struct Place {
  explicit Place(LocalStoreOptions options = {}, std::function<void(ClientOptions&)> change = {});
  LocalStore local;
  TempDir dir;
  ClientOptions options;
  std::unique_ptr<Client> client;

  Store store(const DialectUnderTest& d);
  void reopen();  ///< a new client on the same state directory
};

/// Fails the test with the error's own words.
template <class T>
T must(Result<T> result, const char* what = "") {
  // Thrown, so that a test ends here; GoogleTest reports it as a failure.
  if (!result) throw std::runtime_error(what + result.error().describe());
  return std::move(result).value();
}
inline void must(const Result<void>& result, const char* what = "") {
  if (!result) throw std::runtime_error(what + result.error().describe());
}

}  // namespace sluice::transfers
