// What each shell wants to know: completion.h. Words of the command, then options of the verb, then files.
#include <algorithm>
#include <array>
#include <functional>

#include <fmt/format.h>

#include "cli/completion.h"
#include "cli/options.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

/// "auto|virtual|path" offers three words; "N" and "URL" offer none.
std::vector<std::string> choices(const Option& option) {
  if (option.type.find('|') == std::string::npos || option.type.find('[') != std::string::npos) return {};
  std::vector<std::string> words;
  std::size_t from = 0;
  for (std::size_t bar; (bar = option.type.find('|', from)) != std::string::npos; from = bar + 1)
    words.push_back(option.type.substr(from, bar - from));
  words.push_back(option.type.substr(from));
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

void each_option(const Verb& verb, const std::function<void(const Option&)>& use) {
  for (const OptionGroup& group : option_groups(verb))
    for (const Option& option : group.options)
      if (!option.hidden) use(option);
}

std::vector<std::string> words_of(const Verb& verb) {
  std::vector<std::string> words;
  each_option(verb, [&](const Option& option) {
    for (const std::string& word : option_words(option)) words.push_back(word);
  });
  words.push_back("--help");
  return words;
}

/// First words: verbs and groups, each once.
std::vector<std::string> first_words() {
  std::vector<std::string> words;
  for (const Verb& verb : verbs()) {
    const std::string word = verb.name.substr(0, verb.name.find(' '));
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  return words;
}

std::vector<std::string> second_words(const VerbGroup& group) {
  std::vector<std::string> words;
  for (const Verb& verb : verbs())
    if (verb.name.starts_with(group.name + " ")) words.push_back(verb.name.substr(group.name.size() + 1));
  return words;
}

std::string single_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string bash() {
  std::string options, values, groups;
  for (const Verb& verb : verbs()) {
    options += fmt::format("    '{}') words='{}' ;;\n", verb.name, joined(words_of(verb)));
    each_option(verb, [&](const Option& option) {
      if (const std::vector<std::string> words = choices(option); !words.empty())
        for (const std::string& word : option_words(option))
          values += fmt::format("    '{} {}') words='{}' ;;\n", verb.name, word, joined(words));
    });
  }
  for (const VerbGroup& group : verb_groups())
    groups += fmt::format("    {}) words='{}' ;;\n", group.name, joined(second_words(group)));
  return "# bash completion for sluice\n"
         "_sluice() {\n"
         "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  local verb=\"${COMP_WORDS[1]}\" words=''\n"
         "  COMPREPLY=()\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W '" +
         joined(first_words()) +
         "' -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case \"$verb\" in\n" +
         groups +
         "  esac\n"
         "  if [ -n \"$words\" ]; then\n"
         "    if [ \"$COMP_CWORD\" -eq 2 ]; then\n"
         "      COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "      return\n"
         "    fi\n"
         "    verb=\"$verb ${COMP_WORDS[2]}\"\n"
         "    words=''\n"
         "  fi\n"
         "  case \"$verb $before\" in\n" +
         values +
         "  esac\n"
         "  if [ -n \"$words\" ]; then\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case \"$word\" in\n"
         "  -*) ;;\n"
         "  *) return ;;\n"
         "  esac\n"
         "  case \"$verb\" in\n" +
         options +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -o bashdefault -o default -F _sluice sluice\n";
}

/// In a specification of _arguments, ':' and brackets have a meaning.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_option(const Option& option) {
  const std::vector<std::string> values = choices(option);
  std::string value;
  if (!option.type.empty())
    value = values.empty() ? fmt::format(":{}:_files", zsh_text(option.type))
                           : fmt::format(":value:({})", joined(values));
  std::string out;
  for (const std::string& word : option_words(option))
    out += " " + single_quoted(fmt::format("*{}[{}]{}", word, zsh_text(option.help), value));
  return out;
}

std::string zsh() {
  std::string out =
      "#compdef sluice\n"
      "_sluice() {\n"
      "  local verb=\"$words[2]\"\n"
      "  if (( CURRENT == 2 )); then\n"
      "    local -a verbs=(\n";
  for (const std::string& word : first_words()) {
    std::string summary;
    for (const Verb& verb : verbs())
      if (verb.name == word) summary = verb.summary;
    for (const VerbGroup& group : verb_groups())
      if (group.name == word) summary = group.summary;
    out += "      " + single_quoted(word + ":" + summary) + "\n";
  }
  out +=
      "    )\n"
      "    _describe command verbs\n"
      "    return\n"
      "  fi\n"
      "  case \"$verb\" in\n";
  for (const VerbGroup& group : verb_groups())
    out += fmt::format(
        "  {0})\n"
        "    if (( CURRENT == 3 )); then\n"
        "      compadd {1}\n"
        "      return\n"
        "    fi\n"
        "    verb=\"$verb $words[3]\" ;;\n",
        group.name, joined(second_words(group)));
  out +=
      "  esac\n"
      "  case \"$verb\" in\n";
  for (const Verb& verb : verbs()) {
    out += fmt::format("  {})\n    _arguments", single_quoted(verb.name));
    each_option(verb, [&](const Option& option) { out += zsh_option(option); });
    out += " '*:file:_files' ;;\n";
  }
  return out + "  esac\n}\ncompdef _sluice sluice\n";
}

std::string fish() {
  std::string out = "# fish completion for sluice\n";
  const auto condition = [](const Verb& verb) {
    const std::size_t space = verb.name.find(' ');
    std::string text = "__fish_seen_subcommand_from " + verb.name.substr(0, space);
    if (space != std::string::npos)
      text += "; and __fish_seen_subcommand_from " + verb.name.substr(space + 1);
    return single_quoted(text);
  };
  for (const Verb& verb : verbs())
    if (verb.name.find(' ') == std::string::npos)
      out += fmt::format("complete -c sluice -n __fish_use_subcommand -a {} -d {}\n", verb.name,
                         single_quoted(verb.summary));
  for (const VerbGroup& group : verb_groups()) {
    out += fmt::format("complete -c sluice -n __fish_use_subcommand -a {} -d {}\n", group.name,
                       single_quoted(group.summary));
    out +=
        fmt::format("complete -c sluice -f -n {} -a '{}'\n",
                    single_quoted("__fish_seen_subcommand_from " + group.name), joined(second_words(group)));
  }
  for (const Verb& verb : verbs())
    each_option(verb, [&](const Option& option) {
      out += "complete -c sluice -n " + condition(verb);
      for (const std::string& word : option_words(option))
        out += word.starts_with("--") ? " -l " + word.substr(2) : " -s " + word.substr(1);
      if (!option.type.empty()) out += " -r";
      if (const std::vector<std::string> words = choices(option); !words.empty())
        out += " -f -a " + single_quoted(joined(words));
      out += " -d " + single_quoted(option.help) + "\n";
    });
  return out;
}

struct Shell {
  std::string_view name;
  std::string (*script)();
};
constexpr std::array kShells = {Shell{"bash", bash}, Shell{"zsh", zsh}, Shell{"fish", fish}};

}  // namespace

Result<std::string> completion_script(std::string_view shell) {
  for (const Shell& each : kShells)
    if (each.name == shell) return each.script();
  return fail(ErrorKind::argument, fmt::format("\"{}\" is none of: bash, zsh, fish", printable(shell)));
}

}  // namespace sluice::cli
