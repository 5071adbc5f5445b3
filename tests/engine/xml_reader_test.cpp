// The reader of XML answers: by example, against pugixml on documents that a seed makes, and cut off
// everywhere.
#include "engine/xml_reader.h"

#include <gtest/gtest.h>

#include <pugixml.hpp>
#include <random>

namespace sluice::engine {
namespace {

/// The text of <a> in a document around it; nothing when the document is refused.
std::optional<std::string> text_of(const std::string& inside) {
  std::string body = "<r><a>" + inside + "</a></r>";
  XmlReader in(body);
  if (!in.enter() || !in.enter("a")) return {};
  const auto text = in.text();
  if (!text || in.enter() || in.enter() || in.error()) return {};
  return std::string(*text);
}

/// Whether `body` is well-formed; no text is looked at.
bool passes(std::string body) {
  XmlReader in(body);
  in.enter();
  in.leave(0);
  in.enter();
  return !in.error();
}

TEST(XmlReader, DecodesTheFiveEntitiesAndCharacterReferences) {
  EXPECT_EQ(text_of("&lt;&gt;&amp;&quot;&apos;"), "<>&\"'");
  EXPECT_EQ(text_of("a&amp;lt;b"), "a&lt;b");
  EXPECT_EQ(text_of("&#65;&#x42;&#x000043;"), "ABC");
  EXPECT_EQ(text_of("&#xe9;&#x6587;&#x1F600;"), "\xC3\xA9\xE6\x96\x87\xF0\x9F\x98\x80");
  EXPECT_EQ(text_of("&#1;&#x1b;&#13;"), "\x01\x1b\r") << "stores write them so";
  EXPECT_EQ(text_of("&#x10FFFF;"), "\xF4\x8F\xBF\xBF");
}

TEST(XmlReader, RefusesReferencesToNoCharacter) {
  for (const char* bad :
       {"&",        "&;",       "a & b",          "&lt",   "&LT;",   "&nbsp;",     "&#;",
        "&#x;",     "&#0;",     "&#x0;",          "&#xg;", "&#-1;",  "&#+1;",      "&#x110000;",
        "&#xD800;", "&#xdfff;", "&#99999999999;", "&#65",  "&#65 ;", "&amp;&bad;", "&#x41"})
    EXPECT_FALSE(text_of(bad)) << bad;
}

TEST(XmlReader, PutsTextTogetherAcrossCommentsAndCdata) {
  EXPECT_EQ(text_of("a<!-- <b> & -->b<?p <c> ?>c<![CDATA[<&amp;]]]>d&amp;"), "abc<&amp;]d&");
  EXPECT_EQ(text_of("<![CDATA[]]>"), "");
  EXPECT_EQ(text_of(" \t\r\n "), " \t\r\n ");
  EXPECT_EQ(text_of(""), "");
}

TEST(XmlReader, SaysThatAnElementHasChildrenAndReadsOn) {
  std::string body = "<r><a>x<b>1</b>y</a><c>2</c></r>";
  XmlReader in(body);
  ASSERT_TRUE(in.enter());
  ASSERT_TRUE(in.enter());
  EXPECT_FALSE(in.text());
  EXPECT_FALSE(in.error());
  ASSERT_TRUE(in.enter());
  EXPECT_EQ(in.name(), "b");
  EXPECT_EQ(in.text(), "1");
  EXPECT_TRUE(in.leave(1));
  ASSERT_TRUE(in.enter("a"));
  EXPECT_EQ(in.name(), "c");
  EXPECT_EQ(in.text(), "2");
  EXPECT_FALSE(in.enter());
  EXPECT_EQ(in.depth(), 0u);
  EXPECT_FALSE(in.enter());
  EXPECT_FALSE(in.error());
}

TEST(XmlReader, TakesWhatWellFormedDocumentsHave) {
  for (const char* good :
       {"<a/>", "<a></a>", " \n<?xml version='1.0'?> <!-- x --> <a/> <!-- y --><?z?>\n", "<a b='c'/>",
        "<a b=\"<>'\" c='\"' />", "<a\n\tb = 'c'\r></a >", "<p:a xmlns:p='u'><p:b/></p:a>",
        "<a>text<b/>text</a>", "<a>&no one looks here;<b/></a>",
        "<a><![CDATA[</a>]]><!--</a>--><?x </a>?></a>", "<\xC3\xA9-.0/>"})
    EXPECT_TRUE(passes(good)) << good;
  EXPECT_TRUE(passes("\xEF\xBB\xBF<a/>"));
}

TEST(XmlReader, RefusesWhatIsNotWellFormed) {
  for (const char* bad : {"",
                          " ",
                          "x",
                          "<",
                          "<a",
                          "<a>",
                          "<a/",
                          "<a/><b/>",
                          "<a/>x",
                          "x<a/>",
                          "<a></b>",
                          "<a></ab>",
                          "<ab></a>",
                          "<a></a",
                          "<a><b></a></b>",
                          "</a>",
                          "<a></a></a>",
                          "<a/></a>",
                          "< a/>",
                          "<1a/>",
                          "<:a/>",
                          "<a:/>",
                          "<p:a></a>",
                          "<p:a></q:a>",
                          "<a></ a>",
                          "<a / >",
                          "<a b/>",
                          "<a b=/>",
                          "<a b=c/>",
                          "<a b='c/>",
                          "<a b='c'd='e'/>",
                          "<a 1='c'/>",
                          "<a<b/>",
                          "<a><></a>",
                          "<a><></></a>",
                          "<!DOCTYPE a><a/>",
                          "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>",
                          "<a><!DOCTYPE a></a>",
                          "<a><!ELEMENT x></a>",
                          "<!-- <a/>",
                          "<a><!-- </a>",
                          "<a><!-></a>",
                          "<a><![CDATA[</a>",
                          "<![CDATA[x]]><a/>",
                          "<a/><![CDATA[]]>",
                          "<a><?x</a>",
                          "<a><?"
                          "?></a>",
                          "\xEF\xBB<a/>",
                          "\xEF\xBB\xBF\xEF\xBB\xBF<a/>"})
    EXPECT_FALSE(passes(bad)) << bad;
  EXPECT_FALSE(passes(std::string("<a/>\0", 5)));
  EXPECT_FALSE(passes(std::string("<a>\0</a>", 8)));
  EXPECT_FALSE(passes(std::string("\0<a/>", 5)));
}

TEST(XmlReader, LimitsTheDepth) {
  const auto nested = [](std::size_t depth) {
    std::string body;
    for (std::size_t i = 0; i < depth; ++i) body += "<a>";
    for (std::size_t i = 0; i < depth; ++i) body += "</a>";
    return body;
  };
  EXPECT_TRUE(passes(nested(XmlReader::kMostDepth)));
  EXPECT_FALSE(passes(nested(XmlReader::kMostDepth + 1)));
  std::string body = nested(XmlReader::kMostDepth + 1);
  XmlReader in(body);
  in.enter();
  while (in.enter("a")) {
  }
  EXPECT_TRUE(in.error());
}

TEST(XmlReader, KeepsItsFirstErrorAndGoesNowhere) {
  std::string body = "<a><b>&bad;</b><c/></d>";
  XmlReader in(body);
  ASSERT_TRUE(in.enter());
  ASSERT_TRUE(in.enter("b"));
  EXPECT_FALSE(in.text());
  const std::string first = in.error();
  EXPECT_FALSE(in.enter());
  EXPECT_FALSE(in.enter("c"));
  EXPECT_FALSE(in.text());
  EXPECT_FALSE(in.leave(0));
  EXPECT_EQ(in.error(), first);
}

// -- against pugixml

/// Makes well-formed documents of everything that the reader knows.
class Documents {
 public:
  explicit Documents(unsigned seed) : random_(seed) {}

