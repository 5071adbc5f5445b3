// docs/operations.md is what this program says: which store has what comes from the dialects' own data, and
// each row names tests that this program has. `SLUICE_UPDATE_DOCS=1 conformance_test` writes it anew.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "conformance/stores.h"

namespace sluice::conformance {
namespace {

/// What a reader looks for, in the order of the document. `test`: "Suite.Name" of this program.
struct Row {
  const char* group;  ///< null: the same as before
  const char* what;
  Operation operation;
  const char* call;
  const char* command;
  const char* test;
};

constexpr Row kRows[] = {
    {"Buckets", "list: all, by prefix, behind a name", Operation::list_buckets, "Store::list_buckets",
     "ls SCHEME:// --prefix --start-after", "Buckets.AreListedByPrefixAndBehindAName"},
    {nullptr, "list by tag", Operation::list_buckets_by_tag, "Store::list_buckets", "ls SCHEME:// --tag",
     "Buckets.AreListedByTag"},
    {nullptr, "create", Operation::create_bucket, "Store::create_bucket", "mb",
     "Buckets.AreMadeFoundAndRemoved"},
    {nullptr, "create with an ACL", Operation::create_bucket_acl, "BucketOptions::acl", "mb --acl",
     "Buckets.TakeWhatTheStoreCanBeToldAtTheirCreation"},
    {nullptr, "create with a storage class", Operation::create_bucket_class, "BucketOptions::storage_class",
     "mb --storage-class", "Buckets.TakeWhatTheStoreCanBeToldAtTheirCreation"},
    {nullptr, "create with redundancy", Operation::create_bucket_redundancy, "BucketOptions::redundancy",
     "mb --redundancy", "Buckets.TakeWhatTheStoreCanBeToldAtTheirCreation"},
    {nullptr, "create with a type", Operation::create_bucket_type, "BucketOptions::type", "mb --type",
     "Buckets.TakeWhatTheStoreCanBeToldAtTheirCreation"},
    {nullptr, "head, exists", Operation::head_bucket, "Store::head_bucket, bucket_exists", "stat",
     "Buckets.AreMadeFoundAndRemoved"},
    {nullptr, "properties", Operation::bucket_info, "Bucket::info", "stat --all",
     "Buckets.TellTheirPropertiesAndTheirLocation"},
    {nullptr, "location", Operation::bucket_location, "Bucket::location", "stat --all",
     "Buckets.TellTheirPropertiesAndTheirLocation"},
    {nullptr, "ACL by a word", Operation::bucket_acl, "Bucket::acl, set_acl", "props get, set",
     "Buckets.KeepTheAclTheyAreGiven"},
    {nullptr, "ACL by grants", Operation::bucket_grants, "Bucket::set_acl", "props set",
     "Buckets.TakeGrants"},
    {nullptr, "tags: get, put, delete", Operation::bucket_tags, "Bucket::tags, set_tags, remove_tags",
     "props get, set", "Buckets.KeepTags"},
    {nullptr, "allow renames", Operation::rename_switch, "Bucket::allow_renames", "",
     "Objects.AreRenamedWhereTheStoreDoesThat"},
    {nullptr, "delete", Operation::delete_bucket, "Store::delete_bucket", "rb",
     "Buckets.AreMadeFoundAndRemoved"},

    {"Objects", "put bytes", Operation::put, "Object::put, Client::upload", "cp, pipe",
     "Objects.AreFoundReadAndRemoved"},
    {nullptr, "put with headers and metadata", Operation::put, "PutOptions, TransferOptions",
     "cp --meta, --content-type, ...", "Objects.KeepWhatIsStoredWithThem"},
    {nullptr, "put with an ACL", Operation::put_acl, "PutOptions::acl", "cp --acl",
     "Objects.AreGivenAnAclWhereTheStoreHasOne"},
    {nullptr, "put with tags", Operation::put_tags, "PutOptions::tags", "cp --tag",
     "Objects.KeepWhatIsStoredWithThem"},
    {nullptr, "forbid overwrite", Operation::forbid_overwrite, "PutOptions::forbid_overwrite",
     "cp --no-clobber", "Objects.AreNotOverwrittenWhenThatIsForbidden"},
    {nullptr, "put what a web server sends", Operation::put, "Source::url", "cp http://...",
     "Objects.AreWhatAWebServerSends"},
    {nullptr, "get", Operation::get, "Object::get, Client::download", "cp, cat",
     "Objects.AreFoundReadAndRemoved"},
    {nullptr, "get a range", Operation::get, "GetOptions::range", "cat", "Objects.AreReadByRange"},
    {nullptr, "get, head on conditions", Operation::get, "GetOptions::conditions, Store::head", "",
     "Objects.AreReadOnConditions"},
    {nullptr, "head, exists", Operation::head, "Store::head, object_exists", "stat",
     "Objects.AreFoundReadAndRemoved"},
    {nullptr, "append", Operation::append, "Object::append", "append", "Objects.GrowAtTheirEnd"},
    {nullptr, "user metadata", Operation::set_metadata, "Store::head, Object::set_metadata", "props get, set",
     "Objects.ChangeTheirMetadataAndKeepTheRest"},
    {nullptr, "storage class", Operation::set_storage_class, "Object::set_storage_class", "props get, set",
     "Objects.ChangeTheirStorageClass"},
    {nullptr, "ACL by a word", Operation::object_acl, "Object::acl, set_acl", "props get, set",
     "Objects.KeepTheAclTheyAreGiven"},
    {nullptr, "ACL by grants", Operation::object_grants, "Object::set_acl", "props set",
     "Objects.KeepTheAclTheyAreGiven"},
    {nullptr, "tags: get, put, delete", Operation::object_tags, "Object::tags, set_tags, remove_tags",
     "props get, set", "Objects.KeepTags"},
    {nullptr, "symbolic links", Operation::symlink, "Object::set_symlink, symlink", "symlink, readlink",
     "Objects.LinkToOthers"},
    {nullptr, "restore", Operation::restore, "Object::restore", "restore",
     "Objects.AreRestoredFromTheArchive"},
    {nullptr, "copy, properties kept or replaced", Operation::copy, "Object::copy_from, Client::copy", "cp",
     "Objects.AreCopiedWithTheirPropertiesOrWithOthers"},
    {nullptr, "rename by the store", Operation::rename, "Object::rename_to", "",
     "Objects.AreRenamedWhereTheStoreDoesThat"},
    {nullptr, "delete", Operation::remove, "Store::remove", "rm", "Objects.AreFoundReadAndRemoved"},
    {nullptr, "batch delete, quiet and verbose", Operation::remove_many, "Bucket::remove_keys", "",
     "Objects.AreDeletedManyAtOnce"},
    {nullptr, "delete by prefix", Operation::remove_many, "Bucket::remove_prefix", "rm -r",
     "Objects.AreDeletedByPrefix"},

    {"Lists", "first version", Operation::list_v1, "Store::list", "", "Lists.TellEveryKeyBelowAPrefix"},
    {nullptr, "second version", Operation::list_v2, "Store::list", "ls -r", "Lists.TellEveryKeyBelowAPrefix"},
    {nullptr, "one level of folders", Operation::list_v1, "ListOptions::delimiter", "ls",
     "Lists.TellOneLevelOfFoldersAndFiles"},
    {nullptr, "page by page", Operation::list_v1, "ListOptions::limit, marker", "", "Lists.GoOnPageByPage"},
    {nullptr, "behind a key", Operation::list_v1, "ListOptions::start_after", "ls --start-after",
     "Lists.BeginBehindAKey"},
    {nullptr, "with owners", Operation::fetch_owner, "ListOptions::fetch_owner", "ls --fetch-owner",
     "Lists.TellOwnersWhenAsked"},

    {"Multipart", "initiate", Operation::create_upload, "Object::create_upload", "",
     "Multipart.JoinsPartsThatWereSentAndCopied"},
    {nullptr, "upload a part", Operation::upload_part, "Upload::put_part", "",
     "Multipart.JoinsPartsThatWereSentAndCopied"},
    {nullptr, "copy a part", Operation::copy_part, "Upload::copy_part", "",
     "Multipart.JoinsPartsThatWereSentAndCopied"},
    {nullptr, "list parts", Operation::list_parts, "Upload::parts", "uploads parts",
     "Multipart.JoinsPartsThatWereSentAndCopied"},
    {nullptr, "list uploads", Operation::list_uploads, "Bucket::uploads, Store::list_uploads", "uploads ls",
     "Multipart.JoinsPartsThatWereSentAndCopied"},
    {nullptr, "complete", Operation::complete_upload, "Upload::complete", "",
     "Multipart.JoinsPartsThatWereSentAndCopied"},
    {nullptr, "abort", Operation::abort_upload, "Upload::abort", "uploads abort, gc",
     "Multipart.IsAborted"},

    {"Presigned URLs", "GET, PUT, HEAD, DELETE", Operation::presign, "Store::presign", "presign",
     "Presign.LetsAnyoneGetPutHeadAndDelete"},
    {nullptr, "parts", Operation::presign, "Upload::presign_part", "", "Presign.LetsAnyoneSendAPart"},
    {nullptr, "with headers", Operation::presign, "PresignOptions::headers", "",
     "Presign.SignsTheHeadersThatTheUserMustSend"},
};

constexpr const char* kHead = R"(# Operations

What each store has, the call in C++ (`include/sluice`), the command, and the test that proves it, in
`tests/conformance`: one loop over the stores, the local one or real ones. A dash: the store has no such thing, and the
call answers so before any request. Written by `SLUICE_UPDATE_DOCS=1 conformance_test`; a table that differs from what
the program knows fails the tests.
)";

std::string code(const std::string& text) {
  return text.empty() ? "" : "`" + text + "`";
}

std::string table() {
  std::string out = kHead, row;
  for (const Row& r : kRows) {
    if (r.group) {
      out += "\n## " + std::string(r.group) + "\n\n| operation |";
      std::string rule = "|---|";
      for (const engine::Dialect* d : engine::dialects()) {
        out += " " + std::string(d->name) + " |";
        rule += "---|";
      }
      out += " C++ | command | test |\n" + rule + "---|---|---|\n";
    }
    out += "| " + std::string(r.what) + " |";
    for (const engine::Dialect* d : engine::dialects()) out += d->lack_of(r.operation) ? " - |" : " yes |";
    out += " " + code(r.call) + " | " + code(r.command) + " | `" + r.test + "` |\n";
  }
  return out;
}

std::set<std::string> tests_of_this_program() {
  std::set<std::string> names;
  const auto& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const auto& suite = *all.GetTestSuite(i);
    for (int k = 0; k < suite.total_test_count(); ++k)
      names.insert(std::string(suite.name()) + "." + suite.GetTestInfo(k)->name());
  }
  return names;
}

TEST(OperationsTable, IsWhatTheDialectsAndTheTestsSay) {
  const std::string path = SLUICE_SOURCE_DIR "/docs/operations.md";
  if (std::getenv("SLUICE_UPDATE_DOCS")) std::ofstream(path) << table();
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str() == table()) << "docs/operations.md is stale: SLUICE_UPDATE_DOCS=1 conformance_test";
}

TEST(OperationsTable, NamesTestsThatAreThereAndEveryOperation) {
  const auto tests = tests_of_this_program();
  std::set<Operation> told;
  for (const Row& row : kRows) {
    EXPECT_TRUE(tests.contains(row.test)) << row.test;
    told.insert(row.operation);
  }
  for (int i = 0; i < engine::kOperations; ++i)
    EXPECT_TRUE(told.contains(static_cast<Operation>(i))) << engine::words_of(static_cast<Operation>(i));
}

}  // namespace
}  // namespace sluice::conformance
