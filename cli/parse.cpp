// Finds the verb and hands its options to CLI11: parse.h.
#include "cli/parse.h"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/knobs.h"
#include "cli/options.h"
#include "cli/peers.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

using Words = std::vector<std::string>;

Parsed usage(std::string text) {
  return {nullptr, {}, std::move(text), kUsage};
}
Parsed show(std::string text) {
  return {nullptr, {}, std::move(text), kDone};
}

bool is_option(std::string_view word) {
  return word.size() > 1 && word.front() == '-' && word != "--";
}
bool is_number(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "--region=x" -> "--region"; "-pSECRET" is the option -p with its value.
std::string option_of(std::string_view word) {
  return std::string(word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2));
}

const Option* find_option(const std::vector<OptionGroup>& groups, std::string_view word) {
  for (const OptionGroup& group : groups)
    for (const Option& option : group.options)
      for (const std::string& each : option_words(option))
        if (each == word) return &option;
  return nullptr;
}

/// What others call `word`, in our words, where the options at hand know these and not those.
std::string translated(const std::vector<OptionGroup>& groups, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const std::string ours(our_option(name));
  if (ours.empty() || find_option(groups, name) || !find_option(groups, ours)) return word;
  return ours + word.substr(name.size());
}

Parsed unknown_option(const std::vector<OptionGroup>& groups, const std::string& word) {
  const std::string written = option_of(word);
  std::string option = written;
  std::replace(option.begin(), option.end(), '_', '-');
  if (const char* why = why_no_option(option))
    return usage(fmt::format("no option {}: {}", printable(written), why));
  Words known;
  for (const OptionGroup& group : groups)
    for (const Option& each : group.options)
      if (const Words words = option_words(each); !each.hidden) known.push_back(words.back());
  const std::string near = option.starts_with("--") ? nearest(option, known) : "";
  return usage(fmt::format("unknown option {}; {}", printable(written),
                           near.empty() ? "--help lists them" : "did you mean " + near + "?"));
}

/// -r is a number of retries elsewhere.
bool counts_retries(const Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "-r" && i + 1 < words.size() && is_number(words[i + 1])) return true;
    if (words[i].starts_with("-r") && is_number(std::string_view(words[i]).substr(2))) return true;
  }
  return false;
}
constexpr const char* kNoRetries =
    "-r is --recursive and takes no number: requests before giving up are --max-attempts";

/// Options that stand before the command, as some tools want them, go behind it.
Words command_first(Words words) {
  static const std::vector<OptionGroup> shared = [] {
    Verb any;
    any.shares = Shares::stores;
    any.options = {{"--dry-run", "", ""}};
    return option_groups(any);
  }();
  std::size_t end = 0;
  while (end < words.size() && is_option(words[end])) {
    words[end] = translated(shared, words[end]);
    const Option* option = find_option(shared, words[end].substr(0, words[end].find('=')));
    if (!option) return words;
    const bool value_follows = !option->type.empty() && words[end].find('=') == std::string::npos;
    end += value_follows ? 2 : 1;
  }
  if (end >= words.size()) return {};
  const auto last = std::find(words.begin() + static_cast<std::ptrdiff_t>(end), words.end(), "--");
  std::rotate(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(end), last);
  return words;
}

/// The verb that `words` begin with, whose words are taken away.
const Verb* take_verb(Words& words) {
  const auto take = [&words](std::size_t count) {
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count));
  };
  for (const Verb& verb : verbs()) {
    if (words.size() > 1 && verb.name == words[0] + " " + words[1]) return take(2), &verb;
    const bool alias = std::find(verb.aliases.begin(), verb.aliases.end(), words[0]) != verb.aliases.end();
    if (alias || verb.name == words[0]) return take(1), &verb;
  }
  return nullptr;
}

Parsed no_verb(const Words& words) {
  const std::string& first = words.front();
  for (const VerbGroup& group : verb_groups()) {
    if (first != group.name) continue;
    if (words.size() > 1 && (words[1] == "-h" || words[1] == "--help" || words[1] == "--help-all"))
      return show(help_of_group(group));
    return usage(fmt::format("{0} needs a second word; sluice {0} --help lists them", first));
  }
  if (const char* why = why_no_command(first))
    return usage(fmt::format("no command {}: {}", printable(first), why));
  Words known;
  for (const Verb& verb : verbs()) known.push_back(verb.name.substr(0, verb.name.find(' ')));
  const std::string near = nearest(first, known);
  return usage(fmt::format("unknown command \"{}\"; {}", printable(first),
                           near.empty() ? "sluice --help lists them" : "did you mean " + near + "?"));
}

