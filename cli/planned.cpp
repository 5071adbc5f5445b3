// Lines of a dry run: planned.h.
#include "cli/planned.h"

#include "cli/words.h"

namespace sluice::cli {

Option dry_run_option() {
  return {"--dry-run", "", "change nothing: show the commands that would do it"};
}

std::string planned(const Output& output, const std::vector<std::string>& words,
                    std::optional<std::uint64_t> bytes) {
  if (!output.json()) return join_words(words) + "\n";
  JsonLine event;
  event.text("event", "planned").texts("command", words);
  if (bytes) event.number("bytes", *bytes);
  return output.row(std::move(event));
}

}  // namespace sluice::cli
