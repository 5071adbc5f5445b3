// A store's refusal: from an answer to the one Error, with what can be done about it. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "engine/dialect.h"
#include "engine/endpoint.h"
#include "io/http.h"
#include "sluice/error.h"

namespace sluice::engine {

/// Everything an answer says of its failure. HEAD answers, empty and HTML bodies get a code made from
/// the status. With `hidden` the status was 200 and the body an error (copy, Complete): it counts as
/// the status that such a code comes with, 500 if none is known.
ServiceError read_refusal(const Dialect&, const io::Response&, bool hidden = false);

/// The one place that decides what may succeed later and what means "slower".
void judge(ServiceError&);

/// The store says that a temporary key's time is over, or that its token is none.
bool token_ended(const ServiceError&);

/// The refusal as an Error with a hint; operation, target and attempts are left to the caller.
/// `clock_off` is by how much our time is ahead (+) or behind (-), when the store's date says so.
Error refusal_error(const Dialect&, const Endpoint&, ServiceError,
                    std::optional<std::chrono::seconds> clock_off);

/// How far the store's clock is ahead of `now`, when this refusal may come from that.
std::optional<std::chrono::seconds> clock_difference(const ServiceError&, const io::Response&,
                                                     std::chrono::sys_seconds now);

/// The region the bucket is said to be in, when this refusal is about that.
std::string region_named(const Dialect&, const ServiceError&);

/// A refusal of a web server that is no store.
Error web_refusal(const io::Response&);

/// The one way in which an object that must not be overwritten is told.
Error exists_error(ServiceError);

/// Retry-After, in seconds or as a date; at most a minute.
std::chrono::milliseconds retry_after(const io::Response&, std::chrono::sys_seconds now);

}  // namespace sluice::engine
