// verify: counts every reference anew and compares with what the index and the disk say.
#include <algorithm>
#include <map>

#include "emulator/storage_state.h"

namespace sluice::emulator {
namespace {

class Audit {
 public:
  Audit(Database& database, const BlobFiles& files) : database_(database), files_(files) {}

  std::vector<std::string> run() {
    count_contents();
    count_parts();
    compare_objects();
    compare_files();
    if (database_.error()) say(database_.error()->message);
    return std::move(wrong_);
  }

 private:
  struct Content {
    std::int64_t refs = 0, counted = 0;
    std::uint64_t size = 0;
  };

  void say(std::string line) { wrong_.push_back(std::move(line)); }

  std::uint64_t count(std::string_view packed, const std::string& whose) {
    Extents extents;
    if (!unpack_extents(packed, extents)) say(whose + ": damaged slices");
    std::uint64_t size = 0;
    for (const Extent& extent : extents) {
      size += extent.length;
      ++references_[extent.file];
      auto file_size = files_.size_of(extent.file);
      if (!file_size) {
        say(whose + ": " + file_size.error().message);
      } else if (extent.offset + extent.length > *file_size) {
        say(whose + ": slice past the end of file " + std::to_string(extent.file));
      }
    }
    return size;
  }

  void count_contents() {
    Statement rows = database_.prepare("SELECT id, refs, extents, length(tail) FROM contents");
    while (rows.step()) {
      Content& content = contents_[rows.integer(0)];
      content.refs = rows.integer(1);
      content.size = count(rows.bytes(2), "body " + std::to_string(rows.integer(0)));
      content.size += static_cast<std::uint64_t>(rows.integer(3));
    }
  }

  void count_parts() {
    Statement rows = database_.prepare(
        "SELECT parts.number, size, extents, uploads.number FROM parts"
        " LEFT JOIN uploads ON uploads.number = parts.upload");
    while (rows.step()) {
      std::string name = "part " + std::to_string(rows.integer(0));
      if (count(rows.bytes(2), name) != static_cast<std::uint64_t>(rows.integer(1)))
        say(name + ": wrong size");
      if (rows.integer(3) == 0) say(name + ": of no upload");
    }
  }

  void compare_objects() {
    Statement rows = database_.prepare(
        "SELECT key, size, content, buckets.id FROM objects LEFT JOIN buckets ON buckets.id = bucket");
    while (rows.step()) {
      std::string name = "object " + rows.text(0);
      if (rows.integer(3) == 0) say(name + ": in no bucket");
      std::uint64_t size = 0;
      if (std::int64_t id = rows.integer(2); id != 0) {
        auto found = contents_.find(id);
        if (found == contents_.end()) {
          say(name + ": without its body");
          continue;
        }
        ++found->second.counted;
        size = found->second.size;
      }
      if (size != static_cast<std::uint64_t>(rows.integer(1))) say(name + ": wrong size");
    }
    for (const auto& [id, content] : contents_) {
      if (content.refs != content.counted || content.counted == 0)
        say("body " + std::to_string(id) + ": " + std::to_string(content.refs) + " references said, " +
            std::to_string(content.counted) + " counted");
    }
  }

  void compare_files() {
    auto on_disk = files_.scan();
    if (!on_disk) return say(on_disk.error().message);
    std::vector<std::uint64_t> known;
    Statement rows = database_.prepare("SELECT id, refs FROM files ORDER BY id");
    while (rows.step()) {
      auto id = static_cast<std::uint64_t>(rows.integer(0));
      known.push_back(id);
      if (references_[id] != rows.integer(1) || rows.integer(1) == 0)
        say("file " + std::to_string(id) + ": " + std::to_string(rows.integer(1)) + " references said, " +
            std::to_string(references_[id]) + " counted");
    }
    for (std::uint64_t id : known) {
      if (!std::binary_search(on_disk->begin(), on_disk->end(), id))
        say("file " + std::to_string(id) + ": missing");
    }
    for (std::uint64_t id : *on_disk) {
      if (!std::binary_search(known.begin(), known.end(), id))
        say("file " + std::to_string(id) + ": nobody's");
    }
  }

  Database& database_;
  const BlobFiles& files_;
  std::vector<std::string> wrong_;
  std::map<std::int64_t, Content> contents_;
  std::map<std::uint64_t, std::int64_t> references_;
};

}  // namespace

std::vector<std::string> Storage::verify() {
  auto reading = Reading::take(*state_);
  if (!reading) return {reading.error().message};
  return Audit(**reading, *state_->files).run();
}

}  // namespace sluice::emulator
