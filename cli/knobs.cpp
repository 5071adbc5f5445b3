// The table of knobs: knobs.h.
#include "cli/knobs.h"

#include <array>
#include <initializer_list>

#include <fmt/format.h>

#include "cli/units.h"

namespace sluice::cli {
namespace {

constexpr std::uint64_t kKi = 1ull << 10, kMi = 1ull << 20, kGi = 1ull << 30, kTi = 1ull << 40;

template <class Target>
Result<void> size_into(std::string_view text, std::uint64_t least, std::uint64_t most, Target& target) {
  const Result<std::uint64_t> size = parse_size(text, least, most);
  if (!size) return unexpected(size.error());
  target = *size;
  return {};
}

template <class Target>
Result<void> count_into(std::string_view text, std::uint64_t least, std::uint64_t most, Target& target) {
  const Result<std::uint64_t> count = parse_count(text, least, most);
  if (!count) return unexpected(count.error());
  target = static_cast<Target>(*count);
  return {};
}

template <class T>
struct Choice {
  const char* word;
  T value;
};

template <class T>
Result<void> choice_into(std::string_view text, std::initializer_list<Choice<T>> choices, T& target) {
  std::string words;
  for (const Choice<T>& choice : choices) {
    if (text == choice.word) {
      target = choice.value;
      return {};
    }
    words += (words.empty() ? "" : ", ") + std::string(choice.word);
  }
  return fail(ErrorKind::argument, fmt::format("\"{}\" is none of: {}", printable(text), words));
}

Result<void> path_into(std::string_view text, std::string& target) {
  if (text.empty()) return fail(ErrorKind::argument, "an empty path");
  target = text;
  return {};
}

const std::array kKnobs = {
    Knob{"part_size", "--part-size", "[~]N[K|M|G]",
         "bytes a part (a bare number is MiB); ~N: a wish, which object, store and resume overrule",
         "planned from the size", false,
         [](std::string_view v, Tuning& t) {
           if (v.starts_with('~')) return size_into(v.substr(1), 64 * kKi, 5 * kGi, t.transfer.usual_part);
           return size_into(v, 64 * kKi, 5 * kGi, t.transfer.part_size);
         }},
    Knob{"threshold", "--threshold", "N[K|M|G]", "objects larger than this go in parts", "16M", false,
         [](std::string_view v, Tuning& t) { return size_into(v, 1, 5 * kGi, t.transfer.threshold); }},
    Knob{"concurrency", "-c,--concurrency", "N",
         "requests in flight: 1 to 1024, a fixed number; auto finds how many pay",
         "auto: as many as pay, 8 to 256", false,
         [](std::string_view v, Tuning& t) {
           t.client.concurrency = 0;
           if (v == "auto") return Result<void>();
           return count_into(v, 1, 1024, t.client.concurrency);
         }},
    Knob{"jobs", "-j,--jobs", "N", "jobs at once, 1 to 1024: large objects of a tree, lines of a run",
         "as concurrency, or 64", false,
         [](std::string_view v, Tuning& t) { return count_into(v, 1, 1024, t.client.jobs); }},
    Knob{"workers", "--workers", "N", "threads that move data, 1 to 64", "2, or 1 on one core", false,
         [](std::string_view v, Tuning& t) { return count_into(v, 1, 64, t.client.workers); }},
    Knob{"memory", "--memory", "N[K|M|G]", "ceiling for buffers, at least 16M", "256M", false,
         [](std::string_view v, Tuning& t) { return size_into(v, 16 * kMi, kTi, t.client.memory); }},
    Knob{"bwlimit", "--bwlimit", "RATE|TIMETABLE",
         "bytes a second: 10M, UP:DOWN (1M:off), or by the clock: \"08:00,512K 19:00,off\", Mon-08:00,...",
         "off", false,
         [](std::string_view v, Tuning& t) {
           const Result<Timetable> table = parse_bwlimit(v);
           if (!table) return Result<void>(unexpected(table.error()));
           t.bandwidth = *table;
           return Result<void>();
         }},
    Knob{"tpslimit", "--tpslimit", "N", "requests a second, of any kind; 0.5: one in two seconds", "off",
         false,
         [](std::string_view v, Tuning& t) {
           const Result<double> requests = parse_tpslimit(v);
           if (!requests) return Result<void>(unexpected(requests.error()));
           t.client.limits.requests = *requests;
           return Result<void>();
         }},
    Knob{"io", "--io", "auto|map|pread", "how files are read", "auto", false,
         [](std::string_view v, Tuning& t) {
           return choice_into<FileIo>(
               v, {{"auto", FileIo::automatic}, {"map", FileIo::map}, {"pread", FileIo::pread}}, t.client.io);
         }},
    Knob{"durability", "--durability", "kill|power", "what a download outlives", "kill", false,
         [](std::string_view v, Tuning& t) {
           return choice_into<Durability>(v, {{"kill", Durability::kill}, {"power", Durability::power}},
                                          t.transfer.durability);
         }},
    Knob{"state_dir", "--state-dir", "DIR", "where unfinished transfers are recorded",
         "$XDG_STATE_HOME/sluice or ~/.local/state/sluice", false,
         [](std::string_view v, Tuning& t) { return path_into(v, t.client.state_dir); }},
    Knob{"ca", "--ca", "FILE", "certificates to trust, PEM", "the system's", false,
         [](std::string_view v, Tuning& t) { return path_into(v, t.client.ca_file); }},
    Knob{"max_attempts", "--max-attempts", "N", "requests before giving up, 1 to 100", "8", false,
         [](std::string_view v, Tuning& t) { return count_into(v, 1, 100, t.client.max_attempts); }},
    Knob{"resume", "--no-resume", "", "start afresh, whatever an earlier run left", "true", false,
         [](std::string_view v, Tuning& t) {
           return choice_into<bool>(v, {{"true", true}, {"false", false}}, t.transfer.resume);
         }},
    Knob{"steal", "--no-steal", "", "keep the parts of a transfer on one worker", "true", true,
         [](std::string_view v, Tuning& t) {
           return choice_into<bool>(v, {{"true", true}, {"false", false}}, t.client.stealing);
         }},
};

}  // namespace

std::span<const Knob> knobs() {
  return kKnobs;
}

const Knob* find_knob(std::string_view name) {
  for (const Knob& knob : kKnobs)
    if (name == knob.name) return &knob;
  return nullptr;
}

}  // namespace sluice::cli
