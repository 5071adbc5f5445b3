// The JSON answers and documents of QingStor, as functions for its Shapes.
#pragma once

#include "emulator/dialect.h"

namespace sluice::emulator::qingstor {

/// Everything but the table of routes, words and errors (qingstor.cpp).
Shapes shapes();

}  // namespace sluice::emulator::qingstor
