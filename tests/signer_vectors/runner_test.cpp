// Runs every record of every vector file of a folder: tests/vectors, or $SLUICE_VECTORS.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "signing_case.h"
#include "vectors.h"

namespace sluice::signers::vectors {
namespace {

namespace fs = std::filesystem;

struct Count {
  int read = 0, ran = 0, passed = 0;
};

class Runner {
 public:
  void file(const fs::path& path) {
    simdjson::dom::parser parser;
    Json root;
    if (const auto error = parser.load(path.string()).get(root)) {
      ADD_FAILURE() << path << ": " << simdjson::error_message(error);
      return;
    }
    const int before = read_;
    if (root.is_array()) {
      for (const Json record : root.get_array()) one(path.stem().string(), record);
    } else if (root.is_object()) {
      for (const auto [section, records] : root.get_object())
        if (records.is_array())
          for (const Json record : records.get_array()) one(std::string(section), record);
    }
    EXPECT_GT(read_, before) << path << " has no records";
  }

  void report() const {
    std::printf("%-20s %6s %6s %6s\n", "scheme", "read", "ran", "passed");
    Count all;
    for (const auto& [scheme, count] : counts_) {
      std::printf("%-20s %6d %6d %6d\n", scheme.c_str(), count.read, count.ran, count.passed);
      all = {all.read + count.read, all.ran + count.ran, all.passed + count.passed};
    }
    std::printf("%-20s %6d %6d %6d\n", "all", all.read, all.ran, all.passed);
    EXPECT_GT(all.read, 0) << "no records at all";
    EXPECT_EQ(all.ran, all.read) << "records were read that did not run";
    EXPECT_EQ(all.passed, all.ran);
  }

 private:
  void one(const std::string& group, Json record) {
    ++read_;
    std::string scheme = text(record, "scheme");
    if (scheme.empty())
      scheme = find(record, "kind") ? "crc64/" + text(record, "kind") : "checksums/" + group;
    Count& count = counts_[scheme];
    ++count.read;
    const auto problems = check(scheme, group, record);
    if (!problems) {
      ADD_FAILURE() << text(record, "name") << ": unknown scheme " << scheme;
      return;
    }
    ++count.ran;
    if (problems->empty()) ++count.passed;
    for (const auto& problem : *problems)
      ADD_FAILURE() << scheme << " " << text(record, "name") << ": " << problem;
  }

  static std::optional<Problems> check(const std::string& scheme, const std::string& group, Json record) {
    // A record that lacks a field it needs is a failure of that record, not of the run.
    try {
      if (scheme == "sigv4-chunked") return check_sigv4_chunked(record);
      if (scheme == "tos-chunked-body") return check_tos_chunked(record);
      if (family_of(scheme)) return check_signing(record);
      if (scheme.starts_with("crc64/")) return check_crc64(record);
      if (scheme.starts_with("checksums/")) return check_checksums(group, record);
    } catch (const std::exception& e) {
      return Problems{std::string("the record cannot be understood: ") + e.what()};
    }
    return {};
  }

  int read_ = 0;
  std::map<std::string, Count> counts_;
};

TEST(SignerVectors, EveryRecordOfEveryFilePasses) {
  const char* elsewhere = std::getenv("SLUICE_VECTORS");
  const fs::path folder =
      elsewhere && *elsewhere ? fs::path(elsewhere) : fs::path(SLUICE_SOURCE_DIR) / "tests/vectors";
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  ASSERT_FALSE(error) << folder << ": " << error.message();
  ASSERT_FALSE(files.empty()) << folder << " has no vector files";
  std::sort(files.begin(), files.end());

  Runner runner;
  for (const auto& path : files) runner.file(path);
  runner.report();
}

}  // namespace
}  // namespace sluice::signers::vectors
