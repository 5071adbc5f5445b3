// Cancelled or interrupted, then run again: what was done is not done again, and stale state is noticed.
#include <thread>

#include "transfers/fixture.h"

namespace sluice::transfers {
namespace {

TransferOptions with_parts(std::uint64_t part) {
  TransferOptions options;
  options.part_size = part;
  return options;
}

/// Parts of a size that nobody has ordered.
TransferOptions with_usual_parts(std::uint64_t part) {
  TransferOptions options;
  options.usual_part = part;
  options.threshold = kMiB;
  return options;
}

LocalStoreOptions slow_parts() {
  LocalStoreOptions options;
  options.faults = R"({"seed": 1, "rules": [{"operation": "put_part", "action": "delay", "ms": 20},
                      {"operation": "copy_part", "action": "delay", "ms": 20},
                      {"operation": "get_object", "action": "delay", "ms": 20}]})";
  return options;
}

void few_at_a_time(ClientOptions& options) {
  options.concurrency = 2;
}

/// Cancels once `parts` are done; true when it was not over by then.
bool cancel_after(Transfer transfer, std::uint64_t parts) {
  while (transfer.progress().parts_done < parts) std::this_thread::yield();
  transfer.cancel();
  return !transfer.wait();
}

bool noted(const TransferReport& report, const std::string& words) {
  for (const std::string& note : report.notes)
    if (note.find(words) != std::string::npos) return true;
  return false;
}

TEST(Resume, GoesOnWhereACancelledTransferEnded) {
  Place place(slow_parts(), few_at_a_time);
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::string from = place.dir.path("from"), to = place.dir.path("to");
    write_big_file(from, 12 * d.part + 9);
    const auto upload = [&] {
      return place.client->upload(Source::file(from), store, d.bucket, "k", with_parts(d.part));
    };
    const auto download = [&] {
      return place.client->download(store, d.bucket, "k", Sink::file(to), with_parts(d.part));
    };

    ASSERT_TRUE(cancel_after(upload(), 3)) << d.scheme;
    const auto up = must(upload().wait());
    ASSERT_TRUE(cancel_after(download(), 3)) << d.scheme;
    EXPECT_FALSE(std::filesystem::exists(to));
    const auto down = must(download().wait());

    EXPECT_GE(up.parts_resumed, 3u) << d.scheme;
    EXPECT_GE(down.parts_resumed, 3u) << d.scheme;
    EXPECT_EQ(up.parts + up.parts_resumed, 13u);
    EXPECT_TRUE(same_files(from, to)) << d.scheme;
    std::filesystem::remove(to);
  }
  EXPECT_EQ(place.local.parts_sent_again(), 0u);
}

TEST(Resume, KeepsTwoObjectsThatAreFetchedToOneNameApart) {
  Place place(slow_parts(), few_at_a_time);
  const DialectUnderTest& d = dialect("oss");
  Store store = place.store(d);
  const std::string a = bytes_of(12 * d.part, 1), b = bytes_of(12 * d.part, 2), to = place.dir.path("to");
  must(place.client->upload(Source::memory(a), store, d.bucket, "a", with_parts(4 * d.part)).wait());
  must(place.client->upload(Source::memory(b), store, d.bucket, "b", with_parts(4 * d.part)).wait());
  const auto fetch = [&](const char* key) {
    return place.client->download(store, d.bucket, key, Sink::file(to), with_parts(d.part));
  };

  ASSERT_TRUE(cancel_after(fetch("b"), 3));
  ASSERT_TRUE(cancel_after(fetch("a"), 3));
  ASSERT_TRUE(cancel_after(fetch("b"), 4));
  must(fetch("a").wait());

  EXPECT_TRUE(read_file(to) == a);
}

