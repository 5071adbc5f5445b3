// ListObjects, both versions: prefix, delimiter, start-after, tokens, url encoding.
//
// A token is 'k' and the last key, or 'c' and the last common prefix, which is then skipped whole.
#include <algorithm>
#include <cstdlib>

#include "bench/sink/answer.h"
#include "bench/sink/etag.h"
#include "bench/sink/operations.h"
#include "bench/sink/synthetic.h"
#include "bench/sink/text.h"

namespace sink {
namespace {

constexpr std::uint64_t kMostKeys = 1000;
constexpr std::size_t kItemRoom = 260;
constexpr const char* kPastPrefix = "\xff";  // sorts behind every key with the prefix

struct Query {
  bool version_2, url_encoded, owner;
  std::string prefix, delimiter, after, token;
  std::uint64_t most;

  explicit Query(const Request& r)
      : version_2(r.parameter_or_empty("list-type") == "2"),
        url_encoded(r.parameter_or_empty("encoding-type") == "url"),
        owner(!version_2 || r.parameter_or_empty("fetch-owner") == "true"),
        prefix(r.parameter_or_empty("prefix")),
        delimiter(r.parameter_or_empty("delimiter")),
        after(r.parameter_or_empty(version_2 ? "start-after" : "marker")),
        token(r.parameter_or_empty("continuation-token")),
        most(kMostKeys) {
    if (const std::string* given = r.parameter("max-keys"))
      most = std::min<std::uint64_t>(kMostKeys, std::strtoull(given->c_str(), nullptr, 10));
  }
  std::string encoded(std::string_view text) const {
    return url_encoded ? percent_encoded(text) : xml_escaped(text);
  }
};

struct Entry {
  std::string key, etag;
  std::uint64_t size = 0;
};

/// The keys of a bucket in order, computed or uploaded. Null and no synthetic one: none.
class Keys {
 public:
  Keys(std::optional<Synthetic> synthetic, const Objects::Bucket* uploaded)
      : synthetic_(synthetic), uploaded_(uploaded) {}

  /// To the first key that is not less; `strictly`: that is greater.
  void seek(const std::string& from, bool strictly) {
    if (synthetic_) {
      index_ = synthetic_->lower_bound(from);
      if (strictly && index_ < synthetic_->count && synthetic_->key(index_) == from) ++index_;
    } else if (uploaded_) {
      at_ = strictly ? uploaded_->upper_bound(from) : uploaded_->lower_bound(from);
    }
  }

  bool next(Entry& entry) {
    if (synthetic_) {
      if (index_ >= synthetic_->count) return false;
      entry.key = synthetic_->key(index_);
      entry.size = synthetic_->size;
      entry.etag = synthetic_etag(entry.size, Pattern::base(index_));
      ++index_;
      return true;
    }
    if (!uploaded_ || at_ == uploaded_->end()) return false;
    entry = {at_->first, at_->second.etag, at_->second.size};
    ++at_;
    return true;
  }

 private:
  std::optional<Synthetic> synthetic_;
  std::uint64_t index_ = 0;
  const Objects::Bucket* uploaded_;
  Objects::Bucket::const_iterator at_;
};

struct Page {
  std::string items, groups, last;  ///< last: as a token
  std::uint64_t count = 0;
  bool truncated = false;
};

void seek_start(Keys& keys, const Query& query) {
  std::string from = query.prefix;
  bool strictly = false;
  if (!query.token.empty()) {
    std::string place = query.token.substr(1);
    if (query.token[0] == 'c') place += kPastPrefix;
    strictly = place > from;
    if (strictly) from = place;
  } else if (!query.after.empty() && query.after >= from) {
    from = query.after;
    strictly = true;
    if (!query.delimiter.empty() && from.ends_with(query.delimiter)) from += kPastPrefix;
  }
  keys.seek(from, strictly);
}

void add_item(Page& page, const Query& query, const Entry& entry) {
  page.items.append("<Contents><Key>").append(query.encoded(entry.key));
  page.items.append("</Key><LastModified>").append(kModifiedIso);
  page.items.append("</LastModified><ETag>&quot;").append(entry.etag);
  page.items.append("&quot;</ETag><Size>").append(std::to_string(entry.size)).append("</Size>");
  if (query.owner) page.items += "<Owner><ID>sink</ID><DisplayName>sink</DisplayName></Owner>";
  page.items += "<StorageClass>STANDARD</StorageClass></Contents>";
  page.last.assign("k").append(entry.key);
}

void add_group(Page& page, const Query& query, const std::string& group) {
  page.groups += element("CommonPrefixes", element("Prefix", query.encoded(group)));
  page.last = "c" + group;
}

Page collect(Keys& keys, const Query& query) {
  Page page;
  page.items.reserve(kItemRoom * query.most);
  seek_start(keys, query);
  Entry entry;
  while (keys.next(entry) && entry.key.starts_with(query.prefix)) {
    if (page.count == query.most) {
      page.truncated = query.most > 0;
      break;
    }
    ++page.count;
    const std::size_t end =
        query.delimiter.empty() ? std::string::npos : entry.key.find(query.delimiter, query.prefix.size());
    if (end == std::string::npos) {
      add_item(page, query, entry);
    } else {
      const std::string group = entry.key.substr(0, end + query.delimiter.size());
      add_group(page, query, group);
      keys.seek(group + kPastPrefix, false);
    }
  }
  return page;
}

std::string head_of(const std::string& bucket, const Query& query, const Page& page) {
  std::string out = element("Name", xml_escaped(bucket)) + element("Prefix", query.encoded(query.prefix));
  if (!query.delimiter.empty()) out += element("Delimiter", query.encoded(query.delimiter));
  if (query.url_encoded) out += element("EncodingType", "url");
  out += element("MaxKeys", std::to_string(query.most));
  if (query.version_2) {
    out += element("KeyCount", std::to_string(page.count));
    if (!query.token.empty()) out += element("ContinuationToken", xml_escaped(query.token));
    if (page.truncated) out += element("NextContinuationToken", xml_escaped(page.last));
  } else {
    out += element("Marker", query.encoded(query.after));
    if (page.truncated) out += element("NextMarker", query.encoded(page.last.substr(1)));
  }
  return out + element("IsTruncated", page.truncated ? "true" : "false");
}

}  // namespace

void list_objects(Loop& loop, Connection& c) {
  c.operation = Operation::list;
  const Query query(c.request);
  const auto synthetic = Synthetic::parse(c.request.bucket);
  Page page;
  if (synthetic) {
    Keys keys(synthetic, nullptr);
    page = collect(keys, query);
  } else {
    loop.shared().objects.with(c.request.bucket, [&](const Objects::Bucket* uploaded) {
      Keys keys({}, uploaded);
      page = collect(keys, query);
    });
  }
  std::string body = kXmlHead + "<ListBucketResult" + kNamespace + ">";
  body.append(head_of(c.request.bucket, query, page)).append(page.items).append(page.groups);
  body += "</ListBucketResult>";
  answer_xml(loop, c, 200, body);
  loop.shared().counters.body_out.add(body.size());
}

}  // namespace sink
