// Verb: one command of `sluice`, as data. Each stands in a file of its own; verbs.cpp has the table.
//
// A verb says which words it takes and runs with what was given; only parse.cpp knows the option
// library. `run` answers the exit code and has told the user everything by then.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/args.h"
#include "cli/environment.h"
#include "cli/interrupt.h"
#include "cli/output.h"

namespace sluice::cli {

/// A word of its own place: SRC, URL, ...
struct Operand {
  std::string name;
  std::string help;
  int least = 1;
  int most = 1;  ///< more than 1: Args::all(name)
};

struct Option {
  std::string flags;  ///< "-r,--recursive"
  std::string type;   ///< empty = a switch
  std::string help;
  bool many = false;
  bool hidden = false;
};

/// Which options a verb shares with others.
enum class Shares {
  nothing,
  store,   ///< options of a store, tuning, output
  stores,  ///< also --src-* and --dst-*
};

class Process;

struct Context {
  const Args& args;
  const Environment& env;
  Output& output;
  Interrupt& interrupt;
  Process& process;
};

struct Verb {
  std::string name;                  ///< "cp", "uploads ls"
  std::vector<std::string> aliases;  ///< taken, and not shown
  std::string summary;
  std::string details;
  std::vector<std::string> examples{};  ///< two lines of a shell
  std::vector<Operand> operands;
  std::vector<Option> options;
  std::vector<Option> selection{};  ///< which of many things are taken; shown by name, as those shared
  Shares shares = Shares::store;
  bool puts_objects = false;  ///< takes the options of put_options.h
  bool filters = false;       ///< takes those of filter_options.h
  bool in_run = false;        ///< may be a line of `sluice run`: no standard input, no object on standard output
  int (*run)(Context&) = nullptr;
};

std::span<const Verb> verbs();

/// "uploads" of "uploads ls" and "uploads gc".
struct VerbGroup {
  std::string name;
  std::string summary;
};
std::span<const VerbGroup> verb_groups();

/// The name of an option's value in Args: "-r,--recursive" -> "recursive", "--part-size" -> "part_size".
std::string option_name(const std::string& flags);

Verb cp_verb();
Verb mv_verb();
Verb sync_verb();
Verb migrate_verb();
Verb plan_verb();
Verb apply_verb();
Verb jobs_ls_verb();
Verb jobs_show_verb();
Verb jobs_resume_verb();
Verb jobs_retry_verb();
Verb jobs_cancel_verb();
Verb jobs_gc_verb();
Verb ls_verb();
Verb du_verb();
Verb find_verb();
Verb stat_verb();
Verb rm_verb();
Verb mb_verb();
Verb rb_verb();
Verb cat_verb();
Verb pipe_verb();
Verb append_verb();
Verb props_get_verb();
Verb props_set_verb();
Verb symlink_verb();
Verb readlink_verb();
Verb restore_verb();
Verb hash_verb();
Verb check_verb();
Verb run_verb();
Verb presign_verb();
Verb uploads_ls_verb();
Verb uploads_parts_verb();
Verb uploads_abort_verb();
Verb uploads_gc_verb();
Verb bench_verb();
Verb config_show_verb();
Verb config_ls_verb();
Verb config_set_verb();
Verb config_import_verb();
Verb config_path_verb();
Verb doctor_verb();
Verb serve_verb();
Verb completion_verb();
Verb version_verb();

}  // namespace sluice::cli
