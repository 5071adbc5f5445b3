// See xml.h.
#include "emulator/dialects/xml.h"

#include <charconv>
#include <cstdlib>
#include <pugixml.hpp>

#include "io/percent.h"

namespace sluice::emulator {
namespace {

// Control characters have no place in XML 1.0; the stores write them as references all the same, and
// clients that mind ask for encoding-type=url.
void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') {
          out += "&#" + std::to_string(static_cast<int>(c)) + ";";
        } else {
          out += c;
        }
    }
  }
}

std::string_view bare(const char* name) {
  const std::string_view text(name);
  const auto colon = text.find(':');
  return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
  for (const pugi::xml_node& node : parent.children()) {
    if (bare(node.name()) == name) return node;
  }
  return {};
}

std::string text_of(const pugi::xml_node& parent, std::string_view name) {
  return child(parent, name).text().get();
}

std::optional<pugi::xml_node> parse(pugi::xml_document& document, const std::string& body,
                                    std::string_view root) {
  // Blank key names and keys with blanks at the ends are keys like any other.
  const auto parsed =
      document.load_buffer(body.data(), body.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
  if (!parsed) return {};
  const pugi::xml_node node = document.document_element();
  if (bare(node.name()) != root) return {};
  return node;
}

constexpr std::string_view kChecksum = "Checksum";

}  // namespace

XmlWriter::XmlWriter(std::string_view root, std::string_view declaration) : out_(declaration) {
  out_ += '\n';
  begin(root);
}

XmlWriter& XmlWriter::begin(std::string_view name) {
  out_ += '<';
  out_ += name;
  out_ += '>';
  open_.emplace_back(name.substr(0, name.find(' ')));
  return *this;
}
XmlWriter& XmlWriter::end() {
  out_ += "</" + open_.back() + '>';
  open_.pop_back();
  return *this;
}
XmlWriter& XmlWriter::text(std::string_view name, std::string_view value) {
  begin(name);
  append_escaped(out_, value);
  return end();
}
XmlWriter& XmlWriter::number(std::string_view name, std::uint64_t value) {
  return text(name, std::to_string(value));
}
XmlWriter& XmlWriter::boolean(std::string_view name, bool value) {
  return text(name, value ? "true" : "false");
}
XmlWriter& XmlWriter::time(std::string_view name, TimePoint value) {
  return text(name, iso_time(value));
}
XmlWriter& XmlWriter::some(std::string_view name, std::string_view value) {
  return value.empty() ? *this : text(name, value);
}
XmlWriter& XmlWriter::value(std::string_view text) {
  append_escaped(out_, text);
  return *this;
}
std::string XmlWriter::finish() {
  while (!open_.empty()) end();
  return std::move(out_);
}

void send_xml(XmlWriter& xml, Reply& reply) {
  reply.body = xml.finish();
  reply.headers.set("Content-Type", "application/xml");
}

Outcome<CompleteRequest> read_complete_xml(const Call& call) {
  pugi::xml_document document;
  const auto root = parse(document, call.body, "CompleteMultipartUpload");
  if (!root) return Failure{Trouble::malformed_body, {}, {}, {}};
  CompleteRequest request;
  for (const pugi::xml_node& node : root->children()) {
    if (bare(node.name()) != "Part") continue;
    NamedPart part;
    const std::string number = text_of(node, "PartNumber");
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), part.number);
    if (error != std::errc() || end != number.data() + number.size()) {
      return Failure{Trouble::malformed_body, {}, {}, {}};
    }
    part.etag = bare_etag(text_of(node, "ETag"));
    for (const pugi::xml_node& field : node.children()) {
      const auto name = bare(field.name());
      if (!name.starts_with(kChecksum)) continue;
      part.checksums[io::lower_case(name.substr(kChecksum.size()))] = field.text().get();
    }
    request.parts.push_back(std::move(part));
  }
  return request;
}

Outcome<DeleteRequest> read_delete_xml(const Call& call) {
  pugi::xml_document document;
  const auto root = parse(document, call.body, "Delete");
  if (!root) return Failure{Trouble::malformed_body, {}, {}, {}};
  DeleteRequest request;
  request.quiet = text_of(*root, "Quiet") == "true";
  for (const pugi::xml_node& node : root->children()) {
    if (bare(node.name()) != "Object") continue;
    request.keys.push_back(text_of(node, "Key"));
    if (std::string etag = text_of(node, "ETag"); !etag.empty()) request.etags[request.keys.back()] = etag;
  }
  return request;
}

