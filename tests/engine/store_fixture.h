// A Store of any dialect over the scripted transport, at an address (path style, nothing in front).
#pragma once

#include <gtest/gtest.h>

#include "engine/store.h"
#include "io/percent.h"
#include "scripted_transport.h"

namespace sluice::engine::test {

inline StoreConfig config_of(const Dialect& d) {
  StoreConfig c;
  c.dialect = &d;
  c.endpoint = "http://127.0.0.1:9000";
  c.region = &d == &kQingStor ? "" : "region-1";
  c.credentials.access_key = "AKIDEXAMPLE";
  c.credentials.secret_key = "not-a-real-secret";
  c.retry.max_attempts = 4;
  return c;
}

struct Bench {
  explicit Bench(const Dialect& d) : Bench(config_of(d)) {}
  explicit Bench(StoreConfig c) : dialect(*c.dialect) {
    auto made = Store::create(std::move(c));
    EXPECT_TRUE(made) << made.error().describe();
    store = *made;
  }

  template <class T>
  Result<T> run(Answer<T> answer) {
    return finish(loop, std::move(answer));
  }
  Call call() { return {nullptr, &wire, &loop, stop.get_token()}; }
  const io::Request& sent() const { return wire.last().request; }
  std::string target() const { return sent().target(); }
  std::string header(std::string_view name) const { return sent().headers.get(name); }

  const Dialect& dialect;
  ManualLoop loop;
  ScriptedTransport wire;
  std::stop_source stop;
  std::shared_ptr<Store> store;
};

/// One value a dialect.
struct ByDialect {
  std::string s3, oss, cos, tos, qs;
  const std::string& of(const Dialect& d) const {
    return &d == &kS3 ? s3 : &d == &kOss ? oss : &d == &kCos ? cos : &d == &kTos ? tos : qs;
  }
};

}  // namespace sluice::engine::test
