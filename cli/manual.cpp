// Manual pages: completion.h. The words are those of --help.
#include <fmt/format.h>

#include "cli/completion.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/options.h"

namespace sluice::cli {
namespace {

/// Text as it is: no word of it is a request to troff.
std::string plain(std::string_view text) {
  std::string out;
  bool begins = true;
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    begins = c == '\n';
  }
  return out;
}

std::string head(const std::string& name, const std::string& summary) {
  return fmt::format(".TH {} 1 \"\" \"sluice {}\" \"sluice\"\n.SH NAME\n{} \\- {}\n", plain(name),
                     SLUICE_VERSION, plain(name), plain(summary));
}

std::string entry(const std::string& what, const std::string& text) {
  return fmt::format(".TP\n.B {}\n{}\n", plain(what), plain(text));
}

/// Lines as they stand.
std::string block(const std::string& text) {
  return ".nf\n" + plain(text) + (text.ends_with('\n') ? "" : "\n") + ".fi\n";
}

}  // namespace

std::string manual_name(const Verb& verb) {
  std::string name = "sluice-" + verb.name;
  for (char& c : name)
    if (c == ' ') c = '-';
  return name;
}

std::string manual_of(const Verb& verb) {
  std::string text = head(manual_name(verb), verb.summary);
  text += ".SH SYNOPSIS\n.B " + plain(synopsis(verb)) + "\n";
  if (!verb.details.empty()) text += ".SH DESCRIPTION\n" + plain(verb.details) + "\n";
  if (!verb.operands.empty()) text += ".SH OPERANDS\n";
  for (const Operand& operand : verb.operands) text += entry(operand.name, operand.help);
  for (const OptionGroup& group : option_groups(verb)) {
    text += fmt::format(".SH \"{}\"\n", group.title == "Options" ? "OPTIONS" : "OPTIONS: " + group.title);
    for (const Option& option : group.options)
      if (!option.hidden) text += entry(option_text(option), option.help);
  }
  std::string examples;
  for (const std::string& example : verb.examples) examples += example + "\n";
  text += ".SH EXAMPLES\n" + block(examples);
  return text + ".SH \"SEE ALSO\"\nsluice(1): URLs, exit codes\n";
}

std::string manual_of_command() {
  std::string text = head("sluice", "moves data between object stores and disks");
  text += ".SH SYNOPSIS\n.B sluice COMMAND [OPTIONS] ...\n.SH COMMANDS\n";
  for (const Verb& verb : verbs()) text += entry(manual_name(verb) + "(1)", verb.summary);
  text +=
      ".SH URLS\nscheme://[profile@]bucket/key; schemes are oss, cos, tos, qs (ois, qingstor) and s3.\n"
      "Keys are taken as they are.\n";
  return text + ".SH \"EXIT CODES\"\n" + block(exit_code_help());
}

}  // namespace sluice::cli
