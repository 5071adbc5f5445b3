#include "bulk/job_store.h"

#include <sys/random.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "bulk/job_schema.h"
#include "io/file_source.h"
#include "io/walk.h"

namespace sluice::bulk {
namespace {

std::string file_of(const std::string& state_dir, const std::string& id) {
  return state_dir + "/jobs/" + id;
}

bool is_job_id(const std::string& id) {
  return !id.empty() && id.find_first_not_of("0123456789abcdef-") == std::string::npos;
}

Result<io::StateLock> lock(const std::string& path, const std::string& id) {
  Result<io::StateLock> taken = io::StateLock::acquire(path + ".lock");
  if (taken || taken.error().system_error != 0) return taken;
  const io::LockHolder holder = io::lock_holder(path + ".lock");
  return fail(ErrorKind::state,
              holder.pid > 0 ? fmt::format("the job {} is running in process {}", id, holder.pid)
                             : fmt::format("the job {} is running in another process", id),
              "sluice jobs show tells how far it is; stop that process to run it here");
}

Result<void> insert_steps(io::Sqlite& db, const char* table, const std::vector<Step>& steps) {
  if (steps.empty()) return {};
  auto insert = db.prepare(
      fmt::format("INSERT OR REPLACE INTO {}({}) VALUES(?, ?, ?, ?, ?, ?, ?)", table, kStepColumns));
  if (!insert) return unexpected(insert.error());
  for (const Step& step : steps) {
    bind_step(*insert, step);
    if (Result<void> saved = insert->run(); !saved) return saved;
  }
  return {};
}

Result<void> insert_failures(io::Sqlite& db, const std::vector<Failure>& failures) {
  if (failures.empty()) return {};
  auto insert =
      db.prepare(fmt::format("INSERT OR REPLACE INTO failure({}, cause, message, attempts)"
                             " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             kStepColumns));
  if (!insert) return unexpected(insert.error());
  for (const Failure& failure : failures) {
    bind_step(*insert, failure.step);
    insert->bind(std::string_view(failure.cause))
        .bind(std::string_view(failure.message))
        .bind(failure.attempts);
    if (Result<void> saved = insert->run(); !saved) return saved;
  }
  return {};
}

Result<void> erase_names(io::Sqlite& db, const char* table, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  auto erase = db.prepare(fmt::format("DELETE FROM {} WHERE name = ?", table));
  if (!erase) return unexpected(erase.error());
  for (const std::string& name : names)
    if (Result<void> done = erase->bind(std::string_view(name)).run(); !done) return done;
  return {};
}

template <class Row>
using Read = Row (*)(const io::Statement&);

template <class Row>
Result<std::vector<Row>> rows(io::Sqlite& db, const std::string& columns, const char* table,
                              const std::string& after, std::size_t most, Read<Row> read) {
  // The empty name is one as well: it comes with the first page.
  auto query = db.prepare(fmt::format("SELECT {} FROM {} WHERE name {} ? ORDER BY name LIMIT ?", columns,
                                      table, after.empty() ? ">=" : ">"));
  if (!query) return unexpected(query.error());
  query->bind(std::string_view(after)).bind(std::uint64_t{most});
  std::vector<Row> found;
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return unexpected(row.error());
    if (!*row) return found;
    found.push_back(read(*query));
  }
}

Failure failure_of(const io::Statement& row) {
  Failure failure;
  failure.step = step_of(row);
  failure.cause = row.text(7);
  failure.message = row.text(8);
  failure.attempts = row.number(9);
  return failure;
}

}  // namespace

std::string_view word(JobPhase phase) {
  static constexpr std::array<std::string_view, 4> kWords{"moving", "deleting", "done", "cancelled"};
  return kWords[static_cast<std::size_t>(phase)];
}

std::string make_job_id() {
  std::uint16_t salt = 0;
  if (::getrandom(&salt, sizeof salt, 0) != sizeof salt) salt = static_cast<std::uint16_t>(::getpid());
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y%m%d-%H%M%S}-{:04x}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)), salt);
}

