// sluice config set PROFILE KEY [VALUE]: writes one setting. Secrets are read from stdin alone.
#include <iostream>
#include <set>

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include "cli/config_edit.h"
#include "cli/exit_code.h"
#include "cli/ini.h"
#include "cli/knobs.h"
#include "cli/location.h"
#include "cli/session.h"
#include "cli/text_file.h"
#include "cli/units.h"

namespace sluice::cli {
namespace {

const std::set<std::string> kSecrets = {"secret_key", "security_token"};

/// While it lives, a terminal shows nothing of what is typed.
class Unseen {
 public:
  Unseen() : terminal_(::tcgetattr(0, &before_) == 0) {
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (terminal_) ::tcsetattr(0, TCSAFLUSH, &silent);
  }
  ~Unseen() {
    if (terminal_) ::tcsetattr(0, TCSAFLUSH, &before_);
  }
  Unseen(const Unseen&) = delete;

 private:
  termios before_{};
  bool terminal_;
};

Result<std::string> value_of(Context& context, const std::string& key) {
  const bool secret = kSecrets.contains(key);
  if (context.args.has("VALUE")) {
    if (!secret) return context.args.get("VALUE");
    return fail(ErrorKind::argument, fmt::format("{} is never given on the command line", key),
                "leave the value out: it is read from stdin");
  }
  if (context.output.terminal()) context.output.say(key + ":");
  std::string line;
  const Unseen unseen;
  std::getline(std::cin, line);
  line = trimmed(line);
  if (line.empty()) return fail(ErrorKind::argument, fmt::format("no value for {} on stdin", key));
  return line;
}

int run(Context& context) {
  const std::string profile = context.args.get("PROFILE"), key = context.args.get("KEY");
  if (!is_profile_name(profile))
    return report_failure(
        context, make_error(ErrorKind::argument, fmt::format("\"{}\" is no profile name", printable(profile)),
                            "they have letters, digits, '-', '_' and '.'"));
  if (!is_setting(key))
    return report_failure(
        context, make_error(ErrorKind::argument, fmt::format("there is no setting \"{}\"", printable(key)),
                            "sluice config show lists them"));
  const Result<std::string> value = value_of(context, key);
  if (!value) return report_failure(context, value.error());
  if (key == "scheme" && known_scheme(*value).empty())
    return report_failure(
        context, make_error(ErrorKind::argument,
                            fmt::format("\"{}\" is none of: oss, cos, tos, qs, ois, s3", printable(*value)))
                     .with(key, ""));
  if (const Knob* knob = find_knob(key)) {
    Tuning tuning;
    if (const Result<void> fine = knob->apply(*value, tuning); !fine)
      return report_failure(context, fine.error().with(key, ""));
  }
  const std::string file = config_file(context.env);
  const Result<void> done = change_text_file(
      file, [&](const std::string& text) { return with_setting(text, file, profile, key, *value); });
  return done ? kDone : report_failure(context, done.error());
}

}  // namespace

Verb config_set_verb() {
  return {.name = "config set",
          .aliases = {},
          .summary = "writes one setting of a profile",
          .details =
              "Without VALUE it is read from stdin, as a secret must be. The file is made for its owner "
              "alone.",
          .examples = {"sluice config set prod region cn-hangzhou",
                       "pass show oss/prod | sluice config set prod secret_key"},
          .operands = {{"PROFILE", "its name, which may be new"},
                       {"KEY", "as in the configuration: region, access_key, part_size, ..."},
                       {"VALUE", "what it becomes", 0, 1}},
          .options = {},
          .shares = Shares::nothing,
          .run = run};
}

}  // namespace sluice::cli
