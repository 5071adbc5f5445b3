// Exit codes: exit_code.h has the list.
#include "cli/exit_code.h"

#include <cerrno>
#include <csignal>

namespace sluice::cli {
namespace {

int of_service(const Error& error) {
  if (is_throttled(error) || is_retryable(error)) return kGaveUp;
  // The source was replaced between two requests of one transfer: what would arrive is not what left.
  if (is_precondition_failed(error) && !is_already_exists(error)) return kIntegrity;
  const int status = error.service ? error.service->status : 0;
  if (status == 413 || status == 507) return kLimit;
  if (status >= 500) return kGaveUp;
  return kSomeFailed;
}

int of_disk(const Error& error) {
  switch (error.system_error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
      return kLimit;
    case EROFS:
      return kPermission;
    default:
      return kSomeFailed;
  }
}

}  // namespace

int exit_code(const Error& error) {
  if (error.kind == ErrorKind::argument) return kUsage;
  if (error.kind == ErrorKind::config || error.kind == ErrorKind::state) return kConfiguration;
  if (error.kind == ErrorKind::integrity) return kIntegrity;
  if (error.kind == ErrorKind::cancelled) return exit_code_of_signal(SIGINT);
  if (error.kind == ErrorKind::internal) return kInternal;
  if (is_not_found(error)) return kNotFound;
  if (is_permission_denied(error)) return kPermission;
  switch (error.kind) {
    case ErrorKind::network:
    case ErrorKind::timeout:
    case ErrorKind::decode:
      return kGaveUp;
    // A refused certificate stays refused however often one asks: --ca or the endpoint must change.
    case ErrorKind::tls:
      return kConfiguration;
    case ErrorKind::service:
      return of_service(error);
    case ErrorKind::disk:
      return of_disk(error);
    default:
      return kInternal;
  }
}

int exit_code(const TransferReport& report) {
  return report.failed == 0 ? kDone : kSomeFailed;
}

const char* exit_code_help() {
  return "Exit codes:\n"
         "  0    done\n"
         "  1    some objects failed, or a failure that no other code names\n"
         "  2    usage: a wrong option, number, URL or name\n"
         "  3    configuration, credentials, certificate or saved state\n"
         "  4    not found: file, bucket, key or upload\n"
         "  5    gave up after retries: network, timeout, throttling, server error\n"
         "  6    integrity: a checksum differs, or the source changed\n"
         "  7    permission denied\n"
         "  8    limit hit: disk or quota full, object too large, --max-delete\n"
         "  70   internal error\n"
         "  130  interrupted by Ctrl-C, state saved (143: by SIGTERM)\n";
}

}  // namespace sluice::cli
