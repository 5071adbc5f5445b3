// The stores that are asked: the local one in this process, in every dialect, or real ones.
//
//   TEST(Objects, DoThis) { for_each_store([](Subject& s) { ... must(s.object("k").put("x")) ... }); }
//
// A dialect whose SLUICE_TEST_<DIALECT>_ENDPOINT is set (tests/README.md) is asked there, below a prefix of
// its own in the bucket that is named, which is emptied afterwards. What a store lacks is data of its
// dialect: tests ask Subject::has and expect the refusal otherwise.
#pragma once

#include <functional>
#include <string>

#include "engine/dialect.h"
#include "sluice/operations.h"
#include "transfers/fixture.h"

namespace sluice::conformance {

using engine::Operation;
using transfers::must;

struct Subject {
  const engine::Dialect* dialect = nullptr;
  Client* client = nullptr;
  Store store;
  std::string bucket_name;
  std::string prefix;                            ///< of every key
  const transfers::LocalStore* local = nullptr;  ///< null: a real store

  bool has(Operation operation) const { return dialect->lack_of(operation) == nullptr; }
  std::string key(const std::string& name) const { return prefix + name; }
  Bucket bucket() const { return Bucket(store, bucket_name); }
  Object object(const std::string& name) const { return Object(store, bucket_name, key(name)); }
  /// A bucket that is not there yet.
  std::string new_bucket() const;
};

/// One store after the other. What it has not kept to is told with its name.
void for_each_store(const std::function<void(Subject&)>& test);

/// The call is refused before any request, with the dialect's own words.
template <class T>
void expect_lacking(const Subject& s, Operation operation, const Result<T>& answer) {
  ASSERT_FALSE(answer) << engine::words_of(operation);
  EXPECT_EQ(answer.error().kind, ErrorKind::argument);
  EXPECT_EQ(answer.error().message,
            std::string(s.dialect->vendor) + " has no " + std::string(engine::words_of(operation)));
}

/// Whether the answer is that of a server that has not learned this. Real stores never get away with it.
bool not_learned(const Subject& s, const Error& error);

inline void expect_reply(const Reply& reply, const Subject& s) {
  EXPECT_EQ(reply.status / 100, 2) << s.dialect->name;
  EXPECT_FALSE(reply.request_id.empty());
  EXPECT_FALSE(reply.headers.empty());
  EXPECT_EQ(reply.header(s.dialect->request_id_header), reply.request_id);
}

struct HttpAnswer {
  int status = 0;
  std::string body;
  Headers headers;
};
/// What anyone with this URL gets: nothing is signed here.
HttpAnswer fetch(const Subject& s, const std::string& method, const std::string& url,
                 const std::string& body = {}, const Headers& headers = {});

}  // namespace sluice::conformance