Outcome<Tags> read_tags_xml(const Call& call) {
  pugi::xml_document document;
  const auto root = parse(document, call.body, "Tagging");
  if (!root) return Failure{Trouble::malformed_body, {}, {}, {}};
  Tags tags;
  for (const pugi::xml_node& node : child(*root, "TagSet").children()) {
    if (bare(node.name()) == "Tag") tags[text_of(node, "Key")] = text_of(node, "Value");
  }
  return tags;
}

Outcome<Acl> read_acl_xml(const Call& call) {
  pugi::xml_document document;
  const auto root = parse(document, call.body, "AccessControlPolicy");
  if (!root) return Failure{Trouble::malformed_body, {}, {}, {}};
  Acl acl;
  for (const pugi::xml_node& node : child(*root, "AccessControlList").children()) {
    const pugi::xml_node grantee = child(node, "Grantee");
    const std::string group = text_of(grantee, "URI");
    Grant grant{Grantee::user, text_of(grantee, "ID"), text_of(node, "Permission")};
    if (group.ends_with("AllUsers") || grant.user == kAnyone) grant.whom = Grantee::everybody;
    if (group.ends_with("AuthenticatedUsers")) grant.whom = Grantee::signed_in;
    if (grant.whom == Grantee::user && grant.user.empty())
      return Failure{Trouble::invalid_argument, {}, {{"ArgumentName", "Grantee"}}, {}};
    acl.grants.push_back(std::move(grant));
  }
  return acl;
}

Outcome<CreateBucketRequest> read_create_xml(const Call& call) {
  CreateBucketRequest request;
  if (call.body.empty()) return request;
  pugi::xml_document document;
  const auto root = parse(document, call.body, "CreateBucketConfiguration");
  if (!root) return Failure{Trouble::malformed_body, {}, {}, {}};
  request.storage_class = text_of(*root, "StorageClass");
  request.redundancy = text_of(*root, "DataRedundancyType");                              // OSS
  if (request.redundancy.empty()) request.redundancy = text_of(*root, "BucketAZConfig");  // COS
  if (request.storage_class.empty()) request.storage_class = text_of(*root, "BucketStorageClass");
  request.type = text_of(*root, "BucketArchConfig");
  return request;
}

Outcome<RestoreRequest> read_restore_xml(const Call& call) {
  pugi::xml_document document;
  const auto root = parse(document, call.body, "RestoreRequest");
  if (!root) return Failure{Trouble::malformed_body, {}, {}, {}};
  RestoreRequest request;
  request.days = std::atoi(text_of(*root, "Days").c_str());
  // JobParameters of OSS, CASJobParameters of COS, GlacierJobParameters of S3; S3 also without.
  request.tier = text_of(*root, "Tier");
  for (const pugi::xml_node& node : root->children()) {
    if (bare(node.name()).ends_with("JobParameters")) request.tier = text_of(node, "Tier");
  }
  return request;
}

std::string read_xml_element(const std::string& body, std::string_view name) {
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size())) return {};
  return text_of(document.document_element(), name);
}

void write_tags_xml(const Call&, const Tags& tags, Reply& reply) {
  XmlWriter xml("Tagging");
  xml.begin("TagSet");
  for (const auto& [key, value] : tags) xml.begin("Tag").text("Key", key).text("Value", value).end();
  send_xml(xml, reply);
}

void write_grants(XmlWriter& xml, const Call& call, const AclView& view, const std::string& owner_id,
                  std::string_view groups) {
  const auto grantee = [&](std::string_view type) {
    xml.begin(R"(Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type=")" +
              std::string(type) + '"');
  };
  xml.begin("AccessControlList");
  for (const Grant& grant : grants_of(view.acl, owner_id)) {
    xml.begin("Grant");
    if (grant.whom == Grantee::user) {
      grantee("CanonicalUser");
      xml.text("ID", grant.user).text("DisplayName", grant.user == owner_id ? call.owner : grant.user);
    } else {
      grantee("Group");
      xml.text("URI",
               std::string(groups) + (grant.whom == Grantee::everybody ? "AllUsers" : "AuthenticatedUsers"));
    }
    xml.end().text("Permission", grant.permission).end();
  }
  xml.end();
}

std::string listed_name(bool url_encoded, std::string_view name, std::string_view keep) {
  return url_encoded ? io::percent_encode(name, keep) : std::string(name);
}

}  // namespace sluice::emulator
