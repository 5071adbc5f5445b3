// Result<T>: a value or an Error, with std::expected's names, to be replaced by it one day.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "sluice/error.h"

namespace sluice {

/// Wraps an Error so that `return fail(...)` converts to any Result<T>.
struct Unexpected {
  Error error;
};
inline Unexpected unexpected(Error e) {
  return {std::move(e)};
}
inline Unexpected fail(ErrorKind kind, std::string message, std::string hint = {}) {
  return {make_error(kind, std::move(message), std::move(hint))};
}

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Unexpected u) : held_(std::in_place_index<1>, std::move(u.error)) {}

  bool has_value() const { return held_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & { return std::get<0>(held_); }
  const T& value() const& { return std::get<0>(held_); }
  T&& value() && { return std::get<0>(std::move(held_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Error& error() & { return std::get<1>(held_); }
  const Error& error() const& { return std::get<1>(held_); }
  Error&& error() && { return std::get<1>(std::move(held_)); }
  T value_or(T other) const& { return has_value() ? value() : std::move(other); }

 private:
  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  /// Whether it went well, without what was answered.
  template <class T>
  Result(const Result<T>& answered) {
    if (!answered) error_ = answered.error();
  }
  Result(Unexpected u) : error_(std::move(u.error)) {}

  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  void value() const {}
  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace sluice
