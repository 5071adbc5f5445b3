// sleep_for: a pause that a stop request ends early.
//
// Await it on the loop's thread; it resumes there too, also when stop is requested from another
// thread. Nothing outlives the pause but, at most, one posted no-op.
#pragma once

#include <chrono>
#include <stop_token>

#include "scheduler/loop.h"
#include "scheduler/task.h"

namespace sluice::scheduler {

/// True: the whole delay has passed. False: stopped early (or before it began).
Task<bool> sleep_for(Loop& loop, Clock::duration delay, std::stop_token stop = {});

}  // namespace sluice::scheduler
