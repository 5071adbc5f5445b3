// Texts for failed system calls on files.
#include "io/file_error.h"

#include <cerrno>
#include <system_error>

namespace sluice::io {

std::string error_text(int error) {
  return std::generic_category().message(error);
}

Unexpected source_changed(std::string message, std::string hint) {
  Error e = make_error(ErrorKind::integrity, std::move(message), std::move(hint));
  e.system_error = ESTALE;
  return unexpected(std::move(e));
}

Unexpected disk_error(std::string_view what, const std::string& path, int error) {
  std::string hint;
  if (error == ENOSPC) hint = "free some space and run the same command again";
  if (error == EACCES || error == EPERM) hint = "this user may not: run as one who may, or change who may";
  if (error == EDQUOT) hint = "the disk quota is used up";
  if (error == EEXIST) hint = "it is left alone";
  if (error == EFBIG) hint = "the file system or a limit of the process does not allow files that large";
  Error e = make_error(ErrorKind::disk, "cannot " + std::string(what) + " " + path + ": " + error_text(error),
                       std::move(hint));
  e.system_error = error;
  return unexpected(std::move(e));
}

}  // namespace sluice::io