JobStore::JobStore(JobSpec spec, io::StateLock lock, std::unique_ptr<io::Sqlite> db)
    : spec_(std::move(spec)), lock_(std::move(lock)), db_(std::move(db)) {}

Result<std::unique_ptr<JobStore>> JobStore::create(const std::string& state_dir, JobSpec spec) {
  if (Result<void> made = io::make_directories(state_dir + "/jobs", 0700); !made) {
    Error e = made.error();
    e.kind = ErrorKind::state;
    e.hint = "choose another state directory";
    return unexpected(std::move(e));
  }
  const std::string path = file_of(state_dir, spec.id);
  auto held = lock(path, spec.id);
  if (!held) return unexpected(held.error());
  auto db = open_job_database(path + ".db", true, !io::is_remote_file_system(held->fd()));
  if (!db) return unexpected(db.error());
  if (spec.created == std::chrono::sys_seconds{})
    spec.created = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (Result<void> saved = save_spec(**db, spec); !saved) return unexpected(saved.error());
  return std::unique_ptr<JobStore>(new JobStore(std::move(spec), std::move(*held), std::move(*db)));
}

Result<std::unique_ptr<JobStore>> JobStore::open(const std::string& state_dir, const std::string& id) {
  const std::string path = file_of(state_dir, id);
  std::error_code ignored;
  if (!is_job_id(id) || !std::filesystem::exists(path + ".db", ignored))
    return fail(ErrorKind::state, fmt::format("there is no job {}", id),
                "sluice jobs ls shows those there are");
  auto held = lock(path, id);
  if (!held) return unexpected(held.error());
  auto db = open_job_database(path + ".db", false, true);
  if (!db) return unexpected(db.error());
  auto spec = load_spec(**db);
  if (!spec) return unexpected(spec.error());
  return std::unique_ptr<JobStore>(new JobStore(*std::move(spec), std::move(*held), std::move(*db)));
}

Result<JobPosition> JobStore::position() {
  return load_position(*db_);
}
Result<Counts> JobStore::counts() {
  return load_counts(*db_);
}
Result<std::vector<Step>> JobStore::left_behind() {
  return rows<Step>(*db_, kStepColumns, "left_behind", "", 1u << 20, step_of);
}
Result<std::vector<Step>> JobStore::extra(const std::string& after, std::size_t most) {
  return rows<Step>(*db_, kStepColumns, "extra", after, most, step_of);
}
Result<std::uint64_t> JobStore::extra_count() {
  return db_->number("SELECT count(*) FROM extra");
}
Result<std::vector<Failure>> JobStore::failures(const std::string& after, std::size_t most) {
  return rows<Failure>(*db_, fmt::format("{}, cause, message, attempts", kStepColumns), "failure", after,
                       most, failure_of);
}
Result<std::uint64_t> JobStore::failure_count() {
  return db_->number("SELECT count(*) FROM failure");
}

Result<void> JobStore::commit(const JobChange& change) {
  auto transaction = io::Transaction::begin(*db_);
  if (!transaction) return unexpected(transaction.error());
  const auto all = [&]() -> Result<void> {
    if (auto done = insert_steps(*db_, "left_behind", change.left_behind); !done) return done;
    if (auto done = erase_names(*db_, "left_behind", change.caught_up); !done) return done;
    if (auto done = erase_names(*db_, "failure", change.mended); !done) return done;
    if (auto done = insert_failures(*db_, change.failed); !done) return done;
    if (auto done = insert_steps(*db_, "extra", change.extra); !done) return done;
    if (auto done = erase_names(*db_, "extra", change.removed); !done) return done;
    if (change.position)
      if (auto done = save_position(*db_, *change.position); !done) return done;
    return save_counts(*db_, change.counts);
  };
  if (Result<void> done = all(); !done) return done;
  return transaction->commit();
}

void JobStore::remove() {
  const std::string file = db_->path();
  db_.reset();
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::remove((file + suffix).c_str());
  lock_.unlink();
}

}  // namespace sluice::bulk
