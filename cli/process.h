// Process: what the commands of one process share, be it one or the lines of `sluice run`: the configuration,
// read once, keys that somebody was asked for, and clients and stores, opened once for each set of options,
// so that connections, memory and what was found out of a store are common to all.
//
// Any thread. Everything opened lives as long as this.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "cli/config.h"
#include "cli/environment.h"
#include "cli/limit_keeper.h"
#include "cli/output.h"
#include "cli/settings.h"
#include "sluice/client.h"

namespace sluice::cli {

struct Opened {
  std::shared_ptr<Client> client;
  std::vector<Store> stores;  ///< in the order asked for
  std::shared_ptr<LimitKeeper> limits;
};

class Process {
 public:
  explicit Process(const Environment& env) : env_(env) {}

  /// Its warnings are told to the first who asks.
  Result<Config> config(Output&);
  AskedKeys& asked() { return asked_; }
  /// Clients of the same limits share them: together they keep to each once.
  Result<Opened> open(const ClientOptions&, const Timetable& bandwidth, const std::vector<StoreOptions>&);

 private:
  struct Kept {
    ClientOptions options;
    Timetable bandwidth;
    std::shared_ptr<Client> client;
    std::shared_ptr<LimitKeeper> limits;
    std::vector<std::pair<StoreOptions, Store>> stores;  // gone before their client
  };

  Result<Kept*> kept(const ClientOptions&, const Timetable& bandwidth);

  const Environment& env_;
  AskedKeys asked_;
  std::mutex mutex_;
  std::optional<Config> config_;
  std::vector<std::unique_ptr<Kept>> all_;
};

}  // namespace sluice::cli
