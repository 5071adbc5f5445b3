// The JSON answers and documents of TOS, as functions for its Shapes.
#pragma once

#include "emulator/dialect.h"

namespace sluice::emulator::tos {

/// Everything but the table of routes, words and errors (tos.cpp).
Shapes shapes();

}  // namespace sluice::emulator::tos
