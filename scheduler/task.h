// Task<T>: the coroutine type of sluice. Lazy, single-awaiter, standard library only.
//
// Symmetric transfer is no tail call at -O0, -O1 or under the sanitizers, where a long run of awaits
// that complete at once would overflow the stack. So await_suspend resumes the child itself and then
// answers whether the parent must stay suspended: parent and child each set `met`, and the second of
// the two carries on. This is right on one thread and when the child ends on another one.
//
// Rules: coroutine parameters by value (or pointers to what outlives the task); inside a co_await
// expression no braces and no lambda that captures by value (g++ 12 destroys such temporaries twice,
// whatever takes them): name it first, then move it. [&] and [this] are fine.
#pragma once

#include <atomic>
#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

namespace sluice::scheduler {

template <class T>
class Task;

namespace detail {

struct PromiseBase {
  std::coroutine_handle<> parent;
  std::atomic<bool> met{false};
  std::exception_ptr thrown;

  struct Final {
    bool await_ready() const noexcept { return false; }
    template <class P>
    void await_suspend(std::coroutine_handle<P> self) const noexcept {
      PromiseBase& p = self.promise();
      std::coroutine_handle<> next = p.parent;  // the frame may be gone once `met` is set
      if (p.met.exchange(true, std::memory_order_acq_rel)) next.resume();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  Final final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { thrown = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& v) {
    value.emplace(std::forward<U>(v));
  }
  T take() {
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const {
    if (thrown) std::rethrow_exception(thrown);
  }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle h) : handle_(h) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> parent) {
    const Handle child = handle_;
    child.promise().parent = parent;
    child.resume();
    return !child.promise().met.exchange(true, std::memory_order_acq_rel);
  }
  T await_resume() { return handle_.promise().take(); }

 private:
  Handle handle_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(Task<T>::Handle::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(Task<void>::Handle::from_promise(*this));
}

struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

}  // namespace detail

/// Starts `task` on the calling thread and calls `done` where it ends. `task` must not throw.
inline detail::Detached start(Task<void> task, std::function<void()> done = {}) {
  co_await task;
  if (done) done();
}

}  // namespace sluice::scheduler
