// Draft: a request before it is placed at an endpoint and signed. Made by request*.cpp, sent by a Store.
#pragma once

#include <string>

#include "io/http.h"

namespace sluice::engine {

struct Ref {
  std::string bucket;
  std::string key;
};

struct Draft {
  std::string operation;  ///< for errors: "upload part 17"
  std::string method;
  Ref ref = {};  ///< both empty: the service; no key: the bucket
  io::Query query = {};
  io::Headers headers = {};
  std::string body = {};
  bool hides_errors = false;  ///< a 2xx may carry an error
};

}  // namespace sluice::engine