TEST(Resume, StartsAfreshAndSaysWhy) {
  Place place(slow_parts(), few_at_a_time);
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::string from = place.dir.path("from");
    const auto upload = [&](std::uint64_t part) {
      return place.client->upload(Source::file(from), store, d.bucket, "k", with_parts(part));
    };
    write_big_file(from, 6 * d.part, 1);
    ASSERT_TRUE(cancel_after(upload(d.part), 2));
    write_big_file(from, 6 * d.part, 2);
    EXPECT_TRUE(noted(must(upload(d.part).wait()), "the source has changed")) << d.scheme;

    ASSERT_TRUE(cancel_after(upload(d.part), 2));
    EXPECT_TRUE(noted(must(upload(2 * d.part).wait()), "another part size")) << d.scheme;

    ASSERT_TRUE(cancel_after(upload(d.part), 2));
    const auto open = must(store.list_uploads(d.bucket));
    ASSERT_EQ(open.size(), 1u) << d.scheme;
    EXPECT_TRUE(open.front().ours);
    auto options = with_parts(d.part);
    options.resume = false;
    EXPECT_TRUE(noted(must(place.client->upload(Source::file(from), store, d.bucket, "k", options).wait()),
                      "asked not to"));
    EXPECT_EQ(place.local.pending_uploads(), 0u) << d.scheme;
  }
}

TEST(Resume, GoesOnInThePartsThatItBeganWithWhenNobodyHasOrderedOthers) {
  Place place(slow_parts(), few_at_a_time);
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::string from = place.dir.path("from"), to = place.dir.path("to");
    write_big_file(from, 12 * d.part + 9);
    const auto upload = [&](TransferOptions options) {
      return place.client->upload(Source::file(from), store, d.bucket, "k", std::move(options));
    };
    const auto download = [&](TransferOptions options) {
      return place.client->download(store, d.bucket, "k", Sink::file(to), std::move(options));
    };
    const auto copy = [&](TransferOptions options) {
      return place.client->copy(store, d.bucket, "k", store, d.bucket, "copy", std::move(options));
    };
    const auto goes_on = [&](const auto& transfer, TransferOptions first, TransferOptions then) {
      ASSERT_TRUE(cancel_after(transfer(std::move(first)), 3)) << d.scheme;
      Transfer second = transfer(std::move(then));
      const auto report = must(second.wait());
      EXPECT_GE(report.parts_resumed, 3u) << d.scheme;
      EXPECT_EQ(report.parts + report.parts_resumed, 13u) << d.scheme;
      EXPECT_FALSE(noted(report, "afresh")) << d.scheme;
      const Progress end = second.progress();
      EXPECT_EQ(end.parts_done, 13u) << d.scheme;
      EXPECT_EQ(end.parts_total, 13u) << d.scheme;
      EXPECT_EQ(end.bytes_done, 12 * d.part + 9) << d.scheme;
      EXPECT_EQ(end.bytes_total, 12 * d.part + 9) << d.scheme;
    };
    const TransferOptions others = with_usual_parts(2 * d.part);

    goes_on(upload, with_usual_parts(d.part), others);
    goes_on(download, with_usual_parts(d.part), others);
    EXPECT_TRUE(same_files(from, to)) << d.scheme;
    goes_on(copy, with_usual_parts(d.part), others);
    EXPECT_EQ(must(store.head(d.bucket, "copy")).size, 12 * d.part + 9) << d.scheme;
    // Also in parts that had been ordered once.
    goes_on(upload, with_parts(d.part), others);
    std::filesystem::remove(to);
    goes_on(download, with_parts(d.part), others);
    EXPECT_TRUE(same_files(from, to)) << d.scheme;
    std::filesystem::remove(to);
  }
  EXPECT_EQ(place.local.parts_sent_again(), 0u);
  EXPECT_EQ(place.local.pending_uploads(), 0u);
}

