// Session: a Client and the stores that a verb talks to, opened from options, profiles and environment.
#pragma once

#include <memory>

#include "cli/limit_keeper.h"
#include "cli/location.h"
#include "cli/settings.h"
#include "cli/verb.h"
#include "sluice/client.h"

namespace sluice::cli {

struct Session {
  std::shared_ptr<Client> owner;
  Client& client;
  std::vector<Store> stores;  ///< in the order asked for
  TransferOptions transfer;
  bool resumes = true;
  unsigned objects_at_once = 1;  ///< of a verb that takes them one by one, a thread each
  std::shared_ptr<LimitKeeper> limits{};  ///< may be told of others at any time

  Store& store() { return stores.front(); }
};

struct Wanted {
  std::string scheme, profile;
  Side side = Side::only;
};

/// What a session is made of.
struct SessionPlan {
  Tuning tuning;
  std::vector<StoreSettings> settings;  ///< in the order asked for, as the two below
  std::vector<StoreOptions> stores;
  std::string config_file;
};

Result<SessionPlan> plan_session(Context&, const std::vector<Wanted>&);
/// With a client of its own, which has no limits.
Result<Session> open_session(const SessionPlan&);
/// With the process's.
Result<Session> open_session(Context&, const std::vector<Wanted>&);
inline Result<Session> open_session(Context& context, const Location& at) {
  return open_session(context, {{at.scheme, at.profile, Side::only}});
}

/// The configuration, its warnings told once.
Result<Config> read_config(Context&);

/// Tells the user, and answers the exit code. After a signal: how to go on, and 130 or 143.
int report_failure(Context&, const Error&);
int report_failure(Context&, const Error&, const std::string& how_to_go_on);

}  // namespace sluice::cli
