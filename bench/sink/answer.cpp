// Writes answers: answer.h.
#include "bench/sink/answer.h"

#include "bench/sink/text.h"

namespace sink {
namespace {

std::string_view reason(int status) {
  switch (status) {
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 412:
      return "Precondition Failed";
    case 416:
      return "Range Not Satisfiable";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Slow Down";
  }
  return "OK";
}

void answer_text(Loop& loop, Connection& c, int status, std::string_view type, std::string_view body,
                 std::string_view headers) {
  begin_answer(loop, c, status);
  c.out += headers;
  if (status != 204 && status != 304) {
    c.out.append("Content-Type: ").append(type);
    c.out.append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  c.out += "\r\n";
  if (c.request.method != "HEAD" && status != 204 && status != 304) c.out += body;
}

}  // namespace

void begin_answer(Loop& loop, Connection& c, int status) {
  c.out = "HTTP/1.1 ";
  c.out += std::to_string(status);
  c.out += ' ';
  c.out += reason(status);
  c.out += "\r\nServer: sink\r\nDate: ";
  c.out += loop.date();
  c.out += "\r\nx-amz-request-id: 53494E4B00000000\r\nx-amz-id-2: c2luaw==\r\n";
  if (c.close_after) c.out += "Connection: close\r\n";
  Counters& counters = loop.shared().counters;
  if (status >= 500)
    counters.s5xx.add();
  else if (status >= 400)
    counters.s4xx.add();
}

void answer_xml(Loop& loop, Connection& c, int status, std::string_view body, std::string_view headers) {
  answer_text(loop, c, status, "application/xml", body, headers);
}

void answer_json(Loop& loop, Connection& c, std::string_view body) {
  answer_text(loop, c, 200, "application/json", body, {});
}

void answer_error(Loop& loop, Connection& c, int status, std::string_view code, std::string_view message) {
  const std::string resource = "/" + xml_escaped(c.request.bucket) + "/" + xml_escaped(c.request.key);
  answer_xml(loop, c, status,
             kXmlHead + "<Error>" + element("Code", code) + element("Message", message) +
                 element("Resource", resource) + element("RequestId", "53494E4B00000000") + "</Error>");
}

std::string element(std::string_view name, std::string_view text) {
  std::string out;
  out.reserve(2 * name.size() + text.size() + 5);
  out.append("<").append(name).append(">").append(text).append("</").append(name).append(">");
  return out;
}

}  // namespace sink
