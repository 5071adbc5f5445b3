// Operations that are one request: how the vendors' answers are read.
#include <gtest/gtest.h>

#include "engine/codec_decode.h"
#include "store_fixture.h"

namespace sluice::engine {
namespace {

using test::Bench;

const Ref kObject{"bucket-1", "a b"};

TEST(Operations, ListsOfBucketsHoldWhatWasAskedForEvenWhereTheStoreTellsAll) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    b.wire.answer(200, {},
                  d->wire == Wire::xml ? "<ListAllMyBucketsResult><Buckets><Bucket><Name>ab</Name></Bucket>"
                                         "<Bucket><Name>ac</Name></Bucket><Bucket><Name>b</Name></Bucket>"
                                         "</Buckets></ListAllMyBucketsResult>"
                  : d == &kTos         ? R"({"Buckets":[{"Name":"ab"},{"Name":"ac"},{"Name":"b"}]})"
                               : R"({"count":3,"buckets":[{"name":"ab"},{"name":"ac"},{"name":"b"}]})");
    BucketListOptions options;
    options.prefix = "a";
    options.after = "ab";
    const auto list = b.run(b.store->list_buckets(b.call(), options));
    ASSERT_TRUE(list) << list.error().describe();
    ASSERT_EQ(list->buckets.size(), 1u);
    EXPECT_EQ(list->buckets[0].name, "ac");
    EXPECT_EQ(list->reply.status, 200);
  }
}

TEST(Operations, QuietDeletesMayAnswerNothing) {
  EXPECT_TRUE(decode::deleted(kOss, "")->keys.empty());
  EXPECT_TRUE(decode::deleted(kTos, "{}")->failed.empty());
  EXPECT_TRUE(decode::deleted(kS3, "<DeleteResult/>")->failed.empty());
  EXPECT_FALSE(decode::deleted(kS3, "<html>"));
}

TEST(Operations, ListsComeInBothVersionsWithOwners) {
  for (const Dialect* d : dialects()) {
    SCOPED_TRACE(d->name);
    Bench b(*d);
    const bool has_second = !d->lack_of(Operation::list_v2);
    const std::string xml_owner = "<Owner><ID>o1</ID><DisplayName>One</DisplayName></Owner>";
    const std::string cut_xml = "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>p1</Key>" +
                                xml_owner + "</Contents></ListBucketResult>";
    const std::string cut = d->wire == Wire::xml ? cut_xml
                            : d == &kTos
                                ? R"({"IsTruncated":true,"NextMarker":"p1","Contents":[{"Key":"p1","Size":1,)"
                                  R"("Owner":{"ID":"o1","DisplayName":"One"}}]})"
                                : R"({"name":"b","owner":{"id":"o1","name":"One"},"has_more":true,)"
                                  R"("next_marker":"p1","keys":[{"key":"p1"}]})";
    ListOptions options;
    options.prefix = "p";
    options.start_after = "p0";
    options.version = ListVersion::v1;
    b.wire.answer(200, {}, cut);

    auto page = b.run(b.store->list(b.call(), "bucket-1", options));

    ASSERT_TRUE(page) << page.error().describe();
    EXPECT_EQ(b.target(), d == &kQingStor ? "/bucket-1/?prefix=p&marker=p0&limit=1000"
                                          : "/bucket-1/?prefix=p&marker=p0&max-keys=1000&encoding-type=url");
    EXPECT_EQ(page->next_marker, "p1");
    EXPECT_EQ(page->objects.at(0).owner, "");
    options.fetch_owner = true;
    b.wire.answer(200, {}, cut);
    page = b.run(b.store->list(b.call(), "bucket-1", options));
    ASSERT_TRUE(page) << page.error().describe();
    EXPECT_EQ(page->objects.at(0).owner + " " + page->objects.at(0).owner_name, "o1 One");

    options.version = ListVersion::v2;
    if (has_second)
      b.wire.answer(
          200, {},
          d == &kTos
              ? R"({"IsTruncated":false,"Contents":[{"Key":"p1","Owner":{"ID":"o1","DisplayName":"One"}}]})"
              : "<ListBucketResult><Contents><Key>p1</Key>" + xml_owner + "</Contents></ListBucketResult>");
    page = b.run(b.store->list(b.call(), "bucket-1", options));
    ASSERT_EQ(page.has_value(), has_second);
    if (!has_second) {
      EXPECT_EQ(page.error().kind, ErrorKind::argument);
      continue;
    }
    EXPECT_EQ(b.target(),
              "/bucket-1/?list-type=2&prefix=p&start-after=p0&fetch-owner=true&max-keys=1000"
              "&encoding-type=url");
    EXPECT_EQ(page->objects.at(0).owner, "o1");
    EXPECT_EQ(page->objects.at(0).owner_name, "One");
  }
}

