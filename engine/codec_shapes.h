// The tables: every shape's fields, in the words of S3, OSS and COS (XML), TOS (JSON with the same
// words) and QingStor (JSON, lower case). Where one word means the same everywhere it stands once.
// Included by codec_xml.cpp and codec_json.cpp, each with its Node.
#pragma once

#include "engine/codec_checksum.h"
#include "engine/codec_raw.h"
#include "engine/codec_walk.h"
#include "engine/request.h"

namespace sluice::engine::codec {

template <class Node>
struct Shapes {
  template <class T>
  using F = Field<Node, T>;

  template <class>
  struct Owner;
  template <class O, class V>
  struct Owner<V O::*> {
    using type = O;
  };

  /// A field whose text goes through Convert into Member.
  template <auto Member, auto Convert>
  static bool as(typename Owner<decltype(Member)>::type& into, const Node& node) {
    const auto text = node.text();
    return text && Convert(*text, into.*Member);
  }
  /// A repeated record: each element is walked with Table and must pass Accept.
  template <auto Member, auto& Table, auto Accept>
  static bool each(typename Owner<decltype(Member)>::type& into, const Node& node) {
    auto& items = into.*Member;
    auto& item = items.emplace_back();
    return walk(node, Table, item).empty() && Accept(item);
  }

  /// Known, so that the body counts as one of ours, and of no use.
  template <class T>
  static bool ignored(T&, const Node&) {
    return true;
  }

  static bool to_etag(std::string_view text, std::string& out) {
    out = unquoted(text);
    return true;
  }
  static bool to_crc32c(std::string_view text, std::optional<std::uint32_t>& out) {
    out = decode_checksum<std::uint32_t>(text);
    return true;
  }

  // -- lists of objects
  static constexpr F<Listed> kObject[] = {
      {"Key", as<&Listed::key, to_text>},
      {"LastModified", as<&Listed::modified, to_time>},
      {"ETag", as<&Listed::etag, to_etag>},
      {"Size", as<&Listed::size, to_number<std::uint64_t>>},
      {"StorageClass", as<&Listed::storage_class, to_text>},
      {"HashCrc64Ecma", as<&Listed::crc64, to_crc>},
      {"key", as<&Listed::key, to_text>},
      {"size", as<&Listed::size, to_number<std::uint64_t>>},
      {"etag", as<&Listed::etag, to_etag>},
      {"mime_type", as<&Listed::content_type, to_text>},
      {"modified", as<&Listed::modified, to_unix_time>},
      {"storage_class", as<&Listed::storage_class, to_text>},
  };
  static constexpr F<Listed> kOwner[] = {
      {"ID", as<&Listed::owner, to_text>},
      {"DisplayName", as<&Listed::owner_name, to_text>},
  };
  static bool owner(Listed& into, const Node& node) { return walk(node, kOwner, into).empty(); }
  static constexpr auto kOwnedObject = with(kObject, F<Listed>{"Owner", owner});

  /// Every member as it was made, but for the memory of the texts.
  static void clear(Listed& o) {
    o.key.clear();
    o.size = 0;
    o.etag.clear();
    o.opaque_etag = false;
    o.modified.reset();
    o.content_type.clear();
    o.storage_class.clear();
    o.crc64.reset();
    o.metadata.clear();
    o.owner.clear();
    o.owner_name.clear();
    o.reply.status = 0;
    o.reply.request_id.clear();
    o.reply.headers.clear();
  }
  static bool object(RawList& into, const Node& node) {
    if (into.count == into.objects.size())
      into.objects.emplace_back();
    else
      clear(into.objects[into.count]);
    Listed& item = into.objects[into.count++];
    const auto failed = into.owners ? walk(node, kOwnedObject.rows, item) : walk(node, kObject, item);
    return failed.empty() && !item.key.empty();
  }

  static constexpr F<std::string> kPrefix[] = {{"Prefix", [](std::string& into, const Node& n) {
                                                  const auto text = n.text();
                                                  return text && to_text(*text, into);
                                                }}};
  static bool any_prefix(const std::string&) { return true; }
  static bool plain_prefix(RawList& into, const Node& node) {
    const auto text = node.text();
    if (text) into.prefixes.emplace_back(*text);
    return text.has_value();
  }