/// One verb's options and operands, as CLI11 wants them.
class Parser {
 public:
  explicit Parser(const Verb& verb) : verb_(verb), groups_(option_groups(verb)), app_("", "sluice") {
    app_.set_help_flag("-h,--help", "");
    app_.set_help_all_flag("--help-all", "");
    for (const Operand& operand : verb.operands) declare(operand);
    for (const OptionGroup& group : groups_)
      for (const Option& option : group.options) declare(option);
  }

  Parsed parse(Words words);

 private:
  void declare(const Operand& operand);
  void declare(const Option& option);
  Parsed explain_extras(const Words& words) const;
  void take(const std::string& name, const Words& values) {
    for (const std::string& value : values) args_.add(name, value);
  }

  const Verb& verb_;
  const std::vector<OptionGroup> groups_;
  CLI::App app_;
  Args args_;
};

void Parser::declare(const Operand& operand) {
  CLI::Option* made = nullptr;
  if (operand.most == 1) {
    made = app_.add_option_function<std::string>(
        operand.name, [this, key = operand.name](const std::string& value) { args_.add(key, value); });
  } else {
    made = app_.add_option_function<Words>(
        operand.name, [this, key = operand.name](const Words& values) { take(key, values); });
    made->expected(operand.least, operand.most);
  }
  if (operand.least > 0) made->required();
}

void Parser::declare(const Option& option) {
  const std::string name = option_name(option.flags);
  if (option.type.empty()) {
    const bool negative = name.starts_with("no_") && find_knob(name.substr(3));
    app_.add_flag_callback(option.flags, [this, name, negative] {
      negative ? args_.add(name.substr(3), "false") : args_.add(name, "true");
    });
    return;
  }
  CLI::Option* made = app_.add_option_function<Words>(
      option.flags, [this, name](const Words& values) { take(name, values); });
  made->expected(1)->allow_extra_args(false);
  made->multi_option_policy(option.many ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::TakeLast);
  // The order among several options may matter: each is told as it is met.
  if (option.many)
    made->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args(false)->trigger_on_parse();
}

Parsed Parser::explain_extras(const Words& words) const {
  if (counts_retries(words)) return usage(kNoRetries);
  bool options_over = false;
  for (const std::string& word : app_.remaining(true)) {
    if (word == "--") options_over = true;
    if (!options_over && is_option(word)) return unknown_option(groups_, word);
  }
  return usage("too many arguments; --help says which are wanted");
}

Parsed Parser::parse(Words words) {
  for (std::string& word : words) {
    if (word == "--") break;
    if (is_option(word)) word = translated(groups_, word);
  }
  try {
    app_.parse(Words(words.rbegin(), words.rend()));  // CLI11 wants them so
  } catch (const CLI::CallForHelp&) {
    return show(help_of(verb_, false));
  } catch (const CLI::CallForAllHelp&) {
    return show(help_of(verb_, true));
  } catch (const CLI::ExtrasError&) {
    return explain_extras(words);
  } catch (const CLI::RequiredError& error) {
    // An unknown option swallows what follows it: say that first.
    return app_.remaining(true).empty() ? usage(fmt::format("{}; --help says more", error.what()))
                                        : explain_extras(words);
  } catch (const CLI::ParseError& error) {
    return usage(printable(error.what()));
  }
  return {&verb_, std::move(args_), {}, kDone};
}

}  // namespace

Parsed parse_command(Words words) {
  const Words given = words;
  words = command_first(std::move(words));
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.push_back("--help");
  }
  if (words.empty()) return usage("no command; sluice --help lists them");
  const std::string& first = words.front();
  if (first == "-h" || first == "--help" || first == "--help-all") return show(help_of_command());
  if (first == "--version") words.front() = "version";
  if (is_option(first)) return counts_retries(words) ? usage(kNoRetries) : unknown_option({}, first);
  const Words ours = our_command(first);
  if (!ours.empty()) words.erase(words.begin());
  words.insert(words.begin(), ours.begin(), ours.end());
  const Verb* verb = take_verb(words);
  if (!verb) return no_verb(words);
  Parsed parsed = Parser(*verb).parse(std::move(words));
  parsed.args.set_words(given);
  return parsed;
}

}  // namespace sluice::cli