TEST(Resume, BeginsWithTheUsualPartsAgainWhereTheEarlierOnesAreGone) {
  Place place(slow_parts(), few_at_a_time);
  const DialectUnderTest& d = dialect("oss");
  Store store = place.store(d);
  const std::string from = place.dir.path("from"), to = place.dir.path("to");
  write_big_file(from, 12 * d.part, 1);
  const auto upload = [&](std::uint64_t part) {
    return place.client->upload(Source::file(from), store, d.bucket, "k", with_usual_parts(part));
  };
  const auto download = [&](std::uint64_t part) {
    return place.client->download(store, d.bucket, "k", Sink::file(to), with_usual_parts(part));
  };
  const auto begins_again = [&](Transfer transfer, const std::string& why) {
    const auto report = must(transfer.wait());
    EXPECT_TRUE(noted(report, why));
    EXPECT_EQ(report.parts, 6u);
    EXPECT_EQ(transfer.progress().parts_total, 6u);
  };

  ASSERT_TRUE(cancel_after(upload(d.part), 3));
  write_big_file(from, 12 * d.part, 2);
  begins_again(upload(2 * d.part), "the source has changed");
  ASSERT_TRUE(cancel_after(download(d.part), 3));
  for (const auto& entry : std::filesystem::directory_iterator(place.dir.path()))
    if (entry.path().string().starts_with(to) || entry.path().filename().string().starts_with(".to"))
      std::filesystem::remove(entry.path());
  begins_again(download(2 * d.part), "the unfinished file is gone");
  EXPECT_TRUE(same_files(from, to));
}

TEST(Resume, TakesNothingFromAnUploadThatTheStoreNoLongerKnows) {
  Place place(slow_parts(), few_at_a_time);
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::string from = place.dir.path("from");
    write_big_file(from, 6 * d.part, 1);
    const auto upload = [&] {
      return place.client->upload(Source::file(from), store, d.bucket, "k", with_parts(d.part));
    };
    ASSERT_TRUE(cancel_after(upload(), 2));
    // Somebody else's clean-up: another client, which knows nothing of our records, empties the store.
    TempDir saved;
    std::filesystem::copy(place.dir.path("state"), saved.path("state"),
                          std::filesystem::copy_options::recursive);
    ASSERT_EQ(must(store.collect_uploads(d.bucket)).size(), 1u);
    std::filesystem::remove_all(place.dir.path("state"));
    std::filesystem::copy(saved.path("state"), place.dir.path("state"),
                          std::filesystem::copy_options::recursive);

    const auto report = must(upload().wait());

    EXPECT_TRUE(noted(report, "no longer knows")) << d.scheme;
    EXPECT_EQ(report.parts, 6u);
  }
}

TEST(Resume, RefusesASecondCommandForTheSameTransfer) {
  Place place(slow_parts(), few_at_a_time);
  const DialectUnderTest& d = dialect("oss");
  Store store = place.store(d);
  const std::string from = place.dir.path("from");
  write_big_file(from, 40 * d.part);
  auto first = place.client->upload(Source::file(from), store, d.bucket, "k", with_parts(d.part));
  while (first.progress().parts_done < 1) std::this_thread::yield();

  const auto second =
      place.client->upload(Source::file(from), store, d.bucket, "k", with_parts(d.part)).wait();

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::state) << second.error().describe();
  must(first.wait());
}

TEST(Resume, StartsAfreshFromADamagedStateFileAndKeepsItAside) {
  Place place(slow_parts(), few_at_a_time);
  const DialectUnderTest& d = dialect("tos");
  Store store = place.store(d);
  const std::string from = place.dir.path("from");
  write_big_file(from, 6 * d.part);
  const auto upload = [&] {
    return place.client->upload(Source::file(from), store, d.bucket, "k", with_parts(d.part));
  };
  ASSERT_TRUE(cancel_after(upload(), 2));
  for (const auto& entry : std::filesystem::directory_iterator(place.dir.path("state/transfers")))
    if (entry.path().extension() == ".db")
      write_file(entry.path(), "this is no database at all, whatever its name says");

  const auto report = must(upload().wait());

  EXPECT_TRUE(noted(report, "damaged"));
  EXPECT_EQ(report.parts, 6u);
}

