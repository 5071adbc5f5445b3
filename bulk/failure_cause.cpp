#include "bulk/failure_cause.h"

#include <algorithm>
#include <array>

namespace sluice::bulk {
namespace {

constexpr std::array<std::string_view, 10> kWords{"throttled", "network", "store", "denied", "gone",
                                                  "changed",   "corrupt", "name",  "disk",   "internal"};

Cause of_kind(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::network:
    case ErrorKind::timeout:
    case ErrorKind::tls:
    case ErrorKind::decode:
      return Cause::network;
    case ErrorKind::service:
      return Cause::store;
    case ErrorKind::integrity:
      return Cause::corrupt;
    case ErrorKind::argument:
      return Cause::name;
    case ErrorKind::disk:
    case ErrorKind::state:
      return Cause::disk;
    default:
      return Cause::internal;
  }
}

}  // namespace

Cause cause_of(const Error& error) {
  if (is_throttled(error)) return Cause::throttled;
  if (is_permission_denied(error)) return Cause::denied;
  if (is_not_found(error)) return Cause::gone;
  if (is_precondition_failed(error) || is_source_changed(error)) return Cause::changed;
  return of_kind(error.kind);
}

std::string_view word(Cause cause) {
  return kWords[static_cast<std::size_t>(cause)];
}

std::optional<Cause> find_cause(std::string_view word) {
  const auto* found = std::find(kWords.begin(), kWords.end(), word);
  if (found == kWords.end()) return {};
  return static_cast<Cause>(found - kWords.begin());
}

std::string_view cause_words() {
  return "throttled, network, store, denied, gone, changed, corrupt, name, disk, internal";
}

bool passes_by_itself(Cause cause) {
  return cause == Cause::throttled || cause == Cause::network || cause == Cause::store ||
         cause == Cause::changed;
}

}  // namespace sluice::bulk
