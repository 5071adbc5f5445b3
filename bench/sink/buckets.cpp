// Buckets, and what is deleted from them.
#include <unistd.h>

#include "bench/sink/answer.h"
#include "bench/sink/operations.h"
#include "bench/sink/text.h"

namespace sink {
namespace {

void erase(Shared& shared, const std::string& bucket, const std::string& key) {
  const bool on_disk = shared.objects.erase(bucket, key);
  if (on_disk && shared.options.keep && safe_key(key))
    unlink(object_path(shared.options.root, bucket, key).c_str());
}

}  // namespace

void list_buckets(Loop& loop, Connection& c) {
  c.operation = Operation::bucket;
  std::string out = kXmlHead + "<ListAllMyBucketsResult" + kNamespace +
                    "><Owner><ID>sink</ID><DisplayName>sink</DisplayName></Owner><Buckets>";
  for (const std::string& name : loop.shared().objects.buckets())
    out += element("Bucket", element("Name", xml_escaped(name)) + element("CreationDate", kModifiedIso));
  answer_xml(loop, c, 200, out + "</Buckets></ListAllMyBucketsResult>");
}

void make_bucket(Loop& loop, Connection& c) {
  c.operation = Operation::bucket;
  loop.shared().objects.make(c.request.bucket);
  answer_xml(loop, c, 200, "", "Location: /" + c.request.bucket + "\r\n");
}

void drop_bucket(Loop& loop, Connection& c) {
  c.operation = Operation::bucket;
  loop.shared().objects.drop(c.request.bucket);
  answer_xml(loop, c, 204, "");
}

void delete_object(Loop& loop, Connection& c) {
  c.operation = Operation::delete_;
  erase(loop.shared(), c.request.bucket, c.request.key);
  answer_xml(loop, c, 204, "");
}

void delete_objects(Loop& loop, Connection& c) {
  c.operation = Operation::delete_many;
  constexpr std::string_view kOpen = "<Key>", kClose = "</Key>";
  const std::string_view text = c.body.text;
  const bool quiet = text.find("<Quiet>true") != std::string_view::npos;
  std::string out = kXmlHead + "<DeleteResult" + kNamespace + ">";
  for (std::size_t at = text.find(kOpen); at != std::string_view::npos; at = text.find(kOpen, at)) {
    at += kOpen.size();
    const std::size_t end = text.find(kClose, at);
    if (end == std::string_view::npos) break;
    const std::string key = xml_unescaped(text.substr(at, end - at));
    erase(loop.shared(), c.request.bucket, key);
    if (!quiet) out += element("Deleted", element("Key", xml_escaped(key)));
  }
  answer_xml(loop, c, 200, out + "</DeleteResult>");
}

}  // namespace sink
