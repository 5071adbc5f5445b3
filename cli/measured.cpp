// Reads and writes what was measured: measured.h.
#include "cli/measured.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "cli/json_line.h"
#include "cli/knobs.h"
#include "cli/text_file.h"

namespace sluice::cli {
namespace {

constexpr const char* kHead =
    "# Written by `sluice bench`: what it measured best for each store. It writes this file anew: what you\n"
    "# would rather have stands in a profile or in [defaults] of the configuration, which go before this.\n"
    "# Delete a table to forget a store.\n";
constexpr const char* kOurs = "sluice bench writes this file; it may be deleted";
constexpr std::array<std::string_view, 3> kKnobs = {"concurrency", "jobs", "part_size"};

/// A part size is a wish: an order would refuse what the store takes in other parts only.
Result<void> check(const std::string& knob, const std::string& value) {
  Tuning tuning;
  if (Result<void> fine = find_knob(knob)->apply(value, tuning); !fine) return fine;
  if (tuning.transfer.part_size != 0) return fail(ErrorKind::config, "a part size begins with ~ here");
  return {};
}

Unexpected bad(const std::string& file, int line, std::string_view what) {
  return fail(ErrorKind::config, fmt::format("{}:{}: {}", file, line, what), kOurs);
}

Result<MeasuredStore> read_store(const toml::table& table, const std::string& file,
                                 std::vector<std::string>& warnings) {
  MeasuredStore store;
  const std::map<std::string_view, std::string*> words = {{"scheme", &store.scheme},
                                                          {"endpoint", &store.endpoint},
                                                          {"region", &store.region},
                                                          {"measured", &store.measured}};
  for (const auto& [key, node] : table) {
    const int line = static_cast<int>(key.source().begin.line);
    const toml::value<std::string>* text = node.as_string();
    const std::string name(key.str());
    if (const auto word = words.find(name); word != words.end()) {
      if (!text) return bad(file, line, "what tells a store is text");
      *word->second = text->get();
      continue;
    }
    if (std::find(kKnobs.begin(), kKnobs.end(), name) == kKnobs.end()) return bad(file, line, "unknown key");
    const Result<void> fine = text ? check(name, text->get()) : fail(ErrorKind::config, "this is no text");
    if (fine)
      store.values[name] = {text->get(), line};
    else
      warnings.push_back(
          fmt::format("{}:{}: {} is left out: {} ({})", file, line, name, fine.error().message, kOurs));
  }
  return store;
}

std::string write_store(const MeasuredStore& store) {
  std::string text = "\n[[store]]\n";
  // JSON's escapes are TOML's as well.
  const auto line = [&text](std::string_view name, const std::string& value) {
    text += fmt::format("{} = {}\n", name, json_string(value));
  };
  line("scheme", store.scheme);
  line("endpoint", store.endpoint);
  line("region", store.region);
  line("measured", store.measured);
  for (const auto& [name, value] : store.values) line(name, value.text);
  return text;
}

}  // namespace

std::string measured_file(const std::string& config_file) {
  constexpr std::string_view kEnd = ".toml";
  std::string stem = config_file;
  if (stem.ends_with(kEnd)) stem.resize(stem.size() - kEnd.size());
  return stem + ".measured.toml";
}

Result<Measured> parse_measured(const std::string& text, const std::string& file) {
  Measured measured;
  measured.file = file;
  try {
    const toml::table root = toml::parse(text);
    for (const auto& [key, node] : root) {
      const int line = static_cast<int>(key.source().begin.line);
      const toml::array* stores = node.as_array();
      if (key != "store" || !stores) return bad(file, line, "there are only [[store]] tables here");
      for (const toml::node& one : *stores) {
        const toml::table* table = one.as_table();
        if (!table) return bad(file, line, "there are only [[store]] tables here");
        Result<MeasuredStore> store = read_store(*table, file, measured.warnings);
        if (!store) return unexpected(store.error());
        measured.stores.push_back(*std::move(store));
      }
    }
  } catch (const toml::parse_error& error) {
    return bad(file, static_cast<int>(error.source().begin.line), "this is no valid TOML");
  }
  return measured;
}

Result<Measured> load_measured(const std::string& file) {
  const Result<std::optional<TextFile>> found = read_text_file(file);
  if (!found) return unexpected(found.error());
  return parse_measured(*found ? (*found)->text : std::string(), file);
}

Result<void> save_measured(const std::string& file, const MeasuredStore& store) {
  return change_text_file(file, [&](const std::string& old_text) -> Result<std::string> {
    Result<Measured> measured = parse_measured(old_text, file);
    if (!measured) return unexpected(measured.error());
    std::erase_if(measured->stores, [&](const MeasuredStore& old) { return old.same_store(store); });
    measured->stores.push_back(store);
    std::string text = kHead;
    for (const MeasuredStore& each : measured->stores) text += write_store(each);
    return text;
  });
}

}  // namespace sluice::cli
