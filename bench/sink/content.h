// The synthetic buckets as files: printed, written and compared. Each answers an exit status.
#pragma once

#include <string>

namespace sink {

int print_object(const std::string& bucket, const std::string& key);
/// `path`: a file, for the bucket's first key, or a directory of all keys.
int check_files(const std::string& bucket, const std::string& path);
int make_files(const std::string& bucket, const std::string& directory);

}  // namespace sink
