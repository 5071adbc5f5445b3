#include "bulk/inventory_file.h"

#include <simdjson.h>
#include <zlib.h>

#include <cerrno>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "bulk/csv.h"
#include "io/file_error.h"

namespace sluice::bulk {
namespace {

namespace fs = std::filesystem;

Unexpected no_manifest(const std::string& path, const std::string& why) {
  return fail(ErrorKind::argument, fmt::format("{} is no manifest of an inventory: {}", path, why),
              "give the manifest.json that the store wrote, or one of its CSV files");
}

Result<std::string> find_file(const fs::path& manifest, const std::string& key) {
  std::error_code ignored;
  const fs::path name = fs::path(key).filename();
  for (fs::path above = fs::absolute(manifest, ignored).parent_path();; above = above.parent_path()) {
    if (fs::exists(above / key, ignored)) return (above / key).string();
    if (above == above.parent_path()) break;
  }
  const fs::path beside = manifest.parent_path();
  for (const fs::path& place :
       {beside / name, beside / "data" / name, beside / "files" / name, beside.parent_path() / "data" / name})
    if (fs::exists(place, ignored)) return place.string();
  return fail(ErrorKind::argument, fmt::format("{} names {}, which is not here", manifest.string(), key),
              "download it beside the manifest");
}

Result<InventoryFiles> read_manifest(const std::string& path) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  const simdjson::error_code error = parser.load(path).get(root);
  if (error) return no_manifest(path, simdjson::error_message(error));
  InventoryFiles found;
  std::string_view format, schema;
  simdjson::dom::array files;
  if (root["fileFormat"].get(format) == simdjson::SUCCESS && format != "CSV")
    return fail(ErrorKind::argument, fmt::format("{} is an inventory in {}: only CSV is read", path, format),
                "have the inventory written as CSV");
  if (root["fileSchema"].get(schema) == simdjson::SUCCESS) found.schema = schema;
  if (root["files"].get(files)) return no_manifest(path, "it lists no files");
  for (const auto file : files) {
    std::string_view key;
    if (file["key"].get(key)) return no_manifest(path, "a file in it has no key");
    auto there = find_file(path, std::string(key));
    if (!there) return unexpected(std::move(there).error());
    found.paths.push_back(*std::move(there));
  }
  return found;
}

struct CloseGzip {
  void operator()(gzFile file) const { gzclose(file); }
};

}  // namespace

Result<InventoryFiles> inventory_files(const std::string& path) {
  if (path.ends_with(".json")) return read_manifest(path);
  InventoryFiles one;
  one.paths.push_back(path);
  return one;
}

Result<void> each_record(const std::string& path,
                         const std::function<Result<void>(std::vector<std::string>&)>& use) {
  errno = 0;
  const std::unique_ptr<gzFile_s, CloseGzip> file(gzopen(path.c_str(), "rbe"));
  if (!file) return io::disk_error("read the inventory", path, errno == 0 ? ENOMEM : errno);
  gzbuffer(file.get(), 256u << 10);
  CsvReader records([&](std::span<char> into) -> Result<std::size_t> {
    const int got = gzread(file.get(), into.data(), static_cast<unsigned>(into.size()));
    if (got > 0) return static_cast<std::size_t>(got);
    int code = Z_OK;
    const char* why = gzerror(file.get(), &code);
    if (code == Z_ERRNO) return io::disk_error("read the inventory", path, errno);
    if (code != Z_OK && code != Z_STREAM_END)
      return fail(ErrorKind::argument, fmt::format("{} is damaged or cut off: {}", path, why),
                  "download it again");
    return std::size_t{0};
  });
  std::vector<std::string> fields;
  while (true) {
    auto more = records.next(fields);
    if (!more) return unexpected(more.error().with("read the inventory", path));
    if (!*more) return {};
    auto used = use(fields);
    if (used) continue;
    return unexpected(
        used.error().with(fmt::format("read record {} of the inventory", records.record()), path));
  }
}

}  // namespace sluice::bulk
