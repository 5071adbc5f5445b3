// XML bodies, by pugixml: parsed in place, names without their prefix, one root and nothing around
// it. Document types and entities other than XML's own five are never expanded.
#include <algorithm>
#include <pugixml.hpp>

#include "engine/codec_shapes.h"

namespace sluice::engine::codec {
namespace {

constexpr unsigned kParse =
    pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata_single | pugi::parse_fragment;

std::string_view local_name(std::string_view name) {
  const auto colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

struct XmlNode {
  static constexpr bool kXml = true;
  pugi::xml_node node;

  template <class F>
  void each(F&& f) const {
    for (pugi::xml_node child = node.first_child(); child; child = child.next_sibling())
      if (child.type() == pugi::node_element && !f(local_name(child.name()), XmlNode{child})) return;
  }
  std::optional<std::string_view> text() const {
    const pugi::xml_node child = node.first_child();
    if (!child) return std::string_view{};
    if (child.next_sibling() || child.type() == pugi::node_element) return {};
    return child.value();
  }
};

/// The only element at the top; empty when there are others, or text around it.
pugi::xml_node sole_root(const pugi::xml_document& doc) {
  pugi::xml_node root;
  for (const pugi::xml_node child : doc.children()) {
    if (child.type() == pugi::node_element) {
      if (root) return {};
      root = child;
    } else if (std::string_view(child.value()).find_first_not_of(" \t\r\n") != std::string_view::npos) {
      return {};
    }
  }
  return root;
}

}  // namespace

template <class Shape>
std::string read_xml(std::string body, Shape& into) {
  std::size_t skip = body.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  // pugixml would end at a NUL, and loses a last character that is no markup: both hide what follows.
  if (body.find('\0') != body.npos) return "a NUL byte in XML";
  const auto last = body.find_last_not_of(" \t\r\n");
  if (last == body.npos || body[last] != '>') return "XML that is cut off";
  pugi::xml_document doc;
  const auto parsed =
      doc.load_buffer_inplace(body.data() + skip, body.size() - skip, kParse, pugi::encoding_utf8);
  if (!parsed) return std::string("malformed XML: ") + parsed.description();
  const pugi::xml_node root = sole_root(doc);
  if (!root) return "not one XML element";
  const auto name = local_name(root.name());
  if (std::find(std::begin(Shape::root), std::end(Shape::root), name) == std::end(Shape::root))
    return "unexpected XML element <" + std::string(name.substr(0, 40)) + ">";
  const auto failed = Shapes<XmlNode>::read(XmlNode{root}, into);
  return failed.empty() ? "" : "unreadable value in <" + std::string(failed) + ">";
}

template std::string read_xml(std::string, RawList&);
template std::string read_xml(std::string, RawBuckets&);
template std::string read_xml(std::string, RawUpload&);
template std::string read_xml(std::string, RawParts&);
template std::string read_xml(std::string, RawUploads&);
template std::string read_xml(std::string, RawOutcome&);
template std::string read_xml(std::string, RawError&);

}  // namespace sluice::engine::codec
