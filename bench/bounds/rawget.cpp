// rawget: the lower bound of downloads. Blocking sockets, threads, unsigned requests built beforehand.
//
//   rawget [-n THREADS] [-P PART] [-w WAY] [-B BUFFER] [-s CA] [-o FILE] one HOST:PORT /bucket/key SIZE
//   rawget [-n THREADS] [-w WAY] [-s CA] [-o DIR] many HOST:PORT /bucket COUNT      keys k0000000000, ...
//   rawget [-s CA] list HOST:PORT /bucket
//
// The ways to the file: part_file.h; in `many` splice and pwrite are for objects that do not come with
// their head, the others collect them in memory. With -s everything goes over TLS.
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/bounds/part_file.h"
#include "bench/bounds/wire.h"

namespace bounds {
namespace {

struct Get {
  int threads = 4;
  std::uint64_t part = 8 << 20, buffer = 512 << 10, count = 0;
  Way way = Way::mmap;
  std::string mode, host, path, out;
};

std::string request(const Get& get, const std::string& target, const std::string& headers = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: " + get.host + "\r\n" + headers + "\r\n";
}

std::uint64_t get_one(const Get& get) {
  const std::uint64_t size = get.count;
  const PartFile file(get.way, get.out, size);
  std::atomic<std::uint64_t> next{0};
  on_threads(get.threads, [&] {
    Wire wire(get.host);
    Answers answers(wire);
    PartFiller filler(file, get.buffer);
    for (std::uint64_t from = next++ * get.part; from < size; from = next++ * get.part) {
      const std::uint64_t to = std::min(size, from + get.part);
      wire.send(request(get, get.path,
                        "Range: bytes=" + std::to_string(from) + "-" + std::to_string(to - 1) + "\r\n"));
      filler.before(from, to - from);
      answers.read_head(1024);
      answers.expect(206);
      filler.fill(wire, answers, from);
    }
  });
  return size;
}

void write_file(int directory, const std::string& name, const char* bytes, std::size_t count) {
  const int file = openat(directory, name.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0 || write(file, bytes, count) != static_cast<ssize_t>(count)) die(name);
  close(file);
}

std::uint64_t get_many(const Get& get) {
  std::atomic<std::uint64_t> next{0}, total{0};
  const int directory = get.out.empty() ? -1 : open(get.out.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (!get.out.empty() && directory < 0) die(get.out);
  const bool streamed = directory >= 0 && (get.way == Way::splice || get.way == Way::pwrite);
  on_threads(static_cast<int>(std::min<std::uint64_t>(get.threads, get.count)), [&] {
    Wire wire(get.host);
    Answers answers(wire);
    std::vector<char> body;
    for (std::uint64_t index = next++; index < get.count; index = next++) {
      const std::string key = numbered_key(index);
      wire.send(request(get, get.path + "/" + key));
      answers.read_head();
      answers.expect(200);
      const std::size_t length = answers.length();
      total += length;
      if (streamed && answers.pending() < length) {
        const PartFile file(get.way, get.out + "/" + key, length);
        PartFiller(file, get.buffer).fill(wire, answers, 0);
        continue;
      }
      const char* bytes = nullptr;
      if (answers.pending() == length) {
        bytes = answers.take_pending(length);
      } else {
        body.resize(length);
        answers.read_body(body.data());
        bytes = body.data();
      }
      if (directory >= 0) write_file(directory, key, bytes, length);
    }
  });
  return total;
}

std::uint64_t occurrences(const std::string& text, const std::string& word) {
  std::uint64_t count = 0;
  const char* at = text.data();
  const char* end = at + text.size();
  while ((at = static_cast<const char*>(
              memmem(at, static_cast<std::size_t>(end - at), word.data(), word.size())))) {
    ++count;
    at += word.size();
  }
  return count;
}

std::uint64_t list(const Get& get) {
  const std::string open = "<NextContinuationToken>";
  Wire wire(get.host);
  Answers answers(wire);
  std::string query = "?list-type=2", body;
  std::uint64_t keys = 0, total = 0;
  while (true) {
    wire.send(request(get, get.path + query));
    answers.read_head();
    answers.expect(200);
    body.resize(answers.length());
    answers.read_body(body.data());
    total += body.size();
    keys += occurrences(body, "<Key>");
    const std::size_t token = body.find(open);
    if (token == std::string::npos) break;
    const std::size_t from = token + open.size();
    query = "?list-type=2&continuation-token=" + body.substr(from, body.find('<', from) - from);
  }
  std::printf("%llu keys\n", static_cast<unsigned long long>(keys));
  return total;
}

[[noreturn]] void refuse() {
  std::fputs(
      "rawget [-n THREADS] [-P PART] [-w WAY] [-B BUFFER] [-s CA] [-o PATH]\n"
      "       one HOST:PORT /bucket/key SIZE | many HOST:PORT /bucket COUNT | list HOST:PORT /bucket\n",
      stderr);
  std::exit(2);
}

Get read_words(int count, char** words) {
  Get get;
  int at = 1;
  for (; at + 1 < count && words[at][0] == '-'; at += 2) {
    const std::string option = words[at], value = words[at + 1];
    if (option == "-n")
      get.threads = std::atoi(value.c_str());
    else if (option == "-P")
      get.part = parse_size(value);
    else if (option == "-B")
      get.buffer = parse_size(value);
    else if (option == "-w")
      get.way = parse_way(value);
    else if (option == "-s")
      use_tls(value);
    else if (option == "-o")
      get.out = value;
    else
      refuse();
  }
  if (count - at < 3) refuse();
  get.mode = words[at];
  get.host = words[at + 1];
  get.path = words[at + 2];
  if (count - at > 3) get.count = parse_size(words[at + 3]);
  return get;
}

std::uint64_t run(const Get& get) {
  if (get.mode == "one") return get_one(get);
  if (get.mode == "many") return get_many(get);
  if (get.mode == "list") return list(get);
  refuse();
}

}  // namespace
}  // namespace bounds

int main(int count, char** words) {
  bounds::report("rawget", bounds::run(bounds::read_words(count, words)));
}
