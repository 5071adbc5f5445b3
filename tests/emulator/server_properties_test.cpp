// What buckets and objects are beside their bytes, one loop over the dialects that have it: classes and
// restores, symbolic links, grants, tags, and what a request without a signature may do.
#include "io/percent.h"
#include "server_fixture.h"
#include "signers/digest.h"

namespace sluice::emulator::test {
namespace {

struct Kind {
  const char* name;
  signers::Scheme scheme;
  std::string prefix, region, bucket;
  std::string archive;         // a class whose objects must be restored; empty: the store has none
  std::string not_restored{};  // what reading such an object says
  std::string not_archived{};  // what restoring another one says
};
const std::vector<Kind> kKinds{
    {"oss", signers::Scheme::oss_v4, "x-oss-", "cn-hangzhou", "bucket-o", "Archive", "InvalidObjectState",
     "OperationNotSupported"},
    {"cos", signers::Scheme::cos, "x-cos-", "ap-guangzhou", "bucket-c-1250000000", "ARCHIVE",
     "InvalidObjectState", "InvalidObjectState"},
    {"tos", signers::Scheme::tos4, "x-tos-", "cn-beijing", "bucket-t", "ARCHIVE", "ObjectNotRestored",
     "InvalidRequest"},
    {"qs", signers::Scheme::qingstor, "x-qs-", "", "bucket-q", ""},
    {"s3", signers::Scheme::sigv4, "x-amz-", "us-east-1", "bucket-s", "GLACIER", "InvalidObjectState",
     "InvalidObjectState"},
};

class ServerProperties : public ServerTest {
 protected:
  void SetUp() override {
    start();
    for (const Kind& kind : kKinds) {
      const Answer made = tell(kind, "PUT", "");
      ASSERT_TRUE(made.status == 200 || made.status == 201) << kind.name << made.body;
    }
  }

  /// `target`: what follows the bucket, as sent.
  Answer tell(const Kind& kind, const std::string& method, const std::string& target, std::string body = {},
              io::Headers headers = {}, bool sign = true) {
    Ask request{.scheme = kind.scheme, .method = method, .region = kind.region, .sign = sign};
    const std::string whole = "/" + kind.bucket + (target.starts_with('?') ? "" : "/") + target;
    const auto question = whole.find('?');
    request.path = whole.substr(0, question);
    if (request.path.ends_with('/')) request.path.pop_back();
    if (question != std::string::npos)
      request.query = io::parse_query(std::string_view(whole).substr(question + 1));
    request.body = std::move(body);
    request.headers = std::move(headers);
    return ask(std::move(request));
  }

