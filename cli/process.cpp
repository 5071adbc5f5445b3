// Opens what is not open yet: process.h.
#include "cli/process.h"

#include <algorithm>
#include <tuple>

namespace sluice::cli {
namespace {

/// All that two sets of options may differ in.
auto parts_of(const ClientOptions& o) {
  return std::tie(o.workers, o.concurrency, o.jobs, o.memory, o.io, o.state_dir, o.ca_file, o.stealing,
                  o.max_attempts, o.connect_timeout, o.stall_timeout);
}
auto parts_of(const StoreOptions& o) {
  return std::tie(o.scheme, o.endpoint, o.region, o.addressing, o.credentials.access_key,
                  o.credentials.secret_key, o.credentials.security_token, o.credentials_provider, o.appid,
                  o.sign_payload, o.oss_v1);
}

}  // namespace

Result<Config> Process::config(Output& output) {
  std::lock_guard lock(mutex_);
  if (config_) return *config_;
  Result<Config> config = load_config(env_);
  if (!config) return config;
  for (const std::string& warning : config->warnings) output.warn(warning);
  config_ = *config;
  return config;
}

Result<Process::Kept*> Process::kept(const ClientOptions& options, const Timetable& bandwidth) {
  const Kept* limited = nullptr;
  for (const auto& each : all_) {
    if (each->bandwidth != bandwidth || each->options.limits != options.limits) continue;
    if (parts_of(each->options) == parts_of(options)) return each.get();
    limited = each.get();
  }
  Result<Client> opened = limited ? Client::open(options, *limited->client) : Client::open(options);
  if (!opened) return unexpected(opened.error());
  Kept kept{options, bandwidth, std::make_shared<Client>(*std::move(opened)), {}, {}};
  const auto set = [client = kept.client](const Limits& limits) { client->set_limits(limits); };
  kept.limits = limited ? limited->limits
                        : std::make_shared<LimitKeeper>(set, bandwidth, options.limits.requests);
  all_.push_back(std::make_unique<Kept>(std::move(kept)));
  return all_.back().get();
}

Result<Opened> Process::open(const ClientOptions& options, const Timetable& bandwidth,
                             const std::vector<StoreOptions>& stores) {
  std::lock_guard lock(mutex_);
  const Result<Kept*> found = kept(options, bandwidth);
  if (!found) return unexpected(found.error());
  Kept& kept = **found;
  Opened opened{kept.client, {}, kept.limits};
  for (const StoreOptions& wanted : stores) {
    auto known = std::find_if(kept.stores.begin(), kept.stores.end(),
                              [&](const auto& each) { return parts_of(each.first) == parts_of(wanted); });
    if (known == kept.stores.end()) {
      Result<Store> store = kept.client->store(wanted);
      if (!store) return unexpected(store.error());
      known = kept.stores.emplace(kept.stores.end(), wanted, *store);
    }
    opened.stores.push_back(known->second);
  }
  return opened;
}

}  // namespace sluice::cli
