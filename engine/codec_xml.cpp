// XML bodies, by the one reader: an answer counts only when it is well-formed to its end.
#include <algorithm>

#include "engine/codec_shapes.h"
#include "engine/xml_reader.h"

namespace sluice::engine::codec {
namespace {

struct XmlNode {
  static constexpr bool kXml = true;
  XmlReader* in;

  template <class F>
  void each(const std::string_view& likely, F&& f) const {
    const std::size_t depth = in->depth();
    while (in->enter(likely))
      if (!f(in->name(), *this) || !in->leave(depth)) return;
  }
  std::optional<std::string_view> text() const { return in->text(); }
};

}  // namespace

template <class Shape>
std::string read_xml(std::string body, Shape& into) {
  XmlReader in(body);
  if (in.enter()) {
    const std::string_view name = in.name();
    if (std::find(std::begin(Shape::root), std::end(Shape::root), name) == std::end(Shape::root))
      return "unexpected XML element <" + std::string(name.substr(0, 40)) + ">";
    const auto failed = Shapes<XmlNode>::read(XmlNode{&in}, into);
    if (!failed.empty() && !in.error()) return "unreadable value in <" + std::string(failed) + ">";
  }
  in.enter();  // what stands behind the root is an error
  return in.error() ? std::string("malformed XML: ") + in.error() : "";
}

template std::string read_xml(std::string, RawList&);
template std::string read_xml(std::string, RawBuckets&);
template std::string read_xml(std::string, RawUpload&);
template std::string read_xml(std::string, RawParts&);
template std::string read_xml(std::string, RawUploads&);
template std::string read_xml(std::string, RawOutcome&);
template std::string read_xml(std::string, RawAcl&);
template std::string read_xml(std::string, RawTags&);
template std::string read_xml(std::string, RawLocation&);
template std::string read_xml(std::string, RawProperties&);
template std::string read_xml(std::string, RawDeleted&);
template std::string read_xml(std::string, RawError&);

}  // namespace sluice::engine::codec
