// XML of the three dialects that speak it: a writer, and readers of the bodies that clients send.
//
// The readers take any namespace or none. The shapes common to s3, oss and cos are here once; a
// dialect's own file has what it says differently.
#pragma once

#include <string>
#include <string_view>

#include "emulator/dialects/parts.h"

namespace sluice::emulator {

class XmlWriter {
 public:
  /// `root` with its attributes: `ListBucketResult xmlns="..."`.
  explicit XmlWriter(std::string_view root, std::string_view declaration = kDeclaration);
  XmlWriter& begin(std::string_view name);
  XmlWriter& end();
  XmlWriter& text(std::string_view name, std::string_view value);
  XmlWriter& number(std::string_view name, std::uint64_t value);
  XmlWriter& boolean(std::string_view name, bool value);
  XmlWriter& time(std::string_view name, TimePoint value);
  /// Leaves out an empty value.
  XmlWriter& some(std::string_view name, std::string_view value);
  XmlWriter& value(std::string_view text);  ///< character data of the open element
  std::string finish();                     ///< closes what is open

  static constexpr std::string_view kDeclaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";

 private:
  std::string out_;
  std::vector<std::string> open_;
};

/// The writer's text as the reply's body, with the content type.
void send_xml(XmlWriter& xml, Reply& reply);

Outcome<CompleteRequest> read_complete_xml(const Call&);
Outcome<DeleteRequest> read_delete_xml(const Call&);
Outcome<Tags> read_tags_xml(const Call&);
Outcome<Acl> read_acl_xml(const Call&);
/// CreateBucketConfiguration; an empty body names nothing.
Outcome<CreateBucketRequest> read_create_xml(const Call&);
Outcome<RestoreRequest> read_restore_xml(const Call&);
/// Text of `name` directly below the root of a body, or "".
std::string read_xml_element(const std::string& body, std::string_view name);

void write_tags_xml(const Call&, const Tags&, Reply&);
/// AccessControlList with its grants; a group's URI is `groups` and its name.
void write_grants(XmlWriter&, const Call&, const AclView&, const std::string& owner_id,
                  std::string_view groups);

/// A key or prefix as the client wants it: percent-encoded when it asked for that. `keep` stays plain.
std::string listed_name(bool url_encoded, std::string_view name, std::string_view keep = {});

}  // namespace sluice::emulator
