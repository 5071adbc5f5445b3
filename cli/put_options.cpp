// The table of what goes with an object: put_options.h.
#include "cli/put_options.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "cli/pairs.h"
#include "cli/units.h"
#include "io/time_text.h"

namespace sluice::cli {
namespace {

using Values = std::vector<std::string>;

struct Row {
  const char* flag;
  const char* type;
  const char* help;
  const char* what;  ///< a header, or what one of many is called
  Result<void> (*apply)(const char* what, const Values&, TransferOptions&);
  bool many = false;
};

Result<void> header(const char* name, const Values& values, TransferOptions& into) {
  into.headers[name] = values.back();
  return {};
}

/// As HTTP writes it, whichever way the day is told.
Result<void> date_header(const char* name, const Values& values, TransferOptions& into) {
  const std::string& text = values.back();
  std::optional<io::Seconds> time = io::parse_http_date(text);
  if (!time)
    if (const auto iso = io::parse_iso_time(text)) time = std::chrono::floor<std::chrono::seconds>(*iso);
  if (!time)
    return fail(ErrorKind::argument, fmt::format("\"{}\" is no date", printable(text)),
                "write 2027-01-31T12:00:00Z, or as HTTP does: Sun, 31 Jan 2027 12:00:00 GMT");
  into.headers[name] = io::http_date(*time);
  return {};
}

Result<void> pairs_into(const char* what, const Values& texts, std::map<std::string, std::string>& into) {
  Result<std::map<std::string, std::string>> pairs = read_pairs(texts, what);
  if (!pairs) return unexpected(pairs.error());
  into = *std::move(pairs);
  return {};
}

Result<void> metadata(const char* what, const Values& texts, TransferOptions& into) {
  return pairs_into(what, texts, into.metadata);
}

/// No tag holds a '&', which is how other tools join them.
Result<void> tags(const char* what, const Values& texts, TransferOptions& into) {
  Values apart;
  for (const std::string& text : texts)
    for (std::size_t from = 0; from <= text.size();) {
      const std::size_t end = std::min(text.find('&', from), text.size());
      apart.push_back(text.substr(from, end - from));
      from = end + 1;
    }
  return pairs_into(what, apart, into.tags);
}

template <std::string TransferOptions::*member>
Result<void> word(const char*, const Values& values, TransferOptions& into) {
  into.*member = values.back();
  return {};
}

constexpr std::array kRows = {
    Row{"--storage-class", "CLASS", "a word of the store's: IA, ARCHIVE, ...", "",
        word<&TransferOptions::storage_class>},
    Row{"--acl", "WORD", "a word of the store's: private, public-read, ...", "", word<&TransferOptions::acl>},
    Row{"--content-type", "TYPE", "instead of what the name's extension stands for", "",
        word<&TransferOptions::content_type>},
    Row{"--cache-control", "TEXT", "this header, sent with the object to whoever reads it", "Cache-Control",
        header},
    Row{"--content-disposition", "TEXT", "the same: what browsers do with it, and its name there",
        "Content-Disposition", header},
    Row{"--content-encoding", "TEXT", "the same: how its bytes are coded; they are stored as they are",
        "Content-Encoding", header},
    Row{"--content-language", "TEXT", "the same: the language of its reader", "Content-Language", header},
    Row{"--expires-header", "DATE", "the same, Expires: until when caches may keep it; nothing is deleted",
        "Expires", date_header},
    Row{"--meta", "NAME=VALUE", "user metadata, once for each", "metadata", metadata, true},
    Row{"--tag", "NAME=VALUE", "tags, once for each, or joined by &", "tag", tags, true},
};

std::string name_of(const Row& row) {
  return option_name(row.flag);
}

}  // namespace

std::vector<Option> put_options() {
  std::vector<Option> options;
  for (const Row& row : kRows) options.push_back({row.flag, row.type, row.help, row.many});
  return options;
}

Option no_clobber_option() {
  return {"--no-clobber", "",
          "leave what exists alone: a single one is refused (exit 1), those of a tree are passed over"};
}

Result<void> read_put_options(const Args& args, TransferOptions& into) {
  into.forbid_overwrite = args.has("no_clobber");
  for (const Row& row : kRows) {
    const Values values = args.all(name_of(row));
    if (values.empty()) continue;
    Result<void> read;
    if (values.back().empty())
      read = fail(ErrorKind::argument, "an empty value", "leave the option out");
    else
      read = row.apply(row.what, values, into);
    if (!read) return unexpected(read.error().with(row.flag, ""));
  }
  return {};
}

Result<void> check_put_options(const Args& args) {
  TransferOptions unused;
  return read_put_options(args, unused);
}

std::string put_option_given(const Args& args) {
  for (const Row& row : kRows)
    if (args.has(name_of(row))) return row.flag;
  return {};
}

std::vector<std::string> put_option_words(const Args& args) {
  std::vector<std::string> words;
  for (const Row& row : kRows)
    for (const std::string& value : args.all(name_of(row)))
      words.push_back(fmt::format("{}={}", row.flag, value));
  if (args.has("no_clobber")) words.push_back("--no-clobber");
  return words;
}

}  // namespace sluice::cli
