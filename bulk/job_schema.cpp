#include "bulk/job_schema.h"

#include <array>
#include <sstream>

namespace sluice::bulk {
namespace {

constexpr std::uint64_t kVersion = 1;

// modified: milliseconds since 1970, NULL = not known. words: each as its length, ':' and its bytes.
constexpr const char* kTables = R"(
BEGIN IMMEDIATE;
CREATE TABLE job(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  id TEXT NOT NULL, verb TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL,
  words TEXT NOT NULL, directory TEXT NOT NULL, key TEXT NOT NULL, created INTEGER NOT NULL,
  phase INTEGER NOT NULL DEFAULT 0, position TEXT NOT NULL DEFAULT '');
CREATE TABLE total(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE left_behind(
  name TEXT PRIMARY KEY, action INTEGER NOT NULL, why INTEGER NOT NULL, size INTEGER NOT NULL,
  etag TEXT NOT NULL, modified INTEGER, key TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE failure(
  name TEXT PRIMARY KEY, action INTEGER NOT NULL, why INTEGER NOT NULL, size INTEGER NOT NULL,
  etag TEXT NOT NULL, modified INTEGER, key TEXT NOT NULL,
  cause TEXT NOT NULL, message TEXT NOT NULL, attempts INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE extra(
  name TEXT PRIMARY KEY, action INTEGER NOT NULL, why INTEGER NOT NULL, size INTEGER NOT NULL,
  etag TEXT NOT NULL, modified INTEGER, key TEXT NOT NULL) WITHOUT ROWID;
PRAGMA application_id = 1397511498;
PRAGMA user_version = 1;
COMMIT;)";

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += std::to_string(word.size()) + ":" + word;
  return text;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream in(text);
  std::size_t size = 0;
  for (char colon; in >> size && in.get(colon) && colon == ':' && size <= text.size();) {
    std::string word(size, '\0');
    if (!in.read(word.data(), static_cast<std::streamsize>(size))) break;
    words.push_back(std::move(word));
  }
  return words;
}

Unexpected unusable(const std::string& path, const std::string& why) {
  return fail(ErrorKind::state, "the job's database " + path + " cannot be used: " + why,
              "remove it to begin the job afresh: what is at the target already is not sent again");
}

}  // namespace

Result<std::unique_ptr<io::Sqlite>> open_job_database(const std::string& path, bool create, bool wal) {
  Result<std::unique_ptr<io::Sqlite>> db = io::Sqlite::open(path, create);
  if (!db) return db;
  const Result<std::uint64_t> version = (*db)->number("PRAGMA user_version");
  if (!version) return unusable(path, version.error().message);
  if (*version > kVersion) return unusable(path, "it was written by a newer version of sluice");
  if (create) {
    // Where the file system has no shared memory the answer is another mode, which is fine too.
    const Result<std::string> mode =
        (*db)->text(wal ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=TRUNCATE");
    if (!mode) return unexpected(mode.error());
    if (Result<void> made = (*db)->run(kTables); !made) return unexpected(made.error());
  } else if (*version == 0) {
    return unusable(path, "it is not one");
  } else {
    const Result<std::string> sound = (*db)->text("PRAGMA quick_check(1)");
    if (!sound) return unusable(path, sound.error().message);
    if (*sound != "ok") return unusable(path, *sound);
  }
  if (Result<void> set = (*db)->run("PRAGMA synchronous=NORMAL"); !set) return unexpected(set.error());
  return db;
}

Result<JobSpec> load_spec(io::Sqlite& db) {
  auto query = db.prepare("SELECT id, verb, source, target, words, directory, key, created FROM job");
  if (!query) return unexpected(query.error());
  const Result<bool> row = query->step();
  if (!row) return unexpected(row.error());
  if (!*row) return unusable(db.path(), "it holds no job");
  JobSpec spec;
  spec.id = query->text(0);
  spec.verb = query->text(1);
  spec.source = query->text(2);
  spec.target = query->text(3);
  spec.words = split(query->text(4));
  spec.directory = query->text(5);
  spec.key = query->text(6);
  spec.created = std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(query->number(7))));
  return spec;
}

Result<void> save_spec(io::Sqlite& db, const JobSpec& spec) {
  auto insert = db.prepare(
      "INSERT INTO job(one, id, verb, source, target, words, directory, key, created)"
      " VALUES(1, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return unexpected(insert.error());
  const std::string words = joined(spec.words);
  for (const std::string* text :
       {&spec.id, &spec.verb, &spec.source, &spec.target, &words, &spec.directory, &spec.key})
    insert->bind(std::string_view(*text));
  return insert->bind(static_cast<std::uint64_t>(spec.created.time_since_epoch().count())).run();
}

Result<JobPosition> load_position(io::Sqlite& db) {
  auto query = db.prepare("SELECT phase, position FROM job");
  if (!query) return unexpected(query.error());
  const Result<bool> row = query->step();
  if (!row) return unexpected(row.error());
  JobPosition position;
  if (!*row) return position;
  const std::uint64_t phase = query->number(0);
  if (phase > static_cast<std::uint64_t>(JobPhase::cancelled))
    return unusable(db.path(), "its phase is none");
  position.phase = static_cast<JobPhase>(phase);
  position.name = query->text(1);
  return position;
}

Result<void> save_position(io::Sqlite& db, const JobPosition& position) {
  auto update = db.prepare("UPDATE job SET phase = ?, position = ?");
  if (!update) return unexpected(update.error());
  update->bind(static_cast<std::uint64_t>(position.phase)).bind(std::string_view(position.name));
  return update->run();
}

Result<Counts> load_counts(io::Sqlite& db) {
  auto query = db.prepare("SELECT name, value FROM total");
  if (!query) return unexpected(query.error());
  Counts counts;
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return unexpected(row.error());
    if (!*row) return counts;
    counts[query->text(0)] = query->number(1);
  }
}

Result<void> save_counts(io::Sqlite& db, const Counts& counts) {
  auto insert = db.prepare("INSERT OR REPLACE INTO total(name, value) VALUES(?, ?)");
  if (!insert) return unexpected(insert.error());
  for (const auto& [name, value] : counts)
    if (Result<void> saved = insert->bind(std::string_view(name)).bind(value).run(); !saved) return saved;
  return {};
}

void bind_step(io::Statement& statement, const Step& step) {
  const ObjectInfo& info = step.entry.info;
  statement.bind(std::string_view(step.entry.name))
      .bind(static_cast<std::uint64_t>(step.action))
      .bind(static_cast<std::uint64_t>(step.why))
      .bind(info.size)
      .bind(std::string_view(info.etag));
  if (info.modified)
    statement.bind(static_cast<std::uint64_t>(info.modified->time_since_epoch().count()));
  else
    statement.bind_null();
  statement.bind(std::string_view(info.key));
}

Step step_of(const io::Statement& row) {
  Step step;
  step.entry.name = row.text(0);
  step.action = static_cast<Action>(row.number(1));
  step.why = static_cast<Why>(row.number(2));
  step.entry.info.size = row.number(3);
  step.entry.info.etag = row.text(4);
  if (const auto modified = row.optional_number(5))
    step.entry.info.modified = TimePoint(std::chrono::milliseconds(static_cast<std::int64_t>(*modified)));
  step.entry.info.key = row.text(6);
  return step;
}

}  // namespace sluice::bulk
