// Reads a body into a shape by the dialect's wire, or refuses it.
#pragma once

#include <string>
#include <utility>

#include "engine/codec_raw.h"
#include "engine/dialect.h"
#include "sluice/result.h"

namespace sluice::engine::decode {

inline Unexpected refuse(const std::string& why) {
  return fail(ErrorKind::decode, "the store's answer cannot be read: " + why);
}

template <class Shape>
Result<Shape> read(const Dialect& d, std::string body, Shape shape = {}) {
  const auto why =
      d.wire == Wire::xml ? codec::read_xml(std::move(body), shape) : codec::read_json(body, shape);
  if (!why.empty()) return refuse(why);
  return shape;
}

}  // namespace sluice::engine::decode