TEST(Operations, TheFirstVersionGoesOnBehindTheLastNameWhereMarkersAreNotEncodedAsKeysAre) {
  const std::string ceph =
      "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
      "<NextMarker>b+ c</NextMarker><Contents><Key>b%2B+c</Key></Contents></ListBucketResult>";
  const auto page = decode::list(kS3, ceph, {}, decode::ListForm{true, false});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->next_marker, "b+ c");
}

TEST(Operations, AclsAreReadAsGrantsAndAsTheWordThatTheyComeTo) {
  const auto xml = [](const std::string& grants) {
    return "<AccessControlPolicy><Owner><ID>me</ID></Owner><AccessControlList>" + grants +
           "</AccessControlList></AccessControlPolicy>";
  };
  const auto grant = [](const std::string& who, const std::string& permission) {
    return "<Grant><Grantee xsi:type=\"x\">" + who + "</Grantee><Permission>" + permission +
           "</Permission></Grant>";
  };
  const std::string all = "<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>";
  const auto s3 = decode::acl(kS3, xml(grant("<ID>me</ID>", "FULL_CONTROL") + grant(all, "READ")));
  ASSERT_TRUE(s3) << s3.error().message;
  EXPECT_EQ(s3->owner, "me");
  EXPECT_EQ(s3->canned, "public-read");
  ASSERT_EQ(s3->grants.size(), 2u);
  EXPECT_EQ(s3->grants[0], (Grant{Grant::To::user, "me", "FULL_CONTROL"}));
  EXPECT_EQ(s3->grants[1], (Grant{Grant::To::everyone, "", "READ"}));
  EXPECT_EQ(decode::acl(kS3, xml(grant("<ID>you</ID>", "READ")))->canned, "");
  EXPECT_EQ(decode::acl(kCos, xml(grant("<ID>me</ID>", "FULL_CONTROL")))->canned, "private");
  EXPECT_EQ(decode::acl(kOss, xml("<Grant>public-read-write</Grant>"))->canned, "public-read-write");
  const auto tos = decode::acl(
      kTos,
      R"({"Owner":{"ID":"me"},"Grants":[{"Grantee":{"ID":"me","Type":"CanonicalUser"},"Permission":)"
      R"("FULL_CONTROL"},{"Grantee":{"Type":"Group","Canned":"AuthenticatedUsers"},"Permission":"READ"}]})");
  ASSERT_TRUE(tos);
  EXPECT_EQ(tos->canned, "authenticated-read");
  const std::string owners = R"({"Grantee":{"ID":"me","Type":"CanonicalUser"},"Permission":"FULL_CONTROL"}])";
  const std::string of_object = R"({"Owner":{"ID":"me"},"Grants":[)" + owners + R"(,"IsDefault":)";
  EXPECT_EQ(decode::acl(kTos, of_object + "true}")->canned, "default");
  EXPECT_EQ(decode::acl(kTos, of_object + "false}")->canned, "private");
  const auto qs = decode::acl(
      kQingStor,
      R"({"owner":{"id":"me","name":"n"},"acl":[{"grantee":{"type":"user","id":"me","name":"n"},)"
      R"("permission":"FULL_CONTROL"},{"grantee":{"type":"group","name":"QS_ALL_USERS"},"permission":)"
      R"("READ"},{"grantee":{"type":"group","name":"QS_ALL_USERS"},"permission":"WRITE"}]})");
  ASSERT_TRUE(qs) << qs.error().message;
  EXPECT_EQ(qs->canned, "public-read-write");
}

