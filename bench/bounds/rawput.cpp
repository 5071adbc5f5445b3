// rawput: the lower bound of uploads. Blocking sockets, threads, unsigned requests.
//
//   rawput [-n THREADS] [-P PART] [-w sendfile|mmap|read] [-s CA] one FILE HOST:PORT /bucket/key
//   rawput [-n THREADS] [-s CA] many DIR HOST:PORT /bucket COUNT            files DIR/k0000000000, ...
//
// `one` is an upload in parts. With -s everything goes over TLS (not with sendfile).
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/bounds/wire.h"

namespace bounds {
namespace {

constexpr std::size_t kBuffer = 512 << 10;

struct Put {
  int threads = 4;
  std::uint64_t part = 8 << 20, count = 0;
  std::string way = "sendfile", mode, from, host, path;
};

std::string request(const Put& put, const std::string& method, const std::string& target,
                    std::uint64_t length) {
  return method + " " + target + " HTTP/1.1\r\nHost: " + put.host +
         "\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

std::string post(const Put& put, Wire& wire, Answers& answers, const std::string& query,
                 const std::string& body) {
  wire.send(request(put, "POST", put.path + query, body.size()) + body);
  answers.read_head();
  answers.expect(200);
  std::string answer(answers.length(), '\0');
  answers.read_body(answer.data());
  return answer;
}

std::string upload_id_in(const std::string& answer) {
  const std::string open = "<UploadId>";
  const std::size_t from = answer.find(open) + open.size();
  return answer.substr(from, answer.find('<', from) - from);
}

/// A source that every thread reads.
class SourceFile {
 public:
  SourceFile(const std::string& path, const std::string& way)
      : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat about;
    if (file_ < 0 || fstat(file_, &about) != 0) die(path);
    size_ = static_cast<std::uint64_t>(about.st_size);
    reads_ = way == "read";
    if (way != "mmap") return;
    void* map = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file_, 0);
    if (map == MAP_FAILED) die("mmap");
    map_ = static_cast<const char*>(map);
  }

  std::uint64_t size() const { return size_; }
  void send(Wire& wire, std::vector<char>& buffer, std::uint64_t from, std::uint64_t to) const {
    if (map_) return wire.send(map_ + from, to - from);
    for (auto at = static_cast<off_t>(from); at < static_cast<off_t>(to);) {
      const std::size_t left = to - static_cast<std::uint64_t>(at);
      if (!reads_) {
        if (sendfile(wire.socket(), file_, &at, left) <= 0) die("sendfile");
        continue;
      }
      const ssize_t got = pread(file_, buffer.data(), std::min(left, buffer.size()), at);
      if (got <= 0) die("pread");
      wire.send(buffer.data(), static_cast<std::size_t>(got));
      at += got;
    }
  }

 private:
  int file_;
  std::uint64_t size_ = 0;
  bool reads_ = false;
  const char* map_ = nullptr;
};

std::string parts_text(const std::vector<std::string>& etags) {
  std::string out = "<CompleteMultipartUpload>";
  for (std::size_t i = 0; i < etags.size(); ++i)
    out += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" + etags[i] + "</ETag></Part>";
  return out + "</CompleteMultipartUpload>";
}

std::uint64_t put_one(const Put& put) {
  const SourceFile source(put.from, put.way);
  std::vector<std::string> etags((source.size() + put.part - 1) / put.part);
  Wire first(put.host);
  Answers first_answers(first);
  const std::string id = upload_id_in(post(put, first, first_answers, "?uploads", ""));
  std::atomic<std::size_t> next{0};
  on_threads(put.threads, [&] {
    Wire wire(put.host);
    Answers answers(wire);
    std::vector<char> buffer(put.way == "read" ? kBuffer : 0);
    for (std::size_t part = next++; part < etags.size(); part = next++) {
      const std::uint64_t from = part * put.part, to = std::min(source.size(), from + put.part);
      const std::string query = "?partNumber=" + std::to_string(part + 1) + "&uploadId=" + id;
      wire.send(request(put, "PUT", put.path + query, to - from), MSG_MORE);
      source.send(wire, buffer, from, to);
      answers.read_head();
      answers.expect(200);
      etags[part] = answers.header("ETag");
      answers.read_body(nullptr);
    }
  });
  post(put, first, first_answers, "?uploadId=" + id, parts_text(etags));
  return source.size();
}

/// The whole request of a small file, head and body in one; answers the size of the body.
std::uint64_t make_message(int directory, const std::string& name, const Put& put, std::string& out) {
  const int file = openat(directory, name.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat about;
  if (file < 0 || fstat(file, &about) != 0) die(name);
  const auto size = static_cast<std::size_t>(about.st_size);
  out = request(put, "PUT", put.path + "/" + name, size);
  const std::size_t head = out.size();
  out.resize(head + size);
  if (read(file, out.data() + head, size) != about.st_size) die(name);
  close(file);
  return size;
}

std::uint64_t put_many(const Put& put) {
  const int directory = open(put.from.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) die(put.from);
  std::atomic<std::uint64_t> next{0}, total{0};
  on_threads(put.threads, [&] {
    Wire wire(put.host);
    Answers answers(wire);
    std::string message;
    for (std::uint64_t index = next++; index < put.count; index = next++) {
      total += make_message(directory, numbered_key(index), put, message);
      wire.send(message);
      answers.read_head();
      answers.expect(200);
      answers.read_body(nullptr);
    }
  });
  return total;
}

[[noreturn]] void refuse() {
  std::fputs(
      "rawput [-n THREADS] [-P PART] [-w sendfile|mmap|read] [-s CA]\n"
      "       one FILE HOST:PORT /bucket/key | many DIR HOST:PORT /bucket COUNT\n",
      stderr);
  std::exit(2);
}

Put read_words(int count, char** words) {
  Put put;
  int at = 1;
  for (; at + 1 < count && words[at][0] == '-'; at += 2) {
    const std::string option = words[at], value = words[at + 1];
    if (option == "-n")
      put.threads = std::atoi(value.c_str());
    else if (option == "-P")
      put.part = parse_size(value);
    else if (option == "-w")
      put.way = value;
    else if (option == "-s")
      use_tls(value);
    else
      refuse();
  }
  if (count - at < 4) refuse();
  put.mode = words[at];
  put.from = words[at + 1];
  put.host = words[at + 2];
  put.path = words[at + 3];
  if (count - at > 4) put.count = parse_size(words[at + 4]);
  return put;
}

std::uint64_t run(const Put& put) {
  if (put.mode == "one") return put_one(put);
  if (put.mode == "many") return put_many(put);
  refuse();
}

}  // namespace
}  // namespace bounds

int main(int count, char** words) {
  bounds::report("rawput", bounds::run(bounds::read_words(count, words)));
}
