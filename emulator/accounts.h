// Accounts: the access keys that the store knows. The file's format stands in server.h.
// Immutable once loaded; any thread may look up.
#pragma once

#include <string>
#include <vector>

#include "signers/verifier.h"
#include "sluice/result.h"

namespace sluice::emulator {

class Accounts {
 public:
  /// Errors name the file and the user, never a secret.
  static Result<Accounts> load(const std::string& path);
  static Accounts single(std::string access_key, std::string secret_key);
  /// A random pair, kept in `path` (0600) and found there again.
  static Result<Accounts> make(const std::string& path);

  const signers::Account* find(const std::string& access_key) const;
  const signers::Account& first() const { return accounts_.front(); }
  const std::string& path() const { return path_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::vector<signers::Account> accounts_;
  std::string path_;
  std::vector<std::string> warnings_;
};

}  // namespace sluice::emulator
