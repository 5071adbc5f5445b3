#include "support/small_disk.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <fstream>

namespace sluice::testing {
namespace {

bool mount_small_disk(const std::string& path, const std::string& size) {
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (unshare(CLONE_NEWNS | (user == 0 ? 0 : CLONE_NEWUSER)) != 0) return false;
  if (user != 0) {
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
    std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  }
  // Refused in a chroot, whose root is no mount point.
  (void)mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  return mount("tmpfs", path.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
}

}  // namespace

int on_small_disk(const std::string& path, const std::string& size, const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    int found = kNoSmallDisk;
    if (mount_small_disk(path, size)) {
      // Nothing may be thrown past the fork: this child would go on as a second test program.
      try {
        found = work();
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        found = 1;
      }
      umount2(path.c_str(), MNT_DETACH);
    }
    _exit(found);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace sluice::testing