  void later(std::chrono::seconds by) {
    options_.clock_offset_seconds += by.count();
    now_ += by;
    restart();
  }
};

bool json(const Kind& kind) {
  return kind.name == std::string("tos") || kind.name == std::string("qs");
}
bool says(const Answer& answer, const std::string& text) {
  return answer.body.find(text) != std::string::npos;
}

std::string restore_of(const Kind& kind, const std::string& tier) {
  if (json(kind)) return R"({"Days":2,"RestoreJobParameters":{"Tier":")" + tier + R"("}})";
  const std::string job = kind.name == std::string("cos")  ? "CASJobParameters"
                          : kind.name == std::string("s3") ? "GlacierJobParameters"
                                                           : "JobParameters";
  return "<RestoreRequest><Days>2</Days><" + job + "><Tier>" + tier + "</Tier></" + job +
         "></RestoreRequest>";
}

TEST_F(ServerProperties, ArchivedObjectsAreReadOnceTheyAreRestoredAndForAsLongAsWasAsked) {
  for (const Kind& kind : kKinds) {
    if (kind.archive.empty()) continue;
    SCOPED_TRACE(kind.name);
    const std::string restore = kind.prefix + "restore";
    ASSERT_EQ(tell(kind, "PUT", "cold", "bytes", {{kind.prefix + "storage-class", kind.archive}}).status,
              200);
    ASSERT_EQ(tell(kind, "PUT", "warm", "bytes").status, 200);

    const Answer refused = tell(kind, "GET", "cold");
    EXPECT_EQ(refused.status, 403);
    EXPECT_TRUE(says(refused, kind.not_restored)) << refused.body;
    EXPECT_EQ(tell(kind, "HEAD", "cold").status, 200);
    EXPECT_FALSE(tell(kind, "HEAD", "cold").headers.has(restore));
    EXPECT_EQ(
        tell(kind, "PUT", "copy", {}, {{kind.prefix + "copy-source", "/" + kind.bucket + "/cold"}}).status,
        403);
    EXPECT_TRUE(says(tell(kind, "POST", "warm?restore", restore_of(kind, "Standard")), kind.not_archived));

    const Answer begun = tell(kind, "POST", "cold?restore", restore_of(kind, "Standard"));
    EXPECT_EQ(begun.status, 202) << begun.body;
    EXPECT_EQ(tell(kind, "HEAD", "cold").headers.get(restore), "ongoing-request=\"true\"");
    const Answer again = tell(kind, "POST", "cold?restore", restore_of(kind, "Standard"));
    EXPECT_EQ(again.status, 409);
    EXPECT_TRUE(says(again, "RestoreAlreadyInProgress")) << again.body;
    EXPECT_EQ(tell(kind, "GET", "cold").status, 403);

    later(std::chrono::minutes(2));
    EXPECT_EQ(tell(kind, "GET", "cold").body, "bytes");
    EXPECT_TRUE(tell(kind, "HEAD", "cold")
                    .headers.get(restore)
                    .starts_with("ongoing-request=\"false\", expiry-date="));
    EXPECT_EQ(tell(kind, "POST", "cold?restore", restore_of(kind, "Standard")).status, 200) << "longer";

    later(std::chrono::days(3));
    EXPECT_EQ(tell(kind, "GET", "cold").status, 403);
    EXPECT_EQ(tell(kind, "POST", "cold?restore", restore_of(kind, "Expedited")).status, 202);
    EXPECT_EQ(tell(kind, "GET", "cold").body, "bytes") << "at once";
  }
}

TEST_F(ServerProperties, SymbolicLinksServeTheirTargetUnderTheirOwnName) {
  for (const Kind& kind : kKinds) {
    if (kind.name == std::string("s3") || kind.name == std::string("qs")) continue;
    SCOPED_TRACE(kind.name);
    const std::string target = kind.prefix + "symlink-target";
    ASSERT_EQ(tell(kind, "PUT", "dir/a%20b", "bytes", {{kind.prefix + "meta-a", "1"}}).status, 200);

    ASSERT_EQ(tell(kind, "PUT", "link?symlink", {}, {{target, "dir%2Fa%20b"}}).status, 200);

    const Answer read = tell(kind, "GET", "link");
    EXPECT_EQ(read.body, "bytes");
    EXPECT_EQ(read.headers.get(kind.prefix + "meta-a"), "1");
    EXPECT_EQ(io::lower_case(tell(kind, "HEAD", "link").headers.get(kind.prefix + "object-type")), "symlink");
    EXPECT_EQ(tell(kind, "GET", "link?symlink").headers.get(target), "dir%2Fa%20b");
    EXPECT_EQ(tell(kind, "GET", "dir/a%20b?symlink").status, 400);
    EXPECT_EQ(tell(kind, "GET", "nothing?symlink").status, 404);
    EXPECT_EQ(tell(kind, "PUT", "bad?symlink").status, 400) << "without a target";

    ASSERT_EQ(tell(kind, "PUT", "link%20of%20a%20link?symlink", {}, {{target, "link"}}).status, 200);
    EXPECT_EQ(tell(kind, "GET", "link%20of%20a%20link").status, 400);
    ASSERT_EQ(tell(kind, "PUT", "nowhere?symlink", {}, {{target, "missing"}}).status, 200);
    EXPECT_EQ(tell(kind, "GET", "nowhere").status, 404);
    const io::Headers forbids{{target, "missing"}, {kind.prefix + "forbid-overwrite", "true"}};
    EXPECT_EQ(tell(kind, "PUT", "link?symlink", {}, forbids).status, 409);

    EXPECT_EQ(tell(kind, "DELETE", "link").status, 204);
    EXPECT_EQ(tell(kind, "GET", "dir/a%20b").body, "bytes") << "the link went, not what it leads to";
  }
}

TEST_F(ServerProperties, GrantsComeBackAsTheyWerePut) {
  const std::string xml =
      R"(<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant><Grantee)"
      R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>somebody</ID>)"
      R"(</Grantee><Permission>WRITE_ACP</Permission></Grant></AccessControlList></AccessControlPolicy>)";
  for (const Kind& kind : kKinds) {
    if (kind.name == std::string("oss")) continue;  // canned words alone
    SCOPED_TRACE(kind.name);
    const std::string body =
        kind.name == std::string("qs")
            ? R"({"acl":[{"grantee":{"type":"user","id":"somebody"},"permission":"READ"},)"
              R"({"grantee":{"type":"group","name":"QS_ALL_USERS"},"permission":"WRITE"}]})"
        : json(kind) ? R"({"Owner":{"ID":"o"},"Grants":[{"Grantee":{"ID":"somebody","Type":"CanonicalUser"},)"
                       R"("Permission":"WRITE_ACP"}]})"
                     : xml;
    ASSERT_EQ(tell(kind, "PUT", "?acl", body).status, 200);

    const Answer read = tell(kind, "GET", "?acl");
    EXPECT_TRUE(says(read, "somebody")) << read.body;
    EXPECT_TRUE(says(read, kind.name == std::string("qs") ? "QS_ALL_USERS" : "WRITE_ACP")) << read.body;
    EXPECT_FALSE(says(read, "FULL_CONTROL")) << read.body;
    EXPECT_EQ(tell(kind, "PUT", "?acl", "nonsense").status, 400);
    EXPECT_EQ(tell(kind, "PUT", "?acl", {}, {{kind.prefix + "acl", "nobody-knows"}}).status, 400);
    if (kind.name == std::string("qs")) continue;  // no ACLs of objects

    const io::Headers headers{{kind.prefix + "grant-read", R"(id="one", id="two")"},
                              {kind.prefix + "grant-write-acp", R"(id="three")"}};
    ASSERT_EQ(tell(kind, "PUT", "k", "x", headers).status, 200);
    const Answer of_object = tell(kind, "GET", "k?acl");
    for (const char* id : {"one", "two", "three"}) EXPECT_TRUE(says(of_object, id)) << of_object.body;
  }
}

TEST_F(ServerProperties, WithoutASignatureOneMayDoWhatEverybodyIsGranted) {
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(kind.name);
    const auto status = [&](const std::string& method, const std::string& target, std::string body = {}) {
      return tell(kind, method, target, std::move(body), {}, false).status;
    };
    const auto open = [&](const std::string& canned) {
      const std::string all = R"({"grantee":{"type":"group","name":"QS_ALL_USERS"},"permission":)";
      const std::string grants = canned == "private"       ? ""
                                 : canned == "public-read" ? all + R"("READ"})"
                                                           : all + R"("FULL_CONTROL"})";
      const bool words = kind.name != std::string("qs");
      return tell(kind, "PUT", "?acl", words ? "" : R"({"acl":[)" + grants + "]}",
                  words ? io::Headers{{kind.prefix + "acl", canned}} : io::Headers{})
          .status;
    };
    const bool inherits = kind.name != std::string("s3");
    ASSERT_LT(tell(kind, "PUT", "k", "bytes").status, 300);

    EXPECT_EQ(status("GET", "k"), 403);
    EXPECT_EQ(status("GET", ""), 403);
    ASSERT_EQ(open("public-read"), 200);
    EXPECT_EQ(status("GET", ""), 200) << "lists";
    EXPECT_EQ(status("GET", "k"), inherits ? 200 : 403);
    EXPECT_EQ(status("GET", "missing"), 404);
    Kind nowhere = kind;
    nowhere.bucket += "0";
    EXPECT_EQ(tell(nowhere, "GET", "k", {}, {{kind.prefix + "any", "1"}}, false).status, 404);
    EXPECT_EQ(status("PUT", "mine", "x"), 403);
    EXPECT_EQ(status("PUT", "?acl"), 403);
    EXPECT_EQ(status("DELETE", ""), 403);
    ASSERT_EQ(open("public-read-write"), 200);
    EXPECT_LT(status("PUT", "mine", "x"), 300);
    EXPECT_EQ(status("DELETE", "mine"), 204);
    ASSERT_EQ(open("private"), 200);
    EXPECT_EQ(status("GET", "k"), 403);
    if (kind.name == std::string("qs")) continue;

    const std::string word = kind.prefix + (kind.name == std::string("oss") ? "object-acl" : "acl");
    ASSERT_EQ(tell(kind, "PUT", "k?acl", {}, {{word, "public-read"}}).status, 200);
    EXPECT_EQ(status("GET", "k"), 200) << "the object's own";
    ASSERT_EQ(open("public-read"), 200);
    ASSERT_EQ(tell(kind, "PUT", "k?acl", {}, {{word, "private"}}).status, 200);
    EXPECT_EQ(status("GET", "k"), 403) << "also against the bucket's";
    ASSERT_EQ(tell(kind, "PUT", "copy", {}, {{kind.prefix + "copy-source", "/" + kind.bucket + "/k"}}).status,
              200);
    EXPECT_EQ(status("GET", "copy"), inherits ? 200 : 403) << "ACLs are not copied";
  }
}

