// One transfer's saved state. Two mutexes: `waiting` for the buffered parts, held for moments only, and
// `database`, held while SQLite works. Never taken in the other order than database, then waiting.
#include "io/state_store.h"

#include <openssl/evp.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <iterator>
#include <mutex>

#include "io/file_source.h"
#include "io/state_lock.h"
#include "io/state_schema.h"
#include "io/walk.h"

namespace sluice::io {
namespace {


/// 128 bits of the SHA-256 of the key; lengths keep "a","bc" and "ab","c" apart.
std::string file_name(const TransferKey& key) {
  std::string text;
  for (const std::string* part : {&key.kind, &key.source, &key.target})
    text += std::to_string(part->size()) + ":" + *part;
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), hash.data(), &length, EVP_sha256(), nullptr);
  std::string name;
  for (std::size_t i = 0; i < 16; ++i) {
    name += "0123456789abcdef"[hash[i] >> 4];
    name += "0123456789abcdef"[hash[i] & 15];
  }
  return name;
}

Result<void> prepare_directory(const std::string& directory) {
  auto made = make_directories(directory, 0700);
  if (made) return made;
  Error e = made.error();
  e.kind = ErrorKind::state;
  e.hint = "choose another state directory";
  return unexpected(std::move(e));
}

}  // namespace

class StateStore::Db {
 public:
  Db(TransferKey key, StateLock lock, OpenedState opened, StateOptions options)
      : key_(std::move(key)),
        options_(options),
        lock_(std::move(lock)),
        note_(std::move(opened.note)),
        file_(opened.db->path()),
        db_(std::move(opened.db)) {}

  ~Db() {
    if (db_) (void)flush();
  }

  Result<std::optional<SavedTransfer>> load() {
    const std::lock_guard hold(database_);
    if (!db_) return gone();
    auto record = load_record(*db_);
    if (!record) return unexpected(record.error());
    if (!*record) return std::optional<SavedTransfer>();
    auto parts = load_parts(*db_);
    if (!parts) return unexpected(parts.error());
    return std::optional(SavedTransfer{std::move((*record)->record), std::move(*parts)});
  }

  Result<void> begin(TransferRecord record) {
    using namespace std::chrono;
    if (record.created == sys_seconds{}) record.created = floor<seconds>(system_clock::now());
    const std::lock_guard hold(database_);
    {
      const std::lock_guard hold_waiting(waiting_);
      parts_.clear();
    }
    return commit(true, [&]() -> Result<void> {
      if (auto cleared = db_->run("DELETE FROM part"); !cleared) return cleared;
      return save_record(*db_, key_, record);
    });
  }

  Result<void> set_upload_id(const std::string& id) {
    const std::lock_guard hold(database_);
    return commit(true, [&]() -> Result<void> {
      auto update = db_->prepare("UPDATE transfer SET upload_id = ?");
      if (!update) return unexpected(update.error());
      return update->bind(std::string_view(id)).run();
    });
  }

  void add_part(PartRecord part) {
    const std::lock_guard hold(waiting_);
    parts_.push_back(std::move(part));
  }

  Result<void> flush() {
    const std::lock_guard hold(database_);
    std::vector<PartRecord> group;
    {
      const std::lock_guard hold_waiting(waiting_);
      group.swap(parts_);
    }
    if (group.empty()) return {};
    auto saved = commit(false, [&] { return save_parts(*db_, group); });
    if (saved) return saved;
    const std::lock_guard hold_waiting(waiting_);
    group.insert(group.end(), std::make_move_iterator(parts_.begin()), std::make_move_iterator(parts_.end()));
    parts_.swap(group);
    return saved;
  }

  Result<void> drop_parts(const std::vector<std::uint32_t>& numbers) {
    const std::lock_guard hold(database_);
    return commit(false, [&]() -> Result<void> {
      auto erase = db_->prepare("DELETE FROM part WHERE number = ?");
      if (!erase) return unexpected(erase.error());
      for (const std::uint32_t number : numbers)
        if (auto done = erase->bind(std::uint64_t{number}).run(); !done) return done;
      return {};
    });
  }

  Result<void> remove() {
    const std::lock_guard hold(database_);
    if (!db_) return gone();
    (void)db_->run("PRAGMA synchronous=OFF");  // closing would flush what is unlinked next
    db_.reset();
    // The lock file last: while it is there and held, nobody takes what is left for a transfer.
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::remove((file_ + suffix).c_str());
    lock_.unlink();
    return {};
  }

  const std::string& note() const { return note_; }
  const std::string& file() const { return file_; }

 private:
  static Unexpected gone() { return fail(ErrorKind::internal, "the saved state was used after its end"); }

  /// One transaction. `now`: with durability power, also on the disk when it answers.
  template <class Work>
  Result<void> commit(bool now, Work work) {
    if (!db_) return gone();
    const bool full = now && options_.durability == Durability::power;
    if (full)
      if (auto set = db_->run("PRAGMA synchronous=FULL"); !set) return set;
    auto result = transact(work);
    if (full) (void)db_->run("PRAGMA synchronous=NORMAL");
    return result;
  }

  template <class Work>
  Result<void> transact(Work work) {
    auto transaction = Transaction::begin(*db_);
    if (!transaction) return unexpected(transaction.error());
    if (auto done = work(); !done) return done;
    return transaction->commit();
  }

  const TransferKey key_;
  const StateOptions options_;
  StateLock lock_;  // before db_: released after the database is closed
  const std::string note_, file_;
  mutable std::mutex database_, waiting_;
  std::unique_ptr<Sqlite> db_;     // by database_
  std::vector<PartRecord> parts_;  // by waiting_, as the next
};

Result<std::unique_ptr<StateStore>> StateStore::open(const std::string& dir, TransferKey key,
                                                     StateOptions options) {
  const std::string directory = dir + "/transfers";
  if (auto ready = prepare_directory(directory); !ready) return unexpected(ready.error());
  const std::string path = directory + "/" + file_name(key);
  auto lock = StateLock::acquire(path + ".lock");
  if (!lock) return unexpected(lock.error());
  StateFileOptions file_options;
  file_options.wal = !is_remote_file_system(lock->fd());
  file_options.flush_new = options.durability == Durability::power;
  auto opened = open_state(path + ".db", file_options);
  if (!opened) return unexpected(opened.error());
  auto db = std::make_unique<Db>(std::move(key), std::move(*lock), std::move(*opened), options);
  return std::unique_ptr<StateStore>(new StateStore(std::move(db)));
}

StateStore::StateStore(std::unique_ptr<Db> db) : db_(std::move(db)) {}
StateStore::~StateStore() = default;

const std::string& StateStore::note() const {
  return db_->note();
}
const std::string& StateStore::file() const {
  return db_->file();
}
Result<std::optional<SavedTransfer>> StateStore::load() {
  return db_->load();
}
Result<void> StateStore::begin(TransferRecord record) {
  return db_->begin(std::move(record));
}
Result<void> StateStore::set_upload_id(const std::string& id) {
  return db_->set_upload_id(id);
}
void StateStore::add_part(PartRecord part) {
  db_->add_part(std::move(part));
}
Result<void> StateStore::flush() {
  return db_->flush();
}
Result<void> StateStore::drop_parts(const std::vector<std::uint32_t>& numbers) {
  return db_->drop_parts(numbers);
}
Result<void> StateStore::remove() {
  return db_->remove();
}

}  // namespace sluice::io
