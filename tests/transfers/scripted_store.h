// A store in memory, in the words of any dialect, that can be made to answer as real ones have been
// seen to and the local store never does: no signature is checked, and a hook sees every answer first.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "support/http_server.h"
#include "transfers/fixture.h"

namespace sluice::transfers {

class ScriptedStore {
 public:
  /// Changes an answer before it goes out.
  using Edit = std::function<void(const testing::HttpRequest&, testing::HttpAnswer&)>;

  explicit ScriptedStore(DialectUnderTest dialect, Edit edit = {});

  Store open(Client& client, bool sign_payload = false) const;
  const std::string& bucket() const { return dialect_.bucket; }

  void put(const std::string& key, std::string bytes);
  bool has(const std::string& key) const;
  std::string bytes(const std::string& key) const;
  /// "PUT /bucket/key?query", in the order they came.
  std::vector<std::string> requests() const;

  /// What the store answers as ETag of these bytes; their MD5 unless told otherwise.
  std::function<std::string(const std::string& bytes)> etag_of;
  /// Understands the framing of bodies with trailers and answers the checksum (S3).
  bool knows_trailers = true;
  /// Answers in the store's stead, before anything is done; nothing = the store answers.
  std::function<std::optional<testing::HttpAnswer>(const testing::HttpRequest&)> refuse;
  /// Lists everything, whatever prefix is asked for.
  bool ignores_prefix = false;

 private:
  struct Target {
    std::string key, prefix, upload_id, part;
    bool uploads = false;
  };
  testing::HttpAnswer answer(const testing::HttpRequest& request);
  testing::HttpAnswer read(const testing::HttpRequest& request, const Target& target) const;
  testing::HttpAnswer write(const testing::HttpRequest& request, const Target& target);
  testing::HttpAnswer copied(const std::string& from, const Target& target);
  testing::HttpAnswer post(const Target& target);
  std::string listing(const std::string& prefix) const;
  Target target_of(const std::string& target) const;

  const DialectUnderTest dialect_;
  const Edit edit_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> objects_;
  std::map<std::string, std::map<int, std::string>> uploads_;
  std::vector<std::string> requests_;
  testing::HttpServer server_;  // last: it calls into the others
};

/// "x-amz-" and its kin.
std::string header_prefix(const std::string& scheme);

}  // namespace sluice::transfers
