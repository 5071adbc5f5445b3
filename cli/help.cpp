// Help as text: help.h.
#include "cli/help.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/options.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kColumns = 100, kNames = 15;

/// `first`, then `text` from `column` on, in as many lines as it takes.
std::string row(const std::string& first, std::size_t column, std::string_view text) {
  std::string out = "  " + first, line;
  const auto end_line = [&] {
    const std::size_t used = out.size() - (out.rfind('\n') + 1);
    out.append(used < column ? column - used : 2, ' ');
    out += line + "\n";
    line.clear();
  };
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find(' ', from), text.size());
    const std::string_view word = text.substr(from, end - from);
    if (!line.empty() && column + line.size() + 1 + word.size() > kColumns) end_line();
    if (!line.empty()) line += ' ';
    line += word;
    from = end + 1;
  }
  end_line();
  return out;
}

/// Names alone, as many on a line as fit.
std::string packed(const std::vector<Option>& options) {
  std::string out, line;
  for (const Option& option : options) {
    if (option.hidden) continue;
    const std::string text = option_text(option);
    if (!line.empty() && 2 + line.size() + 2 + text.size() > kColumns) {
      out += "  " + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : "  ") + text;
  }
  return out + "  " + line + "\n";
}

std::string explained(const std::vector<Option>& options) {
  std::string out;
  for (const Option& option : options) {
    if (option.hidden) continue;
    const std::string text = option_text(option);
    out += row((text.starts_with("--") ? "    " : "") + text, 32, option.help);
  }
  return out;
}

std::string summary_row(const std::string& name, const std::string& summary) {
  return row(name, 2 + kNames, summary);
}

}  // namespace

std::string option_text(const Option& option) {
  std::string text;
  for (const std::string& word : option_words(option)) text += (text.empty() ? "" : ", ") + word;
  return option.type.empty() ? text : text + " " + option.type;
}

std::string synopsis(const Verb& verb) {
  std::string line = "sluice " + verb.name;
  if (!option_groups(verb).empty()) line += " [OPTIONS]";
  for (const Operand& operand : verb.operands) {
    std::string name = operand.name + (operand.most > 1 ? "..." : "");
    line += operand.least == 0 ? " [" + name + "]" : " " + name;
  }
  return line;
}

std::string help_of(const Verb& verb, bool all) {
  std::string text = fmt::format("sluice {}: {}\n\nUsage: {}\n", verb.name, verb.summary, synopsis(verb));
  for (const Operand& operand : verb.operands) text += summary_row(operand.name, operand.help);
  if (!verb.details.empty()) text += "\n" + verb.details + "\n";

  bool named_only = false;
  text += "\n";
  for (const OptionGroup& group : option_groups(verb)) {
    const bool own = group.title == "Options";
    named_only = named_only || (!own && !all);
    text += group.title + ":\n" + (own || all ? explained(group.options) : packed(group.options));
  }
  text += named_only ? "-h, --help: this text; --help-all: with every option explained\n"
                     : "-h, --help, --help-all: this text\n";

  text += "\nExamples:\n";
  for (const std::string& example : verb.examples) text += "  " + example + "\n";
  return text;
}

std::string help_of_group(const VerbGroup& group) {
  std::string text = fmt::format("sluice {}: {}\n\n", group.name, group.summary);
  for (const Verb& verb : verbs())
    if (verb.name.starts_with(group.name + " ")) text += summary_row(verb.name, verb.summary);
  return text;
}

std::string help_of_command() {
  std::string text =
      "sluice moves data between object stores and disks.\n\n"
      "Usage: sluice COMMAND [OPTIONS] ...\n\n"
      "Commands (sluice COMMAND --help says more of each, with examples):\n";
  for (const Verb& verb : verbs()) text += summary_row(verb.name, verb.summary);
  text +=
      "\nURLs are scheme://[profile@]bucket/key; schemes are oss, cos, tos, qs (ois, qingstor) and s3.\n"
      "Keys are taken as they are.\n\n";
  return text + exit_code_help();
}

}  // namespace sluice::cli
