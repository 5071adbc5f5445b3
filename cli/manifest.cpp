#include "cli/manifest.h"

#include <array>
#include <charconv>
#include <fstream>

#include <fmt/format.h>
#include <simdjson.h>

#include "cli/units.h"

namespace sluice::cli {
namespace {

namespace json = simdjson;

constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kStepsABatch = 256;
constexpr std::array kActions{bulk::Action::copy, bulk::Action::remove, bulk::Action::compare};
constexpr std::array kWhys{bulk::Why::missing, bulk::Why::size, bulk::Why::newer, bulk::Why::checksum,
                           bulk::Why::extra};

Unexpected no_manifest(const std::string& path, std::uint64_t line, const std::string& why) {
  return fail(ErrorKind::argument, fmt::format("{}:{}: {}", printable(path), line, why),
              "sluice plan writes such files; every line counts");
}

/// JSON has no bytes: names that are no UTF-8 are written in hex.
std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

Result<std::string> unhex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned value = 0;
    const auto [end, failed] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (failed != std::errc() || end != text.data() + i + 2) return fail(ErrorKind::argument, "no hex");
    bytes += static_cast<char>(value);
  }
  if (text.size() % 2 != 0) return fail(ErrorKind::argument, "no hex");
  return bytes;
}

template <class Word, std::size_t N>
bool find_word(const std::array<Word, N>& words, std::string_view text, Word& found) {
  for (const Word each : words)
    if (bulk::word(each) == text) {
      found = each;
      return true;
    }
  return false;
}

/// A line of a file, with its number for messages.
class Lines {
 public:
  explicit Lines(const std::string& path) : path_(path), file_(path, std::ios::binary) {}

  bool opened() const { return file_.is_open(); }
  bool next() {
    ++number_;
    return static_cast<bool>(std::getline(file_, line_)) && !file_.eof();  // half a line is none
  }
  Result<json::dom::object> object() {
    json::dom::object object;
    if (parser_.parse(line_).get(object) != json::SUCCESS) return wrong("no JSON object");
    return object;
  }
  Unexpected wrong(const std::string& why) const { return no_manifest(path_, number_, why); }

 private:
  const std::string path_;
  std::ifstream file_;
  std::string line_;
  std::uint64_t number_ = 0;
  json::dom::parser parser_;
};

bool text_of(const json::dom::object& object, const char* name, std::string& into) {
  std::string_view text;
  if (object[name].get(text) != json::SUCCESS) return false;
  into = text;
  return true;
}

bool number_of(const json::dom::object& object, const char* name, std::uint64_t& into) {
  return object[name].get(into) == json::SUCCESS;
}

Result<bulk::Step> step_of(Lines& lines, const json::dom::object& object) {
  bulk::Step step;
  std::string action, why, hex_name;
  if (!text_of(object, "action", action) || !find_word(kActions, action, step.action))
    return lines.wrong("no action");
  if (!text_of(object, "why", why) || !find_word(kWhys, why, step.why)) return lines.wrong("no reason");
  if (!text_of(object, "name", step.entry.name)) return lines.wrong("no name");
  if (text_of(object, "name_hex", hex_name)) {
    Result<std::string> name = unhex(hex_name);
    if (!name) return lines.wrong("name_hex is no hex");
    step.entry.name = *std::move(name);
  }
  if (!number_of(object, "size", step.entry.info.size)) return lines.wrong("no size");
  (void)text_of(object, "etag", step.entry.info.etag);
  if (std::string text; text_of(object, "modified_ms", text)) {
    std::int64_t modified = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), modified);
    if (failed != std::errc() || end != text.data() + text.size())
      return lines.wrong("modified_ms is no number");
    step.entry.info.modified = TimePoint(std::chrono::milliseconds(modified));
  }
  return step;
}

bool end_of(const json::dom::object& object, PlanTotals& totals) {
  bool end = false;
  return object["end"].get(end) == json::SUCCESS && end && number_of(object, "copies", totals.copies) &&
         number_of(object, "deletes", totals.removals) && number_of(object, "bytes", totals.bytes) &&
         number_of(object, "source", totals.source) && number_of(object, "target", totals.target);
}

