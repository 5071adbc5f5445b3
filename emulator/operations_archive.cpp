// Objects of archive classes: what reads of them are refused, and how they are restored for some days.
//
// A restore takes as long as its tier says, by the server's clock: the real ones take minutes to days.
// What is kept: the moment from which the copy can be read, and the one at which it goes.
#include <algorithm>
#include <cstdlib>

#include "emulator/dialects/parts.h"
#include "emulator/operations_list.h"

namespace sluice::emulator {
namespace {

constexpr const char *kReady = "restore-ready", *kUntil = "restore-until";

struct Tier {
  std::string_view name;
  std::chrono::seconds takes;
};
constexpr Tier kTiers[] = {
    {"Expedited", std::chrono::seconds(0)},
    {"Standard", std::chrono::seconds(60)},
    {"Bulk", std::chrono::seconds(600)},
};

bool is_archive_class(const Call& call, const Attributes& attributes) {
  const auto& classes = call.dialect->archive_classes;
  return std::find(classes.begin(), classes.end(), attributes.storage_class) != classes.end();
}

enum class Copy { none, coming, there };

TimePoint moment(const Attributes& attributes, const char* name) {
  return time_of(std::strtoll(entry_of(attributes, name).c_str(), nullptr, 10));
}

Copy copy_of(const Call& call, const Attributes& attributes) {
  if (entry_of(attributes, kReady).empty() || moment(attributes, kUntil) <= call.now) return Copy::none;
  return moment(attributes, kReady) <= call.now ? Copy::there : Copy::coming;
}

void put_moment(Attributes& attributes, const char* name, TimePoint when) {
  put_entry(attributes, name, std::to_string(ms_of(when)));
}

}  // namespace

bool is_archived(const Call& call, const Attributes& attributes) {
  return is_archive_class(call, attributes) && copy_of(call, attributes) != Copy::there;
}

std::string restore_state(const Call& call, const Attributes& attributes) {
  switch (copy_of(call, attributes)) {
    case Copy::none:
      return {};
    case Copy::coming:
      return R"(ongoing-request="true")";
    case Copy::there:
      break;
  }
  return R"(ongoing-request="false", expiry-date=")" + http_time(moment(attributes, kUntil)) + '"';
}

Outcome<Reply> run_restore_object(Backend& backend, Call& call, Arrived&) {
  auto info = backend.storage.head(bucket_ref(call), call.key());
  if (!info) return failure_of(call, info.error());
  RestoreRequest asked;
  if (!call.body.empty()) {
    auto read = call.dialect->shapes.read_restore(call);
    if (!read) return std::move(read.failure());
    asked = std::move(*read);
  }
  const auto* tier = std::find_if(std::begin(kTiers), std::end(kTiers), [&](const Tier& one) {
    return one.name == (asked.tier.empty() ? "Standard" : asked.tier);
  });
  if (tier == std::end(kTiers) || asked.days < 1 || asked.days > call.dialect->limits.restore_days)
    return Failure{Trouble::malformed_body, {}, {}, {}};
  if (!is_archive_class(call, info->attributes)) return Failure{Trouble::not_archived, {}, {}, {}};

  const Copy copy = copy_of(call, info->attributes);
  if (copy == Copy::coming) return Failure{Trouble::restore_running, {}, {}, {}};
  const TimePoint ready = copy == Copy::there ? moment(info->attributes, kReady) : call.now + tier->takes;
  put_moment(info->attributes, kReady, ready);
  put_moment(info->attributes, kUntil, std::max(ready, call.now) + std::chrono::days(asked.days));
  auto set = backend.storage.set_attributes(bucket_ref(call), call.key(), std::move(info->attributes));
  if (!set) return failure_of(call, set.error());
  Reply reply = reply_to(call);
  if (copy == Copy::there) reply.status = 200;  // only the time was changed
  return reply;
}

}  // namespace sluice::emulator
