// The two ends a caller may give a transfer (the pimpl side of Source and Sink).
#pragma once

#include <variant>

#include "sluice/client.h"

namespace sluice {

struct FileEnd {
  std::string path;
};
struct MemorySource {
  std::span<const char> bytes;
};
struct StreamSource {
  std::function<Result<std::size_t>(std::span<char>)> read;
};
struct UrlSource {
  std::string url;
};
struct Source::Data {
  std::variant<FileEnd, MemorySource, StreamSource, UrlSource> end;
};

struct MemorySink {
  std::string* into;
};
struct StreamSink {
  std::function<Result<void>(std::string_view)> write;
};
struct Sink::Data {
  std::variant<FileEnd, MemorySink, StreamSink> end;
};

}  // namespace sluice