  static constexpr F<RawList> kListOwner[] = {
      {"id", as<&RawList::owner, to_text>},
      {"name", as<&RawList::owner_name, to_text>},
  };
  static bool list_owner(RawList& into, const Node& node) { return walk(node, kListOwner, into).empty(); }
  static constexpr F<RawList> kList[] = {
      {"Contents", object},
      {"CommonPrefixes", each<&RawList::prefixes, kPrefix, any_prefix>},
      {"IsTruncated", as<&RawList::truncated, to_flag>},
      {"NextContinuationToken", as<&RawList::next_token, to_text>},
      {"NextMarker", as<&RawList::next_marker, to_text>},
      {"EncodingType", as<&RawList::encoding, to_text>},
      {"Name", ignored<RawList>},
      {"keys", object},
      {"common_prefixes", plain_prefix},
      {"has_more", as<&RawList::truncated, to_flag>},
      {"next_marker", as<&RawList::next_marker, to_text>},
      {"name", ignored<RawList>},
      {"owner", list_owner},
  };
  // -- lists of buckets
  static constexpr F<BucketInfo> kBucket[] = {
      {"Name", as<&BucketInfo::name, to_text>},
      {"Location", as<&BucketInfo::region, to_text>},
      {"Region", as<&BucketInfo::region, to_text>},
      {"BucketRegion", as<&BucketInfo::region, to_text>},
      {"CreationDate", as<&BucketInfo::created, to_time>},
      {"name", as<&BucketInfo::name, to_text>},
      {"location", as<&BucketInfo::region, to_text>},
      {"created", as<&BucketInfo::created, to_time>},
  };
  static bool has_name(const BucketInfo& b) { return !b.name.empty(); }
  static constexpr F<RawBuckets> kBucketElement[] = {
      {"Bucket", each<&RawBuckets::buckets, kBucket, has_name>}};
  /// XML has <Buckets><Bucket/>...</Buckets>, JSON an array.
  static bool buckets(RawBuckets& into, const Node& node) {
    if constexpr (Node::kXml)
      return walk(node, kBucketElement, into).empty();
    else
      return each<&RawBuckets::buckets, kBucket, has_name>(into, node);
  }
  static constexpr F<RawBuckets> kBuckets[] = {
      {"Owner", ignored<RawBuckets>},
      {"Buckets", buckets},
      {"buckets", each<&RawBuckets::buckets, kBucket, has_name>},
      {"count", ignored<RawBuckets>},
      {"IsTruncated", as<&RawBuckets::truncated, to_flag>},
      {"NextMarker", as<&RawBuckets::next_marker, to_text>},
      {"ContinuationToken", as<&RawBuckets::next_token, to_text>},
  };

  // -- multipart
  static constexpr F<RawUpload> kUpload[] = {{"UploadId", as<&RawUpload::upload_id, to_text>},
                                             {"upload_id", as<&RawUpload::upload_id, to_text>}};

  static constexpr F<PartInfo> kPart[] = {
      {"PartNumber", as<&PartInfo::number, to_number<std::uint32_t>>},
      {"ETag", as<&PartInfo::etag, to_etag>},
      {"Size", as<&PartInfo::size, to_number<std::uint64_t>>},
      {"HashCrc64ecma", as<&PartInfo::crc64, to_crc>},
      {"HashCrc64Ecma", as<&PartInfo::crc64, to_crc>},
      {"ChecksumCRC32C", as<&PartInfo::crc32c, to_crc32c>},
      {"part_number", as<&PartInfo::number, to_number<std::uint32_t>>},
      {"size", as<&PartInfo::size, to_number<std::uint64_t>>},
      {"etag", as<&PartInfo::etag, to_etag>},
  };
  static bool any_part(const PartInfo&) { return true; }
  static constexpr F<RawParts> kParts[] = {
      {"Part", each<&RawParts::parts, kPart, any_part>},
      {"Parts", each<&RawParts::parts, kPart, any_part>},
      {"object_parts", each<&RawParts::parts, kPart, any_part>},
      {"IsTruncated", as<&RawParts::truncated, to_flag>},
      {"NextPartNumberMarker", as<&RawParts::next_marker, to_text>},
      {"UploadId", ignored<RawParts>},
      {"count", ignored<RawParts>},
  };

  static constexpr F<UploadInfo> kUploadItem[] = {
      {"Key", as<&UploadInfo::key, to_text>},
      {"UploadId", as<&UploadInfo::upload_id, to_text>},
      {"Initiated", as<&UploadInfo::initiated, to_time>},
      {"key", as<&UploadInfo::key, to_text>},
      {"upload_id", as<&UploadInfo::upload_id, to_text>},
      {"created", as<&UploadInfo::initiated, to_time>},
  };
  static bool has_upload(const UploadInfo& u) { return !u.key.empty() && !u.upload_id.empty(); }
  // COS spells its own elements in several ways, as its SDKs know.
  static constexpr F<RawUploads> kUploads[] = {
      {"Upload", each<&RawUploads::uploads, kUploadItem, has_upload>},
      {"Uploads", each<&RawUploads::uploads, kUploadItem, has_upload>},
      {"uploads", each<&RawUploads::uploads, kUploadItem, has_upload>},
      {"IsTruncated", as<&RawUploads::truncated, to_flag>},
      {"has_more", as<&RawUploads::truncated, to_flag>},
      {"NextKeyMarker", as<&RawUploads::next_key_marker, to_text>},
      {"NextUploadIdMarker", as<&RawUploads::next_upload_id_marker, to_text>},
      {"next_key_marker", as<&RawUploads::next_key_marker, to_text>},
      {"next_upload_id_marker", as<&RawUploads::next_upload_id_marker, to_text>},
      {"EncodingType", as<&RawUploads::encoding, to_text>},
      {"Encoding-Type", as<&RawUploads::encoding, to_text>},
      {"Encoding-type", as<&RawUploads::encoding, to_text>},
      {"Bucket", ignored<RawUploads>},
      {"name", ignored<RawUploads>},
  };

