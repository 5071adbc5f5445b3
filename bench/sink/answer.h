// The beginnings and the small bodies of answers, written to Connection::out.
#pragma once

#include <string>
#include <string_view>

#include "bench/sink/loop.h"

namespace sink {

inline const std::string kXmlHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
inline const std::string kNamespace = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

/// Status line and the headers that every answer has; more of them may follow.
void begin_answer(Loop& loop, Connection& c, int status);
/// A whole answer; `headers` are lines with their ends.
void answer_xml(Loop& loop, Connection& c, int status, std::string_view body, std::string_view headers = {});
void answer_json(Loop& loop, Connection& c, std::string_view body);
void answer_error(Loop& loop, Connection& c, int status, std::string_view code, std::string_view message);

std::string element(std::string_view name, std::string_view text);

}  // namespace sink
