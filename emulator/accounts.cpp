// See accounts.h.
#include "emulator/accounts.h"

#include <fcntl.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>

#include "io/time_text.h"

namespace sluice::emulator {
namespace {

std::string member(const simdjson::dom::element& user, const char* name) {
  std::string_view text;
  if (user[name].get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

// From the system's generator, upper case.
std::string random_text(std::size_t letters) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::random_device system;
  std::string text;
  for (std::size_t i = 0; i < letters; ++i) text += kLetters[system() % kLetters.size()];
  return text;
}

Unexpected bad(const std::string& path, const std::string& why) {
  return fail(ErrorKind::config, "keys file " + path + ": " + why,
              "see `sluice serve --help` for its format");
}

}  // namespace

Accounts Accounts::single(std::string access_key, std::string secret_key) {
  Accounts accounts;
  signers::Account account;
  account.credentials.access_key = std::move(access_key);
  account.credentials.secret_key = std::move(secret_key);
  account.name = "sluice";
  accounts.accounts_.push_back(std::move(account));
  return accounts;
}

Result<Accounts> Accounts::load(const std::string& path) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (const auto error = parser.load(path).get(document); error != simdjson::SUCCESS) {
    return bad(path, error == simdjson::IO_ERROR ? "cannot be read" : "is not JSON");
  }
  simdjson::dom::array users;
  if (document["users"].get(users) != simdjson::SUCCESS) return bad(path, "has no array \"users\"");

  Accounts accounts;
  accounts.path_ = path;
  for (const auto user : users) {
    signers::Account account;
    account.credentials.access_key = member(user, "access_key");
    account.credentials.secret_key = member(user, "secret_key");
    account.credentials.security_token = member(user, "token");
    account.name = member(user, "name");
    const std::string& key = account.credentials.access_key;
    if (account.name.empty()) account.name = key;
    const std::string who = "user " + std::to_string(accounts.accounts_.size() + 1);
    if (key.empty()) return bad(path, who + " has no \"access_key\"");
    if (account.credentials.secret_key.empty()) return bad(path, who + " has no \"secret_key\"");
    if (accounts.find(key)) return bad(path, who + " repeats an access key");
    if (const std::string expires = member(user, "expires"); !expires.empty()) {
      const auto time = io::parse_iso_time(expires);
      if (!time) return bad(path, who + ": \"expires\" is not a time like 2030-01-02T03:04:05Z");
      account.expires = std::chrono::floor<std::chrono::seconds>(*time);
    }
    accounts.accounts_.push_back(std::move(account));
  }
  if (accounts.accounts_.empty()) return bad(path, "names no user");

  struct stat facts {};
  if (::stat(path.c_str(), &facts) == 0 && (facts.st_mode & 077) != 0) {
    accounts.warnings_.push_back("keys file " + path + " can be read by others: chmod 600 " + path);
  }
  return accounts;
}

Result<Accounts> Accounts::make(const std::string& path) {
  if (::access(path.c_str(), F_OK) == 0) return load(path);
  const std::string text = "{\"users\": [{\"name\": \"sluice\", \"access_key\": \"SLUICE" + random_text(14) +
                           "\",\n            \"secret_key\": \"" + random_text(40) + "\"}]}\n";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int why = errno;
  if (file >= 0) ::close(file);
  if (!written) return bad(path, std::string("cannot be written: ") + std::strerror(why));
  return load(path);
}

const signers::Account* Accounts::find(const std::string& access_key) const {
  const auto found = std::find_if(accounts_.begin(), accounts_.end(), [&](const signers::Account& account) {
    return account.credentials.access_key == access_key;
  });
  return found == accounts_.end() ? nullptr : &*found;
}

}  // namespace sluice::emulator