  static bool outcome_etag(RawOutcome& into, const Node& node) {
    into.has_etag = true;
    return as<&RawOutcome::etag, to_etag>(into, node);
  }
  static constexpr F<RawOutcome> kOutcome[] = {
      {"ETag", outcome_etag},
      {"CRC64", as<&RawOutcome::crc64, to_crc>},
      {"ChecksumCRC32C", as<&RawOutcome::crc32c, to_text>},
      {"ChecksumType", as<&RawOutcome::checksum_type, to_text>},
  };

  // -- properties
  static constexpr F<RawGrant> kGrantee[] = {
      {"ID", as<&RawGrant::id, to_text>},         {"URI", as<&RawGrant::uri, to_text>},
      {"Canned", as<&RawGrant::canned, to_text>}, {"id", as<&RawGrant::id, to_text>},
      {"name", as<&RawGrant::name, to_text>},
  };
  static bool grantee(RawGrant& into, const Node& node) { return walk(node, kGrantee, into).empty(); }
  static constexpr F<RawGrant> kGrant[] = {
      {"Grantee", grantee},
      {"Permission", as<&RawGrant::permission, to_text>},
      {"grantee", grantee},
      {"permission", as<&RawGrant::permission, to_text>},
  };
  static bool grant(RawAcl& into, const Node& node) {
    if (const auto word = node.text()) {
      into.word = *word;
      return true;
    }
    return walk(node, kGrant, into.grants.emplace_back()).empty();
  }
  static constexpr F<RawAcl> kGrants[] = {{"Grant", grant}};
  static bool grants(RawAcl& into, const Node& node) { return walk(node, kGrants, into).empty(); }
  static constexpr F<RawAcl> kAclOwner[] = {
      {"ID", as<&RawAcl::owner, to_text>},
      {"id", as<&RawAcl::owner, to_text>},
  };
  static bool acl_owner(RawAcl& into, const Node& node) { return walk(node, kAclOwner, into).empty(); }
  static constexpr F<RawAcl> kAcl[] = {
      {"Owner", acl_owner}, {"AccessControlList", grants}, {"Grants", grant}, {"owner", acl_owner},
      {"acl", grant},
      {"IsDefault", as<&RawAcl::is_default, to_flag>},
  };

  static constexpr F<RawTag> kTag[] = {
      {"Key", as<&RawTag::key, to_text>},
      {"Value", as<&RawTag::value, to_text>},
  };
  static bool any_tag(const RawTag&) { return true; }
  static constexpr F<RawTags> kTagSet[] = {
      {"Tag", each<&RawTags::tags, kTag, any_tag>},
      {"Tags", each<&RawTags::tags, kTag, any_tag>},
  };
  static bool tag_set(RawTags& into, const Node& node) { return walk(node, kTagSet, into).empty(); }
  static constexpr F<RawTags> kTags[] = {{"TagSet", tag_set}};

  static constexpr F<RawLocation> kLocation[] = {{"Region", as<&RawLocation::region, to_text>},
                                                 {"location", as<&RawLocation::region, to_text>},
                                                 {"name", ignored<RawLocation>}};

