// Tables of other tools' names: peers.h.
#include "cli/peers.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "cli/words.h"

namespace sluice::cli {
namespace {

struct Pair {
  std::string_view theirs;
  const char* ours;
};

constexpr std::array kOptions = {
    Pair{"--numworkers", "--jobs"},
    Pair{"--transfers", "--jobs"},
    Pair{"--routines", "--jobs"},
    Pair{"--batch-concurrency", "--jobs"},
    Pair{"--parallel", "--concurrency"},
    Pair{"--thread-num", "--concurrency"},
    Pair{"--multipart-concurrency", "--concurrency"},
    Pair{"--bigfile-threshold", "--threshold"},
    Pair{"--part-threshold", "--threshold"},
    Pair{"--bandwidth-limit", "--bwlimit"},
    Pair{"--rate-limiting", "--bwlimit"},
    Pair{"--checkpoint-dir", "--state-dir"},
    Pair{"--dryrun", "--dry-run"},
    Pair{"--dry", "--dry-run"},
    Pair{"-e", "--endpoint"},
    Pair{"--endpoint-url", "--endpoint"},
    Pair{"--source-region", "--src-region"},
    Pair{"--ca-bundle", "--ca"},
    Pair{"--only-show-errors", "--quiet"},
    Pair{"--human-readable", "--human"},
    Pair{"--humanize", "--human"},
    Pair{"--metadata", "--meta"},
    Pair{"--tags", "--tag"},
    Pair{"--tagging", "--tag"},
    Pair{"--no-overwrite", "--no-clobber"},
    Pair{"--ignore-existing", "--no-clobber"},
    Pair{"--expires", "--expires-header"},  // of cp: presign has one of its own
    Pair{"--expire", "--expires"},
    Pair{"--expires-in", "--expires"},
    Pair{"--expires-duration", "--expires"},
    Pair{"--newer-than", "--newer"},
    Pair{"--older-than", "--older"},
    Pair{"--max-age", "--newer-than"},
    Pair{"--min-age", "--older-than"},
    Pair{"--maxdepth", "--max-depth"},
    Pair{"--marker", "--start-after"},
    Pair{"--bucket-name-prefix", "--prefix"},
    Pair{"--redundancy-type", "--redundancy"},
    Pair{"--az-redundancy", "--redundancy"},
    Pair{"--bucket-type", "--type"},
};

/// Where one word of theirs is several of ours; other names are their verb's aliases.
constexpr std::array kCommands = {
    Pair{"set-props", "props set"},
    Pair{"set-acl", "props set acl"},
    Pair{"setacl", "props set acl"},
    Pair{"set-meta", "props set meta"},
    Pair{"setmeta", "props set meta"},
};

constexpr const char* kNoSecrets =
    "keys never go on the command line, where every user of the machine can read them: use the vendor's "
    "environment variables, or a profile in the configuration (sluice config show says where it is)";
constexpr const char* kAttempts = "requests before giving up are --max-attempts, the first one counted";
constexpr const char* kOneWay = "a limit is --bwlimit RATE, of one way --bwlimit UP:DOWN: 1M:off, off:1M";
constexpr const char* kNoFilters =
    "filters are of sync, cp -r, mv -r, rm -r and check; sluice find prints what fits";

constexpr std::array kRefusedOptions = {
    Pair{"--access-key", kNoSecrets},
    Pair{"--secret-key", kNoSecrets},
    Pair{"--access-key-id", kNoSecrets},
    Pair{"--access-key-secret", kNoSecrets},
    Pair{"--secret-access-key", kNoSecrets},
    Pair{"--secret-id", kNoSecrets},
    Pair{"--security-token", kNoSecrets},
    Pair{"--session-token", kNoSecrets},
    Pair{"--sts-token", kNoSecrets},
    Pair{"--token", kNoSecrets},
    Pair{"--ak", kNoSecrets},
    Pair{"--sk", kNoSecrets},
    Pair{"--password", kNoSecrets},
    Pair{"-i", kNoSecrets},
    Pair{"-k", kNoSecrets},
    Pair{"-p",
         "other tools disagree on what -p means: the part size is --part-size, requests in flight are -c"},
    Pair{"-n", "other tools disagree on what -n means: a dry run is --dry-run"},
    Pair{"-R", "recursive is -r"},
    Pair{"--zone", "QingStor's zone is --region"},
    Pair{"--retry-count", kAttempts},
    Pair{"--retry-times", kAttempts},
    Pair{"--retry-num", kAttempts},
    Pair{"--retries", kAttempts},
    Pair{"--low-level-retries", kAttempts},
    Pair{"--maxupspeed", kOneWay},
    Pair{"--maxdownspeed", kOneWay},
    Pair{"--include", kNoFilters},
    Pair{"--exclude", kNoFilters},
    Pair{"--no-sign-request", "every request is signed, of public objects as well"},
};

constexpr std::array kRefusedCommands = {
    Pair{"mkdir", "a bucket is made by mb"},
    Pair{"rmdir", "a bucket is removed by rb"},
    Pair{"purge", "rm -r deletes what is below a prefix"},
    Pair{"create-symlink", "it is symlink, and there the target comes first"},
    Pair{"configure", "config show says where the configuration is, and what is in effect"},
};

template <std::size_t N>
const char* find(const std::array<Pair, N>& table, std::string_view word) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Pair& p) { return p.theirs == word; });
  return found == table.end() ? nullptr : found->ours;
}

/// Letters to insert, delete or replace.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view our_option(std::string_view theirs) {
  const char* const ours = find(kOptions, theirs);
  return ours ? ours : std::string_view();
}
std::vector<std::string> our_command(std::string_view theirs) {
  const char* const ours = find(kCommands, theirs);
  return ours ? split_words(ours).value_or({}) : std::vector<std::string>();
}
const char* why_no_option(std::string_view option) {
  return find(kRefusedOptions, option);
}
const char* why_no_command(std::string_view command) {
  return find(kRefusedCommands, command);
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kLongest = 40;  // nobody mistypes more than that
  if (word.size() > kLongest) return {};
  std::size_t least = word.size() <= 4 ? 2 : 3;  // more letters than this differ: another word
  std::string best;
  for (const std::string& each : known) {
    const std::size_t letters = distance(word, each);
    if (letters >= least) continue;
    least = letters;
    best = each;
  }
  return best;
}

}  // namespace sluice::cli
