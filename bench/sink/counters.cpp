// Counters by name, as JSON: counters.h.
#include "bench/sink/counters.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

namespace sink {
namespace {

constexpr std::array<const char*, kOperations> kOperationNames = {
    "get",          "head", "put",    "uploadpart",  "mpu_create", "mpu_complete", "mpu_abort", "list_parts",
    "list_uploads", "list", "delete", "delete_many", "copy",       "bucket",       "other"};

using Named = std::pair<const char*, Counter Counters::*>;
constexpr Named kNamed[] = {{"requests", &Counters::requests},   {"body_out", &Counters::body_out},
                            {"body_in", &Counters::body_in},     {"connections", &Counters::connections},
                            {"slowdowns", &Counters::slowdowns}, {"f503", &Counters::f503},
                            {"f500", &Counters::f500},           {"resets", &Counters::resets},
                            {"truncs", &Counters::truncs},       {"stalls", &Counters::stalls},
                            {"pauses", &Counters::pauses},       {"s4xx", &Counters::s4xx},
                            {"s5xx", &Counters::s5xx},           {"early_close", &Counters::early_close}};

std::string seconds(const timeval& time) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3f",
                static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6);
  return text;
}

}  // namespace

void Counters::opened() {
  connections.add();
  const std::int64_t now = open.fetch_add(1) + 1;
  std::int64_t most = most_open.load();
  while (now > most && !most_open.compare_exchange_weak(most, now)) {
  }
}

/// Connections that stand count as made: a client may keep them.
void Counters::reset() {
  for (const auto& [name, counter] : kNamed) (this->*counter).set(0);
  for (Counter& operation : operations) operation.set(0);
  most_open = open.load();
  connections.set(static_cast<std::uint64_t>(std::max<std::int64_t>(0, open.load())));
}

std::string Counters::json(std::size_t open_uploads) const {
  std::string out = "{";
  const auto field = [&out](const char* name, const std::string& value) {
    if (out.size() > 1) out += ",";
    out.append("\"").append(name).append("\":").append(value);
  };
  for (const auto& [name, counter] : kNamed) field(name, std::to_string((this->*counter).value()));
  field("open", std::to_string(open));
  field("max_open", std::to_string(most_open));
  field("open_uploads", std::to_string(open_uploads));
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  field("server_user_s", seconds(used.ru_utime));
  field("server_sys_s", seconds(used.ru_stime));
  for (std::size_t i = 0; i < kOperations; ++i)
    if (operations[i].value() > 0) field(kOperationNames[i], std::to_string(operations[i].value()));
  return out + "}\n";
}

}  // namespace sink
