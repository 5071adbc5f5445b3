// Hands the table of verbs to CLI11: parse.h.
#include "cli/parse.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/exit_code.h"
#include "cli/knobs.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

struct Refused {
  std::string_view option;
  const char* why;
};

constexpr const char* kNoSecrets =
    "keys never go on the command line, where every user of the machine can read them: use the vendor's "
    "environment variables, or a profile in the configuration (sluice config show says where it is)";

// What the vendors' own tools call things, where a hint helps more than "unknown".
constexpr std::array kRefused = {
    Refused{"--access-key", kNoSecrets},
    Refused{"--secret-key", kNoSecrets},
    Refused{"--access-key-id", kNoSecrets},
    Refused{"--access-key-secret", kNoSecrets},
    Refused{"--secret-access-key", kNoSecrets},
    Refused{"--secret-id", kNoSecrets},
    Refused{"--security-token", kNoSecrets},
    Refused{"--session-token", kNoSecrets},
    Refused{"--sts-token", kNoSecrets},
    Refused{"--token", kNoSecrets},
    Refused{"--ak", kNoSecrets},
    Refused{"--sk", kNoSecrets},
    Refused{"--password", kNoSecrets},
    Refused{"-i", kNoSecrets},
    Refused{"-k", kNoSecrets},
    Refused{"-p", "the part size is --part-size"},
    Refused{"-n", "other tools disagree on what -n means, so there is none"},
    Refused{"-R", "recursive is -r"},
    Refused{"--endpoint-url", "it is called --endpoint"},
    Refused{"--zone", "QingStor's zone is --region"},
};

std::vector<Option> store_options_of(const std::string& side, const std::string& of) {
  return {
      {"--" + side + "endpoint", "URL", "where " + of + " answers; empty = the vendor's of the region"},
      {"--" + side + "region", "R", "region of " + of + " (QingStor: the zone)"},
      {"--" + side + "addressing", "auto|virtual|path", "how the bucket is named in a request"},
      {"--" + side + "profile", "NAME", "profile of " + of},
  };
}

std::vector<Option> output_options() {
  return {
      {"--json", "", "one JSON object a line, on stdout"},
      {"-q,--quiet", "", "no progress, no summary"},
  };
}

class Parser {
 public:
  Parser() : app_("sluice moves data between object stores and disks", "sluice") {
    app_.set_help_flag("-h,--help", "this text");
    app_.add_flag("--version", version_, "the version");
    app_.footer(
        "URLs are scheme://[profile@]bucket/key; schemes are oss, cos, tos, qs (ois, qingstor) and s3.\n"
        "Keys are taken as they are. `sluice VERB --help` has a verb's options.\n\n" +
        std::string(exit_code_help()));
    app_.require_subcommand(0, 1);
    for (const Verb& verb : verbs()) declare(verb);
  }

  Parsed parse(std::vector<std::string> words);

 private:
  void declare(const Verb& verb);
  void declare(CLI::App& app, const Option& option, const std::string& group);
  Parsed usage(std::string text) const { return {nullptr, {}, std::move(text), kUsage}; }
  Parsed explain_extras() const;

  CLI::App app_;
  bool version_ = false;
  std::map<std::string, CLI::App*> parents_;  ///< "uploads"
  std::vector<std::pair<const Verb*, CLI::App*>> declared_;
  Args args_;
};

void Parser::declare(CLI::App& app, const Option& option, const std::string& group) {
  const std::string name = option_name(option.flags);
  CLI::Option* made = nullptr;
  if (option.type.empty()) {
    const bool negative = name.starts_with("no_") && find_knob(name.substr(3));
    made = app.add_flag_callback(
        option.flags,
        [this, name, negative] { negative ? args_.add(name.substr(3), "false") : args_.add(name, "true"); },
        option.help);
  } else {
    made = app.add_option_function<std::vector<std::string>>(
        option.flags,
        [this, name](const std::vector<std::string>& values) {
          for (const std::string& value : values) args_.add(name, value);
        },
        option.help);
    made->type_name(option.type)->expected(1)->allow_extra_args(false);
    made->multi_option_policy(option.many ? CLI::MultiOptionPolicy::TakeAll
                                          : CLI::MultiOptionPolicy::TakeLast);
    if (option.many) made->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args(false);
  }
  made->group(option.hidden ? "" : group);
}