TEST_F(ServerProperties, TagsKeepTheirLimits) {
  for (const Kind& kind : kKinds) {
    if (kind.name == std::string("qs")) continue;
    SCOPED_TRACE(kind.name);
    const auto tags = [&](int count, std::size_t key, std::size_t value) {
      std::string body = json(kind) ? R"({"TagSet":{"Tags":[)" : "<Tagging><TagSet>";
      for (int i = 0; i < count; ++i) {
        const std::string k = std::to_string(i) + std::string(key - 1 - (i > 9), 'k'), v(value, 'v');
        if (json(kind))
          body += (i ? "," : "") + (R"({"Key":")" + k + R"(","Value":")" + v + R"("})");
        else
          body += "<Tag><Key>" + k + "</Key><Value>" + v + "</Value></Tag>";
      }
      return body + (json(kind) ? "]}}" : "</TagSet></Tagging>");
    };
    ASSERT_EQ(tell(kind, "PUT", "k", "x").status, 200);

    EXPECT_EQ(tell(kind, "PUT", "k?tagging", tags(10, 128, 256)).status, 200);
    for (const std::string& wrong : {tags(11, 5, 5), tags(1, 129, 5), tags(1, 5, 257)})
      EXPECT_EQ(tell(kind, "PUT", "k?tagging", wrong).status, 400);
    std::string header;
    for (int i = 0; i < 11; ++i) header += (i ? "&k" : "k") + std::to_string(i) + "=v";
    EXPECT_EQ(tell(kind, "PUT", "l", "x", {{kind.prefix + "tagging", header}}).status, 400);
    const int most = kind.name == std::string("oss") ? 20 : 50;
    EXPECT_LT(tell(kind, "PUT", "?tagging", tags(most, 10, 10)).status, 300);
    EXPECT_EQ(tell(kind, "PUT", "?tagging", tags(most + 1, 10, 10)).status, 400);
  }
}

