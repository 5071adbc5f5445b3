// What the store says to these keys, and where the bucket is.
#include <fmt/format.h>

#include "cli/doctor.h"
#include "engine/client_store.h"
#include "sluice/operations.h"

namespace sluice::cli {

Finding check_store(Patient& patient) {
  Store& store = *patient.store;
  const std::string& bucket = patient.at.bucket;
  if (bucket.empty()) {
    const auto buckets = store.list_buckets();
    if (!buckets) return unexpected(buckets.error());
    patient.known_to_store = true;
    return Told{fmt::format("it answers, and shows {} buckets", buckets->buckets.size())};
  }
  Result<Reply> answer = store.head_bucket(bucket);
  if (!answer && answer.error().kind == ErrorKind::service) {
    // The refusal of a HEAD has no body: another question may be told why, and where the bucket is.
    if (const auto location = Bucket(store, bucket).location(); !location)
      return unexpected(location.error());
    answer = store.head_bucket(bucket);
  }
  if (!answer) return unexpected(answer.error());
  patient.known_to_store = true;
  return Told{store.url(bucket, "") + " answers"};
}

Finding check_region(Patient& patient) {
  const engine::Store& store = *patient.store->state().store;
  const std::string given = store.region(""), right = store.region(patient.at.bucket);
  if (right != given)
    return warning(fmt::format("the bucket is in {}, and not in {}: give --region {}, or every run begins with "
                               "a refusal",
                               right, given, right));
  return Told{given.empty() ? "none is needed" : given};
}

}  // namespace sluice::cli