class ManifestSteps final : public bulk::Steps {
 public:
  ManifestSteps(const std::string& path, std::string after, PlanTotals totals)
      : lines_(path), after_(std::move(after)), totals_(totals) {
    (void)lines_.next();  // its head
  }

  Result<bulk::Batch> next() override {
    bulk::Batch batch;
    while (!batch.last && batch.steps.size() < kStepsABatch) {
      if (!lines_.next()) return lines_.wrong("the file has become shorter");
      const Result<json::dom::object> object = lines_.object();
      if (!object) return unexpected(object.error());
      PlanTotals end;
      if (end_of(*object, end)) {
        batch.last = true;
        // A run that goes on has counted them before.
        if (after_.empty()) batch.source_names = totals_.source, batch.target_names = totals_.target;
        break;
      }
      Result<bulk::Step> step = step_of(lines_, *object);
      if (!step) return unexpected(step.error());
      batch.through = step->entry.name;
      if (after_.empty() || step->entry.name > after_) batch.steps.push_back(*std::move(step));
    }
    return batch;
  }

 private:
  Lines lines_;
  const std::string after_;
  const PlanTotals totals_;
};

}  // namespace

JsonLine manifest_head(const ManifestHead& head) {
  return JsonLine().number("plan", kVersion).texts("command", head.words).text("directory", head.directory);
}

JsonLine manifest_step(const bulk::Step& step) {
  const ObjectInfo& info = step.entry.info;
  JsonLine line;
  line.text("action", bulk::word(step.action))
      .text("why", bulk::word(step.why))
      .text("name", step.entry.name);
  if (!simdjson::validate_utf8(step.entry.name)) line.text("name_hex", hex(step.entry.name));
  line.number("size", info.size).text_if("etag", info.etag);
  // As text: JSON's numbers are not whole everywhere.
  if (info.modified) line.text("modified_ms", fmt::to_string(info.modified->time_since_epoch().count()));
  return line;
}

JsonLine manifest_end(const PlanTotals& totals) {
  JsonLine line;
  line.boolean("end", true).number("copies", totals.copies).number("deletes", totals.removals);
  return line.number("bytes", totals.bytes).number("source", totals.source).number("target", totals.target);
}

Result<Manifest> Manifest::open(const std::string& path) {
  Manifest manifest;
  manifest.path_ = path;
  Lines lines(path);
  if (!lines.opened()) {
    Error none = make_error(ErrorKind::disk, "cannot be read");
    none.target = path;
    none.system_error = ENOENT;
    return unexpected(std::move(none));
  }
  if (!lines.next()) return lines.wrong("no manifest");
  const Result<json::dom::object> first = lines.object();
  if (!first) return unexpected(first.error());
  std::uint64_t version = 0;
  if (!number_of(*first, "plan", version) || !text_of(*first, "directory", manifest.head_.directory))
    return lines.wrong("no manifest");
  if (version > kVersion) return lines.wrong("written by a newer version of sluice");
  json::dom::array words;
  if ((*first)["command"].get(words) != json::SUCCESS) return lines.wrong("no command");
  for (const json::dom::element word : words) {
    std::string_view text;
    if (word.get(text) != json::SUCCESS) return lines.wrong("no command");
    manifest.head_.words.emplace_back(text);
  }
  // Read to its end: half a plan must not be carried out.
  std::string before;
  bool whole = false;
  PlanTotals counted;
  for (; lines.next() && !whole;) {
    const Result<json::dom::object> object = lines.object();
    if (!object) return unexpected(object.error());
    if ((whole = end_of(*object, manifest.totals_))) break;
    const Result<bulk::Step> step = step_of(lines, *object);
    if (!step) return unexpected(step.error());
    if (counted.copies + counted.removals > 0 && step->entry.name <= before)
      return lines.wrong("names are to rise");
    before = step->entry.name;
    ++(step->action == bulk::Action::remove ? counted.removals : counted.copies);
  }
  if (!whole) return lines.wrong("the last line is missing: the file is not whole");
  return manifest;
}

Result<std::unique_ptr<bulk::Steps>> Manifest::steps(const std::string& after) const {
  return std::unique_ptr<bulk::Steps>(std::make_unique<ManifestSteps>(path_, after, totals_));
}

}  // namespace sluice::cli