TEST_F(ServerProperties, UnknownStorageClassesAreRefusedWhereverTheyAreNamed) {
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(kind.name);
    const io::Headers unknown{{kind.prefix + "storage-class", "LUKEWARM"}};
    ASSERT_LT(tell(kind, "PUT", "k", "x").status, 300);
    EXPECT_EQ(tell(kind, "PUT", "l", "x", unknown).status, 400);
    EXPECT_EQ(tell(kind, "POST", "l?uploads", {}, unknown).status, 400);
    io::Headers copy = unknown;
    copy.add(kind.prefix + "copy-source", "/" + kind.bucket + "/k");
    EXPECT_EQ(tell(kind, "PUT", "l", {}, copy).status, 400);
  }
}

TEST_F(ServerProperties, OssBucketsRememberWhatTheyWereMadeAs) {
  Kind kind = kKinds.front();
  kind.bucket = "bucket-made";
  const auto made = [](const std::string& storage_class, const std::string& redundancy) {
    return "<CreateBucketConfiguration><StorageClass>" + storage_class +
           "</StorageClass><DataRedundancyType>" + redundancy +
           "</DataRedundancyType></CreateBucketConfiguration>";
  };
  EXPECT_EQ(tell(kind, "PUT", "", made("LUKEWARM", "LRS")).status, 400);
  ASSERT_EQ(tell(kind, "PUT", "", made("IA", "ZRS"), {{"x-oss-acl", "public-read"}}).status, 200);

  const std::string info = tell(kind, "GET", "?bucketInfo").body;
  EXPECT_EQ(element(info, "StorageClass"), "IA");
  EXPECT_EQ(element(info, "DataRedundancyType"), "ZRS");
  EXPECT_EQ(element(info, "Grant"), "public-read");
  ASSERT_EQ(tell(kind, "PUT", "k", "x").status, 200);
  EXPECT_EQ(tell(kind, "HEAD", "k").headers.get("x-oss-storage-class"), "IA") << "objects inherit it";

  EXPECT_EQ(tell(kind, "PUT", "", made("IA", "ZRS"), {{"x-oss-acl", "private"}}).status, 200)
      << "again, its ACL";
  EXPECT_EQ(element(tell(kind, "GET", "?acl").body, "Grant"), "private");
  EXPECT_EQ(tell(kind, "PUT", "", made("Standard", "LRS")).status, 409) << "again, as something else";
}

