// What all loops share.
#pragma once

#include "bench/sink/counters.h"
#include "bench/sink/knobs.h"
#include "bench/sink/objects.h"
#include "bench/sink/options.h"
#include "bench/sink/pattern.h"
#include "bench/sink/uploads.h"

struct ssl_ctx_st;

namespace sink {

struct Shared {
  Options options;
  Knobs knobs;
  RateLimit rate;
  Bandwidth in, out;  ///< of the total
  Counters counters;
  Objects objects;
  Uploads uploads;
  Pattern pattern;
  ssl_ctx_st* tls = nullptr;  ///< null: plain HTTP
};

}  // namespace sink
