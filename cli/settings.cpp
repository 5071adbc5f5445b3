// Looks settings up in their order: settings.h.
#include "cli/settings.h"

#include <fmt/format.h>

#include "cli/config_edit.h"
#include "cli/key_source.h"
#include "cli/units.h"
#include "cli/vendors.h"

namespace sluice::cli {
namespace {

std::string side_prefix(Side side) {
  return side == Side::source ? "src_" : side == Side::target ? "dst_" : std::string();
}

std::string flag_text(std::string name) {
  for (char& c : name)
    if (c == '_') c = '-';
  return "--" + name;
}

Setting from_args(const Args& args, const std::string& name, Side side) {
  for (const std::string& each : {side_prefix(side) + name, name})
    if (args.has(each)) return {args.get(each), flag_text(each)};
  return {};
}

Setting from_env(const Environment& env, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (const auto value = env(name)) return {*value, "environment " + name};
  return {};
}

/// What was measured of these stores, in their order.
std::vector<const MeasuredStore*> measured_of(const Measured& measured,
                                              const std::vector<StoreSettings>& stores) {
  std::vector<const MeasuredStore*> found;
  for (const StoreSettings& store : stores)
    for (const MeasuredStore& each : measured.stores)
      if (each.same_store({store.scheme, store.endpoint.value, store.region.value, {}, {}}))
        found.push_back(&each);
  return found;
}

Setting from_measured(const MeasuredStore& measured, const std::string& file, const std::string& name) {
  const auto found = measured.values.find(name);
  if (found == measured.values.end()) return {};
  return {found->second.text, fmt::format("measured {}, {}:{}", measured.measured, file, found->second.line)};
}

ProfileInUse profile_of(const Config& config, const std::string& name, const ConfigTable& table) {
  return {name, "profile " + name, config.file, &table};
}

/// A choice that came from a file is a mistake of the configuration; from an option, of usage.
Unexpected bad_value(const Setting& setting, const std::string& what) {
  const bool option = setting.origin.starts_with("--");
  Error error = make_error(option ? ErrorKind::argument : ErrorKind::config, what);
  error.operation = setting.origin;
  return unexpected(std::move(error));
}

/// The profile that the user asked for, which must exist and fit the scheme.
Result<ProfileInUse> named_profile(const Lookup& in, const std::string& scheme,
                                   const std::string& url_profile, Side side) {
  Setting name{url_profile, url_profile.empty() ? "" : "the URL"};
  if (!name.set()) name = from_args(in.args, "profile", side);
  if (!name.set()) name = from_env(in.env, {"SLUICE_PROFILE"});
  if (!name.set()) return ProfileInUse{};
  const auto found = in.config.profiles.find(name.value);
  if (found == in.config.profiles.end() && !is_profile_name(name.value))
    return bad_value(name, fmt::format("\"{}\" is no profile name; they have letters, digits, '-', '_' and '.'",
                                       printable(name.value)));
  if (found == in.config.profiles.end())
    return fail(ErrorKind::config,
                fmt::format("there is no profile \"{}\" (named by {}) in {}", printable(name.value),
                            name.origin, in.config.file),
                fmt::format("write it as [profiles.{}]", printable(name.value)));
  const auto configured = found->second.find("scheme");
  if (configured != found->second.end() && !same_dialect(configured->second.text, scheme))
    return fail(ErrorKind::config, fmt::format("{}: profile \"{}\" is for {}://, not for {}://",
                                               in.config.place(configured->second), name.value,
                                               printable(configured->second.text), scheme));
  return profile_of(in.config, name.value, found->second);
}

/// The profile called like the scheme, used without being asked for.
ProfileInUse implied_profile(const Config& config, const std::string& scheme) {
  for (const auto& [name, table] : config.profiles) {
    if (known_scheme(name) != scheme) continue;
    const auto configured = table.find("scheme");
    if (configured == table.end() || same_dialect(configured->second.text, scheme))
      return profile_of(config, name, table);
  }
  return {};
}

/// QingStor's SDKs give an endpoint in three variables.
Setting endpoint_in_pieces(const Environment& env, const std::string& scheme) {
  if (scheme != "qs" && scheme != "ois") return {};
  for (const std::string prefix : {scheme == "ois" ? "OIS" : "QINGSTOR", "QINGSTOR"}) {
    const auto host = env(prefix + "_HOST");
    if (!host) continue;
    const std::string port = env(prefix + "_PORT").value_or("");
    const std::string protocol = env(prefix + "_PROTOCOL").value_or("https");
    return {protocol + "://" + *host + (port.empty() ? "" : ":" + port), "environment " + prefix + "_HOST"};
  }
  return {};
}

/// Those profiles of the vendor's files that its own tools would take.
std::vector<ProfileInUse> vendor_profiles(const std::vector<VendorFile>& files) {
  std::vector<ProfileInUse> profiles;
  for (const VendorFile& file : files)
    if (const VendorProfile* each = file.profile())
      profiles.push_back(
          {"", each->name == "default" ? file.tool : file.tool + " " + each->name, file.path, &each->values});
  return profiles;
}

Setting from_vendors(const std::vector<ProfileInUse>& profiles, const std::string& name) {
  for (const ProfileInUse& profile : profiles)
    if (Setting found = profile.get(name); found.set()) return found;
  return {};
}

Result<bool> truth(const Setting& setting) {
  if (!setting.set() || setting.value == "false") return false;
  if (setting.value == "true") return true;
  return bad_value(setting, fmt::format("\"{}\" is neither true nor false", printable(setting.value)));
}

}  // namespace

Result<StoreSettings> resolve_store(const Lookup& in, const std::string& scheme,
                                    const std::string& url_profile, Side side) {
  StoreSettings store;
  store.scheme = scheme;
  Result<ProfileInUse> named = named_profile(in, scheme, url_profile, side);
  if (!named) return unexpected(named.error());
  const ProfileInUse implied = named->table ? ProfileInUse{} : implied_profile(in.config, scheme);
  store.profile = named->table ? named->name : implied.name;

  const std::vector<VendorFile> files = read_vendor_files(in.env, scheme);
  const std::vector<ProfileInUse> theirs = vendor_profiles(files);
  const Vendor& vendor = vendor_of(scheme);
  const auto look = [&](const std::string& name, const std::vector<std::string>& variables) {
    Setting found = from_args(in.args, name, side);
    if (!found.set()) found = named->get(name);
    if (!found.set()) found = from_env(in.env, variables);
    if (!found.set() && name == "endpoint") found = endpoint_in_pieces(in.env, scheme);
    if (!found.set()) found = implied.get(name);
    return found;
  };
  const auto fill_up = [&](Setting& setting, const std::string& name) {
    if (!setting.set() && !named->table) setting = from_vendors(theirs, name);
  };
  store.endpoint = look("endpoint", vendor.endpoints);
  store.region = look("region", vendor.regions);
  store.addressing = look("addressing", {});
  store.appid = look("appid", vendor.appids);
  store.sign_payload = look("sign_payload", {});
  store.oss_v1 = look("oss_v1", {});
  // Another region than theirs is not behind their endpoint.
  if (!store.region.set() || !vendor.endpoints_are_regional) fill_up(store.endpoint, "endpoint");
  fill_up(store.region, "region");
  fill_up(store.appid, "appid");

  if (Result<void> found = find_keys({in, *named, implied, files, theirs}, store); !found)
    return unexpected(found.error());
  return store;
}

Result<StoreOptions> store_options(const StoreSettings& from, const Config& config) {
  StoreOptions to;
  to.scheme = from.scheme;
  to.endpoint = from.endpoint.value;
  to.region = from.region.value;
  to.appid = from.appid.value;
  if (to.endpoint.find('@') != std::string::npos)
    return bad_value(from.endpoint, "an endpoint holds no '@': keys come from the environment or a profile");

  const std::string& addressing = from.addressing.value;
  if (!from.addressing.set() || addressing == "auto")
    to.addressing = Addressing::automatic;
  else if (addressing == "virtual")
    to.addressing = Addressing::virtual_host;
  else if (addressing == "path")
    to.addressing = Addressing::path;
  else
    return bad_value(from.addressing,
                     fmt::format("\"{}\" is none of: auto, virtual, path", printable(addressing)));

  const Result<bool> sign_payload = truth(from.sign_payload), oss_v1 = truth(from.oss_v1);
  if (!sign_payload) return unexpected(sign_payload.error());
  if (!oss_v1) return unexpected(oss_v1.error());
  to.sign_payload = *sign_payload;
  to.oss_v1 = *oss_v1;

  if (!from.access_key.set()) {
    const KeyNames& names = vendor_of(from.scheme).keys.front();
    const std::string asked = from.not_asked.set() ? "; " + from.not_asked.origin : "";
    return fail(ErrorKind::config, fmt::format("no credentials for {}://", from.scheme),
                fmt::format("set {} and {}, or write a profile into {}{}", names.access, names.secret,
                            config.file, asked));
  }
  to.credentials = {from.access_key.value, from.secret_key.value, from.security_token.value, from.expires};
  to.credentials_provider = from.renew;
  return to;
}

std::vector<TunedKnob> resolve_knobs(const Lookup& in, const std::vector<StoreSettings>& stores) {
  std::vector<TunedKnob> all;
  const std::vector<const MeasuredStore*> measured = measured_of(in.config.measured, stores);
  const MeasuredStore* paces = nullptr;  // the one whose concurrency is in effect
  for (const Knob& knob : knobs()) {
    const std::string name = knob.name;
    Setting found;
    if (in.args.has(name)) {
      const std::string flags = knob.flags;
      found = {in.args.get(name), flags.substr(flags.find("--"))};
    }
    for (const StoreSettings& store : stores) {
      const auto table = in.config.profiles.find(store.profile);
      if (found.set() || store.profile.empty() || table == in.config.profiles.end()) continue;
      found = profile_of(in.config, store.profile, table->second).get(name);
    }
    if (const auto value = in.config.defaults.find(name); !found.set() && value != in.config.defaults.end())
      found = {value->second.text, "[defaults], " + in.config.place(value->second)};
    for (const MeasuredStore* each : measured) {
      // Jobs were measured with a concurrency, which stands before them in the table, and fit no other.
      if (found.set() || (name == "jobs" && each != paces)) continue;
      found = from_measured(*each, in.config.measured.file, name);
      if (name == "concurrency" && found.set()) paces = each;
    }
    // The variable speaks of one vendor's tools: it must not narrow what another store may present.
    if (!found.set() && name == "ca") {
      bool all_agree = !stores.empty();
      for (const StoreSettings& store : stores)
        all_agree = all_agree && !vendor_of(store.scheme).ca_files.empty();
      if (all_agree) found = from_env(in.env, vendor_of(stores.front().scheme).ca_files);
    }
    all.push_back({&knob, std::move(found)});
  }
  return all;
}

Result<Tuning> tuning(const std::vector<TunedKnob>& tuned) {
  Tuning out;
  for (const TunedKnob& each : tuned) {
    if (!each.setting.set()) continue;
    const Result<void> applied = each.knob->apply(each.setting.value, out);
    if (!applied) return bad_value(each.setting, applied.error().message);
  }
  return out;
}

std::string masked(const std::string& secret) {
  if (secret.size() < 8) return "****";
  return "****" + secret.substr(secret.size() - 4);
}

}  // namespace sluice::cli
