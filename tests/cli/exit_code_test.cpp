// What each kind of failure ends the command with.
#include "cli/exit_code.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

Error service(int status, std::string code, bool retryable = false, bool throttled = false) {
  Error error = make_error(ErrorKind::service, "x");
  ServiceError said;
  said.status = status;
  said.code = std::move(code);
  said.retryable = retryable;
  said.throttled = throttled;
  error.service = std::make_shared<const ServiceError>(said);
  return error;
}

Error disk(int cause) {
  Error error = make_error(ErrorKind::disk, "x");
  error.system_error = cause;
  return error;
}

TEST(ExitCode, FollowsTheKindOfClientErrors) {
  EXPECT_EQ(exit_code(make_error(ErrorKind::argument, "")), 2);
  EXPECT_EQ(exit_code(make_error(ErrorKind::config, "")), 3);
  EXPECT_EQ(exit_code(make_error(ErrorKind::state, "")), 3);
  EXPECT_EQ(exit_code(make_error(ErrorKind::tls, "")), 3);
  EXPECT_EQ(exit_code(make_error(ErrorKind::network, "")), 5);
  EXPECT_EQ(exit_code(make_error(ErrorKind::timeout, "")), 5);
  EXPECT_EQ(exit_code(make_error(ErrorKind::integrity, "")), 6);
  EXPECT_EQ(exit_code(make_error(ErrorKind::internal, "")), 70);
  EXPECT_EQ(exit_code(make_error(ErrorKind::cancelled, "")), 130);
}

TEST(ExitCode, FollowsTheCauseOfDiskErrors) {
  EXPECT_EQ(exit_code(disk(ENOENT)), 4);
  EXPECT_EQ(exit_code(disk(EACCES)), 7);
  EXPECT_EQ(exit_code(disk(ENOSPC)), 8);
  EXPECT_EQ(exit_code(disk(EDQUOT)), 8);
  EXPECT_EQ(exit_code(disk(EIO)), 1);
}

TEST(ExitCode, FollowsTheMeaningOfServiceErrors) {
  EXPECT_EQ(exit_code(service(404, "NoSuchKey")), 4);
  EXPECT_EQ(exit_code(service(404, "NoSuchBucket")), 4);
  EXPECT_EQ(exit_code(service(400, "upload_not_exists")), 4);
  EXPECT_EQ(exit_code(service(403, "SignatureDoesNotMatch")), 7);
  EXPECT_EQ(exit_code(service(401, "signature_not_matched")), 7);
  EXPECT_EQ(exit_code(service(503, "SlowDown", true, true)), 5);
  EXPECT_EQ(exit_code(service(500, "InternalError", true)), 5);
  EXPECT_EQ(exit_code(service(412, "PreconditionFailed")), 6);
  EXPECT_EQ(exit_code(service(409, "BucketAlreadyExists")), 1);
  EXPECT_EQ(exit_code(service(400, "InvalidArgument")), 1);
  EXPECT_EQ(exit_code(service(413, "EntityTooLarge")), 8);
}

TEST(ExitCode, OfAReportIsOneWhenSomethingFailed) {
  TransferReport report;
  EXPECT_EQ(exit_code(report), 0);
  report.failed = 1;
  EXPECT_EQ(exit_code(report), 1);
}

TEST(ExitCode, IsListedInTheHelp) {
  const std::string help = exit_code_help();
  for (const char* code :
       {"  0 ", "  1 ", "  2 ", "  3 ", "  4 ", "  5 ", "  6 ", "  7 ", "  8 ", "  70 ", "  130 ", "143"})
    EXPECT_NE(help.find(code), std::string::npos) << code;
}

}  // namespace
}  // namespace sluice::cli