TEST_F(ServerProperties, OssListsBucketsByTag) {
  Kind kind = kKinds.front();
  const auto named = [&](const io::Query& query) {
    const Answer answer = ask({.scheme = kind.scheme, .query = query, .region = kind.region});
    return answer.status == 200 ? element(answer.body, "Name") : std::to_string(answer.status);
  };
  ASSERT_EQ(
      tell(kind, "PUT", "?tagging",
           "<Tagging><TagSet><Tag><Key>a b</Key><Value>1</Value></Tag><Tag><Key>c</Key><Value>2</Value></Tag>"
           "</TagSet></Tagging>")
          .status,
      200);

  EXPECT_EQ(named({{"tag-key", "a b"}, {"tag-value", "1"}}), kind.bucket);
  EXPECT_EQ(named({{"tag-key", "a b"}}), kind.bucket);
  EXPECT_EQ(named({{"tag-key", "a b"}, {"tag-value", "2"}}), "");
  EXPECT_EQ(named({{"tag-value", "1"}}), "400");
  EXPECT_EQ(tell(kind, "DELETE", "?tagging=a%20b").status, 204);
  EXPECT_EQ(named({{"tag-key", "a b"}}), "");
  EXPECT_EQ(named({{"tag-key", "c"}}), kind.bucket) << "only the one that was named";
}

TEST_F(ServerProperties, CosGrantsEverybodyByAnIdAsWell) {
  const Kind& kind = kKinds[1];
  const io::Headers anyone{{"x-cos-grant-read", R"(id="qcs::cam::anyone:anyone")"}};
  ASSERT_EQ(tell(kind, "PUT", "k", "x", anyone).status, 200);
  EXPECT_EQ(tell(kind, "GET", "k", {}, {}, false).body, "x");
  EXPECT_TRUE(says(tell(kind, "GET", "k?acl"), "/groups/global/AllUsers"));
  ASSERT_EQ(tell(kind, "PUT", "k", "x").status, 200);
  EXPECT_EQ(tell(kind, "GET", "k", {}, {}, false).status, 403);
}

TEST_F(ServerProperties, CosListsBucketsByKeyAndValueOfATagOrByNeither) {
  const Kind& kind = kKinds[1];
  const auto status = [&](const io::Query& query) {
    return ask({.scheme = kind.scheme, .query = query, .region = kind.region}).status;
  };
  EXPECT_EQ(status({{"tagkey", "a"}, {"tagvalue", "1"}}), 200);
  EXPECT_EQ(status({{"tagkey", "a"}}), 400);
  EXPECT_EQ(status({{"tagvalue", "1"}}), 400);
}

