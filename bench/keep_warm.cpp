// Keeps free memory of a virtual machine warm while something is measured.
//
// A host that takes free pages back makes the first touch of every new page a fault of its own: writing 4 GiB
// to tmpfs may then cost five times as much, for every tool, and differently every time. Pages go back in
// pieces of 128 KiB or more. This program takes GIB of memory and gives every other 64 KiB back, so that what
// is free beside them can never be joined to such a piece. Half of GIB stays in use until it is ended.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>

int main(int count, char** words) {
  constexpr std::size_t kPage = 4096, kPiece = 64u << 10;
  const double gib = count == 2 ? std::atof(words[1]) : 0;
  if (gib <= 0) {
    std::fprintf(stderr, "usage: keep_warm GIB\n");
    return 2;
  }
  const std::size_t size = static_cast<std::size_t>(gib * (1u << 30)) / (2 * kPiece) * 2 * kPiece;
  void* const mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) {
    std::perror("keep_warm");
    return 1;
  }
  madvise(mapped, size, MADV_NOHUGEPAGE);
  char* const bytes = static_cast<char*>(mapped);
  for (std::size_t at = 0; at < size; at += kPage) bytes[at] = 1;
  for (std::size_t at = 0; at < size; at += 2 * kPiece) madvise(bytes + at, kPiece, MADV_DONTNEED);
  std::puts("ready");
  std::fflush(stdout);
  pause();
}
