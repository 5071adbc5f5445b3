// Bytes of uploads on disk (-k): one incoming file a request, moved to its name when all is there.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sink {

/// Removes the file unless it was moved to a name.
class KeptFile {
 public:
  explicit KeptFile(const std::string& root);
  ~KeptFile();
  KeptFile(const KeptFile&) = delete;

  void write(const char* bytes, std::size_t count);
  bool move_to(const std::string& path);

 private:
  std::string path_;
  int file_ = -1;
};

std::string object_path(const std::string& root, const std::string& bucket, const std::string& key);
std::string part_path(const std::string& root, const std::string& upload, int number);
/// Makes the object of these parts and removes what was kept of the upload.
bool join_parts(const std::string& root, const std::string& upload, const std::vector<int>& numbers,
                const std::string& path);
void remove_parts(const std::string& root, const std::string& upload);

}  // namespace sink
