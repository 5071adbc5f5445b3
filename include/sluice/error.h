// What can go wrong, told once for the whole library.
//
// Every fallible call returns Result<T> (result.h) whose failure is one Error. A service error (the
// store answered, and refused) has a `service` part; everything else is a client error. Callers ask
// by meaning (is_not_found, is_throttled, ...), never by comparing a vendor's words.
//
// Errors are values: copy and move them freely between threads.
#pragma once

#include <memory>
#include <string>

namespace sluice {

enum class ErrorKind {
  argument,   ///< bad input, refused before any request
  config,     ///< configuration or credentials missing or unreadable
  network,    ///< could not connect, connection lost
  timeout,    ///< gave up waiting (connect, first byte, or under the low-speed limit)
  tls,        ///< certificate or handshake refused
  disk,       ///< a local file could not be opened, read, written or renamed
  state,      ///< the saved state is locked, unreadable or from a newer version
  integrity,  ///< what arrived is not what left; also "source changed during the transfer"
  cancelled,  ///< cancel() or a signal
  decode,     ///< the store's answer could not be understood
  service,    ///< the store answered with an error
  internal,   ///< a bug in sluice
};

/// What a store said when it refused.
struct ServiceError {
  int status = 0;          ///< HTTP status
  std::string code;        ///< vendor's code; made from the status where the answer had none
  std::string message;     ///< vendor's text
  std::string request_id;  ///< what the vendor's support will ask for
  std::string trace_id;    ///< second id where a vendor has one (x-amz-id-2, x-cos-trace-id, ...)
  std::string resource;    ///< as told by the store
  std::string region;      ///< region the store says the bucket is in, if it said so
  std::string endpoint;    ///< endpoint the store says to use, if it said so
  std::string raw_body;    ///< at most 64 KiB of the answer's body
  bool throttled = false;  ///< the code or status means "slower, please"
  bool retryable = false;  ///< the same request may succeed later
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;                          ///< one line, without operation and target
  std::string operation;                        ///< "upload part 17", "list", ...
  std::string target;                           ///< URL or path, never with a secret
  std::string hint;                             ///< what the user can do; may be empty
  int attempts = 0;                             ///< requests made before giving up; 0 = none
  int system_error = 0;                         ///< errno for disk errors, ESTALE where a source changed, else 0
  std::shared_ptr<const ServiceError> service;  ///< set if and only if kind == service

  /// One line naming operation, target, status, code, request id, attempts and what to do.
  std::string describe() const;

  Error with(std::string op, std::string about) const&;  ///< fills operation/target where still empty
};

bool is_not_found(const Error&);            ///< missing key, bucket, upload or local file
bool is_missing_upload(const Error&);       ///< the upload id is unknown to the store
bool is_permission_denied(const Error&);    ///< 401, 403, a lapsed token or EACCES
bool is_throttled(const Error&);            ///< 429, 503 SlowDown and kin
bool is_retryable(const Error&);            ///< the same request may succeed later
bool is_precondition_failed(const Error&);  ///< If-Match and kin
bool is_not_modified(const Error&);         ///< If-None-Match and kin: nothing new
bool is_source_changed(const Error&);       ///< what was being read is not what it was at the beginning
bool is_already_exists(const Error&);       ///< bucket or (forbid overwrite) object exists

Error make_error(ErrorKind, std::string message, std::string hint = {});

}  // namespace sluice
