// Which options go with which verb: options.h.
#include "cli/options.h"

#include "cli/filter_options.h"
#include "cli/knobs.h"
#include "cli/put_options.h"

namespace sluice::cli {
namespace {

std::vector<Option> store_options_of(const std::string& side, const std::string& of) {
  return {
      {"--" + side + "endpoint", "URL", "where " + of + " answers; empty = the vendor's of the region"},
      {"--" + side + "region", "R", "region of " + of + " (QingStor: the zone)"},
      {"--" + side + "addressing", "auto|virtual|path", "how the bucket is named in a request"},
      {"--" + side + "profile", "NAME", "profile of " + of},
  };
}

void append(std::vector<Option>& to, std::vector<Option> more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

std::vector<OptionGroup> option_groups(const Verb& verb) {
  std::vector<OptionGroup> groups;
  if (!verb.options.empty()) groups.push_back({"Options", verb.options});
  if (!verb.selection.empty()) groups.push_back({"Selection", verb.selection});
  if (verb.filters) groups.push_back({"Filters", filter_options()});
  if (verb.puts_objects) groups.push_back({"Stored with the object", put_options()});
  if (verb.shares == Shares::nothing) return groups;

  OptionGroup store{"Store", store_options_of("", "the store")};
  append(store.options, {{"--sign-payload", "", "S3: sign the body's checksum as well"},
                         {"--oss-v1", "", "OSS: signatures of version 1", false, true}});
  groups.push_back(std::move(store));
  if (verb.shares == Shares::stores) {
    OptionGroup both{"Between two stores", store_options_of("src-", "the source")};
    append(both.options, store_options_of("dst-", "the target"));
    groups.push_back(std::move(both));
  }
  OptionGroup tuning{"Tuning", {}};
  for (const Knob& knob : knobs())
    tuning.options.push_back({knob.flags, knob.type, knob.help, false, knob.hidden});
  groups.push_back(std::move(tuning));
  groups.push_back(
      {"Output",
       {{"--json", "", "one JSON object a line, on stdout"}, {"-q,--quiet", "", "no progress, no summary"}}});
  return groups;
}

std::vector<std::string> option_words(const Option& option) {
  std::vector<std::string> words;
  std::size_t from = 0;
  for (std::size_t comma; (comma = option.flags.find(',', from)) != std::string::npos; from = comma + 1)
    words.push_back(option.flags.substr(from, comma - from));
  words.push_back(option.flags.substr(from));
  return words;
}

}  // namespace sluice::cli