  static bool to_count(std::string_view text, std::optional<std::uint64_t>& out) {
    return to_number(text, out.emplace());
  }
  static constexpr F<BucketProperties> kPropertiesAcl[] = {{"Grant", as<&BucketProperties::acl, to_text>}};
  static bool properties_acl(BucketProperties& into, const Node& node) {
    return walk(node, kPropertiesAcl, into).empty();
  }
  static constexpr F<BucketProperties> kPropertiesOwner[] = {{"ID", as<&BucketProperties::owner, to_text>}};
  static bool properties_owner(BucketProperties& into, const Node& node) {
    return walk(node, kPropertiesOwner, into).empty();
  }
  static constexpr F<BucketProperties> kBucketProperties[] = {
      {"CreationDate", as<&BucketProperties::created, to_time>},
      {"DataRedundancyType", as<&BucketProperties::redundancy, to_text>},
      {"ExtranetEndpoint", as<&BucketProperties::endpoint, to_text>},
      {"IntranetEndpoint", as<&BucketProperties::internal_endpoint, to_text>},
      {"Location", as<&BucketProperties::region, to_text>},
      {"Name", as<&BucketProperties::name, to_text>},
      {"StorageClass", as<&BucketProperties::storage_class, to_text>},
      {"Owner", properties_owner},
      {"AccessControlList", properties_acl},
  };
  static bool bucket_element(RawProperties& into, const Node& node) {
    return walk(node, kBucketProperties, into.bucket).empty();
  }
  template <auto Member, auto Convert>
  static bool of_bucket(RawProperties& into, const Node& node) {
    return as<Member, Convert>(into.bucket, node);
  }
  static constexpr F<RawProperties> kProperties[] = {
      {"Bucket", bucket_element},
      {"name", of_bucket<&BucketProperties::name, to_text>},
      {"location", of_bucket<&BucketProperties::region, to_text>},
      {"url", of_bucket<&BucketProperties::endpoint, to_text>},
      {"created", of_bucket<&BucketProperties::created, to_time>},
      {"count", of_bucket<&BucketProperties::objects, to_count>},
      {"size", of_bucket<&BucketProperties::bytes, to_count>},
  };

  // -- batch deletes
  static constexpr F<Deleted::Failure> kFailure[] = {
      {"Key", as<&Deleted::Failure::key, to_text>},
      {"Code", as<&Deleted::Failure::code, to_text>},
      {"Message", as<&Deleted::Failure::message, to_text>},
      {"key", as<&Deleted::Failure::key, to_text>},
      {"code", as<&Deleted::Failure::code, to_text>},
      {"message", as<&Deleted::Failure::message, to_text>},
  };
  static bool has_key(const Deleted::Failure& f) { return !f.key.empty(); }
  static bool deleted_key(RawDeleted& into, const Node& node) {
    Deleted::Failure one;
    if (!walk(node, kFailure, one).empty()) return false;
    into.keys.push_back(std::move(one.key));
    return true;
  }
  static constexpr F<RawDeleted> kDeleted[] = {
      {"Deleted", deleted_key},
      {"Error", each<&RawDeleted::failed, kFailure, has_key>},
      {"deleted", deleted_key},
      {"errors", each<&RawDeleted::failed, kFailure, has_key>},
  };

  // -- errors
  static constexpr F<RawError> kError[] = {
      {"Code", as<&RawError::code, to_text>},
      {"Message", as<&RawError::message, to_text>},
      {"Resource", as<&RawError::resource, to_text>},
      {"RequestId", as<&RawError::request_id, to_text>},
      {"TraceId", as<&RawError::trace_id, to_text>},
      {"HostId", ignored<RawError>},
      {"Region", as<&RawError::region, to_text>},
      {"Endpoint", as<&RawError::endpoint, to_text>},
      {"EC", as<&RawError::trace_id, to_text>},
      {"code", as<&RawError::code, to_text>},
      {"message", as<&RawError::message, to_text>},
      {"request_id", as<&RawError::request_id, to_text>},
      {"url", ignored<RawError>},
  };

  static std::string_view read(const Node& n, RawList& s) { return walk(n, kList, s, &s.known); }
  static std::string_view read(const Node& n, RawBuckets& s) { return walk(n, kBuckets, s, &s.known); }
  static std::string_view read(const Node& n, RawUpload& s) { return walk(n, kUpload, s, &s.known); }
  static std::string_view read(const Node& n, RawParts& s) { return walk(n, kParts, s, &s.known); }
  static std::string_view read(const Node& n, RawUploads& s) { return walk(n, kUploads, s, &s.known); }
  static std::string_view read(const Node& n, RawOutcome& s) { return walk(n, kOutcome, s, &s.known); }
  static std::string_view read(const Node& n, RawAcl& s) { return walk(n, kAcl, s, &s.known); }
  static std::string_view read(const Node& n, RawTags& s) { return walk(n, kTags, s, &s.known); }
  static std::string_view read(const Node& n, RawProperties& s) { return walk(n, kProperties, s, &s.known); }
  static std::string_view read(const Node& n, RawDeleted& s) { return walk(n, kDeleted, s, &s.known); }
  /// In XML the root itself is the text.
  static std::string_view read(const Node& n, RawLocation& s) {
    if constexpr (Node::kXml) {
      const auto text = n.text();
      if (!text) return RawLocation::root[0];
      s.region = *text;
      return {};
    } else {
      return walk(n, kLocation, s, &s.known);
    }
  }
  static std::string_view read(const Node& n, RawError& s) { return walk(n, kError, s, &s.known); }
};

}  // namespace sluice::engine::codec
