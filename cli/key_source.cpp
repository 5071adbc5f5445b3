#include "cli/key_source.h"

#include <fmt/format.h>

#include "cli/credential_process.h"
#include "cli/metadata.h"
#include "cli/text_file.h"
#include "cli/vendors.h"

namespace sluice::cli {
namespace {

/// Names of the three, for messages, and what was found under them.
struct Triple {
  Setting access, secret, token;
  std::string access_name, secret_name;
};

Result<bool> take_pair(StoreSettings& store, const Triple& from) {
  if (!from.access.value.empty() && !from.secret.value.empty()) {
    store.access_key = from.access;
    store.secret_key = from.secret;
    if (!from.token.value.empty()) store.security_token = from.token;
    return true;
  }
  const bool has_access = !from.access.value.empty();
  return fail(ErrorKind::config,
              fmt::format("{} is set but {} is not", has_access ? from.access_name : from.secret_name,
                          has_access ? from.secret_name : from.access_name),
              "a key pair is taken whole from one place");
}

Result<bool> take_asked(StoreSettings& store, AskedKeys& asked, const std::string& whom,
                        CredentialsProvider ask) {
  Result<AskedKeys::Answer> answer = asked.of(whom, std::move(ask));
  if (!answer) return unexpected(answer.error());
  const Credentials& keys = answer->keys;
  store.access_key = {keys.access_key, whom};
  store.secret_key = {keys.secret_key, whom};
  if (!keys.security_token.empty()) store.security_token = {keys.security_token, whom};
  store.expires = keys.expires;
  store.renew = answer->ask;
  return true;
}

Result<bool> profile_keys(const KeySearch& search, const ProfileInUse& profile, StoreSettings& store) {
  if (!profile.table) return false;
  const std::string where = fmt::format(" of {} in {}", profile.title, profile.file);
  const Triple keys{profile.get("access_key"), profile.get("secret_key"), profile.get("security_token"),
                    "access_key" + where, "secret_key" + where};
  if (keys.access.set() || keys.secret.set()) return take_pair(store, keys);
  if (keys.token.set())
    return fail(ErrorKind::config, "security_token" + where + " stands without access_key and secret_key");
  const Setting process = profile.get("credential_process");
  if (!process.set()) return false;
  if (!search.in.asked) {
    store.not_asked = {"credential_process", process.origin};
    return true;
  }
  return take_asked(store, *search.in.asked, "credential_process of " + process.origin,
                    [command = process.value] { return run_credential_process(command); });
}

Result<bool> named_profile_keys(const KeySearch& search, StoreSettings& store) {
  return profile_keys(search, search.named, store);
}

Result<bool> environment_keys(const KeySearch& search, StoreSettings& store) {
  const auto variable = [&](const std::string& name) {
    const auto value = search.in.env(name);
    return value ? Setting{*value, "environment " + name} : Setting{};
  };
  for (const KeyNames& names : vendor_of(store.scheme).keys) {
    Triple keys{variable(names.access), variable(names.secret), {}, names.access, names.secret};
    if (!keys.access.set() && !keys.secret.set()) continue;
    for (const std::string& token : names.tokens)
      if (!keys.token.set()) keys.token = variable(token);
    return take_pair(store, keys);
  }
  return false;
}

Result<bool> implied_profile_keys(const KeySearch& search, StoreSettings& store) {
  return profile_keys(search, search.implied, store);
}

/// Their warnings are told from here on only: before, nobody needs these files.
Result<bool> vendor_file_keys(const KeySearch& search, StoreSettings& store) {
  for (const VendorFile& file : search.files) {
    store.warnings.insert(store.warnings.end(), file.warnings.begin(), file.warnings.end());
    const VendorProfile* profile = file.profile();
    if (!profile) continue;
    store.warnings.insert(store.warnings.end(), profile->warnings.begin(), profile->warnings.end());
    if (file.others_may_read && profile->values.contains("secret_key"))
      store.warnings.push_back(exposed_file_warning(file.path));
  }
  for (const ProfileInUse& profile : search.vendors) {
    const Result<bool> found = profile_keys(search, profile, store);
    if (!found || *found) return found;
  }
  return false;
}

Result<bool> metadata_keys(const KeySearch& search, StoreSettings& store) {
  const auto query = metadata_query(search.in.env, store.scheme);
  if (!query) return false;
  if (!search.in.asked) {
    store.not_asked = {"metadata service", query->text()};
    return true;
  }
  const Result<bool> found =
      take_asked(store, *search.in.asked, query->text(), [query = *query] { return ask_metadata(query); });
  // Most machines have none: that is no failure, but worth a word to whom nobody gave keys.
  if (!found) store.not_asked = {"", found.error().describe()};
  return found && *found;
}

constexpr KeySource kOrder[] = {named_profile_keys, environment_keys, implied_profile_keys, vendor_file_keys,
                                metadata_keys};

}  // namespace

Setting ProfileInUse::get(const std::string& key) const {
  if (!table) return {};
  const auto found = table->find(key);
  if (found == table->end()) return {};
  return {found->second.text, fmt::format("{}, {}:{}", title, file, found->second.line)};
}

Result<AskedKeys::Answer> AskedKeys::of(const std::string& whom, CredentialsProvider ask) {
  std::lock_guard lock(mutex_);
  const auto known = answers_.find(whom);
  const bool holds =
      known != answers_.end() &&
      (!known->second.keys.expires || *known->second.keys.expires > std::chrono::system_clock::now());
  if (holds) return known->second;
  Result<Credentials> keys = ask();
  if (!keys) return unexpected(keys.error());
  Answer& answer = answers_[whom];
  answer.keys = *std::move(keys);
  if (!answer.ask) answer.ask = std::make_shared<CredentialsProvider>(std::move(ask));
  return answer;
}

Result<void> find_keys(const KeySearch& search, StoreSettings& store) {
  for (const KeySource source : kOrder) {
    const Result<bool> found = source(search, store);
    if (!found) return unexpected(found.error());
    if (*found) break;
  }
  return {};
}

}  // namespace sluice::cli
