// The admin port: plain HTTP, no signatures, for tests and for the curious.
//
//   GET  /counters        counters.h
//   POST /counters/reset  (GET too)
//   GET  /uploads         multipart uploads that were not ended
#pragma once

#include "emulator/service.h"
#include "emulator/stream.h"

namespace sluice::emulator {

Task<> serve_admin(Stream& stream, Service& service);

}  // namespace sluice::emulator
