#include "bulk/walk_listing.h"

#include <utility>

#include "bulk/ahead_listing.h"
#include "bulk/file_info.h"
#include "io/file_sink.h"
#include "io/walk.h"

namespace sluice::bulk {
namespace {

constexpr std::size_t kPage = 1000;

Entry entry_of(const io::WalkEntry& file) {
  return {file.path, file_info(file.path, file.size, file.mtime_ns)};
}

class Walked {
 public:
  Walked(const Side& side, const ListingOptions& options, const AheadListing::Give& give,
         std::stop_token stop)
      : side_(side), options_(options), give_(give), stop_(std::move(stop)) {}

  Result<void> run() {
    io::WalkCallbacks callbacks;
    callbacks.file = [this](const io::WalkEntry& file) { return take(file); };
    callbacks.skipped = options_.notes.skipped;
    callbacks.failed = options_.notes.failed;
    callbacks.enter = [this](std::string_view directory) {
      return !stop_.stop_requested() && (!options_.enter || options_.enter(directory));
    };
    auto walked = io::walk(side_.directory, callbacks, options_.start_after);
    if (walked) give_(std::exchange(page_, {}));
    return walked;
  }

 private:
  bool take(const io::WalkEntry& file) {
    if (io::is_part_name(file.path)) {
      if (options_.notes.skipped) options_.notes.skipped(file.path, "an unfinished download");
      return true;
    }
    page_.push_back(entry_of(file));
    return page_.size() < kPage || give_(std::exchange(page_, {}));
  }

  const Side& side_;
  const ListingOptions& options_;
  const AheadListing::Give& give_;
  const std::stop_token stop_;
  std::vector<Entry> page_;
};

}  // namespace

std::unique_ptr<Listing> list_directory(Side side, ListingOptions options) {
  const unsigned pages = options.pages_ahead;
  const std::stop_token stop = options.stop;
  auto read = [side = std::move(side), options = std::move(options)](const AheadListing::Give& give,
                                                                     std::stop_token asked) {
    return Walked(side, options, give, std::move(asked)).run();
  };
  return std::make_unique<AheadListing>(std::move(read), pages, stop);
}

}  // namespace sluice::bulk
