// Checksum records, in hardware and portable form, and the digests beside them.
#include <charconv>

#include "io/checksum.h"
#include "signers/digest.h"
#include "vectors.h"

namespace sluice::signers::vectors {
namespace {

struct Family {
  const char* name;
  std::size_t bytes;
  std::uint64_t (*fast)(std::uint64_t, io::Bytes);
  std::uint64_t (*slow)(std::uint64_t, io::Bytes);
  std::uint64_t (*combine)(std::uint64_t, std::uint64_t, std::uint64_t);
};

template <auto F>
std::uint64_t widen(std::uint64_t crc, io::Bytes data) {
  return F(static_cast<std::uint32_t>(crc), data);
}
template <auto F>
std::uint64_t widen_combine(std::uint64_t a, std::uint64_t b, std::uint64_t n) {
  return F(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), n);
}

const Family kFamilies[] = {
    {"crc64ecma", 8, io::crc64_ecma, io::portable::crc64_ecma, io::crc64_ecma_combine},
    {"crc64nvme", 8, io::crc64_nvme, io::portable::crc64_nvme, io::crc64_nvme_combine},
    {"crc32c", 4, widen<io::crc32c>, widen<io::portable::crc32c>, widen_combine<io::crc32c_combine>},
    {"crc32", 4, widen<io::crc32>, widen<io::portable::crc32>, widen_combine<io::crc32_combine>},
};

std::uint64_t unsigned_text(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::uint64_t decimal(Json record, std::string_view field) {
  return unsigned_text(text(record, field));
}

std::string raw(const Family& family, std::uint64_t crc) {
  return io::checksum_bytes(crc).substr(8 - family.bytes);
}

std::string data_of(Json spec) {
  const auto count = static_cast<std::size_t>(number(spec, "count"));
  std::string data;
  if (find(spec, "ascii")) return text(spec, "ascii");
  if (find(spec, "hex")) return hex_decode(text(spec, "hex")).value_or("");
  if (find(spec, "repeat")) {
    const std::string unit = hex_decode(text(spec, "repeat")).value_or("");
    for (std::size_t i = 0; i < count; ++i) data += unit;
  } else if (find(spec, "repeat_byte")) {
    data.assign(count, static_cast<char>(number(spec, "repeat_byte")));
  } else if (find(spec, "lcg")) {
    auto x = static_cast<std::uint64_t>(number(spec, "lcg"));
    for (std::size_t i = 0; i < count; ++i) {
      x = x * 6364136223846793005u + 1442695040888963407u;
      data += static_cast<char>(x >> 56);
    }
  }
  return data;
}

std::vector<std::string> pieces(const std::string& data, Json record) {
  std::vector<std::string> list;
  std::size_t at = 0;
  for (const Json cut : need(record, "cuts").get_array()) {
    const auto end = static_cast<std::size_t>(cut.get_int64().value());
    list.push_back(data.substr(at, end - at));
    at = end;
  }
  list.push_back(data.substr(at));
  return list;
}

void compare_value(Problems& problems, const Family& family, std::string_view what, Json expected,
                   std::uint64_t got) {
  const std::string name = std::string(family.name) + " " + std::string(what);
  compare(problems, name, text(expected, "dec"), std::to_string(got));
  compare(problems, name + " in hex", text(expected, "hex"), hex(raw(family, got)));
  compare(problems, name + " in base64", text(expected, "base64"), base64(raw(family, got)));
}

void check_digests(Problems& problems, Json record) {
  const std::string data = data_of(need(record, "data"));
  compare(problems, "length", std::to_string(number(record, "length")), std::to_string(data.size()));
  for (const Family& family : kFamilies) {
    compare_value(problems, family, "hardware", need(record, family.name), family.fast(0, data));
    compare_value(problems, family, "portable", need(record, family.name), family.slow(0, data));
  }
  compare(problems, "md5", text(need(record, "md5"), "hex"), hex(md5(data)));
  compare(problems, "md5 in base64", text(need(record, "md5"), "base64"), base64(md5(data)));
  compare(problems, "sha1", text(record, "sha1"), base64(sha1(data)));
  compare(problems, "sha256", text(need(record, "sha256"), "hex"), sha256_hex(data));
  compare(problems, "sha256 in base64", text(need(record, "sha256"), "base64"), base64(sha256(data)));
}

void check_combine(Problems& problems, Json record) {
  const auto parts = pieces(data_of(need(record, "data")), record);
  for (const Family& family : kFamilies) {
    const Json expected = need(record, family.name);
    std::uint64_t whole = 0, streamed = 0;
    std::size_t i = 0;
    for (const Json part : need(expected, "parts").get_array()) {
      compare_value(problems, family, "of a part", part, family.fast(0, parts.at(i)));
      whole = family.combine(whole, family.slow(0, parts.at(i)), parts.at(i).size());
      streamed = family.fast(streamed, parts.at(i));
      ++i;
    }
    compare_value(problems, family, "combined", need(expected, "whole"), whole);
    compare_value(problems, family, "streamed", need(expected, "whole"), streamed);
  }
}

void check_combine_large(Problems& problems, Json record) {
  std::uint64_t length = 0;
  if (need(record, "len2").get(length)) length = decimal(record, "len2");
  for (const Family& family : kFamilies) {
    const Json expected = need(record, family.name);
    const auto a = decimal(need(expected, "crc1"), "dec"), b = decimal(need(expected, "crc2"), "dec");
    compare_value(problems, family, "combined", need(expected, "combined"), family.combine(a, b, length));
  }
}

void check_multipart(Problems& problems, Json record) {
  const auto parts = pieces(data_of(need(record, "data")), record);
  std::string md5s, sha1s, sha256s;
  std::size_t i = 0;
  for (const Json part : need(record, "part_md5").get_array()) {
    compare(problems, "part's md5", part.get_string().value(), hex(md5(parts.at(i++))));
  }
  for (const std::string& part : parts) {
    md5s += md5(part);
    sha1s += sha1(part);
    sha256s += sha256(part);
  }
  const std::string suffix = "-" + std::to_string(parts.size());
  compare(problems, "etag", text(record, "s3_style_etag"), "\"" + hex(md5(md5s)) + suffix + "\"");
  const Json composite = need(record, "composite"), full = need(record, "full_object");
  compare(problems, "composite sha1", text(composite, "sha1"), base64(sha1(sha1s)) + suffix);
  compare(problems, "composite sha256", text(composite, "sha256"), base64(sha256(sha256s)) + suffix);
  for (const Family& family : kFamilies) {
    std::string values;
    std::uint64_t whole = 0;
    for (const std::string& part : parts) {
      const auto crc = family.fast(0, part);
      values += raw(family, crc);
      whole = family.combine(whole, crc, part.size());
    }
    compare(problems, std::string("full ") + family.name, text(full, family.name),
            base64(raw(family, whole)));
    if (find(composite, family.name))
      compare(problems, std::string("composite ") + family.name, text(composite, family.name),
              base64(raw(family, family.fast(0, values))) + suffix);
  }
}

}  // namespace

Problems check_crc64(Json record) {
  Problems problems;
  const std::string kind = text(record, "kind"), expected = text(record, "crc64");
  const auto input = [&record] {
    const auto spec = find(record, "data");
    return spec ? data_of(*spec) : base64_decode(text(record, "data_base64")).value_or("?");
  };
  const auto same = [&](std::string_view what, std::uint64_t got) {
    compare(problems, what, expected, std::to_string(got));
  };
  if (kind == "crc64" || kind == "continue") {
    const auto start = decimal(record, "init_crc64");
    same("hardware", io::crc64_ecma(start, input()));
    same("portable", io::portable::crc64_ecma(start, input()));
  } else if (kind == "combine") {
    const auto length = static_cast<std::uint64_t>(number(record, "len_b"));
    same("combined", io::crc64_ecma_combine(decimal(record, "crc_a"), decimal(record, "crc_b"), length));
  } else if (kind == "fold") {
    std::uint64_t crc = 0;
    for (const Json part : need(record, "parts").get_array())
      crc = io::crc64_ecma_combine(crc, decimal(part, "crc64"),
                                   static_cast<std::uint64_t>(number(part, "length")));
    same("folded", crc);
  } else {
    problems.push_back("unknown kind " + kind);
  }
  return problems;
}

Problems check_checksums(std::string_view section, Json record) {
  Problems problems;
  if (section == "digests")
    check_digests(problems, record);
  else if (section == "combine")
    check_combine(problems, record);
  else if (section == "combine_large")
    check_combine_large(problems, record);
  else if (section == "multipart")
    check_multipart(problems, record);
  else
    problems.push_back("unknown section " + std::string(section));
  return problems;
}

}  // namespace sluice::signers::vectors
