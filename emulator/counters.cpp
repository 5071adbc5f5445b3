// See counters.h.
#include "emulator/counters.h"

#include "emulator/dialects/parts.h"

namespace sluice::emulator {
namespace {

bool moves_part(const Call& call) {
  return call.route &&
         (call.route->operation == Operation::put_part || call.route->operation == Operation::copy_part);
}

auto part_name(const Call& call) {
  return std::tuple(std::string(call.dialect->name), call.bucket(), call.key(),
                    call.query(call.dialect->words.upload_id), call.query(call.dialect->words.part_number));
}

}  // namespace

void Counters::connected() {
  std::lock_guard lock(mutex_);
  ++connections_;
}

void Counters::begun(const Call& call) {
  std::lock_guard lock(mutex_);
  ++requests_;
  if (!moves_part(call)) return;
  PartTally& part = parts_[part_name(call)];
  if (part.acknowledged > 0) ++part.after_acknowledged;
}

void Counters::ended(const Call& call, const Finished& finished) {
  const char* operation = call.route ? name(call.route->operation) : "unknown";
  std::lock_guard lock(mutex_);
  Tally& tally = dialects_[std::string(call.dialect->name)][operation];
  ++tally.requests;
  if (finished.status >= 400 || !finished.answered) ++tally.failed;
  tally.bytes_in += finished.bytes_in;
  tally.bytes_out += finished.bytes_out;
  ++tally.statuses[finished.status];
  if (!moves_part(call)) return;
  PartTally& part = parts_[part_name(call)];
  if (finished.body_complete) ++part.received;
  if (finished.answered && finished.status >= 200 && finished.status < 300) ++part.acknowledged;
}

std::string Counters::to_json() const {
  std::lock_guard lock(mutex_);
  JsonWriter json;
  json.begin_object().number("connections", connections_).number("requests", requests_);
  json.begin_object("dialects");
  for (const auto& [dialect, operations] : dialects_) {
    json.begin_object(dialect);
    for (const auto& [operation, tally] : operations) {
      json.begin_object(operation)
          .number("requests", tally.requests)
          .number("failed", tally.failed)
          .number("bytes_in", tally.bytes_in)
          .number("bytes_out", tally.bytes_out);
      json.begin_object("statuses");
      for (const auto& [status, count] : tally.statuses) json.number(std::to_string(status), count);
      json.end_object().end_object();
    }
    json.end_object();
  }
  json.end_object().begin_array("parts");
  for (const auto& [part, tally] : parts_) {
    const auto& [dialect, bucket, key, upload, number] = part;
    json.begin_object()
        .text("dialect", dialect)
        .text("bucket", bucket)
        .text("key", key)
        .text("upload_id", upload)
        .number("part", std::strtoull(number.c_str(), nullptr, 10))
        .number("received", tally.received)
        .number("acknowledged", tally.acknowledged)
        .number("after_acknowledged", tally.after_acknowledged)
        .end_object();
  }
  return json.end_array().end_object().take();
}

void Counters::reset() {
  std::lock_guard lock(mutex_);
  connections_ = 0;
  requests_ = 0;
  dialects_.clear();
  parts_.clear();
}

}  // namespace sluice::emulator