void Parser::declare(const Verb& verb) {
  CLI::App* parent = &app_;
  std::string name = verb.name;
  if (const std::size_t space = name.find(' '); space != std::string::npos) {
    CLI::App*& group = parents_[name.substr(0, space)];
    if (!group) {
      group = app_.add_subcommand(name.substr(0, space), name.starts_with("config")
                                                             ? "the configuration"
                                                             : "unfinished multipart uploads");
      group->require_subcommand(1);
    }
    parent = group;
    name = name.substr(space + 1);
  }
  CLI::App* sub = parent->add_subcommand(name, verb.summary);
  declared_.emplace_back(&verb, sub);
  sub->set_help_flag("-h,--help", "this text");
  if (!verb.details.empty()) sub->footer(verb.details);

  for (const Operand& operand : verb.operands) {
    CLI::Option* made = nullptr;
    if (operand.most == 1) {
      made = sub->add_option_function<std::string>(
          operand.name, [this, key = operand.name](const std::string& value) { args_.add(key, value); },
          operand.help);
    } else {
      made = sub->add_option_function<std::vector<std::string>>(
          operand.name,
          [this, key = operand.name](const std::vector<std::string>& values) {
            for (const std::string& value : values) args_.add(key, value);
          },
          operand.help);
      made->expected(operand.least, operand.most);
    }
    made->type_name("");
    if (operand.least > 0) made->required();
  }
  for (const Option& option : verb.options) declare(*sub, option, "Options");
  if (verb.shares == Shares::nothing) return;
  for (const Option& option : store_options_of("", "the store")) declare(*sub, option, "Store");
  declare(*sub, {"--sign-payload", "", "S3: sign the body's checksum as well"}, "Store");
  declare(*sub, {"--oss-v1", "", "OSS: signatures of version 1", false, true}, "Store");
  if (verb.shares == Shares::stores) {
    for (const Option& option : store_options_of("src-", "the source"))
      declare(*sub, option, "Between two stores");
    for (const Option& option : store_options_of("dst-", "the target"))
      declare(*sub, option, "Between two stores");
  }
  for (const Knob& knob : knobs())
    declare(*sub, {knob.flags, knob.type, knob.help, false, knob.hidden}, "Tuning");
  for (const Option& option : output_options()) declare(*sub, option, "Output");
}

Parsed Parser::explain_extras() const {
  bool options_over = false;
  for (const std::string& word : app_.remaining(true)) {
    if (word == "--") options_over = true;
    if (options_over || word.size() < 2 || word.front() != '-') continue;
    std::string option = word.substr(0, word.find('='));
    // "-pSECRET" is the option -p with its value.
    if (option[1] != '-') option.resize(2);
    std::string written = option;
    std::replace(option.begin(), option.end(), '_', '-');
    for (const Refused& refused : kRefused)
      if (option == refused.option)
        return usage(fmt::format("no option {}: {}", printable(written), refused.why));
    return usage(fmt::format("unknown option {}; --help lists them", printable(written)));
  }
  return usage("too many arguments; --help says which are wanted");
}

Parsed Parser::parse(std::vector<std::string> words) {
  if (!words.empty() && !words.front().starts_with("-")) {
    const auto known = [&](const Verb& verb) {
      return std::find(verb.aliases.begin(), verb.aliases.end(), words.front()) != verb.aliases.end();
    };
    const auto verb = std::find_if(verbs().begin(), verbs().end(), known);
    if (verb != verbs().end()) words.front() = verb->name;
    const auto named = [&](const Verb& each) {
      return each.name.substr(0, each.name.find(' ')) == words.front();
    };
    if (std::none_of(verbs().begin(), verbs().end(), named))
      return usage(fmt::format("unknown command \"{}\"; sluice --help lists them", printable(words.front())));
  }
  std::reverse(words.begin(), words.end());  // CLI11 wants them so
  try {
    app_.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    return {nullptr, {}, app_.help(), kDone};
  } catch (const CLI::CallForAllHelp&) {
    return {nullptr, {}, app_.help("", CLI::AppFormatMode::All), kDone};
  } catch (const CLI::ExtrasError&) {
    return explain_extras();
  } catch (const CLI::RequiredError& error) {
    for (const auto& [name, group] : parents_)
      if (group->parsed() && group->get_subcommands().empty())
        return usage(fmt::format("{0} needs a second word; sluice {0} --help lists them", name));
    // An unknown option swallows what follows it: say that first.
    return app_.remaining(true).empty() ? usage(fmt::format("{}; --help says more", error.what()))
                                        : explain_extras();
  } catch (const CLI::ParseError& error) {
    return usage(printable(error.what()));
  }
  for (const auto& [verb, app] : declared_)
    if (app->parsed()) return {verb, std::move(args_), {}, kDone};
  if (version_)
    for (const auto& [verb, app] : declared_)
      if (verb->name == "version") return {verb, {}, {}, kDone};
  return usage("no command; sluice --help lists them");
}

}  // namespace

Parsed parse_command(std::vector<std::string> words) {
  return Parser().parse(std::move(words));
}

}  // namespace sluice::cli
