// The table of verbs, in the order of --help.
#include "cli/verb.h"

namespace sluice::cli {

std::span<const Verb> verbs() {
  static const std::vector<Verb> all = {
      cp_verb(),          mv_verb(),
      sync_verb(),        migrate_verb(),
      plan_verb(),        apply_verb(),
      jobs_ls_verb(),     jobs_show_verb(),
      jobs_resume_verb(), jobs_retry_verb(),
      jobs_cancel_verb(), jobs_gc_verb(),
      ls_verb(),          find_verb(),
      du_verb(),          stat_verb(),
      cat_verb(),         pipe_verb(),
      append_verb(),      rm_verb(),
      props_get_verb(),   props_set_verb(),
      symlink_verb(),     readlink_verb(),
      restore_verb(),     hash_verb(),
      check_verb(),       run_verb(),
      presign_verb(),     mb_verb(),
      rb_verb(),          uploads_ls_verb(),
      uploads_parts_verb(), uploads_abort_verb(),
      uploads_gc_verb(),  bench_verb(),
      config_show_verb(), config_ls_verb(),
      config_set_verb(),  config_import_verb(),
      config_path_verb(), doctor_verb(),
      serve_verb(),       completion_verb(),
      version_verb(),
  };
  return all;
}

std::span<const VerbGroup> verb_groups() {
  static const std::vector<VerbGroup> all = {
      {"jobs", "syncs and migrations, running, stopped and ended"},
      {"uploads", "unfinished multipart uploads"},
      {"props", "properties of objects and buckets"},
      {"config", "the configuration"},
  };
  return all;
}

std::string option_name(const std::string& flags) {
  std::string name = flags.substr(flags.rfind("--") + 2);
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}

}  // namespace sluice::cli