TEST_F(ServerProperties, OssRefusesToBeginAnUploadThatMayNotOverwrite) {
  const Kind& kind = kKinds.front();
  ASSERT_EQ(tell(kind, "PUT", "k", "x").status, 200);
  const Answer refused = tell(kind, "POST", "k?uploads", {}, {{"x-oss-forbid-overwrite", "true"}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(element(refused.body, "Code"), "FileAlreadyExists");
  EXPECT_EQ(tell(kind, "POST", "new?uploads", {}, {{"x-oss-forbid-overwrite", "true"}}).status, 200);
}

TEST_F(ServerProperties, TosRenamesInBucketsThatAllowIt) {
  const Kind& kind = kKinds[2];
  ASSERT_EQ(tell(kind, "PUT", "old", "bytes", {{"x-tos-meta-a", "1"}}).status, 200);
  EXPECT_EQ(tell(kind, "PUT", "old?rename&name=new").status, 501);
  ASSERT_EQ(tell(kind, "PUT", "?rename", R"({"RenameEnable":true})").status, 200);
  EXPECT_TRUE(says(tell(kind, "GET", "?rename"), "true"));

  EXPECT_EQ(tell(kind, "PUT", "old?rename&name=new").status, 204);

  EXPECT_EQ(tell(kind, "GET", "old").status, 404);
  EXPECT_EQ(tell(kind, "GET", "new").body, "bytes");
  EXPECT_EQ(tell(kind, "HEAD", "new").headers.get("x-tos-meta-a"), "1");
  EXPECT_EQ(tell(kind, "PUT", "old?rename&name=new").status, 404);
  ASSERT_EQ(tell(kind, "PUT", "old", "other").status, 200);
  EXPECT_EQ(tell(kind, "PUT", "old?rename&name=new", {}, {{"x-tos-forbid-overwrite", "true"}}).status, 409);
}

TEST_F(ServerProperties, TosBucketsRememberClassRedundancyAndProject) {
  Kind kind = kKinds[2];
  kind.bucket = "bucket-made";
  ASSERT_EQ(
      tell(kind, "PUT", "", {},
           {{"x-tos-storage-class", "IA"}, {"x-tos-az-redundancy", "multi-az"}, {"x-tos-project-name", "p"}})
          .status,
      200);
  const Answer head = tell(kind, "HEAD", "");
  EXPECT_EQ(head.headers.get("x-tos-storage-class"), "IA");
  EXPECT_EQ(head.headers.get("x-tos-az-redundancy"), "multi-az");
  EXPECT_EQ(head.headers.get("x-tos-project-name"), "p");
  ASSERT_EQ(tell(kind, "PUT", "?storageClass", {}, {{"x-tos-storage-class", "STANDARD"}}).status, 200);
  EXPECT_EQ(tell(kind, "HEAD", "").headers.get("x-tos-storage-class"), "STANDARD");
}

TEST_F(ServerProperties, TosReplacesMetadataAndNothingElse) {
  const Kind& kind = kKinds[2];
  ASSERT_EQ(tell(kind, "PUT", "k", "x",
                 {{"x-tos-tagging", "a=1"}, {"x-tos-storage-class", "IA"}, {"x-tos-meta-a", "1"}})
                .status,
            200);
  ASSERT_EQ(tell(kind, "POST", "k?metadata", {}, {{"x-tos-meta-b", "2"}}).status, 200);
  const Answer head = tell(kind, "HEAD", "k");
  EXPECT_FALSE(head.headers.has("x-tos-meta-a"));
  EXPECT_EQ(head.headers.get("x-tos-meta-b"), "2");
  EXPECT_EQ(head.headers.get("x-tos-storage-class"), "IA");
  EXPECT_EQ(head.headers.get("x-tos-tagging-count"), "1");
}

TEST_F(ServerProperties, AppendableObjectsAreCopiedWhereTheDocumentsAllowIt) {
  for (const Kind& kind : kKinds) {
    if (kind.name == std::string("s3")) continue;
    SCOPED_TRACE(kind.name);
    const std::string word = kind.name == std::string("tos") ? "offset" : "position";
    ASSERT_EQ(tell(kind, "POST", "log?append&" + word + "=0", "line").status, 200);
    const int status =
        tell(kind, "PUT", "copy", {}, {{kind.prefix + "copy-source", "/" + kind.bucket + "/log"}}).status;
    const bool refused = kind.name == std::string("cos") || kind.name == std::string("tos");
    EXPECT_EQ(status == 400, refused) << status;
  }
}

TEST_F(ServerProperties, S3ListsTheOneVersionOfEachKey) {
  const Kind& kind = kKinds.back();
  for (const char* key : {"a", "dir/b", "dir/c"}) ASSERT_EQ(tell(kind, "PUT", key, "x").status, 200);
  const std::string first = tell(kind, "GET", "?versions&delimiter=/&max-keys=1").body;
  EXPECT_EQ(element(first, "VersionId"), "null");
  EXPECT_EQ(element(first, "NextKeyMarker"), "a");
  const std::string rest = tell(kind, "GET", "?versions&delimiter=/&key-marker=a").body;
  EXPECT_TRUE(rest.find("<CommonPrefixes><Prefix>dir/</Prefix>") != std::string::npos) << rest;
  EXPECT_EQ(tell(kind, "GET", "a?versionId=null").status, 200);
  EXPECT_EQ(tell(kind, "GET", "a?versionId=other").status, 404);
}

TEST_F(ServerProperties, S3TellsTheAttributesThatWereAskedFor) {
  const Kind& kind = kKinds.back();
  ASSERT_EQ(tell(kind, "PUT", "k", "bytes").status, 200);
  const Answer told = tell(kind, "GET", "k?attributes", {}, {{"x-amz-object-attributes", "ETag,ObjectSize"}});
  EXPECT_EQ(element(told.body, "ETag"), "4b3a6218bb3e3a7303e8a171a60fcf92");
  EXPECT_EQ(element(told.body, "ObjectSize"), "5");
  EXPECT_EQ(element(told.body, "StorageClass"), "");
  EXPECT_EQ(tell(kind, "GET", "k?attributes").status, 400);
}

TEST_F(ServerProperties, S3DeletesOfManyOnlyWhatIsWhatWasNamed) {
  const Kind& kind = kKinds.back();
  ASSERT_EQ(tell(kind, "PUT", "mine", "bytes").status, 200);
  ASSERT_EQ(tell(kind, "PUT", "theirs", "other").status, 200);
  const std::string etag = "<ETag>4b3a6218bb3e3a7303e8a171a60fcf92</ETag>";
  const std::string body = "<Delete><Object><Key>mine</Key>" + etag + "</Object><Object><Key>theirs</Key>" +
                           etag + "</Object><Object><Key>never</Key>" + etag + "</Object></Delete>";
  const Answer told =
      tell(kind, "POST", "?delete", body, {{"Content-MD5", signers::base64(signers::md5(body))}});
  EXPECT_EQ(told.status, 200) << told.body;
  EXPECT_TRUE(says(told, "<Error><Key>theirs</Key><Code>PreconditionFailed</Code>")) << told.body;
  EXPECT_TRUE(says(told, "<Deleted><Key>never</Key>")) << told.body;
  EXPECT_EQ(tell(kind, "HEAD", "mine").status, 404);
  EXPECT_EQ(tell(kind, "HEAD", "theirs").status, 200);
}

TEST_F(ServerProperties, S3RefusesWhoExpectsAnotherOwner) {
  const Kind& kind = kKinds.back();
  EXPECT_EQ(tell(kind, "GET", "", {}, {{"x-amz-expected-bucket-owner", "somebody"}}).status, 403);
  EXPECT_EQ(tell(kind, "GET", "", {}, {{"x-amz-expected-bucket-owner", "sluice"}}).status, 200);
  ASSERT_EQ(tell(kind, "PUT", "?acl", {}, {{"x-amz-acl", "public-read"}}).status, 200);
  EXPECT_EQ(tell(kind, "GET", "", {}, {{"x-amz-expected-bucket-owner", "somebody"}}, false).status, 403);
}

TEST_F(ServerProperties, AContentEncodingAloneFramesNoBody) {
  const Kind& kind = kKinds.back();
  ASSERT_EQ(tell(kind, "PUT", "k", "bytes", {{"Content-Encoding", "gzip, aws-chunked"}}).status, 200);
  EXPECT_EQ(tell(kind, "GET", "k").body, "bytes");
  EXPECT_EQ(tell(kind, "GET", "k").headers.get("Content-Encoding"), "gzip");
}

TEST_F(ServerProperties, ABucketMayGrantNothingToAnybody) {
  const Kind& kind = kKinds.back();
  ASSERT_EQ(
      tell(kind, "PUT", "?acl", "<AccessControlPolicy><AccessControlList/></AccessControlPolicy>").status,
      200);
  EXPECT_FALSE(says(tell(kind, "GET", "?acl"), "<Grant>"));
}

TEST_F(ServerProperties, S3ListsBucketsByPages) {
  for (const char* name : {"page-a", "page-b", "page-c"}) {
    Kind kind = kKinds.back();
    kind.bucket = name;
    ASSERT_EQ(tell(kind, "PUT", "").status, 200);
  }
  const std::string first = s3("GET", "/?prefix=page-&max-buckets=2").body;
  EXPECT_EQ(element(first, "ContinuationToken"), "page-b");
  const std::string rest = s3("GET", "/?prefix=page-&max-buckets=2&continuation-token=page-b").body;
  EXPECT_EQ(element(rest, "Name"), "page-c");
  EXPECT_EQ(element(rest, "ContinuationToken"), "");
}

}  // namespace
}  // namespace sluice::emulator::test