  std::string one() {
    std::string out = pick(3) == 0 ? "\xEF\xBB\xBF" : "";
    if (pick(2)) out += "<?xml version=\"1.0\" encoding='UTF-8' ?>";
    out += misc() + element() + misc();
    return out;
  }

  std::string element(int depth = 0) {
    const std::string tag = name();
    if (pick(8) == 0) return "<" + tag + attributes() + "/>";
    std::string out = "<" + tag + attributes() + ">";
    if (depth == 6 || pick(2))
      out += text();
    else
      for (auto n = pick(6); n > 0; --n) out += misc() + (pick(6) == 0 ? text() : "") + element(depth + 1);
    return out + "</" + tag + (pick(8) ? ">" : " \n>");
  }

  std::size_t pick(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

  template <std::size_t N>
  std::string any(const char* const (&of)[N]) {
    return of[pick(N)];
  }

 private:
  std::string name() {
    static constexpr const char* kNames[] = {"a",         "Key",   "Size",         "ETag",        "Contents",
                                             "Contents2", "x:Key", "StorageClass", "IsTruncated", "n.a-m_e"};
    return any(kNames);
  }
  std::string misc() {
    static constexpr const char* kMisc[] = {"", "", "\n", " \t", "<!-- <x> & -->", "<?p a='b'?>", "<!---->"};
    return any(kMisc) + any(kMisc);
  }
  std::string attributes() {
    static constexpr const char* kAttributes[] = {
        "", "", "", " x='1'", " y = \"'>&amp;\"", "\n\txmlns:x='u' z=\"\"", " "};
    return any(kAttributes);
  }
  std::string text() {
    static constexpr const char* kPieces[] = {"a",          "some/key", "2023-11-14T22:13:20.000Z",
                                              "&amp;",      "&lt;",     "&quot;",
                                              "&#x6587;",   "&#127;",   " ",
                                              "\n",         "]]",       "<![CDATA[<]]>",
                                              "<!-- c -->", "<?q?>",    "\xC3\xA9",
                                              "&apos;&gt;", ">",        "%2F+",
                                              "'\""};
    std::string out;
    for (auto n = pick(6); n > 0; --n) out += any(kPieces);
    return out;
  }
  std::mt19937 random_;
};

std::string local(std::string_view name) {
  const auto colon = name.rfind(':');
  return std::string(colon == name.npos ? name : name.substr(colon + 1));
}

/// Empty when the element that `in` has entered is what pugixml read at `node`; else what differs.
std::string difference(XmlReader& in, const pugi::xml_node& node, Documents& guess) {
  if (in.name() != local(node.name())) return std::string("the name of ") + node.name();
  std::string text;
  bool has_children = false;
  for (const pugi::xml_node child : node.children()) {
    text += child.value();
    has_children = has_children || child.type() == pugi::node_element;
  }
  if (!has_children) {
    const auto read = in.text();
    return read == text ? "" : "the text of " + std::string(node.name());
  }
  for (const pugi::xml_node child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    const std::string right = local(child.name());
    const char* const guesses[] = {right.c_str(), "Key", "Contents", "", "StorageClas"};
    const std::string likely = guess.any(guesses);
    if (!in.enter(likely)) return "too few children in " + std::string(node.name());
    if (auto differs = difference(in, child, guess); !differs.empty()) return differs;
  }
  return in.enter() ? "too many children in " + std::string(node.name()) : "";
}

/// What differs between the reader and pugixml; nothing when the reader refuses the document.
std::optional<std::string> compare(std::string body, Documents& guess) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(body.data(), body.size(),
                                           pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata,
                                           pugi::encoding_utf8);
  if (!passes(body)) return {};
  if (!parsed) return std::string("pugixml refuses it: ") + parsed.description();
  XmlReader in(body);
  in.enter();
  auto differs = difference(in, document.document_element(), guess);
  if (differs.empty() && in.enter()) differs = "two elements at the top";
  if (in.error()) return {};
  return differs;
}

TEST(XmlReader, ReadsWhatPugixmlReads) {
  Documents documents(20261121);
  for (int i = 0; i < 20'000; ++i) {
    const std::string body = documents.one();
    const auto differs = compare(body, documents);
    ASSERT_TRUE(differs) << "refused: " << body;
    ASSERT_EQ(*differs, "") << body;
  }
}

TEST(XmlReader, TakesNoMutationThatPugixmlRefusesOrReadsOtherwise) {
  Documents documents(20261122);
  const std::string marks = "<>/&;!?-[]'\"= :ax#0\n";
  int taken = 0, refused = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string body = documents.one();
    for (auto edits = 1 + documents.pick(3); edits > 0; --edits) {
      const std::size_t at = documents.pick(body.size());
      switch (documents.pick(4)) {
        case 0:
          body[at] = marks[documents.pick(marks.size())];
          break;
        case 1:
          body.insert(at, 1, marks[documents.pick(marks.size())]);
          break;
        case 2:
          body.erase(at, 1 + documents.pick(3));
          break;
        default:
          body.insert(at, body.substr(documents.pick(body.size()), documents.pick(12)));
          break;
      }
      if (body.empty()) body = "x";
    }
    const auto differs = compare(body, documents);
    ++(differs ? taken : refused);
    ASSERT_EQ(differs.value_or(""), "") << body;
  }
  EXPECT_GT(taken, 1000);
  EXPECT_GT(refused, 1000);
}

TEST(XmlReader, RefusesEveryDocumentThatIsCutOff) {
  Documents documents(20261123);
  for (int i = 0; i < 500; ++i) {
    const std::string body = documents.element();
    ASSERT_TRUE(passes(body)) << body;
    for (std::size_t size = 0; size < body.size(); ++size)
      ASSERT_FALSE(passes(body.substr(0, size))) << body.substr(0, size);
  }
}

}  // namespace
}  // namespace sluice::engine