TEST(Copy, ResumesServerSideAndStreamed) {
  Place place(slow_parts(), few_at_a_time);
  const std::string bytes = bytes_of(12 * 5 * kMiB + 1, 4);
  for (const DialectUnderTest& a : kDialects) {
    Store from = place.store(a);
    must(place.client->upload(Source::memory(bytes), from, a.bucket, "source").wait());
  }
  for (const DialectUnderTest& a : kDialects) {
    const DialectUnderTest& other = a.scheme == "s3" ? dialect("oss") : dialect("s3");
    for (const DialectUnderTest& b : {a, other}) {
      Store from = place.store(a), to = place.store(b);
      const auto copy = [&] {
        return place.client->copy(from, a.bucket, "source", to, b.bucket, "copy", with_parts(5 * kMiB));
      };
      ASSERT_TRUE(cancel_after(copy(), 3));
      const auto report = must(copy().wait());
      EXPECT_GE(report.parts_resumed, 3u) << a.scheme << " to " << b.scheme;
      std::string back;
      must(place.client->download(to, b.bucket, "copy", Sink::memory(&back)).wait());
      EXPECT_TRUE(back == bytes) << a.scheme << " to " << b.scheme;
      must(to.remove(b.bucket, "copy"));
    }
  }
  EXPECT_EQ(place.local.parts_sent_again(), 0u);
}

TEST(Resume, TakesUpNothingOfMemoryWhoseContentMayBeAnother) {
  Place place(slow_parts(), few_at_a_time);
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    std::string bytes = bytes_of(6 * d.part, 1);
    const auto upload = [&] {
      return place.client->upload(Source::memory(bytes), store, d.bucket, "k", with_parts(d.part));
    };
    ASSERT_TRUE(cancel_after(upload(), 2));
    EXPECT_EQ(place.local.pending_uploads(), 0u) << d.scheme;
    const std::string other = bytes_of(bytes.size(), 2);
    std::copy(other.begin(), other.end(), bytes.begin());

    const auto report = must(upload().wait());

    EXPECT_EQ(report.parts_resumed, 0u) << d.scheme;
    EXPECT_TRUE(must(store.read(d.bucket, "k")) == other) << d.scheme;
  }
}

TEST(Resume, TakesUpNothingOfAStreamThatCameInOnePiece) {
  Place place(slow_parts(), few_at_a_time);
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const auto upload = [&](const std::string& bytes) {
      auto read = [&bytes, at = std::size_t{0}](std::span<char> into) mutable -> Result<std::size_t> {
        const std::size_t count = bytes.copy(into.data(), into.size(), at);
        at += count;
        return count;
      };
      auto options = with_parts(6 * d.part);
      options.threshold = d.part;
      return place.client->upload(Source::stream(read), store, d.bucket, "k", options);
    };
    const std::string one = bytes_of(6 * d.part - 1, 1), other = bytes_of(6 * d.part - 1, 2);
    auto cancelled = upload(one);
    while (place.local.pending_uploads() == 0) std::this_thread::yield();
    cancelled.cancel();
    (void)cancelled.wait();

    const auto report = must(upload(other).wait());

    EXPECT_EQ(report.parts_resumed, 0u) << d.scheme;
    EXPECT_TRUE(must(store.read(d.bucket, "k")) == other) << d.scheme;
    must(store.collect_uploads(d.bucket));  // the cancel may have come before the answer to Create
    EXPECT_EQ(place.local.pending_uploads(), 0u) << d.scheme;
  }
}

TEST(Resume, FindsTheUploadsWhoseAnswerWasLost) {
  LocalStoreOptions lossy;
  lossy.faults = R"({"seed": 1, "rules": [{"operation": "create_upload", "action": "drop_answer"}]})";
  Place place(lossy, [](ClientOptions& options) { options.max_attempts = 2; });
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    const std::string from = place.dir.path("from");
    write_big_file(from, 3 * d.part);
    ASSERT_FALSE(place.client->upload(Source::file(from), store, d.bucket, "k", with_parts(d.part)).wait());
    const auto left = place.local.pending_uploads();
    ASSERT_GE(left, 2u) << d.scheme;

    EXPECT_EQ(must(store.collect_uploads(d.bucket)).size(), left) << d.scheme;
    EXPECT_EQ(place.local.pending_uploads(), 0u) << d.scheme;
  }
}

