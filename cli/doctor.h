// The checks of `sluice doctor`: each looks at one thing, and leaves what it has found to those that follow.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"

namespace sluice::cli {

struct Patient {
  Context& context;
  Location at;
  // What was found:
  std::optional<Config> config{};
  std::optional<StoreSettings> settings{};
  std::optional<StoreOptions> options{};        ///< the keys are there
  std::optional<ClientOptions> limits{};        ///< every default filled in
  std::optional<Store> store{};                 ///< its name is known
  bool answers = false;                         ///< the store, whatever it says
  std::optional<std::chrono::seconds> ahead{};  ///< its clock, of this machine's
  bool known_to_store = false;
  std::vector<std::string> warnings{};  ///< of the check that runs, beside its own line
};

struct Told {
  std::string text;
  bool warning = false;  ///< the text says what is amiss, and what to do
};
/// An error: what is wrong, with what to do.
using Finding = Result<Told>;

inline Told warning(std::string text) {
  return {std::move(text), true};
}

// What was found, judged. Pure.
/// `most`: files that may be open.
Finding judge_files(std::uint64_t most, const ClientOptions&);
/// `most`: memory that the process may have, where that is told.
Finding judge_memory(std::optional<std::uint64_t> most, const ClientOptions&);
Finding judge_clock(std::optional<std::chrono::seconds> ahead);
using Resolve = std::function<Result<std::vector<std::string>>(const std::string& host)>;
/// `proxy`: the variable that names one, which looks names up itself.
Finding judge_name(const std::string& host, const Resolve&, const std::optional<std::string>& proxy);

// The checks, in their order.
Finding check_configuration(Patient&);
Finding check_credentials(Patient&);
Finding check_tuning(Patient&);

Finding check_processor(Patient&);
Finding check_files(Patient&);
Finding check_memory(Patient&);
Finding check_state(Patient&);

Finding check_dns(Patient&);
Finding check_endpoint(Patient&);
Finding check_clock(Patient&);

Finding check_store(Patient&);
Finding check_region(Patient&);

}  // namespace sluice::cli