TEST(Operations, TagsLocationsAndPropertiesAreRead) {
  const std::string xml =
      "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value></Value></Tag></"
      "TagSet>"
      "</Tagging>";
  const Tags expected{{"a", "1"}, {"b", ""}};
  EXPECT_EQ(*decode::tags(kOss, xml), expected);
  EXPECT_EQ(*decode::tags(kTos, R"({"TagSet":{"Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":""}]}})"),
            expected);
  EXPECT_TRUE(decode::tags(kOss, "<Tagging><TagSet/></Tagging>")->empty());

  EXPECT_EQ(*decode::location(kOss, "<LocationConstraint>oss-cn-hangzhou</LocationConstraint>"),
            "cn-hangzhou");
  EXPECT_EQ(*decode::location(kS3, "<LocationConstraint xmlns='x'/>"), "us-east-1");
  EXPECT_EQ(*decode::location(kS3, "<LocationConstraint>EU</LocationConstraint>"), "eu-west-1");
  EXPECT_EQ(*decode::location(kTos, R"({"Region":"cn-beijing","ExtranetEndpoint":"x"})"), "cn-beijing");
  EXPECT_EQ(*decode::location(kQingStor, R"({"name":"b","location":"pek3b"})"), "pek3b");
  EXPECT_FALSE(decode::location(kTos, "{}"));

  const auto oss = decode::properties(
      kOss,
      "<BucketInfo><Bucket><CreationDate>2023-11-14T22:13:20.000Z</CreationDate><DataRedundancyType>ZRS"
      "</DataRedundancyType><ExtranetEndpoint>e</ExtranetEndpoint><IntranetEndpoint>i</IntranetEndpoint>"
      "<Location>oss-cn-hangzhou</Location><Name>b</Name><StorageClass>IA</StorageClass><Owner><ID>me</ID>"
      "</Owner><AccessControlList><Grant>private</Grant></AccessControlList></Bucket></BucketInfo>");
  ASSERT_TRUE(oss) << oss.error().message;
  EXPECT_EQ(oss->name + oss->region + oss->storage_class + oss->redundancy + oss->acl + oss->owner,
            "bcn-hangzhouIAZRSprivateme");
  EXPECT_EQ(oss->endpoint + oss->internal_endpoint, "ei");
  EXPECT_EQ(oss->created->time_since_epoch().count(), 1'700'000'000'000);
  const auto qs = decode::properties(
      kQingStor, R"({"name":"b","location":"pek3b","created":"2023-11-14T22:13:20Z","count":3,"size":42})");
  ASSERT_TRUE(qs);
  EXPECT_EQ(qs->objects, 3u);
  EXPECT_EQ(qs->bytes, 42u);
}

TEST(Operations, RepliesCarryStatusRequestIdAndHeaders) {
  for (const Dialect* d : dialects()) {
    Bench b(*d);
    b.wire.answer(204, {{std::string(d->request_id_header), "R9"}, {"X-Other", "1"}});
    const auto gone = b.run(b.store->remove(b.call(), kObject));
    ASSERT_TRUE(gone);
    EXPECT_EQ(gone->status, 204);
    EXPECT_EQ(gone->request_id, "R9");
    EXPECT_EQ(gone->header("x-other"), "1");
    EXPECT_EQ(gone->header("x-none"), "");
  }
}

}  // namespace
}  // namespace sluice::engine