TEST(Resume, FindsAnUploadWhoseAnswerWasLostBeforeARefusal) {
  LocalStoreOptions lossy;
  lossy.faults =
      R"({"seed": 1, "rules": [{"operation": "create_upload", "action": "drop_answer", "count": 1},
                               {"operation": "create_upload", "action": "error", "status": 403, "code": "AccessDenied"}]})";
  Place place(lossy, [](ClientOptions& options) { options.max_attempts = 3; });
  const DialectUnderTest& d = dialect("s3");
  Store store = place.store(d);
  const std::string from = place.dir.path("from");
  write_big_file(from, 3 * d.part);
  ASSERT_FALSE(place.client->upload(Source::file(from), store, d.bucket, "k", with_parts(d.part)).wait());
  ASSERT_EQ(place.local.pending_uploads(), 1u);

  EXPECT_EQ(must(store.collect_uploads(d.bucket)).size(), 1u);
  EXPECT_EQ(place.local.pending_uploads(), 0u);
}

TEST(Resume, LeavesAloneWhatBeganLongAfterALostAnswer) {
  LocalStoreOptions lossy;
  lossy.faults = R"({"seed": 1, "rules": [{"operation": "create_upload", "action": "drop_answer"}]})";
  lossy.clock_offset_seconds = 300;
  Place place(lossy, [](ClientOptions& options) { options.max_attempts = 1; });
  const DialectUnderTest& d = dialect("oss");
  Store store = place.store(d);
  const std::string from = place.dir.path("from");
  write_big_file(from, 3 * d.part);
  ASSERT_FALSE(place.client->upload(Source::file(from), store, d.bucket, "k", with_parts(d.part)).wait());

  EXPECT_EQ(must(store.collect_uploads(d.bucket)).size(), 0u);
  EXPECT_GE(place.local.pending_uploads(), 1u);
}

TEST(Copy, BeginsAgainAfterItsSourceCameDownWrong) {
  LocalStoreOptions corrupting;
  corrupting.faults =
      R"({"seed": 1, "rules": [{"operation": "get_object", "key_prefix": "source", "action": "corrupt", "bytes": 9, "count": 1}]})";
  Place place(corrupting);
  const DialectUnderTest &a = dialect("oss"), &b = dialect("s3");
  Store from = place.store(a), to = place.store(b);
  const std::string bytes = bytes_of(3 * 5 * kMiB);
  must(place.client->upload(Source::memory(bytes), from, a.bucket, "source").wait());
  const auto copy = [&] {
    return place.client->copy(from, a.bucket, "source", to, b.bucket, "copy", with_parts(5 * kMiB)).wait();
  };

  const auto first = copy();
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::integrity) << first.error().describe();
  EXPECT_FALSE(to.head(b.bucket, "copy"));
  EXPECT_EQ(place.local.pending_uploads(), 0u);

  must(copy());
  EXPECT_TRUE(must(to.read(b.bucket, "copy")) == bytes);
}

TEST(StreamUpload, LeavesNothingBehindWhenItsSourceFails) {
  Place place;
  for (const DialectUnderTest& d : kDialects) {
    Store store = place.store(d);
    std::uint64_t given = 0;
    auto read = [&](std::span<char> into) -> Result<std::size_t> {
      if (given > 3 * d.part) return fail(ErrorKind::disk, "the tape broke");
      given += into.size();
      return into.size();
    };

    const auto ended =
        place.client->upload(Source::stream(read), store, d.bucket, "k", with_parts(d.part)).wait();

    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().message, "the tape broke") << ended.error().describe();
    EXPECT_EQ(place.local.pending_uploads(), 0u) << d.scheme;
    EXPECT_FALSE(store.head(d.bucket, "k"));
  }
}

}  // namespace
}  // namespace sluice::transfers
